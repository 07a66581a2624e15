// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/reporting.h"

#include "base/fs.h"
#include "doc/document.h"
#include "sound/loudness.h"
#include "stage/plot.h"
#include "stage/reportvideo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STYLE_MAX = 1 << 20 };
static const double breath_s = 1;     // a shorter silence is within a turn
static const double rounding = 0.005; // of what was measured

static void copy(struct json *to, const struct json *from, const char *key)
{
    const struct json *value = json_get(from, key);
    json_put(to, key, value ? json_keep(value) : NULL);
}

static double seconds_of(const struct json *o, const char *key)
{
    return round(tick_to_s(json_int(o, key, 0)) * 1000) / 1000;
}

// ---- what was delivered

static bool is_within(const struct json *file, const char *figure, const struct json *loudness,
                      const char *limit, double tolerance)
{
    return !json_get(loudness, limit) ||
           json_number(file, figure, 0) <= json_number(loudness, limit, 0) + tolerance + rounding;
}

static bool is_held(const struct json *file, const struct json *loudness)
{
    double off =
        json_number(file, "integrated_lufs", -HUGE_VAL) - json_number(loudness, "target_lufs", 0);
    double tolerance = json_number(loudness, "tolerance_lu", 0);
    return fabs(off) <= tolerance + rounding &&
           json_number(file, "true_peak_dbtp", HUGE_VAL) <=
               json_number(loudness, "ceiling_dbtp", 0) + rounding &&
           is_within(file, "max_short_term_lufs", loudness, "max_short_term_lufs", tolerance) &&
           is_within(file, "range_lu", loudness, "max_range_lu", tolerance);
}

static struct json *files_json(const struct reporting *r, bool *ret_good)
{
    const struct json *files = json_get(r->job->settings, "files");
    struct json *list = json_new_array();
    *ret_good = true;
    for (size_t i = 0; i < json_count(files); i++) {
        const struct json *file = json_at(files, i);
        struct json *one = json_new_object();
        bool held = is_held(file, json_get(r->job->settings, "loudness"));
        for (size_t k = 0; k < json_count(file); k++)
            copy(one, file, json_key_at(file, k));
        json_put_bool(one, "held", held);
        *ret_good = *ret_good && held;
        json_push(list, one);
    }
    return list;
}

// ---- who spoke

static bool is_voice(const struct json *turn, int voice)
{
    return voice == TURNS_MUSIC ? str_same(json_text(turn, "voice"), "music")
                                : json_int(turn, "voice", 0) == voice + 1;
}

// Gated loudness of everything that one voice says.
static double voice_lufs(const struct blocks *b, const struct json *turns, int voice)
{
    float *energy = mem_alloc((b->n + 1) * sizeof *energy);
    size_t n = 0;
    for (size_t i = 0; i < json_count(turns); i++) {
        const struct json *turn = json_at(turns, i);
        if (!is_voice(turn, voice))
            continue;
        size_t from = (size_t)lround(json_number(turn, "from_s", 0) * 1000 / METER_BLOCK_MS);
        size_t to = (size_t)lround(json_number(turn, "to_s", 0) * 1000 / METER_BLOCK_MS);
        for (; from < to && from < b->n && n < b->n; from++)
            energy[n++] = b->energy[from];
    }
    float *hop = mem_alloc((n / LOUDNESS_HOP + 1) * sizeof *hop);
    double lufs = loudness_integrated(hop, loudness_hops(energy, n, hop));
    free(hop);
    free(energy);
    return isfinite(lufs) ? round(lufs * 100) / 100 : lufs;
}

static void put_turns(struct json *o, const struct json *turns, int voice)
{
    double seconds = 0, last_s = -HUGE_VAL;
    int64_t count = 0;
    for (size_t i = 0; i < json_count(turns); i++) {
        const struct json *turn = json_at(turns, i);
        double from_s = json_number(turn, "from_s", 0), to_s = json_number(turn, "to_s", 0);
        if (!is_voice(turn, voice))
            continue;
        seconds += to_s - from_s;
        count += from_s - last_s > breath_s;
        last_s = to_s;
    }
    json_put_int(o, "turns", count);
    json_put_real(o, "seconds", round(seconds * 10) / 10);
}

