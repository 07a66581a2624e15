// SPDX-License-Identifier: GPL-3.0-or-later
// screen: what is drawn into the picture: names, theme and goals, cards, and when.
//
// settings: {"width", "height", "language", "show_title", "title", "theme", "number", "site",
//           "license", "goals": [{number, title, color, text_color}], "hosts", "guests": [{name,
//           role, municipality {…}}], "host_straps_ticks", "guest_straps_ticks": for each of them
//           [times of the recording], none: chosen here, "straps", "chips", "cards": bool, what is
//           wanted, "captions": bool, there will be some, "filmed": bool}
// in:       {"timeline": timeline.json}
// makes:    screen.json (stage/screenfile.h) and the PNGs it names
// measured: {"pieces": how many}
// Cards stand where an intro or outro plays, because nothing was filmed there; where they are
// wanted and there is none, over the beginning and the end of the picture.
#include "doc/card.h"
#include "model/timeline.h"
#include "stage/screenfile.h"
#include "stage/stage.h"

#include <errno.h>
#include <string.h>

static const tick fade = TICKS_PER_SEC / 2;
static const tick card_time = 4 * TICKS_PER_SEC, strap_time = 5 * TICKS_PER_SEC;
static const tick chips_from = TICKS_PER_SEC, chips_time = 7 * TICKS_PER_SEC;
static const tick first_strap = 2 * TICKS_PER_SEC, next_strap = 6 * TICKS_PER_SEC;

struct screen {
    struct stage_job *job;
    struct timeline timeline;
    struct screen_look look;
    struct cover_words words;
    struct fact_goal *goals;
    struct fact_person *hosts, *guests;
    size_t num_goals, num_hosts, num_guests;
    struct json *pieces, *result;
};

static const char *new_file(const struct screen *s, const char **ret_name)
{
    const char *name = arena_printf(s->job->arena, "piece-%zu.png", json_count(s->pieces) + 1);
    *ret_name = name;
    return stage_output(s->job, &s->job->variants[0], name);
}

static void add(struct screen *s, const char *name, const struct film_piece *p)
{
    if (p->to > p->from)
        json_push(s->pieces, screen_piece_json(name, p));
}

static tick begin_of(const struct screen *s) // of what was filmed, published
{
    return s->timeline.kept[0].at + s->timeline.intro.overlap;
}

static tick end_of(const struct screen *s)
{
    return s->timeline.length - s->timeline.outro.length + s->timeline.outro.overlap;
}

static tick earlier(tick a, tick b)
{
    return a < b ? a : b;
}

// ---- cards

static int add_intro(struct screen *s, struct err *e)
{
    const struct jingle *j = &s->timeline.intro;
    int64_t number = json_int(s->job->settings, "number", 0);
    const char *when =
        number > 0 ? arena_printf(s->job->arena, "Episode %lld", (long long)number) : NULL;
    const char *name, *path = new_file(s, &name);
    struct film_piece p = {.to = j->length ? j->length : earlier(card_time, end_of(s) / 4)};
    p.fade_out = earlier(j->length && j->overlap ? j->overlap : fade, p.to);
    int r = card_intro(&s->look, &s->words, when, path, e);
    if (r >= 0)
        add(s, name, &p);
    return r;
}

static int add_outro(struct screen *s, struct err *e)
{
    const struct jingle *j = &s->timeline.outro;
    const struct json *o = s->job->settings;
    struct card_thanks thanks = {json_text(o, "site"), json_text(o, "license"), s->guests,
                                 s->num_guests};
    const char *name, *path = new_file(s, &name);
    tick length = s->timeline.length;
    struct film_piece p = {.to = length};
    p.from = length - (j->length ? j->length : earlier(card_time, length / 4));
    p.fade_in = earlier(j->length && j->overlap ? j->overlap : fade, p.to - p.from);
    int r = card_outro(&s->look, &s->words, &thanks, path, e);
    if (r >= 0)
        add(s, name, &p);
    return r;
}

// ---- straps and chips

static int add_chips(struct screen *s, struct err *e)
{
    struct screen_piece at;
    const char *name, *path = new_file(s, &name);
    int r = screen_chips(&s->look, s->goals, s->num_goals, path, &at, e);
    if (r < 0 || !at.width)
        return r;
    struct film_piece p = {.x = at.x, .y = at.y, .fade_in = fade, .fade_out = fade};
    p.from = begin_of(s) + chips_from;
    p.to = earlier(p.from + chips_time, end_of(s));
    add(s, name, &p);
    return 0;
}

static void add_strap_at(struct screen *s, const char *name, const struct screen_piece *at,
                         tick from)
{
    struct film_piece p = {.x = at->x, .y = at->y, .fade_in = fade, .fade_out = fade};
    p.from = from;
    p.to = earlier(from + strap_time, end_of(s));
    if (p.to - p.from > 2 * fade)
        add(s, name, &p);
}

