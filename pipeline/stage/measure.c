// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness, peaks, noise and faults of any media files, for `measure`.
// in: {"files": [paths]}; measured gets "files": [{"file", "duration_s", FORMAT, LEVELS,
// "decode_errors", "faults", "damaged", "remark"}] in that order; FORMAT, LEVELS: stage/heard.h.
// A file that cannot be read has "error" instead.
// settings: {"plot": {"target_lufs", "tolerance_lu", "ceiling_dbtp"}}: measured gets "plot" too,
// the first file's loudness over time as SVG; left out: no picture
#include "base/fs.h"
#include "base/str.h"
#include "media/survey.h"
#include "stage/heard.h"
#include "stage/plot.h"
#include "stage/spoken.h"
#include "stage/stage.h"
#include <math.h>

static const struct curve_words words = {
    .momentary = "momentary (0.4 s)",
    .short_term = "short-term (3 s)",
    .integrated = "integrated",
    .target = "podcast target",
    .voices = "Who is heard when",
    .true_peak = "True peak, dBTP",
    .ceiling = "ceiling",
    .decimal = ".",
};

static int draw(struct stage_job *job, const char *path, const struct survey *s,
                const struct blocks *b, struct str *out, struct err *e)
{
    const struct json *p = json_get(job->settings, "plot");
    struct plot plot = {.a = job->arena, .voice = "Voice", .music = "Music"};
    struct levelling l = {0};
    levelling_find(b, 1, &l);
    struct json *track = levelling_curve_json(&l, NULL, NULL);
    struct json *turns = spoken_turns(b, json_get(track, "turns"), false);
    plot_track(&plot, track, turns, NULL);
    struct curve_params c = {
        .length_s = tick_to_s(s->facts.length),
        .sound = {{fs_basename(path), b, 0, s->sound.integrated_lufs, s->sound.true_peak_dbtp}},
        .num_sounds = 1,
        .target_lufs = json_number(p, "target_lufs", NAN),
        .tolerance_lu = json_number(p, "tolerance_lu", 0),
        .ceiling_dbtp = json_number(p, "ceiling_dbtp", NAN),
        .lanes = plot.lanes,
        .num_lanes = plot.num_lanes,
        .words = words,
    };
    c.words.title = arena_printf(job->arena, "Loudness over time: %s", fs_basename(path));
    c.words.desc =
        isfinite(s->sound.integrated_lufs)
            ? arena_printf(job->arena, "%.1f LUFS, range %.1f LU, true peak %.1f dBTP",
                           s->sound.integrated_lufs, s->sound.range_lu, s->sound.true_peak_dbtp)
            : "nothing to hear";
    int r = curve_draw(&c, out, e);
    json_free(turns);
    json_free(track);
    levelling_done(&l);
    return r;
}

static int plot(struct stage_job *job, const char *path, const struct survey *s,
                const struct blocks *b, struct err *e)
{
    struct str svg;
    str_init(&svg, STR_MAX);
    int r = draw(job, path, s, b, &svg, e);
    if (r >= 0)
        json_put_text(job->variants[0].measured, "plot", svg.p);
    str_done(&svg);
    return r;
}

static struct json *result(const char *path, const struct survey *s)
{
    const struct source_facts *f = &s->facts;
    struct json *o = json_new_object();
    char damage[SOURCE_DAMAGE_TEXT];
    bool damaged = source_damage(f, damage);

    json_put_text(o, "file", path);
    json_put_real(o, "duration_s", round(tick_to_s(f->length) * 1e6) / 1e6);
    heard_put_format(o, f);
    heard_put_levels(o, s);
    json_put_int(o, "decode_errors", f->decode_errors);
    json_put(o, "faults", heard_faults(f));
    json_put_bool(o, "damaged", damaged);
    if (damage[0])
        json_put_text(o, "remark", damage);
    return o;
}

static int measure_run(struct stage_job *job, struct err *e)
{
    const struct json *files = json_get(job->in, "files");
    struct json *list = json_new_array();
    int r = 0;

    for (size_t i = 0; r >= 0 && i < json_count(files); i++) {
        const char *path = json_as_text(json_at(files, i));
        struct survey s = {0};
        struct blocks b = {0};
        bool drawn = i == 0 && json_get(job->settings, "plot");
        struct err own = {0};
        r = survey_file(&(struct survey_params){.path = path,
                                                .threads = job->threads,
                                                .progress = job->progress,
                                                .blocks = drawn ? &b : NULL,
                                                .what = "measuring"},
                        &s, &own);
        if (r >= 0 && drawn)
            r = plot(job, path, &s, &b, &own);
        blocks_done(&b);
        if (r >= 0) {
            json_push(list, result(path, &s));
        } else if (own.kind == ERR_INTERRUPTED) {
            *e = own;
        } else {
            struct json *o = json_new_object();
            json_put_text(o, "file", path);
            json_put_text(o, "error", own.text);
            json_push(list, o);
            r = 0;
        }
    }
    json_put(job->variants[0].measured, "files", list);
    return r;
}

const struct stage stage_measure = {"measure", measure_run};
