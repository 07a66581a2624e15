// SPDX-License-Identifier: GPL-3.0-or-later
// encode: the master as delivery files, all variants in one pass, each then decoded again and
// measured.
//
// settings: nothing
// in:       {"master": master.flac, "sound": sound.json}
// variant:  {"codec", "container", "extension", "sample_rate_hz", "channels", "bitrate_kbps",
//           "options": [], "start_gain_db", "start_headroom_db", "target_lufs", "tolerance_lu",
//           "ceiling_dbtp"}, and "max_short_term_lufs", "max_range_lu" where there is a limit
// makes:    audio.<extension>
// measured: {"integrated_lufs", "true_peak_dbtp", "range_lu", "max_short_term_lufs", "duration_s",
//           "bytes", "tries", "gain_db", "ceiling_dbtp", "sample_rate", "channels",
//           "bitrate_kbps"}; gain and ceiling are those of the limiter in front of the encoder,
//           everything else is what the file itself says when decoded
//
// Coding moves loudness a little and peaks by a decibel or two. The presets hold what is usual;
// where a file misses, what it missed by corrects its gain and ceiling and it is made again.
#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "media/survey.h"
#include "media/transcode.h"
#include "stage/stage.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { TRIES = 3 };

static const double lufs_reserve = 0.02;  // of the tolerance, for meters that round otherwise
static const double aim_below_dbtp = 0.1; // a corrected ceiling aims a little lower
static const double careful_db = 1;       // the second try goes no lower than this
static const double share_encoding = 0.8; // of the progress of one try; the rest is measuring

struct output {
    const struct stage_variant *variant;
    double target_lufs, tolerance_lu, ceiling_dbtp; // wanted
    double max_short_term_lufs, max_range_lu;       // HUGE_VAL: no limit
    double above_db; // what is aimed for above the target, for what the encoder takes away
    struct transcode_output code;
    struct survey heard;
    int tries;
    bool good;
    double listened; // share; encode.lock
};

struct trim {
    double ceiling_dbtp, gain_db;
};

struct encode {
    struct stage_job *job;
    const char *master;
    double master_dbtp; // HUGE_VAL: not known
    struct trim *trims; // ceilings from the highest down
    size_t num_trims;
    struct output *outputs;
    struct output **pending; // those of this try
    size_t num_pending;
    double from, to;      // share of the progress of this try
    pthread_mutex_t lock; // progress_update takes one thread at a time
};

static void read_trims(struct encode *x, const struct json *list)
{
    x->num_trims = json_count(list);
    x->trims = arena_array(x->job->arena, struct trim, x->num_trims + 1);
    for (size_t i = 0; i < x->num_trims; i++) {
        x->trims[i].ceiling_dbtp = json_number(json_at(list, i), "ceiling_dbtp", 0);
        x->trims[i].gain_db = json_number(json_at(list, i), "gain_db", 0);
    }
}

// The gain in front of a limiter at this ceiling that brings the master to its target.
static double trim_gain(const struct encode *x, double ceiling)
{
    const struct trim *t = x->trims;
    if (!x->num_trims || ceiling >= t[0].ceiling_dbtp)
        return x->num_trims ? t[0].gain_db : 0;
    for (size_t i = 1; i < x->num_trims; i++) {
        if (ceiling < t[i].ceiling_dbtp)
            continue;
        double part =
            (t[i - 1].ceiling_dbtp - ceiling) / (t[i - 1].ceiling_dbtp - t[i].ceiling_dbtp);
        return t[i - 1].gain_db + part * (t[i].gain_db - t[i - 1].gain_db);
    }
    return t[x->num_trims - 1].gain_db;
}

// The gain that brings it so much above. What a limiter takes away depends only on how far the
// ceiling lies below the sound, so a louder aim is a lower ceiling, lifted.
static double aim_gain(const struct encode *x, const struct output *o)
{
    return o->above_db + trim_gain(x, o->code.ceiling_dbtp - o->above_db);
}

