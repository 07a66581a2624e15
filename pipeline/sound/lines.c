// SPDX-License-Identifier: GPL-3.0-or-later
// A window lies symmetrically about its middle, so what the samples on both sides have in common
// meets the cosine and what they differ by meets the sine.
#include "sound/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/decimate.h"
#include "sound/quad.h"

enum { LOW_RATE = 4000, PIECE = 4096 };

struct lines {
    struct decimate *decimate;
    double hz[LINES_MAX], low_rate;
    size_t count, factor, hop, half; // of the lower rate; half is whole quads
    float *cosine, *sine;            // half entries a line, with the window; sample 0 halved
    float *even, *odd;
    float *row; // lower rate
    size_t fill, windows, room;
    float value[2 * LINES_MAX];
};

static void tables(struct lines *l)
{
    const double turn = 2 * 3.14159265358979323846;
    double sum = 0;
    for (size_t m = 0; m < l->half; m++)
        sum += (m ? 2 : 1) * (0.5 + 0.5 * cos(turn / 2 * (double)m / (double)l->half));
    for (size_t k = 0; k < l->count; k++)
        for (size_t m = 0; m < l->half; m++) {
            double w = (0.5 + 0.5 * cos(turn / 2 * (double)m / (double)l->half)) * 2 / sum;
            double a = turn * l->hz[k] * (double)m / l->low_rate;
            l->cosine[k * l->half + m] = (float)(w * cos(a) * (m ? 1 : 0.5));
            l->sine[k * l->half + m] = (float)(w * sin(a));
        }
}

struct lines *lines_new(int sample_rate, const double *hz, size_t count)
{
    struct lines *l = mem_alloc(sizeof(*l));
    l->factor = (size_t)(sample_rate / LOW_RATE);
    l->decimate = decimate_new(sample_rate, (int)l->factor, LINES_MAX_HZ + 50);
    l->low_rate = (double)sample_rate / (double)l->factor;
    l->hop = (size_t)(l->low_rate / LINES_A_SECOND);
    l->half = (l->hop + QUAD - 1) / QUAD * QUAD;
    l->count = count;
    memcpy(l->hz, hz, count * sizeof(*hz));
    l->cosine = mem_alloc(count * l->half * sizeof(float));
    l->sine = mem_alloc(count * l->half * sizeof(float));
    l->even = mem_alloc(l->half * sizeof(float));
    l->odd = mem_alloc(l->half * sizeof(float));
    l->room = 2 * l->half + PIECE;
    l->row = mem_alloc(l->room * sizeof(float));
    tables(l);
    return l;
}

void lines_free(struct lines *l)
{
    if (!l)
        return;
    decimate_free(l->decimate);
    free(l->cosine);
    free(l->sine);
    free(l->even);
    free(l->odd);
    free(l->row);
    free(l);
}

const float *lines_value(const struct lines *l)
{
    return l->value;
}

double lines_middle(const struct lines *l, size_t i)
{
    return (double)((l->half + i * l->hop) * l->factor);
}

size_t lines_reach(const struct lines *l)
{
    return (l->half + 1) * l->factor + decimate_reach(l->decimate);
}

static double dot(const float *a, const float *b, size_t n)
{
    quad p = {0}, q = {0};
    size_t i = 0;
    for (; i + 2 * QUAD <= n; i += 2 * QUAD) {
        p += quad_load(a + i) * quad_load(b + i);
        q += quad_load(a + i + QUAD) * quad_load(b + i + QUAD);
    }
    for (; i < n; i += QUAD)
        p += quad_load(a + i) * quad_load(b + i);
    return quad_sum(p) + quad_sum(q);
}

static void look(struct lines *l)
{
    const double turn = 2 * 3.14159265358979323846;
    const float *middle = l->row + l->half;
    for (size_t m = 0; m < l->half; m++) {
        l->even[m] = middle[m] + middle[-(ptrdiff_t)m];
        l->odd[m] = middle[m] - middle[-(ptrdiff_t)m];
    }
    double when = (double)(l->half + l->windows * l->hop);
    for (size_t k = 0; k < l->count; k++) {
        double re = dot(l->even, l->cosine + k * l->half, l->half);
        double im = -dot(l->odd, l->sine + k * l->half, l->half);
        double turns = l->hz[k] / l->low_rate * when, a = -turn * (turns - floor(turns));
        l->value[2 * k] = (float)(re * cos(a) - im * sin(a));
        l->value[2 * k + 1] = (float)(re * sin(a) + im * cos(a));
    }
    l->windows++;
    l->fill -= l->hop;
    memmove(l->row, l->row + l->hop, l->fill * sizeof(*l->row));
}

bool lines_next(struct lines *l, const float **in, size_t *n)
{
    for (;;) {
        if (l->fill >= 2 * l->half) {
            look(l);
            return true;
        }
        if (!*n)
            return false;
        size_t take = *n < PIECE ? *n : PIECE;
        l->fill += decimate_run(l->decimate, *in, take, l->row + l->fill);
        *in += take;
        *n -= take;
    }
}
