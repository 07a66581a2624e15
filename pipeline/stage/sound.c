// SPDX-License-Identifier: GPL-3.0-or-later
// sound: the tracks of the recording as one lossless master at its loudness.
//
// settings: {"loudness": {"target_lufs", "ceiling_dbtp", "max_short_term_lufs", "max_range_lu", the
//           last two where there is a limit}, "leveller_percent", "cleaning": bool, "sample_rate",
//           "channels"}
// in:       {"facts": facts.json, "tracks": tracks.json, "timeline": timeline.json, "intro",
//           "outro", "music": media files, each where there is one}; the originals that facts.json
//           names lie below show_dir
// makes:    master.flac, 24 bits, as long as the timeline says
//           sound.json {"target_lufs", "ceiling_dbtp", "gain_db", "tries", "mono",
//           "input": LEVELS of the recording, "master": LEVELS, "tracks": [TRACK],
//           "limiter": {"ceiling_dbtp", "max_reduction_db", "mean_reduction_db",
//           "reduced_share"}, "limits": LIMITS, "music": MUSIC where there is some, "trims":
//           [{"ceiling_dbtp", "gain_db"}], "sample_rate", "channels", "frames", "duration_s"}
//           TRACK: {"speaker", "gain_db", "cleaning": as in stage/cleaning.h, "leveller":
//           {"min_db", "mean_db", "max_db", "voices": [{"lufs", "seconds", "gain_db"}], "music":
//           the same}}; leveller is null where there was nothing to do; gains within it are besides
//           gain_db LEVELS: {"integrated_lufs", "range_lu", "max_momentary_lufs",
//           "max_short_term_lufs", "true_peak_dbtp", "sample_peak_dbfs"}, null where there is none
//           MUSIC: {"lufs", "max_short_term_lufs", "length_s": of the file, "under_speech_db": so
//           far it lies below the speech on an average, "in_pauses_db": in pauses}, null: never
//           mono: both channels are one voice
//           LIMITS, only where the settings have one: {"max_short_term_lufs", "max_range_lu",
//           "curve": {"min_db", "mean_db", "max_db"}}; curve is null where they held without one,
//           else there is "limits_curve": [[seconds of the master, dB], ...]
//           trims: the gain that keeps the target when the master is limited again, lower
//           levelling.json [{"speaker", "turns": [{"from_s", "to_s", "voice": number, or "music"}],
//           "curve": [[seconds, dB], ...], "gate": the same, where the track was closed while
//           others spoke}], a track each, on the recording's clock
//           master-blocks.bin: what the master is, for the report (sound/blocks.h, no colours)
// measured: sound.json without trims and limits_curve
// Errors that are the music's fault begin with "music: ".
#include "base/fs.h"
#include "base/str.h"
#include "stage/music.h"
#include "stage/programme.h"

#include <errno.h>
#include <math.h>

struct sound {
    struct stage_job *job;
    struct tracks tracks;
    struct levelling *levelling; // of each track
    struct bumper_params bumper;
    struct master_music music;
    struct master_params master;
    struct master_result result;
    struct meter_table known; // of the programme, where master.known says so
    struct blocks written;
};

// One track's blocks tell what the mix will be, and spare listening to it.
static void know_programme(struct sound *s)
{
    struct track *only = &s->tracks.track[0];
    if (s->tracks.mix.num_tracks > 1 || !only->known)
        return;
    leveller_apply(&s->levelling[0].curve, &only->blocks);
    s->known = blocks_table(tracks_together(&s->tracks));
    s->master.known = s->known.num_blocks ? &s->known : NULL;
}

static void read_bumper(struct sound *s)
{
    const struct timeline *t = &s->tracks.timeline;
    s->bumper.threads = 1;
    s->bumper.intro.path = stage_input(s->job->in, "intro");
    s->bumper.intro.length = t->intro.length;
    s->bumper.intro.overlap = t->intro.overlap;
    s->bumper.outro.path = stage_input(s->job->in, "outro");
    s->bumper.outro.length = t->outro.length;
    s->bumper.outro.overlap = t->outro.overlap;
    for (size_t i = 0; i < s->tracks.mix.num_kept; i++)
        s->bumper.length += s->tracks.mix.kept[i].end - s->tracks.mix.kept[i].start;
    if (s->bumper.intro.path || s->bumper.outro.path)
        s->master.bumper = &s->bumper;
}

