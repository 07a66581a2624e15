// SPDX-License-Identifier: GPL-3.0-or-later
// Still pictures as files: PNG in, JPEG out.
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "picture/image.h"

enum { STILL_MAX_SIDE = 8192 }; // pixels

struct pixels {
    int width, height, stride; // stride in bytes
    uint8_t *rgba;             // four bytes a pixel, straight alpha
};
// Any PNG of at most STILL_MAX_SIDE a side; what is none: ERR_INPUT. pixels_done() it.
int stillfile_read(const char *path, struct pixels *ret, struct err *e);
void pixels_done(struct pixels *s); // {0} is fine

// A JPEG as browsers and directories read it (JFIF: BT.601, full range, chroma in the middle of
// four pixels). coarse: step of the quantiser, 1 (best) to 31; 3 suits posters, 5 small thumbnails.
// The file appears by rename.
int stillfile_write(const struct image *im, int coarse, const char *path, struct err *e);
// The same, made smaller by a whole number so that it is at most `most` pixels wide.
int stillfile_write_small(const struct image *im, int most, int coarse, const char *path,
                          struct err *e);
