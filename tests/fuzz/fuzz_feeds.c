// SPDX-License-Identifier: GPL-3.0-or-later
// feeds.json, which remembers the addresses of feeds: each that is taken keeps to its folder.
#include "exampleshow.h"
#include "fuzz.h"

#include "plan/feeds.h"

FUZZ(feeds)
{
    struct arena a = {0};
    struct err e = {0};
    struct catalog none = {0};
    struct subfeeds f;
    static struct session shown;
    struct session *s = &shown;
    example_show(s, "f");
    fuzz_put("f/episodes/feeds.json", data, size);
    if (feeds_make(s, &a, &none, &f, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        for (size_t i = 0; i < f.count; i++) {
            FUZZ_HOLD(str_starts(f.items[i].file, "feeds/") && str_ends(f.items[i].file, ".xml"));
            FUZZ_HOLD(!strchr(f.items[i].file + 6, '/') && f.items[i].title && f.items[i].guid);
        }
    }
    arena_done(&a);
    return 0;
}
