// SPDX-License-Identifier: GPL-3.0-or-later
// tombstone: the page that stands where an episode was taken down. It says so, and neither title
// nor names nor why: the reason may be somebody's own.
//
// settings: {"show": SHOW as in doc/facts.h, "tombs": [{"slug", "language", and where they are
//            known "month": 202602, "theme": its id, "theme_title"}]}
// in:       {"stylesheet": [layout.xsl, tombstone.xsl], "strings": strings.<language>.json,
//            "fallback": strings.nb.json,
//            "strings-<language>": the same for each other language of a tomb, where there is one}
//           All of presets/site/.
// makes:    <slug>.html for each
#include "doc/html.h"
#include "doc/site.h"
#include "stage/texts.h"

#include <errno.h>

struct burying {
    struct stage_job *job;
    struct fact_show show;
    struct words w;
    struct html_sheet *sheet;
};

static int bury(struct burying *b, const struct json *j, struct err *e)
{
    struct arena *a = b->job->arena;
    struct json *strings = NULL;
    struct str document, html;
    struct site_tomb t = {
        .language = json_text(j, "language"),
        .month = json_int(j, "month", 0),
        .theme_id = json_text(j, "theme"),
        .theme = json_text(j, "theme_title"),
    };
    const char *slug = json_text(j, "slug");
    if (!slug || !t.language)
        return err_set(e, -EINVAL, "settings of tombstone: a tomb has no slug or language");
    const char *input = arena_printf(a, "strings-%s", t.language);
    int r = stage_input(b->job->in, input) ? stage_load(b->job->in, input, &strings, e) : 0;
    if (r < 0)
        return r;
    if (json_text(strings, "goneTitle") && json_text(strings, "goneText"))
        t.strings = strings;
    str_init(&document, STR_MAX);
    str_init(&html, STR_MAX);
    site_tombstone(&document, &b->w, &b->show, &t);
    r = html_sheet_render(b->sheet, &document, &html, e);
    if (r >= 0)
        r = texts_save(b->job, arena_printf(a, "%s.html", slug), &html, e);
    str_done(&document);
    str_done(&html);
    json_free(strings);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    struct burying b = {.job = job};
    const struct json *tombs = json_get(job->settings, "tombs");
    struct json *strings = NULL, *fallback = NULL;
    int r = texts_show(job, &b.show, e);
    if (r >= 0)
        r = stage_load(job->in, "strings", &strings, e);
    if (r >= 0)
        r = stage_load(job->in, "fallback", &fallback, e);
    b.w = (struct words){strings, fallback};
    if (r >= 0)
        r = html_sheet_open(job->arena, texts_paths(job, "stylesheet"), &b.sheet, e);
    for (size_t i = 0; r >= 0 && i < json_count(tombs); i++)
        r = bury(&b, json_at(tombs, i), e);
    html_sheet_close(b.sheet);
    json_free(strings);
    json_free(fallback);
    return r < 0 ? r : 0;
}

const struct stage stage_tombstone = {"tombstone", run};
