// SPDX-License-Identifier: GPL-3.0-or-later
// Frames that are drawn over one picture: a few buffers that hold it already, so that only what
// changes is drawn again. A buffer is used again once the encoder has let go of it.
#pragma once
#include "base/err.h"
#include "media/av.h"
#include "picture/image.h"

struct screens;
// yuv420p, BT.709, limited range, square pixels. Sides are even, 128 to 8192. image: a PNG of just
// that size, else ERR_INPUT; NULL or "": plain dark blue.
int screens_new(int width, int height, const char *image, struct screens **ret, struct err *e);
void screens_free(struct screens *s);                      // NULL is fine
const struct image *screens_back(const struct screens *s); // the picture alone
struct image *screens_canvas(struct screens *s);           // the same, to draw on before any frame
// A frame that may be drawn on, with the picture and what was drawn in its buffer before; pts is
// `at`. The caller frees it; NULL: no memory.
AVFrame *screens_frame(struct screens *s, tick at);
