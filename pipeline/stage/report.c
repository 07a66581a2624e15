// SPDX-License-Identifier: GPL-3.0-or-later
// report: how an episode sounds and looks, before and after, for the people who make it; never
// public.
//
// settings: {"episode": {"slug", "title", "show", "language"},
//            "loudness": {"target_lufs", "tolerance_lu", "ceiling_dbtp", "max_short_term_lufs" and
//            "max_range_lu" where there is a limit},
//            "files": [{"output", "path", "type", "bytes", "sha256", "duration_s", and what encode
//            measured of its sound, of a stream "all_bytes"}], "video": {"main": what was measured
//            of the main picture, "rungs":
//            [{"name", "measured", "max_kbps" where there is a limit}], "package": what was
//            measured}, where there is a video, "captions": as stage/captions.c measured them,
//            where there are any, "versions": {…}}
// in:       {"facts", "tracks", "timeline", "sound", "levelling": JSON of those stages,
//            "master_blocks": master-blocks.bin, "stills": [thumb-1.jpg, …], "stylesheet":
//            report.xsl, "style": report.css, "strings": strings.<language>.json}; all of
//            presets/report/
// makes:    report.html, which needs no other file, and report.json, the same for programs:
//           {"slug", "title", "show", "language", "verdict": "good", "watch" or "bad",
//           "loudness", "duration_s", "recorded_s", "files": [… with "held"], "input", "master":
//           LEVELS, "gain_db", "tries", "limiter", "limits", "music": as in sound.json, "tracks":
//           [{"speaker", "gain_db", "cleaning", "voices": [{"voice": number or "music", "turns",
//           "seconds", "lufs", "gain_db"}]}],
//           "cuts": {"removed_s": {…}, "pauses", "kept": [{"from_s", "to_s", "at_s"}], "intro",
//           "outro": {"length_s", "overlap_s", "integrated_lufs"}},
//           "chapters": [{"at_s", "title"}], "recordings": [{"name", "speaker", "length_s", …}],
//           "warnings": [{"kind", "recording", "text"}], "video": as in stage/reportvideo.h,
//           "captions", "versions"}
#include "doc/html.h"
#include "stage/levelling.h"
#include "stage/reporting.h"
#include "stage/spoken.h"
#include "stage/texts.h"

#include <stdlib.h>

static int take(struct stage_job *job, const char *name, struct json **ret, struct err *e)
{
    return stage_load(job->in, name, ret, e);
}

static int load(struct reporting *r, struct err *e)
{
    struct stage_job *job = r->job;
    int code = take(job, "facts", &r->facts, e);
    if (code >= 0)
        code = take(job, "timeline", &r->line, e);
    if (code >= 0)
        code = take(job, "sound", &r->sound, e);
    if (code >= 0)
        code = take(job, "levelling", &r->levelling, e);
    if (code >= 0)
        code = take(job, "strings", &r->strings, e);
    if (code >= 0)
        code = tracks_read(job, (int)json_int(r->sound, "sample_rate", 48000),
                           (int)json_int(r->sound, "channels", 2), &r->tracks, e);
    return code < 0 ? code : tracks_keep(job, &r->tracks, e);
}

// A track of its own, or with a name, is one person, however loud.
static void find_spoken(struct reporting *r)
{
    size_t n = r->tracks.mix.num_tracks;
    r->spoken = json_new_array();
    for (size_t i = 0; i < n; i++) {
        const struct track *t = &r->tracks.track[i];
        const struct json *turns = json_get(json_at(r->levelling, i), "turns");
        json_push(r->spoken, spoken_turns(&t->blocks, turns, n > 1 || t->speaker));
    }
}

// While others spoke into their own microphones, a closed one heard nothing. What was recorded is
// put back afterwards, for the picture.
static float **close_gates(struct reporting *r)
{
    size_t n = r->tracks.mix.num_tracks;
    float **recorded = arena_array(r->job->arena, float *, n);
    for (size_t i = 0; i < n; i++) {
        struct blocks *b = &r->tracks.track[i].blocks;
        const struct json *points = json_get(json_at(r->levelling, i), "gate");
        struct leveller_curve gate;
        if (!points)
            continue;
        levelling_read_points(points, &gate);
        recorded[i] = b->energy;
        b->energy = mem_alloc((b->n + 1) * sizeof(*b->energy));
        for (size_t k = 0; k < b->n; k++)
            b->energy[k] = bleed_open(&gate, k) ? recorded[i][k] : 0;
        leveller_curve_done(&gate);
    }
    return recorded;
}

static void open_gates(struct reporting *r, float **recorded)
{
    for (size_t i = 0; i < r->tracks.mix.num_tracks; i++) {
        if (!recorded[i])
            continue;
        free(r->tracks.track[i].blocks.energy);
        r->tracks.track[i].blocks.energy = recorded[i];
    }
}

static void done(struct reporting *r)
{
    json_free(r->facts);
    json_free(r->line);
    json_free(r->sound);
    json_free(r->levelling);
    json_free(r->spoken);
    json_free(r->strings);
    blocks_done(&r->after);
    tracks_done(&r->tracks);
}

static int write_page(struct reporting *r, const struct json *report, const struct str *svg,
                      struct err *e)
{
    struct str document, html;
    str_init(&document, STR_MAX);
    str_init(&html, STR_MAX);
    int code = reporting_document(r, report, svg, &document, e);
    if (code >= 0)
        code = html_render(r->job->arena, texts_paths(r->job, "stylesheet"), &document, &html, e);
    if (code >= 0)
        code = texts_save(r->job, "report.html", &html, e);
    str_done(&document);
    str_done(&html);
    return code;
}

static int make(struct reporting *r, struct err *e)
{
    struct stage_job *job = r->job;
    struct str svg;
    str_init(&svg, STR_MAX);
    float **recorded = close_gates(r);
    find_spoken(r);
    struct json *report = reporting_facts(r);
    open_gates(r, recorded);
    int code = reporting_picture(r, &svg, e);
    if (code >= 0)
        code = write_page(r, report, &svg, e);
    if (code >= 0)
        code = json_save(stage_output(job, &job->variants[0], "report.json"), report, e);
    json_put_text(job->variants[0].measured, "verdict", json_text(report, "verdict"));
    json_free(report);
    str_done(&svg);
    return code < 0 ? code : 0;
}

static int run(struct stage_job *job, struct err *e)
{
    struct reporting r = {.job = job};
    int code = load(&r, e);
    if (code >= 0)
        code = make(&r, e);
    done(&r);
    return code;
}

const struct stage stage_report = {"report", run};