static const char *const *read_options(struct arena *a, const struct json *list)
{
    size_t n = json_count(list);
    const char **options = arena_array(a, const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        options[i] = json_as_text(json_at(list, i));
    return options;
}

static void read_variant(struct encode *x, struct output *o, const struct stage_variant *v)
{
    struct arena *a = x->job->arena;
    const struct json *s = v->settings;
    const char *name = arena_printf(a, "audio.%s", json_text_or(s, "extension", "bin"));
    o->variant = v;
    o->target_lufs = json_number(s, "target_lufs", -16);
    o->tolerance_lu = json_number(s, "tolerance_lu", 0.2);
    o->ceiling_dbtp = json_number(s, "ceiling_dbtp", -1);
    o->max_short_term_lufs = json_number(s, "max_short_term_lufs", HUGE_VAL);
    o->max_range_lu = json_number(s, "max_range_lu", HUGE_VAL);
    o->code.ceiling_dbtp = o->ceiling_dbtp - json_number(s, "start_headroom_db", 0);
    o->above_db = json_number(s, "start_gain_db", 0);
    o->code.gain_db = aim_gain(x, o);
    o->code.sink = (struct sink_params){
        .path = stage_output(x->job, v, name),
        .codec = json_text_or(s, "codec", ""),
        .container = json_text_or(s, "container", ""),
        .sample_rate = (int)json_int(s, "sample_rate_hz", 48000),
        .channels = (int)json_int(s, "channels", 2),
        .bitrate_kbps = (int)json_int(s, "bitrate_kbps", 0),
        .options = read_options(a, json_get(s, "options")),
    };
}

static int read_job(struct encode *x, struct err *e)
{
    struct stage_job *job = x->job;
    x->master = stage_input(job->in, "master");
    if (!x->master)
        return err_set(e, -EINVAL, "the job has no input 'master'");
    struct json *sound;
    int r = stage_load(job->in, "sound", &sound, e);
    if (r < 0)
        return r;
    read_trims(x, json_get(sound, "trims"));
    x->master_dbtp = json_number(json_get(sound, "master"), "true_peak_dbtp", HUGE_VAL);
    json_free(sound);
    x->outputs = arena_array(job->arena, struct output, job->num_variants);
    x->pending = arena_array(job->arena, struct output *, job->num_variants);
    for (size_t i = 0; i < job->num_variants; i++)
        read_variant(x, &x->outputs[i], &job->variants[i]);
    return 0;
}

// ---- one try: encode together, then listen to each

static int encode_pending(struct encode *x, struct err *e)
{
    struct transcode_output *codes =
        arena_array(x->job->arena, struct transcode_output, x->num_pending);
    for (size_t i = 0; i < x->num_pending; i++)
        codes[i] = x->pending[i]->code;
    struct transcode_params tp = {
        .path = x->master,
        .outputs = codes,
        .num_outputs = x->num_pending,
        .threads = x->job->threads,
        .progress = x->job->progress,
        .what = "encoding",
        .from = x->from,
        .to = x->from + share_encoding * (x->to - x->from),
    };
    return transcode_run(&tp, e);
}

struct ear { // one file being listened to
    struct encode *x;
    struct output *o;
};

static void tell(void *ctx, const char *what, double done, double media_s)
{
    struct ear *ear = ctx;
    struct encode *x = ear->x;
    double share = 0;
    pthread_mutex_lock(&x->lock);
    ear->o->listened = done;
    for (size_t i = 0; i < x->num_pending; i++)
        share += x->pending[i]->listened / (double)x->num_pending;
    share = share_encoding + (1 - share_encoding) * share;
    progress_update(x->job->progress, what, x->from + share * (x->to - x->from), media_s);
    pthread_mutex_unlock(&x->lock);
}

static int listen_to(void *ctx, size_t i, struct err *e)
{
    struct encode *x = ctx;
    struct ear ear = {x, x->pending[i]};
    struct progress progress = {
        .stop = x->job->progress ? x->job->progress->stop : NULL, .update = tell, .ctx = &ear};
    struct survey_params sp = {.path = ear.o->code.sink.path,
                               .threads = 1,
                               .progress = &progress,
                               .what = "measuring what was encoded"};
    return survey_file(&sp, &ear.o->heard, e);
}

// ---- judging and correcting

static void correct(const struct encode *x, struct output *o)
{
    double over = o->heard.sound.true_peak_dbtp - o->ceiling_dbtp;
    double lower = over + aim_below_dbtp;
    // An encoder's slip of a moment is often gone at another level; lowering all for it comes last.
    lower = o->tries == 1 && lower > careful_db ? careful_db : lower;
    // A ceiling that no peak reached lies too high by that much more.
    if (over > 0)
        o->code.ceiling_dbtp = fmin(o->code.ceiling_dbtp, x->master_dbtp + o->code.gain_db) - lower;
    if (isfinite(o->heard.sound.integrated_lufs))
        o->above_db += o->target_lufs - o->heard.sound.integrated_lufs;
    o->code.gain_db = aim_gain(x, o);
}

static bool is_on_target(const struct output *o)
{
    double off = fabs(o->heard.sound.integrated_lufs - o->target_lufs);
    return off <= o->tolerance_lu - lufs_reserve &&
           o->heard.sound.true_peak_dbtp <= o->ceiling_dbtp;
}

static bool is_too_loud(const struct output *o) // over 3 s
{
    return o->heard.sound.max_short_term_lufs > o->max_short_term_lufs + o->tolerance_lu;
}

static bool is_too_wide(const struct output *o)
{
    return o->heard.sound.range_lu > o->max_range_lu + o->tolerance_lu;
}

static int missed(const struct output *o, struct err *e)
{
    const struct meter_result *m = &o->heard.sound;
    if (!is_on_target(o))
        return err_set(
            e, -ERANGE,
            "%s: %d tries came to %.2f LUFS with peaks at %.2f dBTP; wanted are %.1f ±%.1f LUFS "
            "and at most %.1f dBTP: a higher bit rate helps",
            o->variant->name, o->tries, m->integrated_lufs, m->true_peak_dbtp, o->target_lufs,
            o->tolerance_lu, o->ceiling_dbtp);
    if (is_too_loud(o))
        return err_set(e, -ERANGE,
                       "%s: the loudest 3 s come to %.2f LUFS after %d tries; wanted are at most "
                       "%.1f LUFS: a higher bit rate helps, or a higher max_short_term_lufs in "
                       "the loudness preset",
                       o->variant->name, m->max_short_term_lufs, o->tries, o->max_short_term_lufs);
    return err_set(e, -ERANGE,
                   "%s: the loudness range comes to %.2f LU after %d tries; wanted are at most "
                   "%.1f LU: a higher bit rate helps, or a higher max_range_lu in the loudness "
                   "preset",
                   o->variant->name, m->range_lu, o->tries, o->max_range_lu);
}

static int judge(struct encode *x, struct output *o, struct err *e)
{
    o->tries++;
    o->good = is_on_target(o) && !is_too_loud(o) && !is_too_wide(o);
    if (!o->good && o->tries == TRIES)
        return missed(o, e);
    if (!o->good)
        correct(x, o);
    return 0;
}

// Opus takes twice as long to decode as the others: begun last, it would be waited for alone.
static int slowest_first(const void *a, const void *b)
{
    const struct output *x = *(struct output *const *)a, *y = *(struct output *const *)b;
    return str_same(y->code.sink.codec, "libopus") - str_same(x->code.sink.codec, "libopus");
}

static int try_once(struct encode *x, struct err *e)
{
    int r = encode_pending(x, e);
    for (size_t i = 0; i < x->num_pending; i++)
        x->pending[i]->listened = 0;
    if (r >= 0) {
        qsort(x->pending, x->num_pending, sizeof(*x->pending), slowest_first);
        r = workers_run(x->num_pending, x->job->threads, listen_to, x, e);
    }
    for (size_t i = 0; r >= 0 && i < x->num_pending; i++)
        r = judge(x, x->pending[i], e);
    return r;
}

static int make_all(struct encode *x, struct err *e)
{
    for (int i = 0; i < TRIES; i++) {
        x->num_pending = 0;
        for (size_t k = 0; k < x->job->num_variants; k++)
            if (!x->outputs[k].good)
                x->pending[x->num_pending++] = &x->outputs[k];
        if (!x->num_pending)
            return 0;
        // nearly always the first try is the only one
        x->from = i == 0 ? 0 : 0.9 + 0.05 * (i - 1);
        x->to = i == 0 ? 0.9 : x->from + 0.05;
        int r = try_once(x, e);
        if (r < 0)
            return r;
    }
    return 0;
}

// ---- the record

static void put_level(struct json *o, const char *key, double v)
{
    json_put_real(o, key, isfinite(v) ? round(v * 1000) / 1000 : v);
}

static void put_measured(const struct output *o, struct json *m)
{
    const struct survey *s = &o->heard;
    put_level(m, "integrated_lufs", s->sound.integrated_lufs);
    put_level(m, "true_peak_dbtp", s->sound.true_peak_dbtp);
    put_level(m, "range_lu", s->sound.range_lu);
    put_level(m, "max_short_term_lufs", s->sound.max_short_term_lufs);
    json_put_real(m, "duration_s", tick_to_s(s->facts.length));
    json_put_int(m, "bytes", fs_size(o->code.sink.path));
    json_put_int(m, "tries", o->tries);
    put_level(m, "gain_db", o->code.gain_db);
    put_level(m, "ceiling_dbtp", o->code.ceiling_dbtp);
    json_put_int(m, "sample_rate", s->facts.sample_rate);
    json_put_int(m, "channels", s->facts.channels);
    json_put_int(m, "bitrate_kbps", o->code.sink.bitrate_kbps);
}

static int encode_run(struct stage_job *job, struct err *e)
{
    struct encode x = {.job = job, .lock = PTHREAD_MUTEX_INITIALIZER};
    int r = read_job(&x, e);
    if (r >= 0)
        r = make_all(&x, e);
    for (size_t i = 0; r >= 0 && i < job->num_variants; i++)
        put_measured(&x.outputs[i], job->variants[i].measured);
    pthread_mutex_destroy(&x.lock);
    return r;
}

const struct stage stage_encode = {"encode", encode_run};
