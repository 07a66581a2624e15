// SPDX-License-Identifier: GPL-3.0-or-later
// A short excerpt as it was recorded and as it will be published, for `normalize --preview`.
// Curve and gain are those of the whole recording, so that it sounds exactly as the episode will.
//
// settings: those of sound, and "excerpt": {"from_ticks", "to_ticks"} on the recording's clock
// in:       those of sound; "sound": sound.json, where the master was made already: its gain is
//           taken. Otherwise the gain is found as for the master, but on what is known of the
//           tracks beforehand, without intro and outro; music is in it, but its share in the
//           loudness is not known then
// makes:    before.wav, after.wav
// measured: {"from_s", "to_s", "cut_s", "gain_db", "ceiling_dbtp", "exact": bool, "before",
// "after": {"integrated_lufs", "true_peak_dbtp", "duration_s"}}
#include "base/workers.h"
#include "media/limited.h"
#include "media/reined.h"
#include "media/sink.h"
#include "sound/duck.h"
#include "sound/gain.h"
#include "sound/rein.h"
#include "stage/music.h"
#include "stage/programme.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEP = 4800, SOUNDS = 2 };
static const tick run_up = TICKS_PER_SEC; // a limiter's past, heard by it alone

struct excerpt {
    struct mix_params mix;
    struct limiter_params limit;  // sample_rate 0: none
    const struct bed_params *bed; // NULL: no music
    int64_t skip;                 // samples of the run-up
    const char *path;
    struct meter_result heard;
};
struct preview {
    struct stage_job *job;
    struct tracks tracks, raw; // levelled; as recorded
    struct levelling *levelling;
    struct span span; // wanted, of the recording
    tick cut;         // what of it is not in the episode
    double gain_db, ceiling_dbtp;
    struct leveller_curve reins; // that keep the limits; from the first sample of the excerpt
    bool exact;
    bool has_music;
    struct master_music music;
    struct duck duck;
    struct bed_params bed;
    struct excerpt sound[SOUNDS];
};

// ---- where

static int read_span(struct preview *v, struct err *e)
{
    const struct json *x = json_get(v->job->settings, "excerpt");
    char begins[TICK_TEXT], ends[TICK_TEXT];
    v->span = (struct span){json_int(x, "from_ticks", 0), json_int(x, "to_ticks", 0)};
    tick_text(v->span.start, begins);
    tick_text(v->tracks.length, ends);
    if (v->span.start >= v->tracks.length)
        return err_input(e, "the excerpt begins at %s, the recording ends at %s", begins, ends);
    v->span.end = v->span.end < v->tracks.length ? v->span.end : v->tracks.length;
    return 0;
}

// What the episode keeps of the excerpt, and the run-up in front of it.
static int keep_span(struct preview *v, struct err *e)
{
    struct arena *a = v->job->arena;
    const struct mix_params *m = &v->tracks.mix;
    struct excerpt *after = &v->sound[1];
    struct span *kept, *with_run_up, wanted = v->span, from = v->span;
    from.start = from.start > run_up ? from.start - run_up : 0;
    size_t n = spans_common(a, m->kept, m->num_kept, &wanted, 1, &kept);
    if (!n)
        return err_input(e, "the episode keeps nothing of this excerpt: it is cut");
    after->mix.num_kept = spans_common(a, m->kept, m->num_kept, &from, 1, &with_run_up);
    after->mix.kept = with_run_up;
    after->mix.at = timeline_published(&v->tracks.timeline, with_run_up[0].start);
    int rate = m->sample_rate;
    after->skip = tick_to_samples(timeline_published(&v->tracks.timeline, kept[0].start), rate) -
                  tick_to_samples(after->mix.at, rate);
    v->cut = v->span.end - v->span.start;
    for (size_t i = 0; i < n; i++)
        v->cut -= kept[i].end - kept[i].start;
    return 0;
}

// ---- how loud

