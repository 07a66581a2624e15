// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness, peaks, noise and faults of any media files, for `measure`.
// in: {"files": [paths]}; measured gets "files": [{"file", "duration_s", FORMAT, LEVELS,
// "decode_errors", "faults", "damaged", "remark"}] in that order; FORMAT, LEVELS: stage/heard.h.
// A file that cannot be read has "error" instead.
#include "media/survey.h"
#include "stage/heard.h"
#include "stage/stage.h"
#include <math.h>

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
        struct err own = {0};
        r = survey_file(&(struct survey_params){.path = path,
                                                .threads = job->threads,
                                                .progress = job->progress,
                                                .what = "measuring"},
                        &s, &own);
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
