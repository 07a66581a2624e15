// SPDX-License-Identifier: GPL-3.0-or-later
// timeline: the one map from recording time to published time, and the chapters on the published
// clock.
//
// settings: {"chapters": [{"at_ticks", "title", "url"}],
//            "chapters_clock": "recording" or "published",
//            "trim": "auto" (else: off), "cuts": [{"from_ticks", "to_ticks"}],
//            "pauses_ticks": longer ones are shortened to it (0: as they are)}
// in:       {"facts": facts.json, beside the blocks it names; "tracks": tracks.json; "intro",
//           "outro": media files, each where there is one}
// makes:    timeline.json: what model/timeline.h puts, and
//           {"chapters": [{"start_ticks", "end_ticks", "title", "url"}],
//            "removed": {"start_ticks", "end_ticks": trimmed, "cut_ticks", "pause_ticks",
//            "pauses": how many}, only where there is something}
//           chapters: sorted, the first at 0, each ends where the next one starts
// measured: {"length_s", "chapters", "removed" as above in seconds}
// Errors that are an intro's or outro's fault begin with "intro: " or "outro: ".
#include "base/fs.h"
#include "base/str.h"
#include "media/survey.h"
#include "model/timeline.h"
#include "sound/deadair.h"
#include "stage/stage.h"
#include "stage/tracks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const tick overlap = TICKS_PER_SEC * 3 / 2; // of intro and outro, where they are long enough
static const tick shortest = TICKS_PER_SEC * 2 / 5;

struct chapter_at {
    tick at; // published
    const char *title, *url;
};
struct removed {
    tick start, end, cut, pause;
    size_t pauses;
};

struct line {
    struct stage_job *job;
    struct timeline t;
    struct chapter_at *chapters;
    size_t num_chapters;
    struct removed removed;
};

// ---- what nobody wants to hear

// The dead moments of one track, up to the end of the longest one.
static void dead_of_track(const struct line *l, const struct blocks *b, struct span **ret,
                          size_t *ret_n)
{
    struct span *found = NULL;
    struct deadair_part all = {.blocks = b, .length = l->t.recorded};
    *ret_n = deadair_find(&all, 1, &found);
    *ret = arena_array(l->job->arena, struct span, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++)
        (*ret)[i] = found[i];
    free(found);
}

// A moment is dead when it is on all tracks.
static int find_dead(struct line *l, struct span **ret, size_t *ret_n, struct err *e)
{
    struct tracks tracks;
    struct span *dead = NULL;
    size_t n = 0;
    int r = tracks_read(l->job, 48000, 2, &tracks, e);
    for (size_t i = 0; r >= 0 && i < tracks.mix.num_tracks; i++) {
        struct span *own;
        size_t num_own;
        dead_of_track(l, &tracks.track[i].blocks, &own, &num_own);
        if (i)
            n = spans_common(l->job->arena, dead, n, own, num_own, &own);
        else
            n = num_own;
        dead = own;
    }
    tracks_done(&tracks);
    *ret = dead;
    *ret_n = n;
    return r;
}

// Dead moments as they follow each other once the cuts are made.
static size_t lay_dead(const struct line *l, struct span *dead, size_t n)
{
    size_t left = 0;
    for (size_t i = 0; i < n; i++)
        left += timeline_span(&l->t, dead[i], &dead[left]);
    return spans_unite(dead, left);
}

static tick sum(const struct span *s, size_t n)
{
    tick t = 0;
    for (size_t i = 0; i < n; i++)
        t += s[i].end - s[i].start;
    return t;
}

