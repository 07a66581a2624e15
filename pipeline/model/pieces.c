// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces of the recording, by its own clock: what is cut out, and what becomes a clip; and what of
// an episode reaches past the recording's end.
#include "model/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X(field) offsetof(struct cut, field)
#define K(field) offsetof(struct clip_text, field)
#define M(field) offsetof(struct soundbite, field)

static const tick least = TICKS_PER_SEC * 2 / 5; // that cuts must leave, as of a recording

struct clip_text {
    struct clip clip;
    struct texts shapes;
};

const char *const clip_shapes[] = {"square", "portrait", NULL};
enum { ALL_SHAPES = CLIP_SQUARE | CLIP_PORTRAIT };

static const struct key cut_keys[] = {
    {"from", KEY_TIME, X(span.start), true, 0, 0, NULL,
     "where it begins, in quotes; for example \"00:12:01.5\""},
    {"to", KEY_TIME, X(span.end), true, 0, 0, NULL,
     "where the recording goes on; for example \"00:12:09\""},
};
static const struct key clip_keys[] = {
    {"from", KEY_TIME, K(clip.span.start), true, 0, 0, NULL,
     "where it begins, in quotes; for example \"00:03:10\""},
    {"to", KEY_TIME, K(clip.span.end), true, 0, 0, NULL,
     "where it ends; services take 140 seconds and less; for example \"00:04:05.5\""},
    {"shapes", KEY_TEXTS, K(shapes), false, 0, 0, clip_shapes,
     "a video for each: square (1:1), portrait (9:16); default [square, portrait]"},
    {"title", KEY_TEXT, K(clip.title), false, 0, 100, NULL,
     "what stands above the picture; default: the episode's; for example Ei åpen dør"},
};
static const struct key soundbite_keys[] = {
    {"from", KEY_TIME, M(span.start), true, 0, 0, NULL,
     "where it begins, in quotes; for example \"00:07:40\""},
    {"to", KEY_TIME, M(span.end), true, 0, 0, NULL,
     "where it ends, 15 to 120 seconds later; for example \"00:08:10\""},
    {"title", KEY_TEXT, M(title), false, 0, 128, NULL,
     "what is said in it; default: the episode's title; for example Ei åpen dør"},
};
const struct key_table piece_tables[] = {
    {"cuts", cut_keys, COUNT(cut_keys)},
    {"clip", clip_keys, COUNT(clip_keys)},
    {"soundbites", soundbite_keys, COUNT(soundbite_keys)},
};
const size_t num_piece_tables = COUNT(piece_tables);

static int check_forward(const struct parts *p, const struct node *n, const char *what,
                         const struct span *s)
{
    char from[TICK_TEXT], to[TICK_TEXT];
    if (s->start < s->end)
        return 0;
    tick_text_ms(s->start, from);
    tick_text_ms(s->end, to);
    return node_error(node_of(n, "to"), p->e, "write the earlier time behind from",
                      "the %s begins at %s and ends at %s", what, from, to);
}

static int by_start(const void *a, const void *b)
{
    const struct cut *x = a, *y = b;
    return (x->span.start > y->span.start) - (x->span.start < y->span.start);
}

// One cut written over another is more likely a mistyped time than meant.
static int check_apart(const struct parts *p, const struct cut *before, const struct cut *c)
{
    char from[TICK_TEXT], to[TICK_TEXT];
    if (before->span.end <= c->span.start)
        return 0;
    tick_text_ms(c->span.start, from);
    tick_text_ms(before->span.end, to);
    return node_error(c->node, p->e, "write them as one cut, or set the times right",
                      "the cut begins at %s, another one in line %d ends at %s", from,
                      before->node->line, to);
}

