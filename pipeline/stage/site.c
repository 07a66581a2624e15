// SPDX-License-Identifier: GPL-3.0-or-later
// site: the pages of the show, its style and its scripts.
//
// settings: as doc/sitefacts.h describes
// in:       {"stylesheet": [layout.xsl, cards.xsl, index.xsl, subject.xsl, calendar.xsl, about.xsl,
//                           search.xsl, missing.xsl],
//            "strings": strings.<language>.json, "fallback": strings.nb.json,
//            "style": style.css, "player": player.js, "search": search.js, "icon": icon.svg,
//            "logo": the show's, where it has one,
//            "text-<language>-<slug>": a transcript as the captions stage made it}
//           All files but the last two of presets/site/.
// makes:    index.html, 404.html, kalender/index.html, om/index.html, sok/index.html;
//           tema/<id>/index.html, maal/<number>/index.html, kommune/<number>/index.html, one for
//           each that has something to show, themes always;
//           sok/episodes.json, sok/ord/<letter>.json, sitemap.xml, robots.txt;
//           style.css, player.js, search.js, icon.svg, logo.<ext>
#include <string.h>

#include "base/fs.h"
#include "doc/html.h"
#include "doc/searchindex.h"
#include "doc/site.h"
#include "doc/sitemap.h"
#include "stage/texts.h"

struct making {
    struct stage_job *job;
    struct site_facts f;
    struct json *strings, *fallback;
    struct words w;
    struct html_sheet *sheet;
    struct str document;
    const char **paths; // of the pages, for the sitemap
    size_t num_paths, cap_paths;
};

// Renders the document into folder/index.html, and empties it.
static int save_page(struct making *m, const char *folder, struct err *e)
{
    struct arena *a = m->job->arena;
    struct str html;
    str_init(&html, STR_MAX);
    int r = html_sheet_render(m->sheet, &m->document, &html, e);
    if (r >= 0)
        r = texts_save(m->job, arena_printf(a, "%sindex.html", folder), &html, e);
    m->paths = arena_grow(a, m->paths, m->num_paths, &m->cap_paths, sizeof(*m->paths));
    m->paths[m->num_paths++] = folder;
    str_done(&html);
    str_clear(&m->document);
    return r;
}

static int make_missing(struct making *m, struct err *e)
{
    struct str html;
    str_init(&html, STR_MAX);
    site_missing(&m->document, &m->w, &m->f.show);
    int r = html_sheet_render(m->sheet, &m->document, &html, e);
    if (r >= 0)
        r = texts_save(m->job, "404.html", &html, e);
    str_done(&html);
    str_clear(&m->document);
    return r;
}

static int make_subjects(struct making *m, struct err *e)
{
    struct arena *a = m->job->arena;
    const struct fact_place **places;
    size_t n = site_places(a, &m->f, &places);
    sdg_set goals = site_goals_in_use(&m->f);
    int r = 0;
    for (size_t i = 0; r >= 0 && i < m->f.num_themes; i++) {
        site_theme(&m->document, &m->w, &m->f, &m->f.themes[i]);
        r = save_page(m, arena_printf(a, "tema/%s/", m->f.themes[i].id), e);
    }
    for (size_t i = 0; r >= 0 && i < m->f.num_goals; i++) {
        const struct fact_goal *g = &m->f.goals[i];
        if (!(goals & SDG(g->number)))
            continue;
        site_goal(&m->document, &m->w, &m->f, g);
        r = save_page(m, arena_printf(a, "maal/%lld/", (long long)g->number), e);
    }
    for (size_t i = 0; r >= 0 && i < n; i++) {
        site_place(&m->document, &m->w, &m->f, places[i]);
        r = save_page(m, arena_printf(a, "kommune/%s/", places[i]->number), e);
    }
    return r;
}

static int make_pages(struct making *m, struct err *e)
{
    struct arena *a = m->job->arena;
    site_index(a, &m->document, &m->w, &m->f);
    int r = save_page(m, "", e);
    if (r >= 0)
        r = make_subjects(m, e);
    if (r >= 0) {
        site_calendar(a, &m->document, &m->w, &m->f);
        r = save_page(m, "kalender/", e);
    }
    if (r >= 0) {
        site_about(&m->document, &m->w, &m->f);
        r = save_page(m, "om/", e);
    }
    if (r >= 0) {
        site_search(&m->document, &m->w, &m->f);
        r = save_page(m, "sok/", e);
    }
    return r < 0 ? r : make_missing(m, e);
}

