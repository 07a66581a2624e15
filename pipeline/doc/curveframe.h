// SPDX-License-Identifier: GPL-3.0-or-later
// What the panels of a curve share: places, colours, and what stands around them.
#pragma once
#include "doc/curve.h"
#include "doc/svg.h"

enum {
    LEFT = 124,
    RIGHT = CURVE_WIDTH - 20,
    PLOT = RIGHT - LEFT,
    HEAD = 44,      // legend
    TITLE = 26,     // above a panel
    LOUDNESS = 170, // heights of the panels
    GAIN = 64,
    LANE = 20,
    PEAKS = 72,
    GAP = 18,
    FOOT = 34,
    MOMENTARY_COLUMNS = PLOT / 2,
};
struct curve_colors {
    struct svg_color paper, rule, ink, soft, good, bad, cut, music, before, after, voices[6];
};
extern const struct curve_colors curve_colors;
const struct svg_color *curve_voice(int color); // as curve_lane.color

struct panel {
    double top, height, low, high; // values at its bottom and its top
};
struct curve {
    const struct curve_params *p;
    struct svg *svg;
    cairo_t *cr;
    double y, bottom; // the next panel begins here; where all panels end
};

double curve_x(const struct curve *c, double s);
double curve_y(const struct panel *p, double value);
double curve_fine(double v); // quarters of a pixel are fine enough, and short to write
void curve_point(const struct curve *c, double x, double y);
void curve_word(const struct curve *c, const struct svg_color *color, enum svg_anchor anchor,
                double x, double y, const char *text);
// So much of the text as fits into the width.
void curve_short_word(const struct curve *c, const struct svg_type *t, double x, double y,
                      double width, const char *text);
void curve_heading(const struct curve *c, const struct svg_color *color, double y,
                   const char *text);
void curve_add_level(const struct curve *c, struct str *s, double v, int decimals);
void curve_rule(const struct curve *c, const struct svg_color *color, double width, double y);
void curve_dashed(const struct curve *c, const struct svg_color *color, double width, double y);
void curve_grid(const struct curve *c, const struct panel *p, double step);

void curve_cuts(const struct curve *c, double top);
void curve_clock(const struct curve *c);
void curve_legend(const struct curve *c);