int parts_cuts(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count;
    if (!n || (n->kind == NODE_LIST && n->count == 0))
        return 0;
    int r = node_maps(p->a, n, "cuts", &items, &count, p->e);
    if (r < 0)
        return r;
    struct cut *all = arena_array(p->a, struct cut, count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        r = keys_read(p->a, items[i], cut_keys, COUNT(cut_keys), "a cut", &all[i], p->e);
        all[i].node = items[i];
        if (r >= 0)
            r = check_forward(p, items[i], "cut", &all[i].span);
    }
    if (r >= 0)
        qsort(all, count, sizeof *all, by_start);
    for (size_t i = 1; r >= 0 && i < count; i++)
        r = check_apart(p, &all[i - 1], &all[i]);
    p->ep->cuts = all;
    p->ep->num_cuts = count;
    return r;
}

static int clip_by_start(const void *a, const void *b)
{
    const struct clip *x = a, *y = b;
    if (x->span.start != y->span.start)
        return x->span.start < y->span.start ? -1 : 1;
    return (x->span.end > y->span.end) - (x->span.end < y->span.end);
}

static int read_shapes(const struct parts *p, const struct node *n, const struct texts *words,
                       unsigned *ret)
{
    unsigned set = 0;
    for (size_t i = 0; i < words->count; i++) {
        unsigned one = strcmp(words->items[i], clip_shapes[0]) == 0 ? CLIP_SQUARE : CLIP_PORTRAIT;
        if (set & one)
            return node_error(words->nodes[i], p->e, "keep one of the two",
                              "shape %s stands here twice", words->items[i]);
        set |= one;
    }
    if (n && set == 0)
        return node_error(n, p->e, "write shapes: [square, portrait]", "shapes is an empty list");
    *ret = n ? set : ALL_SHAPES;
    return 0;
}

static int check_left(const struct parts *p, const struct clip *c)
{
    tick left = c->span.end - c->span.start;
    for (size_t i = 0; i < p->ep->num_cuts; i++) {
        const struct span *cut = &p->ep->cuts[i].span;
        tick from = cut->start > c->span.start ? cut->start : c->span.start;
        tick to = cut->end < c->span.end ? cut->end : c->span.end;
        left -= to > from ? to - from : 0;
    }
    if (left >= least)
        return 0;
    return node_error(c->node, p->e, "choose another piece, or cut less",
                      "the cuts leave nothing of the clip");
}

static int read_clip(const struct parts *p, const struct node *n, struct clip *ret)
{
    struct clip_text t = {.clip.title = p->ep->title, .clip.node = n};
    int r = keys_read(p->a, n, clip_keys, COUNT(clip_keys), "a clip", &t, p->e);
    if (r >= 0)
        r = check_forward(p, n, "clip", &t.clip.span);
    if (r >= 0)
        r = read_shapes(p, node_of(n, "shapes"), &t.shapes, &t.clip.shapes);
    if (r >= 0)
        r = check_left(p, &t.clip);
    *ret = t.clip;
    return r;
}

int parts_clips(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count;
    if (!n || (n->kind == NODE_LIST && n->count == 0))
        return 0;
    int r = node_maps(p->a, n, "clip", &items, &count, p->e);
    if (r >= 0 && count > CLIP_MOST)
        r = node_error(items[CLIP_MOST], p->e, "keep the best of them",
                       "more than %d clips of one episode", CLIP_MOST);
    if (r < 0)
        return r;
    struct clip *all = arena_array(p->a, struct clip, count);
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = read_clip(p, items[i], &all[i]);
    if (r >= 0)
        qsort(all, count, sizeof *all, clip_by_start);
    for (size_t i = 1; r >= 0 && i < count; i++) {
        if (clip_by_start(&all[i - 1], &all[i]) == 0)
            r = node_error(all[i].node, p->e,
                           "write both shapes into one: shapes: [square, portrait]",
                           "the same clip stands in line %d", all[i - 1].node->line);
    }
    p->ep->clips = all;
    p->ep->num_clips = count;
    return r;
}

