// SPDX-License-Identifier: GPL-3.0-or-later
// The signs that move on a picture that waits: three dots that breathe, the time that has passed,
// and a bar that travels below them. Services that take video refuse pictures that stand still.
#pragma once
#include "picture/image.h"

struct moving_place { // even numbers, pixels from the upper left
    int x, y, width, height;
};
// The strip above the lower edge of the safe area (see doc/screen.h) that pictures leave free, for
// these signs or for picture/wave.h. Frames of 128 pixels and more.
struct moving_place moving_place(int width, int height);
// Draws into the strip as `back` has it; the rest of the frame is left alone. Both have one size.
void moving_paint(const struct image *back, double time_s, struct image *into);
