// SPDX-License-Identifier: GPL-3.0-or-later
// slate: the two pictures of a broadcast, drawn before it begins: what stands while the source is
// away, and what stands behind a source that is sound alone.
//
// settings: {"width", "height", "language", "show_title", "title", "theme", "goals": [{number,
//           title, color, text_color}]}
//           show_title is required.
// in:       nothing
// makes:    slate.png, card.png
// measured: {"width", "height"}
#include "base/str.h"
#include "doc/card.h"
#include "stage/stage.h"

#include <errno.h>

static int slate_run(struct stage_job *job, struct err *e)
{
    const struct json *o = job->settings;
    struct stage_variant *v = &job->variants[0];
    const char *language = json_text_or(o, "language", "nb"), *theme = json_text(o, "theme");
    const char *word = str_starts(language, "en") ? "Theme" : "Tema";
    struct cover_words words = {.show = json_text(o, "show_title"), .title = json_text(o, "title")};
    struct screen_look look = {(int)json_int(o, "width", 1280), (int)json_int(o, "height", 720),
                               NULL, language};
    struct fact_goal *goals;
    if (!words.show)
        return err_set(e, -EINVAL, "settings of slate: 'show_title' is missing");
    int r = facts_goals(job->arena, json_get(o, "goals"), &goals, &words.num_goals, e);
    if (r < 0)
        return r;
    words.goals = goals;
    words.theme = theme ? arena_printf(job->arena, "%s: %s", word, theme) : NULL;
    look.theme = words.theme;
    progress_update(job->progress, "drawing the pictures of the broadcast", 0, -1);
    r = card_away(&look, &words, stage_output(job, v, "slate.png"), e);
    if (r >= 0)
        r = card_live(&look, &words, stage_output(job, v, "card.png"), e);
    json_put_int(v->measured, "width", look.width);
    json_put_int(v->measured, "height", look.height);
    return r < 0 ? r : 0;
}

const struct stage stage_slate = {"slate", slate_run};