// What the mix will be, as far as the tracks tell.
static struct blocks *expect_mix(struct preview *v)
{
    for (size_t t = 0; t < v->tracks.mix.num_tracks; t++) {
        struct blocks *b = &v->tracks.track[t].blocks;
        double gain = pow(10, v->tracks.mixed[t].gain_db / 20);
        leveller_apply(&v->levelling[t].curve, b);
        for (size_t i = 0; i < b->n; i++)
            b->energy[i] *= (float)(gain * gain);
        for (size_t i = 0; gain != 1 && i < b->n * METER_BLOCK_PEAKS; i++)
            b->peak[i] = meter_peak_code(meter_peak_linear(b->peak[i]) * (float)gain);
    }
    return tracks_together(&v->tracks);
}

static bool mix_known(const struct preview *v)
{
    return v->tracks.mix.num_tracks == 1 && v->tracks.track[0].known;
}

// Out of reach: as near as it gets is what there is to hear.
static void solve_reins(struct preview *v, struct blocks *b)
{
    const struct json *loudness = json_get(v->job->settings, "loudness");
    struct rein_problem p = {
        .target_lufs = json_number(loudness, "target_lufs", -16),
        .ceiling_dbtp = v->ceiling_dbtp,
        .max_short_term_lufs = json_number(loudness, "max_short_term_lufs", HUGE_VAL),
        .max_range_lu = json_number(loudness, "max_range_lu", HUGE_VAL),
    };
    struct rein_solution s = {0};
    struct meter_table table = blocks_table(b);
    if (isfinite(p.max_short_term_lufs) || isfinite(p.max_range_lu))
        rein_solve(&table, &p, &s);
    v->reins = s.curve;
    leveller_apply(&v->reins, b);
}

// The reins begin with the programme; found here, they know of no intro.
static void shift_reins(struct preview *v)
{
    tick by = v->sound[1].mix.at;
    if (!stage_input(v->job->in, "sound"))
        by -= timeline_published(&v->tracks.timeline, v->tracks.mix.kept[0].start);
    for (size_t i = 0; i < v->reins.n; i++)
        v->reins.point[i].at -= tick_to_s(by) * 1000 / METER_BLOCK_MS;
}

static int solve(struct preview *v, struct blocks *mix, double target_lufs, struct err *e)
{
    const struct timeline *line = &v->tracks.timeline;
    v->exact = mix_known(v) && !line->intro.length && !line->outro.length && !v->has_music;
    solve_reins(v, mix);
    struct meter_table table = blocks_table(mix);
    struct gain_solution s = {0};
    int r = gain_solve(
        &table, &(struct gain_problem){.target_lufs = target_lufs, .ceiling_dbtp = v->ceiling_dbtp},
        &s);
    if (r == -EDOM)
        return err_input(e, "there is nothing to hear in the recording");
    v->gain_db = s.gain_db; // out of reach: as near as it gets is what there is to hear
    return 0;
}

static int find_gain(struct preview *v, struct err *e)
{
    const struct json *settings = v->job->settings, *loudness = json_get(settings, "loudness");
    double target = json_number(loudness, "target_lufs", -16);
    double strength = json_number(settings, "leveller_percent", 100) / 100;
    int r = programme_level(v->job, &v->tracks, target, strength, &v->levelling, e);
    if (r < 0)
        return r;
    v->ceiling_dbtp = json_number(loudness, "ceiling_dbtp", -1);
    bool made = stage_input(v->job->in, "sound") != NULL;
    struct blocks *mix = v->has_music || !made ? expect_mix(v) : NULL;
    if (v->has_music)
        duck_find(mix, &v->music.heard.sound, &v->duck);
    if (!made)
        return solve(v, mix, target, e);
    struct json *sound;
    r = stage_load(v->job->in, "sound", &sound, e);
    if (r < 0)
        return r;
    v->exact = !v->has_music || mix_known(v);
    v->gain_db = json_number(sound, "gain_db", 0);
    v->ceiling_dbtp = json_number(json_get(sound, "limiter"), "ceiling_dbtp", v->ceiling_dbtp);
    levelling_read_points(json_get(sound, "limits_curve"), &v->reins);
    json_free(sound);
    return 0;
}

