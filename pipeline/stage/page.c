// SPDX-License-Identifier: GPL-3.0-or-later
// page: an episode's page, for public/episodes/<slug>/.
//
// settings: {"show": {title, language, site, author, license, owner_email, logo, directories},
//            "episode": EPISODE as in doc/facts.h}
// in:       {"stylesheet": [page.xsl, layout.xsl], "embed": [embed.xsl, layout.xsl],
//            "strings": strings.<language>.json, "fallback": strings.nb.json,
//            "transcripts": [<language>.json as the captions stage made them]}
//           All files of presets/site/; transcripts may be missing.
// makes:    index.html, embed/index.html (the player for other people's pages), oembed.json
#include "doc/html.h"
#include "doc/site.h"
#include "doc/sitemap.h"
#include "stage/texts.h"

struct sources {
    struct json *strings, *fallback;
    struct json **transcripts; // texts borrow from them
    size_t num_texts;
    struct site_text *texts;
};

static void sources_done(struct sources *s)
{
    json_free(s->strings);
    json_free(s->fallback);
    for (size_t i = 0; i < s->num_texts; i++)
        json_free(s->transcripts[i]);
}

static int sources_load(struct stage_job *job, struct sources *s, struct err *e)
{
    const char **paths = texts_paths(job, "transcripts");
    size_t n = 0;
    while (paths[n])
        n++;
    s->transcripts = arena_array(job->arena, struct json *, n + 1);
    s->texts = arena_array(job->arena, struct site_text, n + 1);
    int r = stage_load(job->in, "strings", &s->strings, e);
    if (r >= 0)
        r = stage_load(job->in, "fallback", &s->fallback, e);
    for (size_t i = 0; i < n && r >= 0; i++) {
        r = json_load(paths[i], &s->transcripts[i], e);
        if (r < 0)
            break;
        s->num_texts++;
        s->texts[i].language = json_text(s->transcripts[i], "language");
        s->texts[i].made = json_text(s->transcripts[i], "made");
        r = transcript_read(job->arena, s->transcripts[i], &s->texts[i].captions, e);
        if (r < 0)
            err_wrap(e, "%s", paths[i]);
    }
    return r;
}

static int render(struct stage_job *job, const char *sheets, const struct str *document,
                  const char *file, struct err *e)
{
    struct str html;
    str_init(&html, STR_MAX);
    int r = html_render(job->arena, texts_paths(job, sheets), document, &html, e);
    if (r >= 0)
        r = texts_save(job, file, &html, e);
    str_done(&html);
    return r;
}

static int make(struct stage_job *job, const struct sources *s, struct err *e)
{
    struct fact_show show;
    struct fact_episode ep;
    struct words w = {s->strings, s->fallback};
    int r = texts_show(job, &show, e);
    if (r >= 0)
        r = texts_episode(job, &ep, e);
    if (r < 0)
        return r;
    struct str document;
    str_init(&document, STR_MAX);
    r = site_episode(job->arena, &document, &w, &show, &ep, s->texts, s->num_texts, e);
    if (r >= 0)
        r = render(job, "stylesheet", &document, "index.html", e);
    str_clear(&document);
    if (r >= 0) {
        site_embed(&document, &w, &show, &ep);
        r = render(job, "embed", &document, "embed/index.html", e);
    }
    str_clear(&document);
    if (r >= 0) {
        sitemap_oembed(&document, &show, &ep);
        r = texts_save(job, "oembed.json", &document, e);
    }
    str_done(&document);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    struct sources s = {0};
    int r = sources_load(job, &s, e);
    if (r >= 0)
        r = make(job, &s, e);
    sources_done(&s);
    return r;
}

const struct stage stage_page = {"page", run};