// Gain of the voice that a turn was taken for.
static double turn_gain(const struct json *leveller, const struct json *turn)
{
    int64_t was = json_int(turn, "was", 0);
    const struct json *voice =
        was ? json_at(json_get(leveller, "voices"), (size_t)was - 1) : json_get(leveller, "music");
    return json_number(voice, "gain_db", 0);
}

static double voice_gain(const struct json *leveller, const struct json *turns, int voice)
{
    double sum = 0, seconds = 0;
    for (size_t i = 0; i < json_count(turns); i++) {
        const struct json *turn = json_at(turns, i);
        double s = json_number(turn, "to_s", 0) - json_number(turn, "from_s", 0);
        if (!is_voice(turn, voice))
            continue;
        sum += s * turn_gain(leveller, turn);
        seconds += s;
    }
    return seconds > 0 ? round(sum / seconds * 100) / 100 : 0;
}

static struct json *voice_json(const struct reporting *r, size_t track, int voice)
{
    const struct json *turns = json_at(r->spoken, track);
    const struct json *sound = json_at(json_get(r->sound, "tracks"), track);
    double gain = voice_gain(json_get(sound, "leveller"), turns, voice);
    struct json *o = json_new_object();
    put_turns(o, turns, voice);
    if (!json_int(o, "turns", 0)) {
        json_free(o);
        return NULL;
    }
    if (voice == TURNS_MUSIC)
        json_put_text(o, "voice", "music");
    else
        json_put_int(o, "voice", voice + 1);
    json_put_real(o, "lufs", voice_lufs(&r->tracks.track[track].blocks, turns, voice));
    json_put_real(o, "gain_db", gain + json_number(sound, "gain_db", 0));
    return o;
}

static struct json *tracks_json(const struct reporting *r)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < r->tracks.mix.num_tracks; i++) {
        const struct json *sound = json_at(json_get(r->sound, "tracks"), i);
        struct json *o = json_new_object(), *voices = json_new_array();
        json_put_text(o, "speaker", r->tracks.track[i].speaker);
        copy(o, sound, "gain_db");
        copy(o, sound, "cleaning");
        for (int k = 0; k <= TURNS_MUSIC; k++) {
            struct json *voice = voice_json(r, i, k);
            if (voice)
                json_push(voices, voice);
        }
        json_put(o, "voices", voices);
        json_push(list, o);
    }
    return list;
}

// ---- what was cut

static struct json *jingle_json(const struct jingle *j)
{
    if (!j->length)
        return NULL;
    struct json *o = json_new_object();
    json_put_real(o, "length_s", tick_to_s(j->length));
    json_put_real(o, "overlap_s", tick_to_s(j->overlap));
    json_put_real(o, "integrated_lufs", j->integrated_lufs);
    return o;
}

static struct json *cuts_json(const struct reporting *r)
{
    static const char *const names[][2] = {{"start_ticks", "start"},
                                           {"end_ticks", "end"},
                                           {"cut_ticks", "cut"},
                                           {"pause_ticks", "pause"}};
    const struct json *removed = json_get(r->line, "removed");
    const struct timeline *t = &r->tracks.timeline;
    struct json *o = json_new_object(), *list = json_new_object(), *kept = json_new_array();
    for (size_t i = 0; i < COUNT(names); i++)
        if (json_get(removed, names[i][0]))
            json_put_real(list, names[i][1], seconds_of(removed, names[i][0]));
    json_put(o, "removed_s", list);
    copy(o, removed, "pauses");
    for (size_t i = 0; i < t->count; i++) {
        struct json *one = json_new_object();
        json_put_real(one, "from_s", tick_to_s(t->kept[i].from));
        json_put_real(one, "to_s", tick_to_s(t->kept[i].to));
        json_put_real(one, "at_s", tick_to_s(t->kept[i].at));
        json_push(kept, one);
    }
    json_put(o, "kept", kept);
    json_put(o, "intro", jingle_json(&t->intro));
    json_put(o, "outro", jingle_json(&t->outro));
    return o;
}

static struct json *chapters_json(const struct reporting *r)
{
    const struct json *chapters = json_get(r->line, "chapters");
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(chapters); i++) {
        const struct json *c = json_at(chapters, i);
        struct json *o = json_new_object();
        json_put_real(o, "at_s", seconds_of(c, "start_ticks"));
        json_put_text(o, "title", json_text(c, "title"));
        json_push(list, o);
    }
    return list;
}

// ---- what was recorded

