// SPDX-License-Identifier: GPL-3.0-or-later
// A drawing as SVG: shapes by cairo, words as text elements above them, so that they can be read
// aloud, searched and copied. The same drawing gives the same bytes. Colours are pairs: each is
// drawn in its light form and changes by style where the reader wants it dark.
#pragma once
#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct str;

struct svg_color {
    uint32_t light, dark; // 0xRRGGBB; no two pairs share a light form
};
struct svg;
struct svg *svg_new(double width, double height);
void svg_free(struct svg *s); // NULL is fine
cairo_t *svg_cairo(struct svg *s);
void svg_use(struct svg *s, const struct svg_color *c, double opacity); // the colour to draw with

enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };
struct svg_type {
    const struct svg_color *color;
    double size;
    enum svg_anchor anchor;
    bool bold;
};
void svg_text(struct svg *s, const struct svg_type *t, double x, double y, const char *text);
// Appends the <svg> element. title, desc: what is seen, for who does not see it.
int svg_finish(struct svg *s, const char *title, const char *desc, struct str *out, struct err *e);
