// SPDX-License-Identifier: GPL-3.0-or-later
// feeds.json, which remembers the addresses of feeds: each that is taken keeps to its folder.
#include "fuzz.h"

#include "base/fs.h"
#include "plan/feeds.h"

static struct session *session(void)
{
    static struct session s;
    struct err e = {0};
    char *text;
    size_t len;
    if (s.dir)
        return &s;
    static const char *const files[] = {"episodes/show.yaml", "episodes/calendar.yaml"};
    for (size_t i = 0; i < COUNT(files); i++) {
        if (fs_read(&s.arena, files[i], 1 << 20, &text, &len, &e) < 0)
            abort();
        fuzz_put(arena_printf(&s.arena, "f/%s", files[i]), text, len);
    }
    s.dir = arena_printf(&s.arena, "%s/f", fuzz_dir());
    s.preset_dirs = fuzz_presets;
    FUZZ_HOLD(show_load(&s.arena, s.dir, fuzz_presets, &s.show, &e) >= 0);
    FUZZ_HOLD(goals_load(&s.arena, "presets/goals.json", &s.goals, &e) >= 0);
    FUZZ_HOLD(municipalities_load(&s.arena, "presets/municipalities.json", &s.municipalities, &e) >=
              0);
    return &s;
}

FUZZ(feeds)
{
    struct arena a = {0};
    struct err e = {0};
    struct catalog none = {0};
    struct subfeeds f;
    struct session *s = session();
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
