// SPDX-License-Identifier: GPL-3.0-or-later
#include "exampleshow.h"

#include "base/fs.h"
#include "fuzz.h"

void example_show(struct session *s, const char *name)
{
    static const char *const files[] = {"episodes/show.yaml", "episodes/calendar.yaml"};
    struct err e = {0};
    char *text;
    size_t len;
    if (s->dir)
        return;
    for (size_t i = 0; i < COUNT(files); i++) {
        FUZZ_HOLD(fs_read(&s->arena, files[i], 1 << 20, &text, &len, &e) >= 0);
        fuzz_put(arena_printf(&s->arena, "%s/%s", name, files[i]), text, len);
    }
    s->dir = arena_printf(&s->arena, "%s/%s", fuzz_dir(), name);
    s->preset_dirs = fuzz_presets;
    s->now_utc_s = 1770000000;
    FUZZ_HOLD(show_load(&s->arena, s->dir, fuzz_presets, &s->show, &e) >= 0);
    FUZZ_HOLD(goals_load(&s->arena, "presets/goals.json", &s->goals, &e) >= 0);
    FUZZ_HOLD(
        municipalities_load(&s->arena, "presets/municipalities.json", &s->municipalities, &e) >= 0);
}