// As loud as it is in this mix: a mono file in both channels is 3 LU louder than alone.
static int hear_jingle(const struct sound *s, const char *path, double *ret, struct err *e)
{
    const struct mix_params *mix = &s->tracks.mix;
    struct survey heard;
    *ret = -HUGE_VAL;
    if (!path)
        return 0;
    struct feed_params as = {.path = path,
                             .track = -1,
                             .sample_rate = mix->sample_rate,
                             .channels = mix->channels,
                             .threads = s->bumper.threads};
    int r = survey_feed(&(struct survey_params){0}, &as, &heard, e);
    if (r >= 0)
        *ret = heard.sound.integrated_lufs;
    return r;
}

static int read_job(struct sound *s, struct err *e)
{
    struct stage_job *job = s->job;
    const struct json *loudness = json_get(job->settings, "loudness");
    int r = tracks_read(job, (int)json_int(job->settings, "sample_rate", 48000),
                        (int)json_int(job->settings, "channels", 2), &s->tracks, e);
    if (r >= 0)
        r = tracks_keep(job, &s->tracks, e);
    if (r < 0)
        return r;
    s->master.mix = &s->tracks.mix;
    s->master.target_lufs = json_number(loudness, "target_lufs", -16);
    s->master.ceiling_dbtp = json_number(loudness, "ceiling_dbtp", -1);
    s->master.max_short_term_lufs = json_number(loudness, "max_short_term_lufs", HUGE_VAL);
    s->master.max_range_lu = json_number(loudness, "max_range_lu", HUGE_VAL);
    s->master.path = stage_output(job, &job->variants[0], "master.flac");
    s->master.progress = job->progress;
    s->master.written = &s->written;
    read_bumper(s);
    r = hear_jingle(s, s->bumper.intro.path, &s->master.intro_lufs, e);
    return r < 0 ? r : hear_jingle(s, s->bumper.outro.path, &s->master.outro_lufs, e);
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

static struct json *input_levels(const struct json *from)
{
    static const char *const names[] = {"integrated_lufs",    "range_lu",
                                        "max_momentary_lufs", "max_short_term_lufs",
                                        "true_peak_dbtp",     "sample_peak_dbfs"};
    struct json *o = json_new_object();
    for (size_t i = 0; i < COUNT(names); i++)
        json_put(o, names[i], json_keep(json_get(from, names[i])));
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

static struct json *music_json(const struct sound *s)
{
    const struct survey *heard = &s->music.heard;
    if (!s->master.music)
        return NULL;
    struct json *o = json_new_object();
    put_level(o, "lufs", heard->sound.integrated_lufs);
    put_level(o, "max_short_term_lufs", heard->sound.max_short_term_lufs);
    put_level(o, "length_s", tick_to_s(heard->facts.length));
    put_level(o, "under_speech_db", s->result.music_under_speech_db);
    put_level(o, "in_pauses_db", s->result.music_in_pauses_db);
    return o;
}

static void put_limits(const struct sound *s, struct json *into)
{
    const struct master_params *m = &s->master;
    const struct leveller_curve *c = &s->result.rein.curve;
    if (!isfinite(m->max_short_term_lufs) && !isfinite(m->max_range_lu))
        return;
    struct json *o = json_new_object(), *curve = c->n ? json_new_object() : NULL;
    if (isfinite(m->max_short_term_lufs))
        json_put_real(o, "max_short_term_lufs", m->max_short_term_lufs);
    if (isfinite(m->max_range_lu))
        json_put_real(o, "max_range_lu", m->max_range_lu);
    if (curve) {
        put_level(curve, "min_db", c->min_db);
        put_level(curve, "mean_db", c->mean_db);
        put_level(curve, "max_db", c->max_db);
    }
    json_put(o, "curve", curve);
    json_put(into, "limits", o);
}

static struct json *tracks_json(const struct sound *s)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < s->tracks.mix.num_tracks; i++) {
        struct json *o = json_new_object();
        json_put_text(o, "speaker", s->tracks.track[i].speaker);
        put_level(o, "gain_db", s->tracks.mixed[i].gain_db);
        if (s->tracks.track[i].cleaning)
            json_put(o, "cleaning", json_keep(s->tracks.track[i].cleaning));
        json_put(o, "leveller", levelling_json(&s->levelling[i]));
        json_push(list, o);
    }
    return list;
}

