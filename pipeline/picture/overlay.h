// SPDX-License-Identifier: GPL-3.0-or-later
// A drawn picture with transparency, laid over frames: converted once, blended often.
#pragma once
#include "picture/image.h"

struct overlay;
enum { OVERLAY_OPAQUE = 256 };

// rgba: four bytes a pixel, sRGB colours (taken as BT.709's, whose primaries they share), straight
// alpha; stride in bytes. Any size from 1 × 1; never NULL. Nothing is borrowed.
struct overlay *overlay_new(const uint8_t *rgba, int width, int height, int stride);
void overlay_free(struct overlay *o); // NULL is fine
int overlay_width(const struct overlay *o);
int overlay_height(const struct overlay *o);
// Its upper left at (x, y), odd ones taken one less, also negative; what lies outside is cut.
// alpha_256: 0 leaves the frame as it is, OVERLAY_OPAQUE shows the overlay as drawn. Within one
// level of exact arithmetic. Threads may blend one overlay into different frames.
void overlay_blend(const struct overlay *o, struct image *into, int x, int y, int alpha_256);