// The transcripts of one episode, each in its own language.
static int index_episode(struct making *m, struct searchindex *s, size_t i, struct err *e)
{
    struct arena scratch = {0};
    const struct fact_episode *ep = &m->f.episodes[i];
    struct json **texts = arena_array(&scratch, struct json *, ep->num_transcripts + 1);
    struct captions *captions = arena_array(&scratch, struct captions, ep->num_transcripts + 1);
    size_t n = 0;
    int r = 0;
    for (size_t k = 0; r >= 0 && k < ep->num_transcripts; k++) {
        const char *name =
            arena_printf(&scratch, "text-%s-%s", ep->transcripts[k].language, ep->slug);
        const char *path = stage_input(m->job->in, name);
        if (!path)
            continue;
        r = json_load(path, &texts[n], e);
        if (r >= 0)
            r = transcript_read(&scratch, texts[n], &captions[n], e);
        n += texts[n] != NULL;
    }
    if (r >= 0)
        searchindex_add(s, i, ep, captions, n);
    for (size_t k = 0; k < n; k++)
        json_free(texts[k]);
    arena_done(&scratch);
    return r;
}

static int make_search(struct making *m, struct err *e)
{
    struct arena *a = m->job->arena;
    struct searchindex *s = searchindex_new();
    int r = 0;
    for (size_t i = 0; r >= 0 && i < m->f.num_episodes; i++)
        r = index_episode(m, s, i, e);
    if (r >= 0) {
        searchindex_episodes(&m->f, &m->w, &m->document);
        r = texts_save(m->job, "sok/episodes.json", &m->document, e);
    }
    for (size_t i = 0; r >= 0 && i < SEARCH_SHARDS; i++) {
        str_clear(&m->document);
        searchindex_write(s, i, &m->document);
        r = texts_save(m->job, arena_printf(a, "sok/ord/%c.json", searchindex_letter(i)),
                       &m->document, e);
    }
    str_clear(&m->document);
    searchindex_free(s);
    return r;
}

static int make_maps(struct making *m, struct err *e)
{
    sitemap_xml(&m->document, &m->f, m->paths, m->num_paths);
    int r = texts_save(m->job, "sitemap.xml", &m->document, e);
    str_clear(&m->document);
    sitemap_robots(&m->document, m->f.show.site);
    if (r >= 0)
        r = texts_save(m->job, "robots.txt", &m->document, e);
    str_clear(&m->document);
    return r;
}

// The style sheet, with the show's own colours behind it.
static int make_style(struct making *m, struct err *e)
{
    const char *path = NULL;
    char *css;
    int r = texts_need(m->job, "style", &path, e);
    if (r >= 0)
        r = fs_read(m->job->arena, path, 1 << 20, &css, NULL, e);
    if (r < 0)
        return r;
    str_add(&m->document, css);
    if (m->f.accent)
        str_addf(&m->document,
                 "\n@media screen { :root { --link: %s; --accent: %s; --on-accent: #fff; } }\n"
                 "@media screen and (prefers-color-scheme: dark) {\n"
                 "  :root { --link: %s; --accent: %s; --on-accent: #11181e; }\n}\n",
                 m->f.accent, m->f.accent, m->f.accent_dark, m->f.accent_dark);
    r = texts_save(m->job, "style.css", &m->document, e);
    str_clear(&m->document);
    return r;
}

static int copy_files(struct making *m, struct err *e)
{
    static const char *const as_they_are[][2] = {
        {"player", "player.js"}, {"search", "search.js"}, {"icon", "icon.svg"}};
    struct stage_job *job = m->job;
    const char *path = NULL, *logo = stage_input(job->in, "logo");
    int r = 0;
    for (size_t i = 0; r >= 0 && i < COUNT(as_they_are); i++) {
        r = texts_need(job, as_they_are[i][0], &path, e);
        if (r >= 0)
            r = fs_copy(path, stage_output(job, &job->variants[0], as_they_are[i][1]), 0644, e);
    }
    if (r >= 0 && logo && m->f.show.logo)
        r = fs_copy(logo, stage_output(job, &job->variants[0], m->f.show.logo), 0644, e);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    struct making m = {.job = job};
    str_init(&m.document, STR_MAX);
    int r = site_facts_read(job->arena, job->settings, &m.f, e);
    if (r >= 0)
        r = stage_load(job->in, "strings", &m.strings, e);
    if (r >= 0)
        r = stage_load(job->in, "fallback", &m.fallback, e);
    m.w = (struct words){m.strings, m.fallback};
    if (r >= 0)
        r = html_sheet_open(job->arena, texts_paths(job, "stylesheet"), &m.sheet, e);
    if (r >= 0)
        r = make_pages(&m, e);
    if (r >= 0)
        r = make_search(&m, e);
    if (r >= 0)
        r = make_maps(&m, e);
    if (r >= 0)
        r = make_style(&m, e);
    if (r >= 0)
        r = copy_files(&m, e);
    html_sheet_close(m.sheet);
    str_done(&m.document);
    json_free(m.strings);
    json_free(m.fallback);
    return r;
}

const struct stage stage_site = {"site", run};
