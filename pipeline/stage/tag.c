// SPDX-License-Identifier: GPL-3.0-or-later
// tag: words, chapters and cover in copies of the delivery files; no sound is encoded.
//
// settings: as in stage/wording.h
// in:       {"timeline": timeline.json, "cover": cover-small.png or .jpg}
// variant:  {"extension"}; in: {"audio": path}
// makes:    <slug>.<extension>. Theme and goals are the named fields THEME (its name) and SDG (a
//           goal's identifier, one field a goal); people are HOST and GUEST, the licence LICENSE
//           (its SPDX name)
// measured: {"bytes", "chapters"}
#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "stage/stage.h"
#include "stage/wording.h"

#include <errno.h>

struct tagging {
    struct stage_job *job;
    struct wording words;
    const char **from, **to; // of each variant
};

static int name_files(struct tagging *w, struct err *e)
{
    struct stage_job *job = w->job;
    w->from = arena_array(job->arena, const char *, job->num_variants);
    w->to = arena_array(job->arena, const char *, job->num_variants);
    for (size_t i = 0; i < job->num_variants; i++) {
        const struct stage_variant *v = &job->variants[i];
        w->from[i] = stage_input(v->in, "audio");
        if (!w->from[i])
            return err_set(e, -EINVAL, "the job has no input 'audio'");
        const char *extension = json_text_or(v->settings, "extension", fs_extension(w->from[i]));
        w->to[i] =
            stage_output(job, v, arena_printf(job->arena, "%s.%s", w->words.slug, extension));
    }
    return 0;
}

static int write_variant(void *ctx, size_t i, struct err *e)
{
    const struct tagging *w = ctx;
    return tagfile_write(w->from[i], w->to[i], &w->words.set, e);
}

static void put_measured(const struct tagging *w, size_t i)
{
    struct json *m = w->job->variants[i].measured;
    json_put_int(m, "bytes", fs_size(w->to[i]));
    json_put_int(m, "chapters", (int64_t)w->words.set.num_chapters);
}

static int tag_run(struct stage_job *job, struct err *e)
{
    struct tagging w = {.job = job};
    struct json *timeline;
    int r = stage_load(job->in, "timeline", &timeline, e);
    if (r < 0)
        return r;
    r = wording_read(job, timeline, &w.words, e);
    progress_update(job->progress, "writing titles and chapters", 0, -1);
    if (r >= 0)
        r = progress_check(job->progress, e);
    if (r >= 0)
        r = name_files(&w, e);
    if (r >= 0)
        r = workers_run(job->num_variants, job->threads, write_variant, &w, e);
    for (size_t i = 0; r >= 0 && i < job->num_variants; i++)
        put_measured(&w, i);
    json_free(timeline);
    return r;
}

const struct stage stage_tag = {"tag", tag_run};