// What trim and pauses remove from what the cuts left: spans of the recording behind the n that
// are there.
static int shorten(struct line *l, struct span **removed, size_t *n, struct err *e)
{
    const struct json *settings = l->job->settings;
    bool trim = str_same(json_text(settings, "trim"), "auto");
    tick longest = json_int(settings, "pauses_ticks", 0);
    struct span *dead, ends[2];
    size_t num_dead, num_ends = 0, num_pauses = 0;
    if (!trim && longest <= 0)
        return 0;
    int r = find_dead(l, &dead, &num_dead, e);
    if (r < 0)
        return r;
    num_dead = lay_dead(l, dead, num_dead);
    struct span *off = arena_array(l->job->arena, struct span, *n + num_dead + 3);
    for (size_t i = 0; i < *n; i++)
        off[i] = (*removed)[i];
    struct span *more = off + *n;
    if (longest > 0)
        num_pauses = deadair_pauses(dead, num_dead, l->t.length, longest, more);
    l->removed.pause = sum(more, num_pauses);
    l->removed.pauses = num_pauses;
    if (trim)
        num_ends = deadair_trim(dead, num_dead, l->t.length, ends);
    for (size_t i = 0; i < num_ends; i++) {
        *(ends[i].start ? &l->removed.end : &l->removed.start) = ends[i].end - ends[i].start;
        more[num_pauses++] = ends[i];
    }
    for (size_t i = 0; i < num_pauses; i++) // what was cut between two of their moments goes anyway
        more[i] = (struct span){timeline_recorded(&l->t, more[i].start),
                                timeline_recorded(&l->t, more[i].end - 1) + 1};
    *removed = off;
    *n += num_pauses;
    return 0;
}

// ---- intro and outro

static int judge_jingle(const char *name, const struct survey *s, struct err *e)
{
    char damage[SOURCE_DAMAGE_TEXT];
    if (source_damage(&s->facts, damage))
        return err_input(e, "%s is damaged: %s", name, damage);
    if (s->facts.length < shortest)
        return err_input(e, "%s is only %.2f s long; it takes at least 0.4 s", name,
                         tick_to_s(s->facts.length));
    if (!isfinite(s->sound.integrated_lufs))
        return err_input(e, "%s contains only silence", name);
    return 0;
}

static int read_jingle(struct line *l, const char *which, tick kept, struct jingle *ret,
                       struct err *e)
{
    const char *path = stage_input(l->job->in, which);
    struct survey s;
    if (!path)
        return 0;
    int r = survey_file(
        &(struct survey_params){
            .path = path, .threads = l->job->threads, .progress = l->job->progress, .what = which},
        &s, e);
    if (r >= 0)
        r = judge_jingle(fs_basename(path), &s, e);
    if (r < 0)
        return e->kind == ERR_INPUT ? err_wrap(e, "%s", which) : r;
    *ret = (struct jingle){
        .length = s.facts.length,
        .overlap = timeline_overlap(overlap, s.facts.length, kept),
        .integrated_lufs = s.sound.integrated_lufs,
        .true_peak_dbtp = s.sound.true_peak_dbtp,
    };
    return 0;
}

// ---- the map

static int nothing_left(struct err *e)
{
    return err_input(e, "trim, cuts and pauses leave nothing of the recording\ncut less");
}

static int make(struct line *l, struct err *e)
{
    const struct json *list = json_get(l->job->settings, "cuts");
    struct arena *a = l->job->arena;
    size_t n = json_count(list);
    struct span *removed = arena_array(a, struct span, n + 1);
    struct jingle intro = {0}, outro = {0};
    tick recorded = l->t.recorded;
    for (size_t i = 0; i < n; i++)
        removed[i] = (struct span){json_int(json_at(list, i), "from_ticks", 0),
                                   json_int(json_at(list, i), "to_ticks", 0)};
    if (!timeline_make(a, recorded, removed, n, NULL, NULL, &l->t))
        return nothing_left(e);
    l->removed.cut = recorded - l->t.length;
    int r = shorten(l, &removed, &n, e);
    if (r < 0)
        return r;
    if (!timeline_make(a, recorded, removed, n, NULL, NULL, &l->t) || (n && l->t.length < shortest))
        return nothing_left(e);
    tick kept = l->t.length;
    r = read_jingle(l, "intro", kept, &intro, e);
    if (r >= 0)
        r = read_jingle(l, "outro", kept, &outro, e);
    if (r >= 0)
        timeline_make(a, recorded, removed, n, &intro, &outro, &l->t);
    return r;
}

// ---- chapters

static int past_end(const struct json *chapter, tick at, tick length, const char *what,
                    struct err *e)
{
    char starts[TICK_TEXT], ends[TICK_TEXT];
    tick_text(at, starts);
    tick_text(length, ends);
    return err_input(e, "chapter '%s' starts at %s, the %s ends at %s",
                     json_text_or(chapter, "title", ""), starts, what, ends);
}

