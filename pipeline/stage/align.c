// SPDX-License-Identifier: GPL-3.0-or-later
// align: the tracks of a recording on the clock of the first one. Recorders that were started
// minutes apart, and whose clocks run differently, are brought together by the sound they have in
// common.
//
// settings: {"picture": it is shown}; then the clock goes on to the picture's end, over silence
//           where the sound ended before
// in:       {"facts": facts.json}; the originals that it names lie below show_dir
// makes:    tracks.json {"length_ticks", "tracks": [{"offset_s", "drift_ppm", "found",
//           "residual_ms", "confidence"}]}
//           Moment t of the common clock is moment offset_s + t * (1 + drift_ppm / 1e6) of the
//           track; 0 and 0 for the first one, and where nothing in common was found: such tracks
//           are taken to begin together, as those of a remote-recording service do
// measured: tracks.json
#include "media/strand.h"
#include "sound/align.h"
#include "stage/parts.h"
#include "stage/seen.h"
#include "stage/stage.h"

#include "base/workers.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 4800 };
// Less than that is no other start but the way from one microphone to the other.
static const double same_start_s = 0.005, same_clock_ppm = 3;
static const double sure = 0.8;            // sound lost in the middle of a track leaves less
static const tick unheard = TICKS_PER_SEC; // a picture that goes on for less is usual in cameras

struct line_up {
    struct stage_job *job;
    struct mix_track *tracks;
    int *rate; // of each track
    size_t n;
    struct envelope **envelope;
    struct align_result *found;
    tick length; // of the common clock
};

static int read_tracks(struct line_up *l, struct err *e)
{
    struct arena *a = l->job->arena;
    struct json *facts;
    int r = stage_load(l->job->in, "facts", &facts, e);
    if (r < 0)
        return r;
    const struct json *list = json_get(facts, "tracks");
    l->n = json_count(list);
    l->tracks = arena_array(a, struct mix_track, l->n + 1);
    l->rate = arena_array(a, int, l->n + 1);
    l->envelope = arena_array(a, struct envelope *, l->n + 1);
    l->found = arena_array(a, struct align_result, l->n + 1);
    for (size_t i = 0; r >= 0 && i < l->n; i++) {
        const struct json *parts = json_get(json_at(list, i), "parts");
        r = parts_read(a, l->job->show_dir, NULL, parts, &l->tracks[i], e);
        l->rate[i] = (int)json_int(json_at(parts, 0), "sample_rate", 48000);
    }
    json_free(facts);
    return r;
}

// Gives all of a track's samples, mixed to one channel, to `take`.
static int read_through(const struct line_up *l, size_t track,
                        void (*take)(void *ctx, int64_t at, const float *x, size_t n), void *ctx,
                        struct err *e)
{
    const struct mix_track *t = &l->tracks[track];
    int64_t frames = tick_to_samples(strand_length(t), l->rate[track]);
    struct strand *s = strand_new(t, l->rate[track], 1, 1);
    int r = 0;
    for (int64_t at = 0; r >= 0 && at < frames; at += STEP) {
        float sound[STEP] = {0}, *planes[] = {sound};
        size_t n = frames - at < STEP ? (size_t)(frames - at) : STEP;
        r = progress_check(l->job->progress, e);
        if (r >= 0)
            r = strand_add(s, planes, n, e);
        if (r >= 0)
            take(ctx, at, sound, n);
    }
    strand_free(s);
    return r;
}

static void take_envelope(void *ctx, int64_t at, const float *x, size_t n)
{
    (void)at;
    envelope_add(ctx, x, n);
}

static int look_at_track(void *ctx, size_t i, struct err *e)
{
    struct line_up *l = ctx;
    l->envelope[i] = envelope_new(l->rate[i]);
    if (!l->envelope[i])
        return err_set(e, -EINVAL, "track %zu: %d Hz cannot be compared", i + 1, l->rate[i]);
    return read_through(l, i, take_envelope, l->envelope[i], e);
}

struct ear {
    struct align *align;
    enum align_track which;
};

