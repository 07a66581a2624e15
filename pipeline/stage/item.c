// SPDX-License-Identifier: GPL-3.0-or-later
// item: one episode's entry in the feeds.
//
// settings: {"show": {title, site, author, language}, "episode": EPISODE as in doc/facts.h}
// in:       nothing
// makes:    item.xml: the <item>; the feed declares its prefixes
//           video.xml: the same with the MP4 as its enclosure, for the feed of films; only where
//           EPISODE has one
//           chapters.json: JSON chapters 1.2, for public/episodes/<slug>/chapters.json; only where
//           EPISODE has chapters
#include "doc/rss.h"
#include "stage/texts.h"

static int save_item(struct stage_job *job, const struct fact_show *show,
                     const struct fact_episode *ep, size_t enclosure, const char *file,
                     struct err *e)
{
    struct str text;
    str_init(&text, STR_MAX);
    int r = rss_item(&text, show, ep, enclosure, e);
    if (r >= 0)
        r = texts_save(job, file, &text, e);
    str_done(&text);
    return r;
}

static int save_chapters(struct stage_job *job, const struct fact_episode *ep, struct err *e)
{
    struct str text;
    str_init(&text, STR_MAX);
    chapters_json(&text, ep);
    int r = texts_save(job, "chapters.json", &text, e);
    str_done(&text);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    struct fact_show show = {0};
    struct fact_episode ep = {0};
    int r = texts_show(job, &show, e);
    if (r >= 0)
        r = texts_episode(job, &ep, e);
    if (r >= 0)
        r = save_item(job, &show, &ep, 0, "item.xml", e);
    for (size_t i = 1; r >= 0 && i < ep.num_files; i++)
        if (str_same(ep.files[i].type, "video/mp4"))
            r = save_item(job, &show, &ep, i, "video.xml", e);
    return r >= 0 && ep.num_chapters ? save_chapters(job, &ep, e) : r;
}

const struct stage stage_item = {"item", run};
