// SPDX-License-Identifier: GPL-3.0-or-later
// sound: the tracks of the recording as one lossless master at its loudness.
//
// settings: {"loudness": {"target_lufs", "ceiling_dbtp"}, "sample_rate", "channels"}
// in:       {"facts": facts.json, "timeline": timeline.json}; the originals that facts.json names
//           lie below show_dir
// makes:    master.flac, 24 bits, as long as the timeline says
//           sound.json {"target_lufs", "ceiling_dbtp", "gain_db", "tries", "mono",
//           "input": LEVELS, "master": LEVELS, "tracks": [{"speaker", "gain_db"}],
//           "limiter": {"ceiling_dbtp", "max_reduction_db", "mean_reduction_db",
//           "reduced_share"}, "trims": [{"ceiling_dbtp", "gain_db"}], "sample_rate", "channels",
//           "frames", "duration_s"}
//           LEVELS: {"integrated_lufs", "range_lu", "max_momentary_lufs", "max_short_term_lufs",
//           "true_peak_dbtp", "sample_peak_dbfs"}, null where there is none
//           mono: both channels are one voice
//           trims: the gain that keeps the target when the master is limited again, lower
// measured: sound.json without trims
#include "base/fs.h"
#include "media/master.h"
#include "stage/stage.h"

#include <errno.h>
#include <math.h>

static const double same_db = -60;     // channels that differ by less are one voice
static const double one_sided = 0.001; // a channel whose peak is so much lower is empty
static const double track_gain_max =
    30; // dB: more would lift the noise of a track nobody speaks on

struct sound {
    struct stage_job *job;
    struct mix_params mix;
    struct mix_track *tracks;
    const char **speakers;
    struct master_params master;
    struct master_result result;
};

static void read_parts(struct sound *s, const struct json *list, struct mix_track *ret)
{
    struct arena *a = s->job->arena;
    size_t n = json_count(list);
    struct mix_part *parts = arena_array(a, struct mix_part, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct json *p = json_at(list, i);
        parts[i].path = fs_join(a, s->job->show_dir, json_text_or(p, "original", ""));
        parts[i].sound_track = (int)json_int(p, "sound_track", -1);
        parts[i].length = json_int(p, "length_ticks", 0);
    }
    ret->parts = parts;
    ret->num_parts = n;
}

// Loudness of a track as it will stand in the mix: its parts' energies by length. -HUGE_VAL:
// silence.
static double track_lufs(const struct json *parts, int channels)
{
    double energy = 0, length = 0;
    for (size_t i = 0; i < json_count(parts); i++) {
        const struct json *p = json_at(parts, i);
        double lufs = json_number(p, "integrated_lufs", -HUGE_VAL);
        double own = json_int(p, "channels", 2) == 1 ? 1 : 2;
        double ticks = (double)json_int(p, "length_ticks", 0);
        energy += isfinite(lufs) ? pow(10, lufs / 10) * ticks * channels / own : 0;
        length += ticks;
    }
    return energy > 0 ? 10 * log10(energy / length) : -HUGE_VAL;
}

static void level_tracks(struct sound *s, const struct json *list)
{
    for (size_t i = 0; i < s->mix.num_tracks; i++) {
        double lufs = track_lufs(json_get(json_at(list, i), "parts"), s->mix.channels);
        double gain = isfinite(lufs) ? s->master.target_lufs - lufs : 0;
        s->tracks[i].gain_db = gain < track_gain_max ? gain : track_gain_max;
    }
}

static int read_facts(struct sound *s, const struct json *facts, struct err *e)
{
    const struct json *list = json_get(facts, "tracks");
    struct arena *a = s->job->arena;
    size_t n = json_count(list);
    if (!n)
        return err_set(e, -EINVAL, "facts.json names no track");
    s->tracks = arena_array(a, struct mix_track, n);
    s->speakers = arena_array(a, const char *, n);
    s->mix.tracks = s->tracks;
    s->mix.num_tracks = n;
    for (size_t i = 0; i < n; i++) {
        s->speakers[i] = arena_strdup(a, json_text(json_at(list, i), "speaker"));
        read_parts(s, json_get(json_at(list, i), "parts"), &s->tracks[i]);
    }
    if (n > 1)
        level_tracks(s, list);
    return 0;
}

static void read_timeline(struct sound *s, const struct json *timeline)
{
    const struct json *list = json_get(timeline, "kept");
    size_t n = json_count(list);
    struct span *kept = arena_array(s->job->arena, struct span, n + 1);
    for (size_t i = 0; i < n; i++) {
        kept[i].start = json_int(json_at(list, i), "from", 0);
        kept[i].end = json_int(json_at(list, i), "to", 0);
    }
    s->mix.kept = kept;
    s->mix.num_kept = n;
}

