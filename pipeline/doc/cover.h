// SPDX-License-Identifier: GPL-3.0-or-later
// Drawn covers: show, title, theme and goals over a landscape; RGB without alpha, any sans will do.
// Goals are plain chips, see doc/chip.h.
#pragma once
#include "base/err.h"
#include "doc/facts.h"

enum { COVER_SIZE = 3000, COVER_SMALL = 1400 };

struct cover_words {
    const char *show, *title; // title NULL: the show's own cover
    const char *theme;        // with its word, "Tema: trivsel"; NULL: none
    const struct fact_goal *goals;
    size_t num_goals;
    const char *place; // on cards, beside the theme: "Meløy"; NULL: none
};
// Writes a PNG of size × size pixels.
int cover_draw(const struct cover_words *c, int size, const char *path, struct err *e);
// A PNG as an RGB PNG of size × size; transparent parts become white.
int cover_resize(const char *from, int size, const char *to, struct err *e);