static void warn(struct json *warnings, const char *kind, const struct json *part, const char *text)
{
    struct json *o = json_new_object();
    json_put_text(o, "kind", kind);
    json_put_text(o, "recording", json_text(part, "name"));
    json_put_text(o, "text", text);
    json_push(warnings, o);
}

static void look_at_part(const struct json *part, struct json *warnings)
{
    const struct json *faults = json_get(part, "faults");
    const char *side = json_text(part, "silent_side");
    if (json_text(part, "damage"))
        warn(warnings, "damage", part, json_text(part, "damage"));
    else if (json_count(faults) || json_int(part, "decode_errors", 0))
        warn(warnings, "faults", part, json_text(json_at(faults, 0), "text"));
    if (side)
        warn(warnings, str_same(side, "left") ? "silent-left" : "silent-right", part, NULL);
    if (json_int(part, "clipped", 0))
        warn(warnings, "clipped", part, NULL);
}

static struct json *recordings_json(const struct reporting *r, struct json *warnings)
{
    static const char *const keys[] = {
        "name",           "codec",    "sample_rate",      "channels", "integrated_lufs",
        "true_peak_dbtp", "range_lu", "noise_floor_lufs", "sha256"};
    const struct json *tracks = json_get(r->facts, "tracks");
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(tracks); i++) {
        const struct json *parts = json_get(json_at(tracks, i), "parts");
        for (size_t k = 0; k < json_count(parts); k++) {
            const struct json *part = json_at(parts, k);
            struct json *o = json_new_object();
            copy(o, json_at(tracks, i), "speaker");
            for (size_t n = 0; n < COUNT(keys); n++)
                copy(o, part, keys[n]);
            json_put_real(o, "length_s", seconds_of(part, "length_ticks"));
            json_push(list, o);
            look_at_part(part, warnings);
        }
    }
    return list;
}

// What is burnt out may be a white slide.
static bool is_to_see_over(const struct json *video)
{
    const struct json *findings = json_get(video, "findings");
    bool any = false;
    for (size_t i = 0; i < json_count(findings); i++)
        any |= !str_same(json_text(json_at(findings, i), "kind"), "burnt");
    return any;
}

struct json *reporting_facts(struct reporting *r)
{
    static const char *const names[] = {"slug", "title", "show", "language"};
    static const char *const levels[] = {"input",   "master", "gain_db", "tries",
                                         "limiter", "limits", "music"};
    const struct json *settings = r->job->settings, *episode = json_get(settings, "episode");
    struct json *o = json_new_object(), *warnings = json_new_array();
    struct json *video = reportvideo_facts(r);
    bool good;
    struct json *files = files_json(r, &good), *recordings = recordings_json(r, warnings);
    for (size_t i = 0; i < COUNT(names); i++)
        copy(o, episode, names[i]);
    bool watch = json_count(warnings) || is_to_see_over(video);
    json_put_text(o, "verdict", !good ? "bad" : watch ? "watch" : "good");
    copy(o, settings, "loudness");
    json_put_real(o, "duration_s", tick_to_s(r->tracks.timeline.length));
    json_put_real(o, "recorded_s", tick_to_s(r->tracks.length));
    json_put(o, "files", files);
    for (size_t i = 0; i < COUNT(levels); i++)
        copy(o, r->sound, levels[i]);
    json_put(o, "tracks", tracks_json(r));
    json_put(o, "cuts", cuts_json(r));
    json_put(o, "chapters", chapters_json(r));
    json_put(o, "recordings", recordings);
    json_put(o, "warnings", warnings);
    json_put(o, "video", video);
    copy(o, settings, "captions");
    copy(o, settings, "versions");
    return o;
}

int reporting_document(struct reporting *r, const struct json *report, const struct str *svg,
                       struct str *out, struct err *e)
{
    char *style;
    int code = fs_read(r->job->arena, stage_input(r->job->in, "style"), STYLE_MAX, &style, NULL, e);
    if (code < 0)
        return code;
    struct xml x;
    xml_init(&x, out, 0);
    xml_open(&x, "document");
    xml_leaf(&x, "style", style);
    document_put(&x, "strings", r->strings);
    document_put(&x, "report", report);
    xml_open(&x, "picture");
    xml_raw(&x, svg->p);
    xml_close(&x);
    code = reportvideo_put_stills(r, json_get(report, "video"), &x, e);
    xml_close(&x);
    return code;
}
