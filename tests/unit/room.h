// SPDX-License-Identifier: GPL-3.0-or-later
// A room as a camera sees it, in any light, for the tests of tones.
#pragma once
#include <math.h>

#include "canvas.h"

// A room: a wall that is nearly white, grey and coloured things in front of it, `shift` to the
// side; the same for the same seed.
static inline void room(struct image *m, uint32_t seed, int shift)
{
    uint32_t state = seed * 2654435761u + 1;
    canvas_fill(m, 100, 128, 128);
    canvas_box(m, 0, 0, m->width, m->height / 4, 185);
    for (int i = 0; i < 120; i++) {
        int w = 2 * (4 + canvas_random(&state, 20)), h = 2 * (4 + canvas_random(&state, 15));
        int x = (2 * canvas_random(&state, m->width / 2) + 2 * shift) % (m->width - w);
        int y = 2 * canvas_random(&state, (m->height - h) / 2);
        canvas_box(m, x, y, w, h, 30 + canvas_random(&state, 150));
        int cb = 128, cr = 128;
        if (i % 3 == 0) {
            cb += canvas_random(&state, 41) - 20;
            cr += canvas_random(&state, 41) - 20;
        }
        for (int r = y / 2; r < (y + h) / 2; r++) {
            memset(canvas_at(m, 1, x / 2, r), cb, (size_t)w / 2);
            memset(canvas_at(m, 2, x / 2, r), cr, (size_t)w / 2);
        }
    }
}

static inline uint8_t limited(double v)
{
    return (uint8_t)lround(v < 1 ? 1 : v > 254 ? 254 : v);
}

// Another exposure and another light: B' and R' times a gain while Y' stays, then all times one.
static inline void light(struct image *m, double gain, double blue, double red)
{
    const double by[] = {blue, red}, of[] = {1.8142, 1.5397};
    for (int y = 0; y < m->height / 2; y++)
        for (int x = 0; x < m->width / 2; x++)
            for (int i = 0; i < 2; i++) {
                double luma = *canvas_at(m, 0, 2 * x, 2 * y) - 16;
                uint8_t *p = canvas_at(m, 1 + i, x, y);
                double primary = by[i] * (luma + of[i] * (*p - 128));
                *p = limited(128 + gain * (primary - luma) / of[i]);
            }
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++)
            *canvas_at(m, 0, x, y) = limited(16 + gain * (*canvas_at(m, 0, x, y) - 16));
}
