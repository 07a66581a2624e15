// SPDX-License-Identifier: GPL-3.0-or-later
// site: the show's front page, the page for addresses that are not there, and the style sheet.
//
// settings: {"show": SHOW as in doc/facts.h, "episodes": [ENTRY …]}, newest first
//           ENTRY has keys of EPISODE in doc/facts.h: slug, title, published_utc_s; and where there
//           are any summary, language, length_ticks, number, season, kind, cover, theme, goals,
//           targets, hosts, guests, resources
// in:       {"stylesheet": [index.xsl, layout.xsl],
//            "missing": [missing.xsl, layout.xsl],
//            "strings": strings.<language>.json,
//            "style": style.css}
//           All files of presets/site/.
// makes:    index.html, 404.html, style.css
#include "base/fs.h"
#include "doc/html.h"
#include "doc/site.h"
#include "stage/texts.h"

static int make_index(struct stage_job *job, const struct json *strings,
                      const struct fact_show *show, struct err *e)
{
    const struct json *list = json_get(job->settings, "episodes");
    size_t n = json_count(list);
    struct fact_episode *episodes = arena_array(job->arena, struct fact_episode, n + 1);
    int r = 0;
    for (size_t i = 0; i < n && r >= 0; i++)
        r = facts_entry(job->arena, json_at(list, i), &episodes[i], e);
    if (r < 0)
        return r;
    struct str document, html;
    str_init(&document, STR_MAX);
    str_init(&html, STR_MAX);
    site_index(&document, strings, show, episodes, n);
    r = html_render(job->arena, texts_paths(job, "stylesheet"), &document, &html, e);
    if (r >= 0)
        r = texts_save(job, "index.html", &html, e);
    str_done(&document);
    str_done(&html);
    return r;
}

static int make_missing(struct stage_job *job, const struct json *strings,
                        const struct fact_show *show, struct err *e)
{
    struct str document, html;
    str_init(&document, STR_MAX);
    str_init(&html, STR_MAX);
    site_missing(&document, strings, show);
    int r = html_render(job->arena, texts_paths(job, "missing"), &document, &html, e);
    if (r >= 0)
        r = texts_save(job, "404.html", &html, e);
    str_done(&document);
    str_done(&html);
    return r;
}

static int copy_style(struct stage_job *job, struct err *e)
{
    const char *path = NULL;
    int r = texts_need(job, "style", &path, e);
    if (r < 0)
        return r;
    return fs_copy(path, stage_output(job, &job->variants[0], "style.css"), 0644, e);
}

static int run(struct stage_job *job, struct err *e)
{
    struct fact_show show;
    struct json *strings = NULL;
    int r = texts_show(job, &show, e);
    if (r >= 0)
        r = stage_load(job->in, "strings", &strings, e);
    if (r >= 0)
        r = make_index(job, strings, &show, e);
    if (r >= 0)
        r = make_missing(job, strings, &show, e);
    if (r >= 0)
        r = copy_style(job, e);
    json_free(strings);
    return r;
}

const struct stage stage_site = {"site", run};
