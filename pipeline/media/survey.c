// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/survey.h"
#include "base/err.h"
#include "media/feed.h"
#include "media/pump.h"
#include "sound/blocks.h"
#include "sound/clean.h"
#include <errno.h>
#include <string.h>

struct listener {
    struct source *source;
    struct meter *meter;
    struct bands *bands; // NULL: not wanted
    struct ear {
        struct clean_look *look;
        int channel;
    } ears[METER_MAX_CHANNELS]; // look NULL: not wanted
    int channels;
    const float *const *planes; // left over from the last block of the source
    size_t at, frames;
};

static int read_some(void *ctx, float *const *planes, size_t room, struct err *e)
{
    struct listener *l = ctx;
    size_t n;

    if (l->at == l->frames) {
        int r = source_read(l->source, &l->planes, &l->frames, e);
        l->at = 0;
        if (r <= 0) {
            l->frames = 0;
            return r;
        }
    }
    n = l->frames - l->at < room ? l->frames - l->at : room;
    for (int c = 0; c < l->channels; c++)
        memcpy(planes[c], l->planes[c] + l->at, n * sizeof(float));
    l->at += n;
    return (int)n;
}

static int measure_some(void *ctx, const float *const *planes, size_t frames, struct err *e)
{
    struct listener *l = ctx;

    (void)e;
    if (frames)
        meter_add(l->meter, planes, frames);
    return 0;
}

static int look_at_some(void *ctx, const float *const *planes, size_t frames, struct err *e)
{
    struct listener *l = ctx;

    (void)e;
    if (frames)
        bands_add(l->bands, planes, frames);
    return 0;
}

static int look_for_dirt(void *ctx, const float *const *planes, size_t frames, struct err *e)
{
    const struct ear *ear = ctx;

    (void)e;
    if (frames)
        clean_look_add(ear->look, planes[ear->channel], frames);
    return 0;
}

static int listen_to(struct listener *l, const struct survey_params *p,
                     const struct source_facts *f, struct err *e)
{
    struct meter_params mp = {
        .sample_rate = f->sample_rate, .channels = f->channels, .no_table = !p->blocks};
    struct pump_taker takers[PUMP_MAX_TAKERS] = {{measure_some, l}};
    size_t num_takers = 1;

    memcpy(mp.weight, f->weight, sizeof(mp.weight));
    l->channels = f->channels;
    l->meter = meter_new(&mp);
    if (!l->meter)
        return err_set(e, -EINVAL, "%s: %d channels at %d Hz cannot be metered", p->path,
                       f->channels, f->sample_rate);
    if (p->blocks) {
        l->bands = bands_new(f->sample_rate, f->channels);
        takers[num_takers++] = (struct pump_taker){look_at_some, l};
    }
    for (int c = 0; p->clean && c < f->channels; c++) {
        l->ears[c] = (struct ear){clean_look_new(f->sample_rate), c};
        takers[num_takers++] = (struct pump_taker){look_for_dirt, &l->ears[c]};
    }
    return pump_run(
        &(struct pump_params){.channels = f->channels,
                              .sample_rate = f->sample_rate,
                              .reader = {read_some, l},
                              .takers = takers,
                              .num_takers = num_takers,
                              .progress = p->progress,
                              .what = p->what,
                              .total_frames =
                                  f->claimed > 0 ? tick_to_samples(f->claimed, f->sample_rate) : 0},
        e);
}

int survey_file(const struct survey_params *p, struct survey *ret, struct err *e)
{
    struct listener l = {0};
    int r;

    r = source_open(
        &(struct source_params){
            .path = p->path, .track = p->track - 1, .tolerate_damage = true, .threads = p->threads},
        &l.source, e);
    if (r < 0)
        return r;
    source_facts(l.source, &ret->facts);
    r = listen_to(&l, p, &ret->facts, e);
    if (r >= 0) {
        source_facts(l.source, &ret->facts);
        meter_result(l.meter, &ret->sound);
        if (p->blocks)
            blocks_take(l.meter, l.bands, p->blocks);
        for (int c = 0; p->clean && c < ret->facts.channels; c++)
            clean_look_result(l.ears[c].look, &p->clean[c]);
    }
    meter_free(l.meter);
    bands_free(l.bands);
    for (int c = 0; c < METER_MAX_CHANNELS; c++)
        clean_look_free(l.ears[c].look);
    source_close(l.source);
    return r;
}

// ---- what a feed makes of it

static int read_feed(void *ctx, float *const *planes, size_t room, struct err *e)
{
    return feed_read(ctx, planes, room, e);
}

static int listen_to_feed(struct listener *l, const struct survey_params *p, struct feed *feed,
                          struct err *e)
{
    struct source_facts f;
    feed_facts(feed, &f);
    int rate = feed_rate(feed), channels = feed_channels(feed);
    struct meter_params mp = {.sample_rate = rate, .channels = channels, .no_table = !p->blocks};
    struct pump_taker takers[] = {{measure_some, l}, {look_at_some, l}};
    if (channels == f.channels)
        memcpy(mp.weight, f.weight, sizeof(mp.weight));
    l->meter = meter_new(&mp);
    if (!l->meter)
        return err_set(e, -EINVAL, "%d channels at %d Hz cannot be metered", channels, rate);
    if (p->blocks)
        l->bands = bands_new(rate, channels);
    return pump_run(
        &(struct pump_params){.channels = channels,
                              .sample_rate = rate,
                              .reader = {read_feed, feed},
                              .takers = takers,
                              .num_takers = p->blocks ? 2 : 1,
                              .progress = p->progress,
                              .what = p->what,
                              .total_frames = f.claimed > 0 ? tick_to_samples(f.claimed, rate) : 0},
        e);
}

int survey_feed(const struct survey_params *p, const struct feed_params *as, struct survey *ret,
                struct err *e)
{
    struct listener l = {0};
    struct feed *feed;
    int r = feed_open(as, &feed, e);
    if (r < 0)
        return r;
    r = listen_to_feed(&l, p, feed, e);
    if (r >= 0) {
        feed_facts(feed, &ret->facts);
        meter_result(l.meter, &ret->sound);
        if (p->blocks)
            blocks_take(l.meter, l.bands, p->blocks);
    }
    meter_free(l.meter);
    bands_free(l.bands);
    feed_close(feed);
    return r;
}