// ---- the sound

static int read_mix(void *ctx, float *const *planes, size_t room, struct err *e)
{
    return mix_read(ctx, planes, room, e);
}

static int copy(const struct preview *v, const struct excerpt *x, struct pump_reader from,
                struct meter *m, struct sink *sink, struct err *e)
{
    float *planes[PUMP_MAX_CHANNELS] = {0};
    int channels = x->mix.channels, r = 1;
    int64_t skip = x->skip;
    for (int c = 0; c < channels; c++)
        planes[c] = mem_alloc(STEP * sizeof(float));
    while (r > 0) {
        r = from.read(from.ctx, planes, STEP, e);
        size_t n = r > 0 ? (size_t)r : 0, gone = (int64_t)n < skip ? n : (size_t)skip;
        const float *rest[PUMP_MAX_CHANNELS];
        for (int c = 0; c < channels; c++)
            rest[c] = planes[c] + gone;
        skip -= (int64_t)gone;
        if (n > gone) {
            int written = sink_write(sink, rest, n - gone, e);
            meter_add(m, rest, n - gone);
            r = written < 0 ? written : r;
        }
        int stopped = r > 0 ? progress_check(v->job->progress, e) : 0;
        r = stopped < 0 ? stopped : r;
    }
    for (int c = 0; c < channels; c++)
        free(planes[c]);
    return r;
}

static int write_wav(const struct preview *v, struct excerpt *x, struct pump_reader from,
                     struct err *e)
{
    int rate = x->mix.sample_rate, channels = x->mix.channels;
    struct sink_params sp = {.path = x->path,
                             .codec = "pcm_s16le",
                             .container = "wav",
                             .sample_rate = rate,
                             .channels = channels};
    struct meter *m = meter_new(&(struct meter_params){.sample_rate = rate, .channels = channels});
    struct sink *sink = NULL;
    if (!m)
        return err_set(e, -EINVAL, "%d Hz in %d channels cannot be metered", rate, channels);
    int r = sink_open(&sp, &sink, e);
    if (r >= 0)
        r = copy(v, x, from, m, sink, e);
    if (r < 0)
        sink_abort(sink);
    else
        r = sink_finish(sink, e);
    meter_result(m, &x->heard);
    meter_free(m);
    return r;
}

static int write_limited(const struct preview *v, struct excerpt *x, struct pump_reader reader,
                         struct err *e)
{
    struct limited *limited = x->limit.sample_rate ? limited_new(&x->limit, reader) : NULL;
    if (limited)
        reader = (struct pump_reader){limited_read, limited};
    int r = write_wav(v, x, reader, e);
    limited_free(limited);
    return r;
}

static int make_one(void *ctx, size_t i, struct err *e)
{
    struct preview *v = ctx;
    struct excerpt *x = &v->sound[i];
    struct bed *bed = NULL;
    struct mix *mix;
    int r = mix_open(&x->mix, &mix, e);
    if (r < 0)
        return r;
    struct pump_reader reader = {read_mix, mix};
    if (x->bed) {
        struct bed_params bp = *x->bed;
        bp.programme = reader;
        r = bed_open(&bp, &bed, e);
        reader = (struct pump_reader){bed_read, bed};
    }
    struct reined *reined = NULL;
    if (r >= 0 && x->limit.sample_rate && v->reins.n) {
        reined = reined_new(&v->reins, x->mix.sample_rate, x->mix.channels, reader);
        reader = (struct pump_reader){reined_read, reined};
    }
    if (r >= 0)
        r = write_limited(v, x, reader, e);
    reined_free(reined);
    bed_close(bed);
    mix_close(mix);
    return r;
}