int parts_soundbites(const struct parts *p, const struct node *n)
{
    const struct node *const *items;
    size_t count;
    if (!n || (n->kind == NODE_LIST && n->count == 0))
        return 0;
    int r = node_maps(p->a, n, "soundbites", &items, &count, p->e);
    if (r < 0)
        return r;
    struct soundbite *all = arena_array(p->a, struct soundbite, count);
    for (size_t i = 0; r >= 0 && i < count; i++) {
        all[i].node = items[i];
        r = keys_read(p->a, items[i], soundbite_keys, COUNT(soundbite_keys), "a soundbite", &all[i],
                      p->e);
        if (r >= 0)
            r = check_forward(p, items[i], "soundbite", &all[i].span);
    }
    p->ep->soundbites = all;
    p->ep->num_soundbites = count;
    return r;
}

static int check_end(const struct node *n, const char *what, tick to, tick length, struct err *e)
{
    char until[TICK_TEXT], end[TICK_TEXT], remedy[TICK_TEXT + 16];
    if (to <= length)
        return 0;
    tick_text_ms(to, until);
    tick_text_ms(length - length % (TICKS_PER_SEC / 1000), end);
    snprintf(remedy, sizeof remedy, "write to: \"%s\"", end);
    return node_error(node_of(n, "to"), e, remedy, "the %s ends at %s, the recording at %s", what,
                      until, end);
}

static int check_pieces(const struct episode *ep, tick length, struct err *e)
{
    tick left = length;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < ep->num_cuts; i++) {
        const struct cut *c = &ep->cuts[i];
        left -= c->span.end - c->span.start;
        r = check_end(c->node, "cut", c->span.end, length, e);
    }
    if (r >= 0 && ep->num_cuts && left < least)
        r = node_error(ep->cuts[0].node, e, "cut less", "the cuts leave nothing of the recording");
    for (size_t i = 0; r >= 0 && i < ep->num_clips; i++) {
        const struct clip *c = &ep->clips[i];
        r = c->span.start < length
                ? check_end(c->node, "clip", c->span.end, length, e)
                : node_error(node_of(c->node, "from"), e, "set the times right, or delete the clip",
                             "the clip begins behind the end of the recording");
    }
    for (size_t i = 0; r >= 0 && i < ep->num_soundbites; i++)
        r = check_end(ep->soundbites[i].node, "soundbite", ep->soundbites[i].span.end, length, e);
    return r;
}

static int check_straps(const struct person *people, size_t n, tick length, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        const struct person *p = &people[i];
        size_t last = p->num_straps - 1;
        char at[TICK_TEXT], end[TICK_TEXT];
        if (p->num_straps == 0 || p->straps[last] < length)
            continue;
        tick_text(p->straps[last], at);
        tick_text(length, end);
        return node_error(p->strap->kind == NODE_LIST ? p->strap->items[last] : p->strap, e,
                          "set the time right, or delete it",
                          "the strap of %.60s is shown at %s, the recording ends at %s", p->name,
                          at, end);
    }
    return 0;
}

int episode_check_length(const struct episode *ep, tick length, struct err *e)
{
    int r = check_pieces(ep, length, e);
    if (r >= 0)
        r = check_straps(ep->hosts, ep->num_hosts, length, e);
    if (r >= 0)
        r = check_straps(ep->guests, ep->num_guests, length, e);
    // what is cut or put in front moves the published end, which the timeline finds
    bool moved = ep->num_cuts || ep->pauses > 0 || ep->intro.file || ep->outro.file ||
                 strcmp(ep->trim, "auto") == 0;
    if (r < 0 || (ep->chapters_published_clock && moved))
        return r;
    for (size_t i = 0; i < ep->num_chapters; i++) {
        const struct chapter *c = &ep->chapters[i];
        char start[TICK_TEXT], end[TICK_TEXT];
        if (c->start < length || !c->node)
            continue;
        tick_text(c->start, start);
        tick_text(length, end);
        return node_error(c->node, e, "move the chapter, or delete it",
                          "chapter starts at %s, the %s ends at %s", start,
                          ep->chapters_published_clock ? "episode" : "recording", end);
    }
    return 0;
}
