// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures that fill the frame: the cover's landscape in the frame's shape, with words inside the
// safe area of doc/screen.h. RGB without alpha.
#pragma once
#include "doc/cover.h"
#include "doc/screen.h"

// Show, title, theme, goals, and `when`, "Episode 2 · 12. februar 2026" (NULL: nothing).
// look->theme is not asked, words->theme is.
int card_intro(const struct screen_look *look, const struct cover_words *words, const char *when,
               const char *path, struct err *e);

struct card_thanks {
    const char *site;    // where to listen, "https://example.org/detgodeliv/"; NULL: none
    const char *license; // "CC-BY-4.0"; NULL: none
    const struct fact_person *guests;
    size_t num_guests;
};
// Over the intro's landscape: show, guests with their municipalities, site and licence.
int card_outro(const struct screen_look *look, const struct cover_words *words,
               const struct card_thanks *thanks, const char *path, struct err *e);

// For a clip whose picture stands in `window`: the same words above it, as in all cards.
int card_clip(const struct screen_look *look, const struct cover_words *words,
              const struct screen_piece *window, const char *path, struct err *e);

// For an episode without a picture: show, title and theme, and room for picture/wave.h in *ret.
int card_sound(const struct screen_look *look, const struct cover_words *words, const char *path,
               struct screen_piece *ret, struct err *e);

// For a broadcast: what stands while the source is away, which says so, and behind a source that is
// sound alone. Show, title, theme and goals; the strip of picture/moving.h is left free.
int card_away(const struct screen_look *look, const struct cover_words *words, const char *path,
              struct err *e);
int card_live(const struct screen_look *look, const struct cover_words *words, const char *path,
              struct err *e);
