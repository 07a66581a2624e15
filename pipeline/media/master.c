// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/master.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/workers.h"
#include "media/limited.h"
#include "media/pump.h"
#include "media/reined.h"
#include "media/sink.h"
#include "sound/blocks.h"
#include "sound/duck.h"
#include "sound/gain.h"
#include "sound/loudness.h"
#include "sound/rein.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const double close_enough_lu = 0.1; // the last trim is the encoder's
static const double over_dbtp = 0.02; // what 24 bits and another look between the samples may add
static const double trim_step_db = 0.5;
static const double first_share = 0.35; // of the progress: listening; the rest is writing

// What is laid under the mix and around it.
struct setting {
    const struct bumper_params *bumper; // NULL: none
    const struct leveller_curve *music; // its gain; NULL: no music
};

// What is heard: the mix, under it music, around it intro and outro.
struct programme {
    struct mix *mix;
    struct bed *bed;       // NULL: none
    struct bumper *bumper; // NULL: none
};

static int read_mix(void *ctx, float *const *planes, size_t room, struct err *e)
{
    return mix_read(ctx, planes, room, e);
}

static void programme_close(struct programme *g)
{
    bumper_close(g->bumper);
    bed_close(g->bed);
    mix_close(g->mix);
}

static struct pump_reader mix_and_bed(const struct programme *g)
{
    return g->bed ? (struct pump_reader){bed_read, g->bed} : (struct pump_reader){read_mix, g->mix};
}

static int open_bed(const struct master_params *p, const struct leveller_curve *curve,
                    struct programme *g, struct err *e)
{
    struct bed_params bp = {
        .file = p->music->file,
        .file_frames = p->music->heard.sound.frames,
        .curve = curve,
        .programme = {read_mix, g->mix},
        .length = mix_frames(g->mix),
    };
    return bed_open(&bp, &g->bed, e);
}

static int open_bumper(const struct master_params *p, const struct bumper_params *bumper,
                       struct programme *g, struct err *e)
{
    struct bumper_params bp = *bumper;
    bp.programme = mix_and_bed(g);
    bp.sample_rate = p->mix->sample_rate;
    bp.channels = p->mix->channels;
    return bumper_open(&bp, &g->bumper, e);
}

static int programme_open(const struct master_params *p, const struct setting *s,
                          struct programme *ret, struct err *e)
{
    *ret = (struct programme){0};
    int r = mix_open(p->mix, &ret->mix, e);
    if (r < 0)
        return r;
    if (s->music)
        r = open_bed(p, s->music, ret, e);
    if (r >= 0 && s->bumper)
        r = open_bumper(p, s->bumper, ret, e);
    if (r < 0)
        programme_close(ret);
    return r;
}

static int64_t programme_frames(const struct programme *g)
{
    return g->bumper ? bumper_frames(g->bumper) : mix_frames(g->mix);
}

