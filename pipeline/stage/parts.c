// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/parts.h"

#include "base/fs.h"

void parts_read(struct arena *a, const char *show_dir, const struct json *list,
                struct mix_track *ret)
{
    size_t n = json_count(list);
    struct mix_part *parts = arena_array(a, struct mix_part, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct json *p = json_at(list, i);
        parts[i].path = fs_join(a, show_dir, json_text_or(p, "original", ""));
        parts[i].sound_track = (int)json_int(p, "sound_track", -1);
        parts[i].length = json_int(p, "length_ticks", 0);
    }
    ret->parts = parts;
    ret->num_parts = n;
}
