// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/strand.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/feed.h"
#include "sound/drift.h"
#include "sound/leveller.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANNELS = 8, STEP = 4800 }; // samples a channel at a time

struct strand {
    const struct mix_track *track;
    int rate, channels, threads;
    size_t part;
    struct feed *feed; // of the part; NULL: not open
    tick part_start;
    int64_t at, part_end; // samples on the track's own clock
    struct drift *drift[MAX_CHANNELS];
    float *own[MAX_CHANNELS];        // on the track's own clock, for drift
    const float *left[MAX_CHANNELS]; // of own: not yet taken
    size_t num_left;
    bool ended;
    float *out[MAX_CHANNELS]; // on the common clock
    float gain;
    struct leveller *leveller, *gate; // NULL: none
};

static bool aligned(const struct mix_track *t)
{
    return t->offset_s != 0 || t->drift_ppm != 0;
}

static double ratio(const struct mix_track *t)
{
    return 1 + t->drift_ppm / 1e6;
}

static tick own_length(const struct mix_track *t)
{
    tick length = 0;
    for (size_t i = 0; i < t->num_parts; i++)
        length += t->parts[i].length;
    return length;
}

tick strand_length(const struct mix_track *t)
{
    if (!aligned(t))
        return own_length(t);
    double seconds = (tick_to_s(own_length(t)) - t->offset_s) / ratio(t);
    return seconds > 0 ? (tick)(seconds * (double)TICKS_PER_SEC) : 0;
}

static void start_part(struct strand *s)
{
    tick length = s->part < s->track->num_parts ? s->track->parts[s->part].length : 0;
    s->part_end = tick_to_samples(s->part_start + length, s->rate);
}

struct strand *strand_new(const struct mix_track *t, int sample_rate, int channels, int threads)
{
    struct strand *s = mem_alloc(sizeof *s);
    s->track = t;
    s->rate = sample_rate;
    s->channels = channels;
    s->threads = threads;
    s->gain = (float)pow(10, t->gain_db / 20);
    if (t->curve && t->curve->n)
        s->leveller = leveller_new(t->curve, sample_rate, channels);
    if (t->gate && t->gate->n)
        s->gate = leveller_new(t->gate, sample_rate, channels);
    start_part(s);
    struct drift_params dp = {.ratio = ratio(t),
                              .offset = t->offset_s * sample_rate,
                              .length = tick_to_samples(strand_length(t), sample_rate)};
    for (int c = 0; c < channels; c++) {
        s->out[c] = mem_alloc(STEP * sizeof(float));
        if (!aligned(t))
            continue;
        s->own[c] = mem_alloc(STEP * sizeof(float));
        s->drift[c] = drift_new(&dp);
        if (!s->drift[c])
            mem_fail();
    }
    return s;
}

void strand_free(struct strand *s)
{
    if (!s)
        return;
    feed_close(s->feed);
    leveller_free(s->leveller);
    leveller_free(s->gate);
    for (int c = 0; c < MAX_CHANNELS; c++) {
        drift_free(s->drift[c]);
        free(s->own[c]);
        free(s->out[c]);
    }
    free(s);
}

static int open_part(struct strand *s, struct err *e)
{
    const struct mix_part *p = &s->track->parts[s->part];
    struct feed_params fp = {
        .path = p->path,
        .track = p->sound_track,
        .threads = s->threads,
        .sample_rate = s->rate,
        .channels = s->channels,
        .clean = p->clean,
    };
    return feed_open(&fp, &s->feed, e);
}

static void end_part(struct strand *s)
{
    feed_close(s->feed);
    s->feed = NULL;
    s->part_start += s->track->parts[s->part].length;
    s->part++;
    start_part(s);
}

// Up to n samples of the part; where the file ends earlier than it should, the rest is silence.
static int read_part(struct strand *s, float *const *planes, size_t n, struct err *e)
{
    int64_t left = s->part_end - s->at;
    n = (int64_t)n < left ? n : (size_t)left;
    int r = s->feed ? 0 : open_part(s, e);
    if (r >= 0)
        r = feed_read(s->feed, planes, n, e);
    if (r != 0)
        return r;
    for (int c = 0; c < s->channels; c++)
        memset(planes[c], 0, n * sizeof(float));
    return (int)n;
}

// On the track's own clock; 0: its end.
static int read_own(struct strand *s, float *const *planes, size_t n, struct err *e)
{
    while (s->part < s->track->num_parts && s->at == s->part_end)
        end_part(s);
    if (s->part >= s->track->num_parts)
        return 0;
    int got = read_part(s, planes, n, e);
    if (got > 0)
        s->at += got;
    return got;
}

// On the common clock: what is left of the last block first, then the next.
static int read_aligned(struct strand *s, size_t n, struct err *e)
{
    for (;;) {
        size_t got = 0, frames = s->num_left;
        for (int c = 0; c < s->channels; c++) {
            frames = s->num_left;
            got = s->ended ? drift_flush(s->drift[c], s->out[c], n)
                           : drift_run(s->drift[c], &s->left[c], &frames, s->out[c], n);
        }
        s->num_left = s->ended ? 0 : frames;
        if (got || s->ended)
            return (int)got;
        int r = read_own(s, s->own, STEP, e);
        if (r < 0)
            return r;
        s->ended = r == 0;
        s->num_left = (size_t)r;
        for (int c = 0; c < s->channels; c++)
            s->left[c] = s->own[c];
    }
}

int strand_add(struct strand *s, float *const *planes, size_t n, struct err *e)
{
    for (size_t done = 0; done < n;) {
        size_t most = n - done < STEP ? n - done : STEP;
        int got = aligned(s->track) ? read_aligned(s, most, e) : read_own(s, s->out, most, e);
        if (got <= 0)
            return got;
        if (s->leveller)
            leveller_run(s->leveller, s->out, (size_t)got);
        if (s->gate)
            leveller_run(s->gate, s->out, (size_t)got);
        for (int c = 0; c < s->channels; c++)
            for (int i = 0; i < got; i++)
                planes[c][done + (size_t)i] += s->gain * s->out[c][i];
        done += (size_t)got;
    }
    return 0;
}
