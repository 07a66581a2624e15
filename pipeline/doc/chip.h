// SPDX-License-Identifier: GPL-3.0-or-later
// Goals as plain chips: number and name on the goal's colour, which is never the only sign. The
// UN's logo, wheel and pictograms are not used.
#pragma once
#include <cairo.h>

#include "doc/facts.h"

enum { CHIP_NAMES = 4 }; // more goals than this are numbers alone

struct chip_block {
    double x, y, width, height; // the room
    double size;                // how high the chip of one goal is
    bool at_bottom;             // the block lies at the room's lower edge
};
// Up to CHIP_NAMES with names one below the other, more as numbers in rows. Returns the y below.
double chip_draw(cairo_t *cr, const struct fact_goal *goals, size_t n, const struct chip_block *b);
// The same, but more than CHIP_NAMES stand in rows with their names as well, where the room allows.
double chip_draw_wide(cairo_t *cr, const struct fact_goal *goals, size_t n,
                      const struct chip_block *b);
// Any word as a chip of its own, at the upper left of the room; returns the y below.
double chip_word(cairo_t *cr, const char *text, uint32_t back, const struct chip_block *b);
uint32_t chip_back(const struct fact_goal *goal);
// The goal's own ink where it can be read (COLOR_READABLE), else black or white.
uint32_t chip_ink(const struct fact_goal *goal);