static struct pump_reader programme_reader(const struct programme *g)
{
    return g->bumper ? (struct pump_reader){bumper_read, g->bumper} : mix_and_bed(g);
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

static struct pump_params pump_of(const struct master_params *p, const struct programme *g)
{
    return (struct pump_params){
        .channels = p->mix->channels,
        .sample_rate = p->mix->sample_rate,
        .progress = p->progress,
        .total_frames = programme_frames(g),
    };
}

static int listen(const struct master_params *p, const struct setting *around, struct meter *m,
                  struct err *e)
{
    struct programme g;
    int r = programme_open(p, around, &g, e);
    if (r < 0)
        return r;
    struct pump_taker taker = {take_meter, m};
    struct pump_params pp = pump_of(p, &g);
    pp.reader = programme_reader(&g);
    pp.takers = &taker;
    pp.num_takers = 1;
    pp.what = "measuring the sound";
    pp.to = first_share;
    r = pump_run(&pp, e);
    programme_close(&g);
    return r;
}

static int write_through(const struct master_params *p, struct master_result *ret, struct meter *m,
                         const struct programme *g, struct sink **sink, struct err *e)
{
    struct limiter_params lp = {
        .sample_rate = p->mix->sample_rate,
        .channels = p->mix->channels,
        .gain_db = ret->gain_db,
        .ceiling_dbtp = ret->ceiling_dbtp,
    };
    struct pump_reader from = programme_reader(g);
    struct reined *reined = NULL;
    if (ret->rein.curve.n) {
        reined = reined_new(&ret->rein.curve, lp.sample_rate, lp.channels, from);
        from = (struct pump_reader){reined_read, reined};
    }
    struct limited *l = limited_new(&lp, from);
    struct pump_taker takers[] = {{take_meter, m}, {take_sink, sink}};
    struct pump_params pp = pump_of(p, g);
    pp.reader = (struct pump_reader){limited_read, l};
    pp.takers = takers;
    pp.num_takers = 2;
    pp.what = "writing the master";
    pp.from = p->known && !p->bumper && !p->music ? 0 : first_share;
    pp.to = 1;
    int r = pump_run(&pp, e);
    if (r >= 0)
        limited_stats(l, &ret->limited);
    limited_free(l);
    reined_free(reined);
    return r;
}

static int write_master(const struct master_params *p, const struct setting *around,
                        struct master_result *ret, struct meter *m, struct err *e)
{
    struct sink_params sp = {
        .path = p->path,
        .codec = "flac",
        .container = "flac",
        .bits = 24,
        .sample_rate = p->mix->sample_rate,
        .channels = p->mix->channels,
    };
    struct programme g;
    struct sink *sink = NULL;
    int r = programme_open(p, around, &g, e);
    if (r < 0)
        return r;
    r = sink_open(&sp, &sink, e);
    if (r >= 0)
        r = write_through(p, ret, m, &g, &sink, e);
    sink_abort(sink);
    programme_close(&g);
    return r;
}

static int solve(const struct master_params *p, const struct meter_table *table, double target_lufs,
                 struct master_result *ret, struct err *e)
{
    struct gain_solution s;
    int r = gain_solve(
        table,
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

// ---- limits

// What the next try starts from.
struct aim {
    double target_lufs, max_short_term_lufs, max_range_lu;
    bool reined; // the curve stands
};

static bool has_limits(const struct master_params *p)
{
    return isfinite(p->max_short_term_lufs) || isfinite(p->max_range_lu);
}

static int over_limit(const struct master_params *p, double short_term_lufs, double range_lu,
                      struct err *e)
{
    if (short_term_lufs > p->max_short_term_lufs)
        return err_set(e, -ERANGE,
                       "the loudest 3 s come to %.1f LUFS; wanted are at most %.1f LUFS at a "
                       "loudness of %.1f LUFS: raise max_short_term_lufs in the loudness preset, "
                       "or turn the passage down in the recording",
                       short_term_lufs, p->max_short_term_lufs, p->target_lufs);
    return err_set(e, -ERANGE,
                   "the loudness range comes to %.1f LU; wanted are at most %.1f LU: raise "
                   "max_range_lu in the loudness preset, or bring loud and soft passages nearer in "
                   "the recording",
                   range_lu, p->max_range_lu);
}

// Curve into ret, its effect into `ridden`.
static int rein(const struct master_params *p, const struct meter_table *input, struct aim *aim,
                struct blocks *ridden, struct master_result *ret, struct err *e)
{
    const struct rein_problem rp = {.target_lufs = p->target_lufs,
                                    .ceiling_dbtp = ret->ceiling_dbtp,
                                    .max_short_term_lufs = aim->max_short_term_lufs,
                                    .max_range_lu = aim->max_range_lu};
    leveller_curve_done(&ret->rein.curve);
    blocks_done(ridden);
    int r = rein_solve(input, &rp, &ret->rein);
    if (r == -EDOM)
        return err_input(e, "there is nothing to hear in the recording");
    bool kept = ret->rein.short_term_lufs <= p->max_short_term_lufs &&
                ret->rein.range_lu <= p->max_range_lu;
    if (r < 0 && !kept)
        return over_limit(p, ret->rein.short_term_lufs, ret->rein.range_lu, e);
    blocks_copy(input, NULL, ridden);
    leveller_apply(&ret->rein.curve, ridden);
    aim->reined = true;
    return 0;
}

// True when what was written keeps them; else the next curve aims lower by what it is over.
static bool judge_limits(const struct master_params *p, const struct meter_result *m,
                         struct aim *aim)
{
    double loud = m->max_short_term_lufs - p->max_short_term_lufs;
    double wide = m->range_lu - p->max_range_lu;
    if (loud <= close_enough_lu && wide <= close_enough_lu)
        return true;
    aim->max_short_term_lufs -= fmax(0, loud);
    aim->max_range_lu -= fmax(0, wide);
    aim->reined = false;
    return false;
}

// True when what was written is good; else sets right what the next try starts from.
static bool judge(const struct master_params *p, struct master_result *ret, struct aim *aim)
{
    double over = ret->master.true_peak_dbtp - p->ceiling_dbtp;
    double off = ret->master.integrated_lufs - p->target_lufs;
    bool kept = judge_limits(p, &ret->master, aim);
    if (over <= over_dbtp && fabs(off) <= close_enough_lu)
        return kept;
    if (over > over_dbtp)
        ret->ceiling_dbtp -= over;
    aim->target_lufs -= off;
    return false;
}

struct trims {
    const struct master_params *p;
    const struct meter_table *table;
    struct gain_solution found[MASTER_TRIMS];
    int result[MASTER_TRIMS];
};

static double trim_ceiling(const struct master_params *p, size_t i)
{
    return p->ceiling_dbtp - trim_step_db * (double)i;
}

static int find_trim(void *ctx, size_t i, struct err *e)
{
    (void)e;
    struct trims *t = ctx;
    struct gain_problem g = {.target_lufs = t->p->target_lufs,
                             .ceiling_dbtp = trim_ceiling(t->p, i)};
    t->result[i] = gain_solve(t->table, &g, &t->found[i]);
    return 0;
}

static void find_trims(const struct master_params *p, const struct meter_table *table,
                       struct master_result *ret)
{
    struct trims t = {.p = p, .table = table};
    (void)workers_run(MASTER_TRIMS, 0, find_trim, &t, NULL);
    for (size_t i = 0; i < MASTER_TRIMS && t.result[i] >= 0; i++)
        ret->trims[ret->num_trims++] = (struct master_trim){trim_ceiling(p, i), t.found[i].gain_db};
}

static void look_back(const struct master_params *p, struct meter *m, struct master_result *ret)
{
    struct meter_table table;
    meter_table(m, &table);
    find_trims(p, &table, ret);
    if (p->written)
        blocks_take(m, NULL, p->written);
}

static int try_once(const struct master_params *p, const struct setting *around,
                    const struct meter_table *table, struct aim *aim, struct master_result *ret,
                    bool *ret_good, struct err *e)
{
    int r = solve(p, table, aim->target_lufs, ret, e);
    if (r < 0)
        return r;
    struct meter *m = new_meter(p->mix);
    r = write_master(p, around, ret, m, e);
    meter_result(m, &ret->master);
    *ret_good = r >= 0 && (judge(p, ret, aim) || ret->tries == MASTER_TRIES);
    if (*ret_good)
        look_back(p, m, ret);
    meter_free(m);
    return r;
}

static int write_until_good(const struct master_params *p, const struct setting *around,
                            const struct meter_table *input, struct master_result *ret,
                            struct err *e)
{
    struct aim aim = {p->target_lufs, p->max_short_term_lufs, p->max_range_lu, !has_limits(p)};
    struct blocks ridden = {0};
    struct meter_table table = *input;
    bool good = false;
    int r = 0;
    ret->ceiling_dbtp = p->ceiling_dbtp;
    for (ret->tries = 1; r >= 0; ret->tries++) {
        if (!aim.reined) {
            r = rein(p, input, &aim, &ridden, ret, e);
            table = blocks_table(&ridden);
        }
        if (r >= 0)
            r = try_once(p, around, &table, &aim, ret, &good, e);
        if (good)
            break;
    }
    blocks_done(&ridden);
    if (r >= 0 && !aim.reined)
        r = over_limit(p, ret->master.max_short_term_lufs, ret->master.range_lu, e);
    return r;
}

static double table_lufs(const struct meter_table *t)
{
    float *hop = mem_alloc((t->num_blocks / LOUDNESS_HOP + 1) * sizeof *hop);
    double lufs = loudness_integrated(hop, loudness_hops(t->energy, t->num_blocks, hop));
    free(hop);
    return lufs;
}

// Intro and outro at the loudness of the mix.
static struct bumper_params even_bumper(const struct master_params *p, double lufs)
{
    struct bumper_params b = *p->bumper;
    b.intro.gain_db = isfinite(lufs) && isfinite(p->intro_lufs) ? lufs - p->intro_lufs : 0;
    b.outro.gain_db = isfinite(lufs) && isfinite(p->outro_lufs) ? lufs - p->outro_lufs : 0;
    return b;
}

// The music's gain over the whole of the mix.
static void duck_music(const struct master_params *p, const struct meter_table *mix,
                       struct master_result *ret, struct duck *duck)
{
    struct blocks blocks;
    blocks_copy(mix, NULL, &blocks);
    duck_find(&blocks, &p->music->heard.sound, duck);
    ret->music_under_speech_db = duck->under_speech_db;
    ret->music_in_pauses_db = duck->in_pauses_db;
    blocks_done(&blocks);
}

// mix: its table. What lies under and around it is listened to with it.
static int make_with(const struct master_params *p, const struct meter_table *mix,
                     struct master_result *ret, struct err *e)
{
    struct bumper_params bumper;
    struct duck duck = {0};
    struct setting around = {0};
    struct meter_table table;
    if (p->bumper) {
        bumper = even_bumper(p, ret->input.integrated_lufs);
        around.bumper = &bumper;
    }
    if (p->music) {
        duck_music(p, mix, ret, &duck);
        around.music = &duck.curve;
    }
    struct meter *whole = new_meter(p->mix);
    int r = listen(p, &around, whole, e);
    meter_table(whole, &table);
    if (r >= 0)
        r = write_until_good(p, &around, &table, ret, e);
    meter_free(whole);
    duck_done(&duck);
    return r;
}

static int make(const struct master_params *p, struct meter *m, struct master_result *ret,
                struct err *e)
{
    static const struct setting alone = {0};
    struct meter_table table;
    int r = 0;
    if (p->known) {
        table = *p->known;
        ret->input.integrated_lufs = table_lufs(&table);
    } else {
        r = listen(p, &alone, m, e);
        meter_result(m, &ret->input);
        meter_table(m, &table);
    }
    if (r < 0)
        return r;
    return p->bumper || p->music ? make_with(p, &table, ret, e)
                                 : write_until_good(p, &alone, &table, ret, e);
}

int master_make(const struct master_params *p, struct master_result *ret, struct err *e)
{
    *ret = (struct master_result){0};
    struct meter *m = new_meter(p->mix);
    if (!m)
        return err_set(e, -EINVAL, "%d Hz in %d channels cannot be metered", p->mix->sample_rate,
                       p->mix->channels);
    int r = make(p, m, ret, e);
    meter_free(m);
    if (r < 0)
        unlink(p->path);
    return r;
}
