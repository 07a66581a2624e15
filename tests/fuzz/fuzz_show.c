// SPDX-License-Identifier: GPL-3.0-or-later
// show.yaml, as every command reads it.
#include "fuzz.h"

#include "model/show.h"

FUZZ(show)
{
    struct arena a = {0};
    struct err e = {0};
    struct show s;
    fuzz_put("show/episodes/show.yaml", data, size);
    char *dir = arena_printf(&a, "%s/show", fuzz_dir());
    if (show_load(&a, dir, fuzz_presets, &s, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        FUZZ_HOLD(s.title && s.title[0] && s.site && str_ends(s.site, "/"));
        FUZZ_HOLD(str_ends(show_feed_url(&a, &s), "/feed.xml"));
        FUZZ_HOLD(s.num_outputs > 0);
    }
    arena_done(&a);
    return 0;
}