// The music under all of the episode, from the excerpt on.
static void lay_music(struct preview *v)
{
    const struct mix_params *m = &v->tracks.mix;
    struct excerpt *after = &v->sound[1];
    tick length = 0;
    for (size_t i = 0; i < m->num_kept; i++)
        length += m->kept[i].end - m->kept[i].start;
    int64_t begins = tick_to_samples(m->at, m->sample_rate);
    v->bed = (struct bed_params){
        .file = v->music.file,
        .file_frames = v->music.heard.sound.frames,
        .curve = &v->duck.curve,
        .length = tick_to_samples(m->at + length, m->sample_rate) - begins,
        .from = tick_to_samples(after->mix.at, m->sample_rate) - begins,
    };
    after->bed = v->has_music ? &v->bed : NULL;
}

static void lay_out(struct preview *v)
{
    const struct stage_variant *dir = &v->job->variants[0];
    struct excerpt *before = &v->sound[0], *after = &v->sound[1];
    before->mix = v->raw.mix;
    before->mix.kept = &v->span;
    before->mix.num_kept = 1;
    before->mix.at = 0;
    before->path = stage_output(v->job, dir, "before.wav");
    after->mix = v->tracks.mix;
    after->path = stage_output(v->job, dir, "after.wav");
    after->limit = (struct limiter_params){.sample_rate = after->mix.sample_rate,
                                           .channels = after->mix.channels,
                                           .gain_db = v->gain_db,
                                           .ceiling_dbtp = v->ceiling_dbtp};
}

// ---- the job

static int read_job(struct preview *v, struct err *e)
{
    const struct json *settings = v->job->settings;
    int rate = (int)json_int(settings, "sample_rate", 48000);
    int channels = (int)json_int(settings, "channels", 2);
    struct json *nothing = json_new_object(); // no cleaning either
    struct stage_job raw = *v->job;
    raw.settings = nothing;
    int r = tracks_read(v->job, rate, channels, &v->tracks, e);
    if (r >= 0)
        r = tracks_keep(v->job, &v->tracks, e);
    if (r >= 0)
        r = tracks_read(&raw, rate, channels, &v->raw, e);
    if (r >= 0)
        r = music_read(v->job, &v->tracks.mix, &v->music, e);
    v->has_music = r > 0;
    json_free(nothing);
    return r < 0 ? r : read_span(v, e);
}

static double rounded(double x)
{
    return isfinite(x) ? round(x * 1000) / 1000 : x;
}

static struct json *heard_json(const struct excerpt *x)
{
    struct json *o = json_new_object();
    json_put_real(o, "integrated_lufs", rounded(x->heard.integrated_lufs));
    json_put_real(o, "true_peak_dbtp", rounded(x->heard.true_peak_dbtp));
    json_put_real(o, "duration_s", rounded((double)x->heard.frames / x->mix.sample_rate));
    return o;
}

static void report(const struct preview *v)
{
    struct json *o = v->job->variants[0].measured;
    json_put_real(o, "from_s", tick_to_s(v->span.start));
    json_put_real(o, "to_s", tick_to_s(v->span.end));
    json_put_real(o, "cut_s", rounded(tick_to_s(v->cut)));
    json_put_real(o, "gain_db", v->gain_db);
    json_put_real(o, "ceiling_dbtp", v->ceiling_dbtp);
    json_put_bool(o, "exact", v->exact);
    json_put(o, "before", heard_json(&v->sound[0]));
    json_put(o, "after", heard_json(&v->sound[1]));
}

static int make(struct preview *v, struct err *e)
{
    int r = find_gain(v, e);
    if (r < 0)
        return r;
    lay_out(v);
    r = keep_span(v, e);
    if (r < 0)
        return r;
    lay_music(v);
    shift_reins(v);
    r = workers_run(SOUNDS, v->job->threads, make_one, v, e);
    if (r >= 0)
        report(v);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    struct preview v = {.job = job};
    progress_update(job->progress, "", 0, -1);
    int r = read_job(&v, e);
    if (r >= 0)
        r = make(&v, e);
    duck_done(&v.duck);
    programme_done(&v.tracks, v.levelling);
    tracks_done(&v.tracks);
    tracks_done(&v.raw);
    leveller_curve_done(&v.reins);
    return r < 0 ? r : 0;
}

const struct stage stage_preview = {"preview", run};