static int read_chapters(struct line *l, struct err *e)
{
    const struct json *list = json_get(l->job->settings, "chapters");
    bool on_published = str_same(json_text(l->job->settings, "chapters_clock"), "published");
    tick end = on_published ? l->t.length : l->t.recorded;
    l->chapters = arena_array(l->job->arena, struct chapter_at, json_count(list) + 1);
    size_t n = 0;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *c = json_at(list, i);
        const char *title = json_text_or(c, "title", "");
        tick own = json_int(c, "at_ticks", 0);
        if (own >= end)
            return past_end(c, own, end, on_published ? "episode" : "recording", e);
        tick at = on_published ? own : timeline_published(&l->t, own);
        if (at == TICK_NONE) {
            progress_warn(l->job->progress,
                          "chapter '%s' lies in what is cut off the end and is left out", title);
            continue;
        }
        // two that a cut brings together: what is heard is the later one
        n -= n > 0 && l->chapters[n - 1].at == at;
        l->chapters[n++] = (struct chapter_at){at, title, json_text(c, "url")};
    }
    if (n) // players start at the first one: it reaches over an intro
        l->chapters[0].at = 0;
    l->num_chapters = n;
    return 0;
}

// ---- results

static struct json *chapters_json(const struct line *l)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < l->num_chapters; i++) {
        const struct chapter_at *c = &l->chapters[i];
        struct json *o = json_new_object();
        json_put_int(o, "start_ticks", c->at);
        json_put_int(o, "end_ticks", i + 1 < l->num_chapters ? c[1].at : l->t.length);
        json_put_text(o, "title", c->title);
        json_put_text(o, "url", c->url);
        json_push(list, o);
    }
    return list;
}

static void put_removed(const struct line *l, struct json *ticks, struct json *seconds)
{
    const struct {
        const char *ticks, *seconds;
        tick value;
    } rows[] = {
        {"start_ticks", "start_s", l->removed.start},
        {"end_ticks", "end_s", l->removed.end},
        {"cut_ticks", "cut_s", l->removed.cut},
        {"pause_ticks", "pause_s", l->removed.pause},
    };
    struct json *t = json_new_object(), *s = json_new_object();
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (!rows[i].value)
            continue;
        json_put_int(t, rows[i].ticks, rows[i].value);
        json_put_real(s, rows[i].seconds, round(tick_to_s(rows[i].value) * 1000) / 1000);
    }
    if (l->removed.pauses) {
        json_put_int(t, "pauses", (int64_t)l->removed.pauses);
        json_put_int(s, "pauses", (int64_t)l->removed.pauses);
    }
    json_put(ticks, "removed", json_count(t) ? json_keep(t) : NULL);
    json_put(seconds, "removed", json_count(s) ? json_keep(s) : NULL);
    json_free(t);
    json_free(s);
}

static int write(const struct line *l, struct err *e)
{
    struct stage_variant *v = &l->job->variants[0];
    struct json *o = json_new_object();
    timeline_put(&l->t, o);
    json_put(o, "chapters", chapters_json(l));
    json_put_real(v->measured, "length_s", tick_to_s(l->t.length));
    json_put_int(v->measured, "chapters", (int64_t)l->num_chapters);
    put_removed(l, o, v->measured);
    int r = json_save(stage_output(l->job, v, "timeline.json"), o, e);
    json_free(o);
    return r < 0 ? r : 0;
}

static int timeline_run(struct stage_job *job, struct err *e)
{
    struct json *tracks;
    struct line l = {.job = job};
    int r = stage_load(job->in, "tracks", &tracks, e);
    if (r < 0)
        return r;
    l.t.recorded = json_int(tracks, "length_ticks", 0);
    json_free(tracks);
    if (l.t.recorded <= 0)
        return err_set(e, -EINVAL, "the recording has no length");
    r = make(&l, e);
    if (r >= 0)
        r = read_chapters(&l, e);
    return r < 0 ? r : write(&l, e);
}

const struct stage stage_timeline = {"timeline", timeline_run};
