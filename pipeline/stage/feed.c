// SPDX-License-Identifier: GPL-3.0-or-later
// feed: the show's feed, for public/feed.xml.
//
// settings: {"show": SHOW as in doc/facts.h, "newest_utc_s": published_utc_s of the newest item}
//           newest_utc_s is missing where there are no items.
// in:       {"items": [item.xml …]}, newest first; may be missing or empty
// makes:    feed.xml
#include "base/fs.h"
#include "doc/rss.h"
#include "stage/texts.h"

enum { ITEM_MAX = 4 << 20 };

static int run(struct stage_job *job, struct err *e)
{
    struct fact_show show;
    int r = texts_show(job, &show, e);
    const char **paths = texts_paths(job, "items");
    size_t n = 0;
    while (paths[n])
        n++;
    char **items = arena_array(job->arena, char *, n + 1);
    for (size_t i = 0; i < n && r >= 0; i++) {
        size_t len;
        r = fs_read(job->arena, paths[i], ITEM_MAX, &items[i], &len, e);
    }
    if (r < 0)
        return r;
    struct str text;
    str_init(&text, STR_MAX);
    int64_t newest = json_int(job->settings, "newest_utc_s", INT64_MIN);
    r = rss_feed(&text, &show, (const char *const *)items, n, newest, e);
    if (r >= 0)
        r = texts_save(job, "feed.xml", &text, e);
    str_done(&text);
    return r;
}

const struct stage stage_feed = {"feed", run};
