// SPDX-License-Identifier: GPL-3.0-or-later
// item: one episode's entry in the feed.
//
// settings: {"show": {title, site, author, language}, "episode": EPISODE as in doc/facts.h}
// in:       nothing
// makes:    item.xml: the <item>; the feed declares its prefixes
//           chapters.json: JSON chapters 1.2, for public/episodes/<slug>/chapters.json; only where
//           EPISODE has chapters
#include "doc/rss.h"
#include "stage/texts.h"

static int run(struct stage_job *job, struct err *e)
{
    struct fact_show show;
    struct fact_episode ep;
    int r = texts_show(job, &show, e);
    if (r >= 0)
        r = texts_episode(job, &ep, e);
    if (r < 0)
        return r;
    struct str text;
    str_init(&text, STR_MAX);
    r = rss_item(&text, &show, &ep, e);
    if (r >= 0)
        r = texts_save(job, "item.xml", &text, e);
    if (r >= 0 && ep.num_chapters > 0) {
        str_clear(&text);
        chapters_json(&text, &ep);
        r = texts_save(job, "chapters.json", &text, e);
    }
    str_done(&text);
    return r;
}

const struct stage stage_item = {"item", run};
