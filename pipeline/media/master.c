// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/master.h"

#include "base/err.h"
#include "media/limited.h"
#include "media/pump.h"
#include "media/sink.h"
#include "sound/gain.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

static const double close_enough_lu = 0.1; // the last trim is the encoder's
static const double over_dbtp = 0.02; // what 24 bits and another look between the samples may add
static const double trim_step_db = 0.5;
static const double first_share = 0.35; // of the progress: listening; the rest is writing

static int read_mix(void *ctx, float *const *planes, size_t room, struct err *e)
{
    return mix_read(ctx, planes, room, e);
}

static int take_meter(void *ctx, const float *const *planes, size_t frames, struct err *e)
{
    (void)e;
    if (frames)
        meter_add(ctx, planes, frames);
    return 0;
}

static int take_sink(void *ctx, const float *const *planes, size_t frames, struct err *e)
{
    struct sink **s = ctx;
    if (frames)
        return sink_write(*s, planes, frames, e);
    struct sink *whole = *s;
    *s = NULL;
    return sink_finish(whole, e);
}

static struct meter *new_meter(const struct mix_params *p)
{
    return meter_new(
        &(struct meter_params){.sample_rate = p->sample_rate, .channels = p->channels});
}

static struct pump_params pump_of(const struct master_params *p, const struct mix *mix)
{
    return (struct pump_params){
        .channels = p->mix->channels,
        .sample_rate = p->mix->sample_rate,
        .progress = p->progress,
        .total_frames = mix_frames(mix),
    };
}

static int listen(const struct master_params *p, struct meter *m, struct err *e)
{
    struct mix *mix;
    int r = mix_open(p->mix, &mix, e);
    if (r < 0)
        return r;
    struct pump_taker taker = {take_meter, m};
    struct pump_params pp = pump_of(p, mix);
    pp.reader = (struct pump_reader){read_mix, mix};
    pp.takers = &taker;
    pp.num_takers = 1;
    pp.what = "measuring the sound";
    pp.to = first_share;
    r = pump_run(&pp, e);
    mix_close(mix);
    return r;
}

static int write_through(const struct master_params *p, struct master_result *ret, struct meter *m,
                         struct mix *mix, struct sink **sink, struct err *e)
{
    struct limiter_params lp = {
        .sample_rate = p->mix->sample_rate,
        .channels = p->mix->channels,
        .gain_db = ret->gain_db,
        .ceiling_dbtp = ret->ceiling_dbtp,
    };
    struct limited *l = limited_new(&lp, (struct pump_reader){read_mix, mix});
    struct pump_taker takers[] = {{take_meter, m}, {take_sink, sink}};
    struct pump_params pp = pump_of(p, mix);
    pp.reader = (struct pump_reader){limited_read, l};
    pp.takers = takers;
    pp.num_takers = 2;
    pp.what = "writing the master";
    pp.from = first_share;
    pp.to = 1;
    int r = pump_run(&pp, e);
    if (r >= 0)
        limited_stats(l, &ret->limited);
    limited_free(l);
    return r;
}

static int write_master(const struct master_params *p, struct master_result *ret, struct meter *m,
                        struct err *e)
{
    // a fifth faster than the encoder's default, and one per cent larger
    static const char *const options[] = {"compression_level=3", "max_partition_order=3", NULL};
    struct sink_params sp = {
        .path = p->path,
        .codec = "flac",
        .container = "flac",
        .bits = 24,
        .options = options,
        .sample_rate = p->mix->sample_rate,
        .channels = p->mix->channels,
    };
    struct mix *mix;
    struct sink *sink = NULL;
    int r = mix_open(p->mix, &mix, e);
    if (r < 0)
        return r;
    r = sink_open(&sp, &sink, e);
    if (r >= 0)
        r = write_through(p, ret, m, mix, &sink, e);
    sink_abort(sink);
    mix_close(mix);
    return r;
}

static int solve(const struct master_params *p, const struct meter *m, double target_lufs,
                 struct master_result *ret, struct err *e)
{
    struct meter_table table;
    struct gain_solution s;
    meter_table(m, &table);
    int r = gain_solve(
        &table,
        &(struct gain_problem){.target_lufs = target_lufs, .ceiling_dbtp = ret->ceiling_dbtp}, &s);
    if (r == -EDOM)
        return err_input(e, "there is nothing to hear in the recording");
    if (r < 0)
        return err_set(e, r,
                       "%.1f LUFS with peaks below %.1f dBTP cannot be reached: the recording "
                       "comes to %.1f LUFS",
                       p->target_lufs, p->ceiling_dbtp, s.expected_lufs);
    ret->gain_db = s.gain_db;
    return 0;
}

// True when what was written is good; else sets right what the next try starts from.
static bool judge(const struct master_params *p, struct master_result *ret, double *target_lufs)
{
    double over = ret->master.true_peak_dbtp - p->ceiling_dbtp;
    double off = ret->master.integrated_lufs - p->target_lufs;
    if (over <= over_dbtp && fabs(off) <= close_enough_lu)
        return true;
    if (over > over_dbtp)
        ret->ceiling_dbtp -= over;
    *target_lufs -= off;
    return false;
}

static void find_trims(const struct master_params *p, const struct meter *m,
                       struct master_result *ret)
{
    struct meter_table table;
    meter_table(m, &table);
    for (size_t i = 0; i < MASTER_TRIMS; i++) {
        double ceiling = p->ceiling_dbtp - trim_step_db * (double)i;
        struct gain_solution s;
        int r = gain_solve(
            &table, &(struct gain_problem){.target_lufs = p->target_lufs, .ceiling_dbtp = ceiling},
            &s);
        if (r < 0)
            return;
        ret->trims[ret->num_trims++] = (struct master_trim){ceiling, s.gain_db};
    }
}

static int write_until_good(const struct master_params *p, const struct meter *input,
                            struct master_result *ret, struct err *e)
{
    double target = p->target_lufs;
    ret->ceiling_dbtp = p->ceiling_dbtp;
    for (ret->tries = 1;; ret->tries++) {
        int r = solve(p, input, target, ret, e);
        if (r < 0)
            return r;
        struct meter *m = new_meter(p->mix);
        r = write_master(p, ret, m, e);
        meter_result(m, &ret->master);
        bool good = r >= 0 && (ret->tries == MASTER_TRIES || judge(p, ret, &target));
        if (good)
            find_trims(p, m, ret);
        meter_free(m);
        if (r < 0 || good)
            return r;
    }
}

int master_make(const struct master_params *p, struct master_result *ret, struct err *e)
{
    *ret = (struct master_result){0};
    struct meter *input = new_meter(p->mix);
    if (!input)
        return err_set(e, -EINVAL, "%d Hz in %d channels cannot be metered", p->mix->sample_rate,
                       p->mix->channels);
    int r = listen(p, input, e);
    meter_result(input, &ret->input);
    if (r >= 0)
        r = write_until_good(p, input, ret, e);
    meter_free(input);
    if (r < 0)
        unlink(p->path);
    return r;
}