static void take_excerpts(void *ctx, int64_t at, const float *x, size_t n)
{
    const struct ear *ear = ctx;
    if (align_next(ear->align, ear->which, at) < at + (int64_t)n)
        align_hear(ear->align, ear->which, at, x, n);
}

static int compare(void *ctx, size_t i, struct err *e)
{
    struct line_up *l = ctx;
    struct align *align = align_new(l->envelope[0], l->envelope[i + 1]);
    int r = 0;
    if (align_next(align, ALIGN_A, 0) != INT64_MAX) {
        r = read_through(l, 0, take_excerpts, &(struct ear){align, ALIGN_A}, e);
        if (r >= 0)
            r = read_through(l, i + 1, take_excerpts, &(struct ear){align, ALIGN_B}, e);
    }
    align_result(align, &l->found[i + 1]);
    align_free(align);
    return r;
}

static void use(struct line_up *l)
{
    for (size_t i = 1; i < l->n; i++) {
        const struct align_result *f = &l->found[i];
        if (!f->found || (fabs(f->offset_s) < same_start_s && fabs(f->drift_ppm) < same_clock_ppm))
            continue;
        if (f->confidence < sure)
            progress_warn(
                l->job->progress,
                "track %zu: only %.0f %% of it lies on one line with the first; sound may be "
                "missing in it: listen to its end",
                i + 1, f->confidence * 100);
        l->tracks[i].offset_s = f->offset_s;
        l->tracks[i].drift_ppm = f->drift_ppm;
    }
}

static void put_result(const struct line_up *l, struct json *o)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < l->n; i++) {
        struct json *t = json_new_object();
        json_put_real(t, "offset_s", l->tracks[i].offset_s);
        json_put_real(t, "drift_ppm", l->tracks[i].drift_ppm);
        json_put_bool(t, "found", i == 0 || l->found[i].found);
        json_put_real(t, "residual_ms", l->found[i].residual_ms);
        json_put_real(t, "confidence", i == 0 ? 1 : l->found[i].confidence);
        json_push(list, t);
    }
    json_put_int(o, "length_ticks", l->length);
    json_put(o, "tracks", list);
}

// So that the seconds after a microphone was switched off are not lost.
static int see_to_the_end(struct line_up *l, struct err *e)
{
    struct json *facts, *lies = json_new_object();
    struct seen_track seen = {0};
    put_result(l, lies);
    int r = stage_load(l->job->in, "facts", &facts, e);
    if (r >= 0) {
        r = seen_track(l->job->arena, l->job->show_dir, facts, lies, &seen, e);
        json_free(facts);
    }
    json_free(lies);
    if (r <= 0 || seen.end <= l->length)
        return r;
    if (seen.end - l->length > unheard)
        progress_warn(l->job->progress,
                      "%s: its sound ends %.1f s before its picture; the rest is silent", seen.name,
                      tick_to_s(seen.end - l->length));
    l->length = seen.end;
    return 0;
}

static int line_up(struct line_up *l, struct err *e)
{
    int r = read_tracks(l, e);
    if (r >= 0 && l->n > 1) {
        progress_update(l->job->progress, "comparing the tracks", 0, 0);
        r = workers_run(l->n, l->job->threads, look_at_track, l, e);
        progress_update(l->job->progress, "comparing the tracks", 0.5, 0);
        if (r >= 0)
            r = workers_run(l->n - 1, l->job->threads, compare, l, e);
        use(l);
    }
    for (size_t i = 0; i < l->n; i++) {
        tick own = strand_length(&l->tracks[i]);
        l->length = own > l->length ? own : l->length;
        envelope_free(l->envelope[i]);
    }
    if (r >= 0 && json_bool(l->job->settings, "picture", false))
        r = see_to_the_end(l, e);
    return r;
}

static int align_run(struct stage_job *job, struct err *e)
{
    struct line_up l = {.job = job};
    struct stage_variant *v = &job->variants[0];
    int r = line_up(&l, e);
    if (r < 0)
        return r;
    struct json *o = json_new_object();
    put_result(&l, o);
    put_result(&l, v->measured);
    r = json_save(stage_output(job, v, "tracks.json"), o, e);
    json_free(o);
    return r < 0 ? r : 0;
}

const struct stage stage_align = {"align", align_run};
