// SPDX-License-Identifier: GPL-3.0-or-later
// feed: the show's feed, for public/feed.xml.
//
// settings: {"show": SHOW as in doc/facts.h, "newest_utc_s": published_utc_s of the newest item,
//            "live": {slug: LIVE as in doc/facts.h}}
//           newest_utc_s is missing where there are no items, live where there is no broadcast.
// in:       {"items": [item.xml …]}, newest first; may be missing or empty
// makes:    feed.xml
#include "base/fs.h"
#include "doc/rss.h"
#include "stage/texts.h"

enum { ITEM_MAX = 4 << 20 };

static int write_broadcast(struct stage_job *job, const struct fact_show *show,
                           const struct json *j, char **ret, struct err *e)
{
    struct fact_live live;
    struct str text;
    int r = facts_live(job->arena, j, &live, e);
    if (r < 0)
        return r;
    str_init(&text, ITEM_MAX);
    r = rss_live(&text, show, &live, e);
    *ret = arena_strdup(job->arena, text.p);
    str_done(&text);
    return r;
}

static int run(struct stage_job *job, struct err *e)
{
    struct fact_show show;
    int r = texts_show(job, &show, e);
    const char **paths = texts_paths(job, "items");
    const struct json *live = json_get(job->settings, "live");
    size_t broadcasts = json_count(live), n = broadcasts;
    while (paths[n - broadcasts])
        n++;
    char **items = arena_array(job->arena, char *, n + 1);
    for (size_t i = 0; i < n && r >= 0; i++) {
        size_t len;
        if (i < broadcasts)
            r = write_broadcast(job, &show, json_get(live, json_key_at(live, i)), &items[i], e);
        else
            r = fs_read(job->arena, paths[i - broadcasts], ITEM_MAX, &items[i], &len, e);
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
