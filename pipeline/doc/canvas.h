// SPDX-License-Identifier: GPL-3.0-or-later
// A surface to draw on, with letters that no machine's screen settings change, and its PNG.
#pragma once
#include <cairo.h>
#include <stdbool.h>

#include "base/err.h"

struct canvas {
    cairo_surface_t *surface;
    cairo_t *cr;
    bool photo; // what lies on it was taken, not drawn
};
struct screen_piece {        // where a picture belongs in the frame
    int x, y, width, height; // pixels from the upper left
};

// clear: with alpha, nothing there yet; else RGB, black.
void canvas_open(struct canvas *c, int width, int height, bool clear);
void canvas_letters(cairo_t *cr); // the same letters on any surface
int canvas_save(const struct canvas *c, const char *path, struct err *e);
// Only what is drawn of a clear canvas, in *ret, whose edges and sides are even numbers; nothing
// drawn: width 0, and no file is written. The PNG's alpha is straight.
int canvas_save_drawn(const struct canvas *c, const char *path, struct screen_piece *ret,
                      struct err *e);
void canvas_close(struct canvas *c);

// A path; corners of radius r.
void canvas_rounded(cairo_t *cr, double x, double y, double w, double h, double r);
