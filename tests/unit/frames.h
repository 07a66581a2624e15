// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures in memory, for tests.
#pragma once
#include <stdlib.h>
#include <string.h>

#include "picture/image.h"

static inline struct image frame_new(int width, int height)
{
    struct image im = {.width = width, .height = height};
    for (int p = 0; p < 3; p++) {
        im.stride[p] = (p ? width / 2 : width) + 13; // rows do not touch
        im.plane[p] = calloc((size_t)im.stride[p], (size_t)(p ? height / 2 : height));
    }
    return im;
}

static inline void frame_free(struct image *im)
{
    for (int p = 0; p < 3; p++)
        free(im->plane[p]);
}

static inline size_t frame_bytes(const struct image *im, int p)
{
    return (size_t)im->stride[p] * (size_t)(p ? im->height / 2 : im->height);
}

static inline void frame_fill(struct image *im, int y, int cb, int cr)
{
    const int level[] = {y, cb, cr};
    for (int p = 0; p < 3; p++)
        memset(im->plane[p], level[p], frame_bytes(im, p));
}

static inline unsigned frame_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static inline void frame_noise(struct image *im, unsigned *seed)
{
    for (int p = 0; p < 3; p++)
        for (size_t i = 0; i < frame_bytes(im, p); i++)
            im->plane[p][i] = (uint8_t)(16 + frame_random(seed) % 220);
}

static inline void frame_copy(struct image *to, const struct image *from)
{
    for (int p = 0; p < 3; p++)
        memcpy(to->plane[p], from->plane[p], frame_bytes(from, p));
}

static inline int frame_same(const struct image *a, const struct image *b)
{
    for (int p = 0; p < 3; p++)
        if (memcmp(a->plane[p], b->plane[p], frame_bytes(a, p)) != 0)
            return 0;
    return 1;
}

static inline uint8_t frame_at(const struct image *im, int p, int x, int y)
{
    return im->plane[p][(size_t)y * (size_t)im->stride[p] + (size_t)x];
}
