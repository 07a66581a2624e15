// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/bumper.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/feed.h"
#include "sound/join.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { VOICES = 3 };

static const tick programme_fade = TICKS_PER_SEC / 4;

struct voice {
    struct pump_reader reader;
    struct feed *feed;         // behind the reader; NULL: the programme
    int64_t from, to;          // samples on the published clock
    int64_t fade_in, fade_out; // samples
    float gain;
    bool ended;
};

struct bumper {
    struct voice voice[VOICES];
    size_t num_voices;
    int channels;
    int64_t at, end;
    float *part[PUMP_MAX_CHANNELS]; // of a voice, before it is added
};

static int read_feed(void *ctx, float *const *planes, size_t room, struct err *e)
{
    return feed_read(ctx, planes, room, e);
}

void bumper_close(struct bumper *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->num_voices; i++)
        feed_close(b->voice[i].feed);
    for (int c = 0; c < PUMP_MAX_CHANNELS; c++)
        free(b->part[c]);
    free(b);
}

static int add_file(struct bumper *b, const struct bumper_params *p, const struct bumper_file *file,
                    struct voice v, struct err *e)
{
    struct feed_params fp = {
        .path = file->path,
        .track = -1,
        .threads = p->threads,
        .sample_rate = p->sample_rate,
        .channels = p->channels,
    };
    int r = feed_open(&fp, &v.feed, e);
    if (r < 0)
        return r;
    v.reader = (struct pump_reader){read_feed, v.feed};
    v.gain = (float)pow(10, file->gain_db / 20);
    b->voice[b->num_voices++] = v;
    return 0;
}

static int add_voices(struct bumper *b, const struct bumper_params *p, struct err *e)
{
    const struct bumper_file *in = &p->intro, *out = &p->outro;
    int rate = p->sample_rate, r = 0;
    tick lead = in->path ? in->length - in->overlap : 0, behind = lead + p->length;
    tick last = out->path ? behind - out->overlap : behind;
    tick fade_in = in->overlap < programme_fade ? in->overlap : programme_fade;
    tick fade_out = out->overlap < programme_fade ? out->overlap : programme_fade;
    struct voice programme = {
        .reader = p->programme,
        .from = tick_to_samples(lead, rate),
        .to = tick_to_samples(behind, rate),
        .fade_in = in->path ? tick_to_samples(fade_in, rate) : 0,
        .fade_out = out->path ? tick_to_samples(fade_out, rate) : 0,
        .gain = 1,
    };
    struct voice intro = {
        .to = tick_to_samples(in->length, rate),
        .fade_out = tick_to_samples(in->length, rate) - programme.from,
    };
    b->end = programme.to;
    if (in->path)
        r = add_file(b, p, in, intro, e);
    b->voice[b->num_voices++] = programme;
    if (r < 0 || !out->path)
        return r;
    b->end = tick_to_samples(last + out->length, rate);
    struct voice outro = {.from = tick_to_samples(last, rate), .to = b->end};
    outro.fade_in = programme.to - outro.from;
    return add_file(b, p, out, outro, e);
}

int bumper_open(const struct bumper_params *p, struct bumper **ret, struct err *e)
{
    if (p->channels < 1 || p->channels > PUMP_MAX_CHANNELS)
        return err_set(e, -EINVAL, "%d channels cannot be joined", p->channels);
    struct bumper *b = mem_alloc(sizeof *b);
    b->channels = p->channels;
    for (int c = 0; c < p->channels; c++)
        b->part[c] = mem_alloc(PUMP_BLOCK * sizeof(float));
    int r = add_voices(b, p, e);
    if (r < 0) {
        bumper_close(b);
        return r;
    }
    *ret = b;
    return 0;
}

int64_t bumper_frames(const struct bumper *b)
{
    return b->end;
}

// n samples of the voice into part; silence where it has no more.
static int read_voice(struct bumper *b, struct voice *v, size_t n, struct err *e)
{
    size_t got = 0;
    while (got < n && !v->ended) {
        float *at[PUMP_MAX_CHANNELS];
        for (int c = 0; c < b->channels; c++)
            at[c] = b->part[c] + got;
        int r = v->reader.read(v->reader.ctx, at, n - got, e);
        if (r < 0)
            return r;
        v->ended = r == 0;
        got += (size_t)r;
    }
    for (int c = 0; c < b->channels; c++)
        memset(b->part[c] + got, 0, (n - got) * sizeof(float));
    return 0;
}

static float weight_at(const struct voice *v, int64_t at)
{
    float w = v->gain;
    if (at - v->from < v->fade_in)
        w *= join_power(((float)(at - v->from) + 0.5f) / (float)v->fade_in);
    if (v->to - at <= v->fade_out)
        w *= join_power(((float)(v->to - at) - 0.5f) / (float)v->fade_out);
    return w;
}

static void add_voice(const struct bumper *b, const struct voice *v, float *const *planes,
                      int64_t from, int64_t to)
{
    size_t into = (size_t)(from - b->at), n = (size_t)(to - from);
    bool even = from - v->from >= v->fade_in && v->to - to >= v->fade_out;
    for (size_t i = 0; i < n; i++) {
        float w = even ? v->gain : weight_at(v, from + (int64_t)i);
        for (int c = 0; c < b->channels; c++)
            planes[c][into + i] += w * b->part[c][i];
    }
}

int bumper_read(void *bumper, float *const *planes, size_t room, struct err *e)
{
    struct bumper *b = bumper;
    int64_t n = room < PUMP_BLOCK ? (int64_t)room : PUMP_BLOCK;
    n = n < b->end - b->at ? n : b->end - b->at;
    for (int c = 0; c < b->channels; c++)
        memset(planes[c], 0, (size_t)n * sizeof(float));
    for (size_t i = 0; i < b->num_voices; i++) {
        struct voice *v = &b->voice[i];
        int64_t from = v->from > b->at ? v->from : b->at;
        int64_t to = v->to < b->at + n ? v->to : b->at + n;
        if (from >= to)
            continue;
        int r = read_voice(b, v, (size_t)(to - from), e);
        if (r < 0)
            return r;
        add_voice(b, v, planes, from, to);
    }
    b->at += n;
    return (int)n;
}
