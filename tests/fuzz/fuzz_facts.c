// SPDX-License-Identifier: GPL-3.0-or-later
// What a stage's settings say of show and episode, as JSON: refused, or an entry of the feed.
#include "fuzz.h"

#include "base/json.h"
#include "doc/rss.h"

FUZZ(facts)
{
    struct arena a = {0};
    struct err e = {0};
    struct json *j = NULL;
    struct fact_show show;
    struct fact_episode ep;
    struct fact_live live;
    struct str s;
    char *text = fuzz_text(data, size);
    str_init(&s, STR_MAX);
    if (json_parse(text, size, "settings", &j, &e) >= 0 &&
        facts_show(&a, json_get(j, "show"), &show, &e) >= 0) {
        if (facts_episode(&a, json_get(j, "episode"), &ep, &e) >= 0) {
            for (size_t i = 0; i < ep.num_files; i++) {
                str_clear(&s);
                rss_item(&s, &show, &ep, i, &e);
            }
            str_clear(&s);
            chapters_json(&s, &ep);
            struct json *back = NULL;
            FUZZ_HOLD(json_parse(s.p, s.len, "chapters", &back, &e) >= 0);
            json_free(back);
        }
        str_clear(&s);
        if (facts_live(&a, json_get(j, "live"), &live, &e) >= 0)
            rss_live(&s, &show, &live, &e);
    }
    json_free(j);
    str_done(&s);
    free(text);
    arena_done(&a);
    return 0;
}
