// SPDX-License-Identifier: GPL-3.0-or-later
// Simple shapes in a frame, with soft edges, at places between pixels.
#pragma once
#include <stdint.h>

#include "picture/image.h"

struct ink {
    uint8_t level[3]; // Y', Cb, Cr
};
struct ink ink_of(uint32_t rgb); // 0xRRGGBB, sRGB

struct paint_box { // from the upper left, luma pixels; what lies outside the frame is cut
    double x, y, width, height;
    double radius; // of the corners; half of a side makes a disc or a bar with round ends
};
void paint_box(struct image *into, const struct paint_box *b, struct ink ink, double alpha);
// Digits, ':' and '.' made of seven bars each, `height` high, ending at `right`; anything else is
// room. A digit is as wide as every other, so that a running clock does not jump.
void paint_digits(struct image *into, const char *text, double right, double y, double height,
                  struct ink ink);
