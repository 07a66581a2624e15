// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/parts.h"

#include "base/fs.h"
#include "stage/cleaning.h"

int parts_read(struct arena *a, const char *show_dir, const char *facts_dir,
               const struct json *list, struct mix_track *ret, struct err *e)
{
    size_t n = json_count(list);
    struct mix_part *parts = arena_array(a, struct mix_part, n + 1);
    int r = 0;
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const struct json *p = json_at(list, i);
        const char *clean = facts_dir ? json_text(p, "clean") : NULL;
        struct clean_found *found = NULL;
        parts[i].path = fs_join(a, show_dir, json_text_or(p, "original", ""));
        parts[i].sound_track = (int)json_int(p, "sound_track", -1);
        parts[i].length = json_int(p, "length_ticks", 0);
        if (clean)
            r = cleaning_load(a, fs_join(a, facts_dir, clean), &found, e);
        parts[i].clean = found;
    }
    ret->parts = parts;
    ret->num_parts = n;
    return r;
}
