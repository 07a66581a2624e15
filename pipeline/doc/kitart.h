// SPDX-License-Identifier: GPL-3.0-or-later
// The drawn part of a kit: a poster and cards for social media, over the cover's landscape.
// Whatever the words are, they fit and can be read.
#pragma once
#include <cairo.h>

#include "base/err.h"
#include "doc/cover.h"

enum kit_shape { KIT_POSTER, KIT_WIDE, KIT_SQUARE, KIT_TALL, KIT_SHAPES };
struct kit_size {
    int width, height; // pixels of the PNG; the poster is A3 upright at 150 dpi
};
extern const struct kit_size kit_sizes[KIT_SHAPES];

struct kit_art {
    struct cover_words words; // place is not asked
    const struct fact_person *guests;
    size_t num_guests;
    const char *guest;   // "Gjest"
    const char *when;    // "Episode 2 · 12. februar 2026"; NULL: none
    const char *hear;    // "Hør episoden"
    const char *address; // as it is typed, "example.org/detgodeliv"
    const char *url;     // for cameras; on the poster alone
};
// In units whose number is kit_sizes[shape].width across, on any surface.
void kit_art_draw(cairo_t *cr, enum kit_shape shape, const struct kit_art *art);
int kit_art_png(enum kit_shape shape, const struct kit_art *art, const char *path, struct err *e);
