// SPDX-License-Identifier: GPL-3.0-or-later
// Text in the largest size that fits. Whatever the text holds is shown as it is: no markup; control
// and direction characters are left out, broken UTF-8 becomes U+FFFD, and at most `most` bytes,
// else LETTERING_MAX, are looked at.
#pragma once
#include <pango/pangocairo.h>
#include <stdbool.h>
#include <stdint.h>

enum { LETTERING_MAX = 2000 };

struct lettering {
    const char *font; // "Sans Bold"
    double largest, smallest;
    double width, height; // the room; sizes and room in the unit of cr
    uint32_t color;
    int lines;     // smaller rather than more lines than these; 0: as many as there is room for
    bool one_line; // line ends in the text are blanks (it may still wrap)
    bool middle;   // centred in the width
    bool even;     // lines of about one length: the layout is as narrow as its lines allow
    size_t most;   // bytes; 0: LETTERING_MAX
};
struct extent {
    double width, height;
};

// At one size, and in a width > 0 wrapped at words; g_object_unref() it.
PangoLayout *lettering_at(cairo_t *cr, const char *text, const struct lettering *l, double size);
// In the largest size that fits without breaking a word; at the smallest, words are broken and the
// rest cut.
PangoLayout *lettering_fit(cairo_t *cr, const char *text, const struct lettering *l);
struct extent lettering_extent(PangoLayout *layout);
void lettering_show(cairo_t *cr, PangoLayout *layout, double x, double y, uint32_t color);
// Fits and shows; returns the y below the text. NULL and "" take no room.
double lettering_draw(cairo_t *cr, const char *text, double x, double y, const struct lettering *l);
// "Tema: trivsel · Meløy": what is not blank of the two.
struct str;
void lettering_join(struct str *out, const char *a, const char *b);
bool lettering_blank(const char *text); // NULL, or nothing in it that can be seen
