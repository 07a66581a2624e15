// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/clippieces.h"

#include "base/fs.h"
#include "doc/cliplayout.h"

#include <string.h>

static const tick title_time = 5 * TICKS_PER_SEC, fade = TICKS_PER_SEC / 2;
enum { SPLIT_ROOM = 4 }; // pieces of one cue that does not fit, at most

struct drawing {
    const struct clip_pieces *p;
    struct clip_layout layout;
    struct film_piece *pieces;
    size_t n;
};

static const char *next_file(const struct drawing *d)
{
    struct arena *a = d->p->job->arena;
    return fs_join(a, d->p->dir, arena_printf(a, "piece-%zu.png", d->n + 1));
}

static void add(struct drawing *d, const char *path, const struct screen_piece *at, tick from,
                tick to)
{
    d->pieces[d->n++] =
        (struct film_piece){.path = path, .x = at->x, .y = at->y, .from = from, .to = to};
}

// ---- captions

// Lines are broken anew, for letters so large; two speakers' words stay apart.
static char *flowing(struct arena *a, const char *text)
{
    char *s = arena_strdup(a, text);
    for (char *c = strchr(s, '\n'); c; c = strchr(c + 1, '\n'))
        *c = c[1] == '-' ? '\n' : ' ';
    return s;
}

// The blank nearest to the middle; NULL: there is none.
static char *middle_blank(char *text)
{
    size_t len = strlen(text), best = 0;
    for (size_t i = 1; i + 1 < len; i++) {
        bool blank = text[i] == ' ' || text[i] == '\n';
        size_t off = i > len / 2 ? i - len / 2 : len / 2 - i;
        size_t was = best > len / 2 ? best - len / 2 : len / 2 - best;
        if (blank && off < was)
            best = i;
    }
    return best ? text + best : NULL;
}

// What does not fit is shown in two halves, one after the other.
static int add_caption(struct drawing *d, char *text, tick from, tick to, int room, struct err *e)
{
    struct screen_piece at;
    const char *path = next_file(d);
    int r =
        screen_clip_caption(&d->p->look, text, &d->layout.captions, d->layout.hangs, path, &at, e);
    if (r < 0)
        return r;
    char *blank = r == 1 && room > 1 ? middle_blank(text) : NULL;
    if (!blank) {
        if (at.width)
            add(d, path, &at, from, to);
        return 0;
    }
    size_t whole = strlen(text), first = (size_t)(blank - text);
    tick between = from + (tick)((double)(to - from) * (double)first / (double)whole);
    *blank = '\0';
    r = add_caption(d, text, from, between, room / 2, e);
    return r < 0 ? r : add_caption(d, blank + 1, between, to, room / 2, e);
}

static int add_captions(struct drawing *d, struct err *e)
{
    const struct captions *c = d->p->cues;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < c->count; i++)
        r = add_caption(d, flowing(d->p->job->arena, c->cues[i].text), c->cues[i].start,
                        c->cues[i].end, SPLIT_ROOM, e);
    return r;
}

// ---- what is around the picture, and over it

static int add_title(struct drawing *d, struct err *e)
{
    const struct clip_pieces *p = d->p;
    struct screen_piece at;
    const char *path = next_file(d);
    int r = screen_title(&p->look, p->words.title, p->words.place, path, &at, e);
    if (r < 0 || !at.width)
        return r;
    add(d, path, &at, 0, title_time < p->length ? title_time : p->length);
    d->pieces[d->n - 1].fade_out = fade;
    return 0;
}

static int draw_around(struct drawing *d, struct film_params *film, struct err *e)
{
    const struct clip_pieces *p = d->p;
    const struct screen_piece *w = &d->layout.window;
    const char *card = fs_join(p->job->arena, p->dir, "card.png");
    int r;
    if (p->aspect > 0) {
        clip_layout_filmed(p->look.width, p->look.height, p->aspect, &d->layout);
        r = card_clip(&p->look, &p->words, w, card, e);
        film->window = (struct film_window){w->x, w->y, w->width, w->height};
        if (r >= 0 && !w->width)
            r = add_title(d, e);
    } else {
        struct screen_piece wave = {0};
        r = card_sound(&p->look, &p->words, card, &wave, e);
        clip_layout_heard(p->look.width, p->look.height, &wave, &d->layout);
        film->wave.x = wave.x;
        film->wave.y = wave.y;
        film->wave.width = wave.width;
        film->wave.height = wave.height;
    }
    film->background = card;
    return r;
}

int clip_pieces_draw(const struct clip_pieces *p, struct film_params *film, struct err *e)
{
    struct drawing d = {.p = p};
    d.pieces = arena_array(p->job->arena, struct film_piece, 1 + p->cues->count * SPLIT_ROOM);
    int r = draw_around(&d, film, e);
    if (r >= 0)
        r = add_captions(&d, e);
    film->pieces = d.pieces;
    film->num_pieces = d.n;
    return r < 0 ? r : 0;
}
