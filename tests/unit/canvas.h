// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in memory for the tests of pipeline/picture.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "picture/image.h"

// Rows are longer than the picture, as a decoder's are.
enum { CANVAS_MARGIN = 32 };

static inline void canvas_new(struct image *m, int width, int height)
{
    *m = (struct image){.width = width, .height = height};
    for (int i = 0; i < 3; i++) {
        m->stride[i] = (i ? width / 2 : width) + CANVAS_MARGIN;
        m->plane[i] = mem_alloc((size_t)m->stride[i] * (size_t)(i ? height / 2 : height));
    }
}

static inline void canvas_free(struct image *m)
{
    for (int i = 0; i < 3; i++)
        free(m->plane[i]);
}

static inline void canvas_fill(struct image *m, int y, int cb, int cr)
{
    const int value[3] = {y, cb, cr};
    for (int i = 0; i < 3; i++)
        memset(m->plane[i], value[i],
               (size_t)m->stride[i] * (size_t)(i ? m->height / 2 : m->height));
}

static inline void canvas_copy(struct image *to, const struct image *from)
{
    for (int i = 0; i < 3; i++)
        memcpy(to->plane[i], from->plane[i],
               (size_t)from->stride[i] * (size_t)(i ? from->height / 2 : from->height));
}

static inline uint8_t *canvas_at(const struct image *m, int plane, int x, int y)
{
    return m->plane[plane] + (ptrdiff_t)y * m->stride[plane] + x;
}

static inline int canvas_random(uint32_t *state, int below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return (int)(*state % (uint32_t)below);
}

// The luma of a rectangle.
static inline void canvas_box(struct image *m, int x, int y, int w, int h, int luma)
{
    for (int r = y; r < y + h; r++)
        memset(canvas_at(m, 0, x, r), luma, (size_t)w);
}

// Adds -most..most to the luma.
static inline void canvas_noise(struct image *m, int most, uint32_t *state)
{
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++) {
            uint8_t *p = canvas_at(m, 0, x, y);
            int v = *p + canvas_random(state, 2 * most + 1) - most;
            *p = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
}