static int read_job(struct sound *s, struct err *e)
{
    const struct stage_job *job = s->job;
    const struct json *loudness = json_get(job->settings, "loudness");
    s->mix.sample_rate = (int)json_int(job->settings, "sample_rate", 48000);
    s->mix.channels = (int)json_int(job->settings, "channels", 2);
    s->mix.threads = 1;
    s->master.mix = &s->mix;
    s->master.target_lufs = json_number(loudness, "target_lufs", -16);
    s->master.ceiling_dbtp = json_number(loudness, "ceiling_dbtp", -1);
    s->master.path = stage_output(s->job, &job->variants[0], "master.flac");
    s->master.progress = job->progress;

    struct json *facts, *timeline;
    int r = stage_load(job->in, "facts", &facts, e);
    if (r < 0)
        return r;
    r = read_facts(s, facts, e);
    json_free(facts);
    if (r >= 0)
        r = stage_load(job->in, "timeline", &timeline, e);
    if (r < 0)
        return r;
    read_timeline(s, timeline);
    json_free(timeline);
    return 0;
}

static void put_level(struct json *o, const char *key, double v)
{
    json_put_real(o, key, isfinite(v) ? round(v * 1000) / 1000 : v);
}

static struct json *levels(const struct meter_result *m)
{
    struct json *o = json_new_object();
    put_level(o, "integrated_lufs", m->integrated_lufs);
    put_level(o, "range_lu", m->range_lu);
    put_level(o, "max_momentary_lufs", m->max_momentary_lufs);
    put_level(o, "max_short_term_lufs", m->max_short_term_lufs);
    put_level(o, "true_peak_dbtp", m->true_peak_dbtp);
    put_level(o, "sample_peak_dbfs", m->sample_peak_dbfs);
    return o;
}

static struct json *limiter_json(const struct master_result *r)
{
    struct json *o = json_new_object();
    put_level(o, "ceiling_dbtp", r->ceiling_dbtp);
    put_level(o, "max_reduction_db", r->limited.max_reduction_db);
    put_level(o, "mean_reduction_db", r->limited.mean_reduction_db);
    json_put_real(o, "reduced_share", round(r->limited.reduced_share * 1e6) / 1e6);
    return o;
}

static struct json *tracks_json(const struct sound *s)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < s->mix.num_tracks; i++) {
        struct json *o = json_new_object();
        json_put_text(o, "speaker", s->speakers[i]);
        put_level(o, "gain_db", s->tracks[i].gain_db);
        json_push(list, o);
    }
    return list;
}

static struct json *trims_json(const struct master_result *r)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < r->num_trims; i++) {
        struct json *o = json_new_object();
        put_level(o, "ceiling_dbtp", r->trims[i].ceiling_dbtp);
        put_level(o, "gain_db", r->trims[i].gain_db);
        json_push(list, o);
    }
    return list;
}

static bool is_mono(const struct sound *s)
{
    return s->mix.channels == 1 || s->result.input.mono_difference_db < same_db;
}

static void put_result(const struct sound *s, struct json *o)
{
    const struct master_result *r = &s->result;
    json_put_real(o, "target_lufs", s->master.target_lufs);
    json_put_real(o, "ceiling_dbtp", s->master.ceiling_dbtp);
    put_level(o, "gain_db", r->gain_db);
    json_put_int(o, "tries", r->tries);
    json_put_bool(o, "mono", is_mono(s));
    json_put(o, "input", levels(&r->input));
    json_put(o, "master", levels(&r->master));
    json_put(o, "tracks", tracks_json(s));
    json_put(o, "limiter", limiter_json(r));
    json_put_int(o, "sample_rate", s->mix.sample_rate);
    json_put_int(o, "channels", s->mix.channels);
    json_put_int(o, "frames", r->master.frames);
    json_put_real(o, "duration_s", (double)r->master.frames / s->mix.sample_rate);
}

static void warn_one_sided(const struct sound *s)
{
    const double *peak = s->result.input.true_peak;
    if (s->mix.channels != 2)
        return;
    int empty = peak[0] < peak[1] * one_sided ? 0 : peak[1] < peak[0] * one_sided ? 1 : -1;
    if (empty >= 0)
        progress_warn(s->job->progress,
                      "the %s channel is silent: with headphones the voices are heard in "
                      "one ear only; channels: 1 in episode.yaml mixes both into one",
                      empty ? "right" : "left");
}

static int sound_run(struct stage_job *job, struct err *e)
{
    struct sound s = {.job = job};
    struct stage_variant *v = &job->variants[0];
    int r = read_job(&s, e);
    if (r >= 0)
        r = master_make(&s.master, &s.result, e);
    if (r < 0)
        return r;
    warn_one_sided(&s);
    struct json *o = json_new_object();
    put_result(&s, o);
    put_result(&s, v->measured);
    json_put(o, "trims", trims_json(&s.result));
    r = json_save(stage_output(job, v, "sound.json"), o, e);
    json_free(o);
    return r < 0 ? r : 0;
}

const struct stage stage_sound = {"sound", sound_run};
