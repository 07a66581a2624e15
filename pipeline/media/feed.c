// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/feed.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/resample.h"
#include "sound/cleaner.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct feed {
    struct source *source;
    struct resample *resample;
    int sample_rate, channels;
    struct cleaner *cleaner;
    const float *const *planes; // of the last block, not yet handed on from `used`
    size_t frames, used;
    bool source_ended, ended;
};

void feed_close(struct feed *f)
{
    if (!f)
        return;
    resample_close(f->resample);
    cleaner_free(f->cleaner);
    source_close(f->source);
    free(f);
}

int feed_open(const struct feed_params *p, struct feed **ret, struct err *e)
{
    struct feed *f = mem_alloc(sizeof *f);
    struct source_params sp = {
        .path = p->path, .track = p->track, .tolerate_damage = true, .threads = p->threads};
    int r = source_open(&sp, &f->source, e);
    if (r < 0) {
        feed_close(f);
        return r;
    }
    struct source_facts facts;
    source_facts(f->source, &facts);
    f->sample_rate = p->sample_rate ? p->sample_rate : facts.sample_rate;
    f->channels = p->channels ? p->channels : facts.channels;
    struct resample_params rp = {
        .in_rate = facts.sample_rate,
        .in_channels = facts.channels,
        .in_layout = facts.layout,
        .out_rate = f->sample_rate,
        .out_channels = f->channels,
    };
    if (rp.in_rate != rp.out_rate || rp.in_channels != rp.out_channels)
        r = resample_open(&rp, &f->resample, e);
    if (r >= 0 && p->clean) {
        f->cleaner = cleaner_new(facts.sample_rate, facts.channels, p->clean);
        if (!f->cleaner)
            r = err_set(e, -EINVAL, "%s: %d Hz in %d channels cannot be cleaned", p->path,
                        facts.sample_rate, facts.channels);
    }
    if (r < 0) {
        feed_close(f);
        return r;
    }
    *ret = f;
    return 0;
}

int feed_rate(const struct feed *f)
{
    return f->sample_rate;
}

int feed_channels(const struct feed *f)
{
    return f->channels;
}

void feed_facts(const struct feed *f, struct source_facts *ret)
{
    source_facts(f->source, ret);
}

static void clean_block(struct feed *f)
{
    if (!f->cleaner)
        return;
    f->frames = cleaner_run(f->cleaner, f->planes, f->frames, f->source_ended);
    f->planes = cleaner_planes(f->cleaner);
}

static int next_block(struct feed *f, struct err *e)
{
    f->used = f->frames = 0;
    if (!f->source_ended) {
        int r = source_read(f->source, &f->planes, &f->frames, e);
        if (r < 0)
            return r;
        f->source_ended = r == 0;
        f->frames = r == 0 ? 0 : f->frames;
        clean_block(f);
    }
    f->ended = f->source_ended && !f->frames;
    if (!f->resample || (!f->ended && !f->frames))
        return 0;
    return resample_run(f->resample, f->ended ? NULL : f->planes, f->frames, &f->planes, &f->frames,
                        e);
}

int feed_read(struct feed *f, float *const *planes, size_t room, struct err *e)
{
    while (f->used == f->frames) {
        if (f->ended)
            return 0;
        int r = next_block(f, e);
        if (r < 0)
            return r;
    }
    size_t n = f->frames - f->used;
    n = n < room ? n : room;
    n = n < INT_MAX ? n : INT_MAX;
    for (int c = 0; c < f->channels; c++)
        memcpy(planes[c], f->planes[c] + f->used, n * sizeof(float));
    f->used += n;
    return (int)n;
}
