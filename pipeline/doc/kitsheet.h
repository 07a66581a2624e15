// SPDX-License-Identifier: GPL-3.0-or-later
// What stands on the sheets of a kit: for a meeting on one episode, and over a theme's episodes.
// Words come from presets/kit/strings.<language>.json.
#pragma once
#include "doc/kitfacts.h"
#include "doc/sheet.h"

struct kit_source {
    const struct fact_show *show;
    const struct json *strings;
};
void kit_sheet(struct arena *a, const struct kit_source *from, const struct fact_episode *ep,
               const struct kit_facts *kit, struct sheet *ret);

struct kit_theme {
    const char *title, *id;
    const struct fact_episode *episodes; // newest first
    size_t num_episodes;
    int64_t date_utc_s; // of the newest
};
void kit_theme_sheet(struct arena *a, const struct kit_source *from, const struct kit_theme *theme,
                     struct sheet *ret);

// Pieces that posters and readmes say as well; in the arena.
const char *kit_when(struct arena *a, const struct json *strings, const struct fact_episode *ep);
const char *kit_theme_words(struct arena *a, const struct json *strings, const char *theme);
const char *kit_url(struct arena *a, const struct fact_show *show, const struct fact_episode *ep);
const char *kit_typed(struct arena *a, const char *url); // without scheme and final slash
const char *kit_word(const struct json *strings, const char *key);
// "CC BY 4.0"; NULL: no licence is said. *ret_url: its text; NULL: not known.
const char *kit_license(const struct fact_show *show, const struct fact_episode *ep,
                        const char **ret_url);