// At the times that are written, else once: one after the other from the beginning.
static int add_strap(struct screen *s, const struct fact_person *person, const struct json *times,
                     bool host, tick *turn, struct err *e)
{
    struct screen_strap strap = {person, host, json_bool(s->job->settings, "captions", false)};
    struct screen_piece at;
    const char *name, *path = new_file(s, &name);
    int r = screen_strap(&s->look, &strap, path, &at, e);
    if (r < 0 || !at.width)
        return r;
    for (size_t i = 0; i < json_count(times); i++) {
        tick from = timeline_published(&s->timeline, (tick)json_as_real(json_at(times, i), 0));
        if (from != TICK_NONE)
            add_strap_at(s, name, &at, from);
    }
    if (!json_count(times)) {
        add_strap_at(s, name, &at, *turn);
        *turn += next_strap;
    }
    return 0;
}

static int add_straps(struct screen *s, struct err *e)
{
    const struct json *o = s->job->settings;
    tick turn = begin_of(s) + first_strap;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < s->num_hosts; i++)
        r = add_strap(s, &s->hosts[i], json_at(json_get(o, "host_straps_ticks"), i), true, &turn,
                      e);
    for (size_t i = 0; r >= 0 && i < s->num_guests; i++)
        r = add_strap(s, &s->guests[i], json_at(json_get(o, "guest_straps_ticks"), i), false, &turn,
                      e);
    return r;
}

// ---- an episode that is sound alone

static int add_background(struct screen *s, struct err *e)
{
    static const char name[] = "background.png";
    struct screen_piece room;
    int r =
        card_sound(&s->look, &s->words, stage_output(s->job, &s->job->variants[0], name), &room, e);
    if (r < 0)
        return r;
    struct json *wave = json_new_object();
    json_put_int(wave, "x", room.x);
    json_put_int(wave, "y", room.y);
    json_put_int(wave, "width", room.width);
    json_put_int(wave, "height", room.height);
    json_put_text(s->result, "background", name);
    json_put(s->result, "wave", wave);
    return 0;
}

// ---- all of it

static int read_job(struct screen *s, struct err *e)
{
    struct arena *a = s->job->arena;
    const struct json *o = s->job->settings;
    const char *language = json_text_or(o, "language", "nb"), *theme = json_text(o, "theme");
    bool english = !strncmp(language, "en", 2);
    struct json *timeline;
    int r = stage_load(s->job->in, "timeline", &timeline, e);
    if (r < 0)
        return r;
    if (!timeline_read(a, timeline, &s->timeline))
        r = err_set(e, -EINVAL, "timeline.json has no kept spans");
    json_free(timeline);
    if (r >= 0)
        r = facts_goals(a, json_get(o, "goals"), &s->goals, &s->num_goals, e);
    if (r >= 0)
        r = facts_people(a, json_get(o, "hosts"), &s->hosts, &s->num_hosts, e);
    if (r >= 0)
        r = facts_people(a, json_get(o, "guests"), &s->guests, &s->num_guests, e);
    theme = theme ? arena_printf(a, "%s: %s", english ? "Theme" : "Tema", theme) : NULL;
    s->look = (struct screen_look){(int)json_int(o, "width", 1920),
                                   (int)json_int(o, "height", 1080), theme, language};
    s->words = (struct cover_words){
        json_text(o, "show_title"), json_text(o, "title"), theme, s->goals, s->num_goals, NULL};
    return r;
}

static const char drawing[] = "drawing names and cards";

static int draw_all(struct screen *s, struct err *e)
{
    const struct json *o = s->job->settings;
    bool filmed = json_bool(o, "filmed", true), cards = json_bool(o, "cards", false);
    const struct progress *progress = s->job->progress;
    int r = filmed ? 0 : add_background(s, e);
    if (r >= 0 && filmed && json_bool(o, "chips", false))
        r = add_chips(s, e);
    progress_update(progress, drawing, 0.2, -1);
    if (r >= 0 && filmed && json_bool(o, "straps", false))
        r = add_straps(s, e);
    progress_update(progress, drawing, 0.6, -1);
    if (r >= 0 && filmed && (cards || s->timeline.intro.length))
        r = add_intro(s, e);
    progress_update(progress, drawing, 0.8, -1);
    if (r >= 0 && filmed && (cards || s->timeline.outro.length))
        r = add_outro(s, e);
    return r;
}

static int screen_run(struct stage_job *job, struct err *e)
{
    struct screen s = {.job = job, .pieces = json_new_array(), .result = json_new_object()};
    int r = read_job(&s, e);
    progress_update(job->progress, drawing, 0, -1);
    if (r >= 0)
        r = draw_all(&s, e);
    json_put_int(job->variants[0].measured, "pieces", (int64_t)json_count(s.pieces));
    json_put(s.result, "pieces", s.pieces);
    if (r >= 0)
        r = json_save(stage_output(job, &job->variants[0], "screen.json"), s.result, e);
    json_free(s.result);
    return r < 0 ? r : 0;
}

const struct stage stage_screen = {"screen", screen_run};
