// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/decimate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/quad.h"

enum { BATCH = 4096 };

struct decimate {
    size_t factor, taps, fill, next; // next: first sample in `row` of the value to come
    float *tap, *row;
};

static double bessel0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 40; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

// A windowed sinc (Kaiser, 70 dB) of an odd length, filled up to whole quads with 0.
static void design(struct decimate *d, double cut, size_t length)
{
    const double pi = 3.14159265358979323846, beta = 6.755;
    double middle = (double)(length - 1) / 2, sum = 0;
    double *h = mem_alloc(length * sizeof(*h));
    for (size_t i = 0; i < length; i++) {
        double t = (double)i - middle, side = t / (middle + 1);
        double sinc = t == 0 ? 2 * cut : sin(2 * pi * cut * t) / (pi * t);
        h[i] = sinc * bessel0(beta * sqrt(1 - side * side)) / bessel0(beta);
        sum += h[i];
    }
    for (size_t i = 0; i < length; i++)
        d->tap[i] = (float)(h[i] / sum);
    free(h);
}

struct decimate *decimate_new(int sample_rate, int factor, double pass_hz)
{
    struct decimate *d = mem_alloc(sizeof(*d));
    double rate = sample_rate, low = rate / factor;
    double between = low - 2 * pass_hz; // from the pass band to where folding reaches it
    size_t length = (size_t)ceil(4.32 * rate / between) | 1;
    d->factor = (size_t)factor;
    d->taps = (length + QUAD - 1) / QUAD * QUAD;
    d->tap = mem_alloc(d->taps * sizeof(float));
    d->row = mem_alloc((d->taps + BATCH) * sizeof(float));
    design(d, factor == 1 ? 0.5 : low / 2 / rate, length);
    d->fill = length / 2;
    return d;
}

void decimate_free(struct decimate *d)
{
    if (!d)
        return;
    free(d->tap);
    free(d->row);
    free(d);
}

size_t decimate_reach(const struct decimate *d)
{
    return d->taps;
}

static float weigh(const float *tap, const float *x, size_t n)
{
    quad a = {0}, b = {0};
    size_t i = 0;
    for (; i + 2 * QUAD <= n; i += 2 * QUAD) {
        a += quad_load(tap + i) * quad_load(x + i);
        b += quad_load(tap + i + QUAD) * quad_load(x + i + QUAD);
    }
    for (; i < n; i += QUAD)
        a += quad_load(tap + i) * quad_load(x + i);
    a += b;
    return (a[0] + a[1]) + (a[2] + a[3]);
}

size_t decimate_run(struct decimate *d, const float *in, size_t n, float *out)
{
    size_t given = 0;
    while (n) {
        size_t take = d->taps + BATCH - d->fill;
        take = take < n ? take : n;
        memcpy(d->row + d->fill, in, take * sizeof(*in));
        d->fill += take;
        in += take;
        n -= take;
        for (; d->next + d->taps <= d->fill; d->next += d->factor)
            out[given++] = weigh(d->tap, d->row + d->next, d->taps);
        size_t gone = d->next < d->fill ? d->next : d->fill;
        memmove(d->row, d->row + gone, (d->fill - gone) * sizeof(*d->row));
        d->fill -= gone;
        d->next -= gone;
    }
    return given;
}
