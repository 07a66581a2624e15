// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/transcode.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/feed.h"
#include "media/pump.h"
#include "media/resample.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { AHEAD_BLOCKS = 100 }; // 10 s: the threads of MP3 take and rest in turns

struct lane { // one output
    struct transcode_output *out;
    struct resample *resample; // NULL: nothing to do
    struct limiter *limiter;
    struct sink *sink;
    float *limited[PUMP_MAX_CHANNELS];
    size_t room;
};

static int open_lane(struct lane *l, int rate, int channels, int threads, struct err *e)
{
    struct sink_params *sp = &l->out->sink;
    struct resample_params rp = {
        .in_rate = rate,
        .in_channels = channels,
        .in_layout = "",
        .out_rate = sp->sample_rate,
        .out_channels = sp->channels,
    };
    if (rp.in_rate != rp.out_rate || rp.in_channels != rp.out_channels) {
        int r = resample_open(&rp, &l->resample, e);
        if (r < 0)
            return r;
    }
    l->limiter = limiter_new(&(struct limiter_params){.sample_rate = sp->sample_rate,
                                                      .channels = sp->channels,
                                                      .gain_db = l->out->gain_db,
                                                      .ceiling_dbtp = l->out->ceiling_dbtp});
    if (!l->limiter)
        return err_set(e, -EINVAL, "%s: %d Hz in %d channels cannot be limited", sp->path,
                       sp->sample_rate, sp->channels);
    sp->threads = threads;
    return sink_open(sp, &l->sink, e);
}

static void close_lane(struct lane *l)
{
    sink_abort(l->sink);
    limiter_free(l->limiter);
    resample_close(l->resample);
    for (int c = 0; c < PUMP_MAX_CHANNELS; c++)
        free(l->limited[c]);
}

static void make_room(struct lane *l, size_t frames)
{
    if (frames <= l->room)
        return;
    l->room = frames;
    for (int c = 0; c < l->out->sink.channels; c++)
        l->limited[c] = mem_grow(l->limited[c], frames * sizeof(float));
}

static int limit_and_write(struct lane *l, const float *const *planes, size_t frames, struct err *e)
{
    if (!frames)
        return 0;
    make_room(l, frames + limiter_delay(l->limiter));
    size_t n = limiter_run(l->limiter, planes, frames, l->limited);
    return sink_write(l->sink, (const float *const *)l->limited, n, e);
}

static int resample_and_write(struct lane *l, const float *const *planes, size_t frames,
                              struct err *e)
{
    if (!l->resample)
        return limit_and_write(l, planes, frames, e);
    const float *const *out;
    size_t n;
    int r = resample_run(l->resample, frames ? planes : NULL, frames, &out, &n, e);
    return r < 0 ? r : limit_and_write(l, out, n, e);
}

static int finish_lane(struct lane *l, struct err *e)
{
    make_room(l, limiter_delay(l->limiter));
    size_t n = limiter_flush(l->limiter, l->limited);
    int r = sink_write(l->sink, (const float *const *)l->limited, n, e);
    if (r < 0)
        return r;
    limiter_stats(l->limiter, &l->out->limited);
    r = sink_finish(l->sink, e);
    l->sink = NULL;
    return r;
}

static int take(void *ctx, const float *const *planes, size_t frames, struct err *e)
{
    int r = resample_and_write(ctx, planes, frames, e);
    return r < 0 || frames ? r : finish_lane(ctx, e);
}

static int read_feed(void *ctx, float *const *planes, size_t room, struct err *e)
{
    return feed_read(ctx, planes, room, e);
}

static int run(const struct transcode_params *p, struct feed *f, struct lane *lanes, struct err *e)
{
    struct pump_taker takers[PUMP_MAX_TAKERS];
    int r = 0;
    for (size_t i = 0; r >= 0 && i < p->num_outputs; i++) {
        lanes[i].out = &p->outputs[i];
        takers[i] = (struct pump_taker){take, &lanes[i]};
        r = open_lane(&lanes[i], feed_rate(f), feed_channels(f), p->threads, e);
    }
    if (r < 0)
        return r;
    struct source_facts facts;
    feed_facts(f, &facts);
    struct pump_params pp = {
        .channels = feed_channels(f),
        .sample_rate = feed_rate(f),
        .reader = {read_feed, f},
        .takers = takers,
        .num_takers = p->num_outputs,
        .room_blocks = AHEAD_BLOCKS,
        .progress = p->progress,
        .what = p->what,
        .from = p->from,
        .to = p->to,
        .total_frames = facts.claimed > 0 ? tick_to_samples(facts.claimed, feed_rate(f)) : 0,
    };
    return pump_run(&pp, e);
}

int transcode_run(const struct transcode_params *p, struct err *e)
{
    if (p->num_outputs > PUMP_MAX_TAKERS)
        return err_set(e, -EINVAL, "%zu outputs are more than %d", p->num_outputs, PUMP_MAX_TAKERS);
    struct feed *f;
    int r = feed_open(&(struct feed_params){.path = p->path, .track = -1, .threads = 1}, &f, e);
    if (r < 0)
        return r;
    struct lane lanes[PUMP_MAX_TAKERS] = {0};
    r = run(p, f, lanes, e);
    for (size_t i = 0; i < p->num_outputs; i++) {
        close_lane(&lanes[i]);
        if (r < 0)
            unlink(p->outputs[i].sink.path);
    }
    feed_close(f);
    return r;
}
