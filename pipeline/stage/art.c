// SPDX-License-Identifier: GPL-3.0-or-later
// art: the cover of an episode, or of the show.
//
// settings: {"show_title", "title", "theme", "goals": [{number, title, color, text_color}],
//            "language"}
//           show_title is required; without title it is the show's own cover.
// in:       {"cover": path} where the producer named one, and then settings may be {}
//           A named cover must pass cover_check(), else ERR_INPUT.
// makes:    cover.png: drawn, 3000 × 3000; or cover.png, cover.jpg: the named one, by what it is
//           cover-small.png, to embed in audio files: 1400 × 1400; of a named JPEG the same bytes
//           as cover-small.jpg
// measured: {"cover": "cover.png", "small": "cover-small.png", "width": 3000}
#include <errno.h>

#include "base/fs.h"
#include "doc/cover.h"
#include "model/cover.h"
#include "stage/texts.h"

static void report(struct stage_variant *v, const char *cover, const char *small, int width)
{
    if (!v->measured)
        v->measured = json_new_object();
    json_put_text(v->measured, "cover", cover);
    json_put_text(v->measured, "small", small);
    json_put_int(v->measured, "width", width);
}

static int keep_named(struct stage_job *job, const char *path, struct err *e)
{
    struct stage_variant *v = &job->variants[0];
    struct cover_facts facts;
    int r = cover_check(path, NULL, e);
    if (r >= 0)
        r = cover_facts(path, &facts, e);
    if (r < 0)
        return r;
    bool png = str_same(facts.type, "image/png");
    const char *cover = png ? "cover.png" : "cover.jpg",
               *small = png ? "cover-small.png" : "cover-small.jpg";
    r = fs_copy(path, stage_output(job, v, cover), 0644, e);
    if (r >= 0 && png)
        r = cover_resize(path, COVER_SMALL, stage_output(job, v, small), e);
    else if (r >= 0)
        r = fs_copy(path, stage_output(job, v, small), 0644, e);
    if (r >= 0)
        report(v, cover, small, facts.width);
    return r;
}

static int draw(struct stage_job *job, struct err *e)
{
    const struct json *s = job->settings;
    struct cover_words w = {.show = json_text(s, "show_title"), .title = json_text(s, "title")};
    if (!w.show)
        return err_set(e, -EINVAL, "settings of art: 'show_title' is missing");
    bool english = str_starts(json_text_or(s, "language", "nb"), "en");
    if (json_text(s, "theme"))
        w.theme =
            arena_printf(job->arena, "%s: %s", english ? "Theme" : "Tema", json_text(s, "theme"));
    struct fact_goal *goals;
    int r = facts_goals(job->arena, json_get(s, "goals"), &goals, &w.num_goals, e);
    if (r < 0)
        return r;
    w.goals = goals;
    struct stage_variant *v = &job->variants[0];
    progress_update(job->progress, "drawing the cover", 0, -1);
    r = cover_draw(&w, COVER_SIZE, stage_output(job, v, "cover.png"), e);
    progress_update(job->progress, "drawing the cover", 0.7, -1);
    if (r >= 0)
        r = cover_draw(&w, COVER_SMALL, stage_output(job, v, "cover-small.png"), e);
    if (r >= 0)
        report(v, "cover.png", "cover-small.png", COVER_SIZE);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    const char *named = stage_input(job->in, "cover");
    int r = named ? keep_named(job, named, e) : draw(job, e);
    return r < 0 ? r : 0;
}

const struct stage stage_art = {"art", run};