static int save_levelling(const struct sound *s, const char *path, struct err *e)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < s->tracks.mix.num_tracks; i++)
        json_push(list, levelling_curve_json(&s->levelling[i], &s->tracks.track[i].gate.curve,
                                             s->tracks.track[i].speaker));
    int r = json_save(path, list, e);
    json_free(list);
    return r;
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

static void put_result(const struct sound *s, struct json *o)
{
    const struct master_result *r = &s->result;
    json_put_real(o, "target_lufs", s->master.target_lufs);
    json_put_real(o, "ceiling_dbtp", s->master.ceiling_dbtp);
    put_level(o, "gain_db", r->gain_db);
    json_put_int(o, "tries", r->tries);
    json_put_bool(o, "mono", s->tracks.mix.channels == 1 || s->tracks.mono);
    json_put(o, "input", input_levels(s->tracks.input));
    json_put(o, "master", levels(&r->master));
    json_put(o, "tracks", tracks_json(s));
    json_put(o, "limiter", limiter_json(r));
    json_put(o, "music", music_json(s));
    put_limits(s, o);
    json_put_int(o, "sample_rate", s->tracks.mix.sample_rate);
    json_put_int(o, "channels", s->tracks.mix.channels);
    json_put_int(o, "frames", r->master.frames);
    json_put_real(o, "duration_s", (double)r->master.frames / s->tracks.mix.sample_rate);
}

static void warn_one_sided(const struct sound *s)
{
    const char *side = s->tracks.silent_side;
    if (s->tracks.mix.channels == 2 && side)
        progress_warn(s->job->progress,
                      "the %s channel is silent: with headphones the voices are heard in "
                      "one ear only; channels: 1 in episode.yaml mixes both into one",
                      side);
}

static int save_results(struct sound *s, struct err *e)
{
    struct stage_job *job = s->job;
    struct stage_variant *v = &job->variants[0];
    struct json *o = json_new_object();
    put_result(s, o);
    put_result(s, v->measured);
    if (s->result.rein.curve.n)
        json_put(o, "limits_curve", levelling_points(&s->result.rein.curve));
    json_put(o, "trims", trims_json(&s->result));
    int r = json_save(stage_output(job, v, "sound.json"), o, e);
    json_free(o);
    if (r >= 0)
        r = save_levelling(s, stage_output(job, v, "levelling.json"), e);
    return r < 0 ? r : blocks_save(&s->written, stage_output(job, v, "master-blocks.bin"), e);
}

static int make(struct sound *s, struct err *e)
{
    double strength = json_number(s->job->settings, "leveller_percent", 100) / 100;
    int r = programme_level(s->job, &s->tracks, s->master.target_lufs, strength, &s->levelling, e);
    if (r < 0)
        return r;
    know_programme(s);
    r = master_make(&s->master, &s->result, e);
    if (r < 0)
        return r;
    warn_one_sided(s);
    return save_results(s, e);
}

static int sound_run(struct stage_job *job, struct err *e)
{
    struct sound s = {.job = job};
    int r = read_job(&s, e);
    if (r >= 0)
        r = music_read(job, &s.tracks.mix, &s.music, e);
    s.master.music = r > 0 ? &s.music : NULL;
    if (r >= 0)
        r = make(&s, e);
    programme_done(&s.tracks, s.levelling);
    leveller_curve_done(&s.result.rein.curve);
    blocks_done(&s.written);
    tracks_done(&s.tracks);
    return r < 0 ? r : 0;
}

const struct stage stage_sound = {"sound", sound_run};
