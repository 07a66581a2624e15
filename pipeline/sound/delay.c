// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/delay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/fft.h"
#include "sound/quad.h"
#include "sound/sinc.h"

enum { PHASES = 64, FINER = 2, WIDE = DELAY_SIZE * FINER, LOBES = 10 };
static const double turn = 6.283185307179586476925;
static const double low_hz = 200, high_hz = 3700; // below: hum and rumble; above: the cutoff
static const double beta = 6;

struct excerpt {
    size_t half, taps; // taps: 2 * half, a multiple of 2 * QUAD
    float *table;      // PHASES + 1 rows
};
struct delay {
    struct fft *fft, *back;
    float window[DELAY_SIZE], faded[DELAY_SIZE];
    float x[DELAY_SIZE + 2], y[DELAY_SIZE + 2];
    float cross[WIDE + 2], lags[WIDE];
};

struct excerpt *excerpt_new(int sample_rate)
{
    struct excerpt *e = mem_alloc(sizeof(*e));
    double scale = 2 * high_hz / sample_rate;
    e->half = ((size_t)(LOBES / scale) / QUAD + 1) * QUAD;
    e->taps = 2 * e->half;
    e->table = mem_alloc((PHASES + 1) * e->taps * sizeof(float));
    for (size_t p = 0; p <= PHASES; p++)
        for (size_t k = 0; k < e->taps; k++) {
            double x = (double)k - (double)(e->half - 1) - (double)p / PHASES;
            e->table[p * e->taps + k] = (float)(scale * sinc_kaiser(x * scale, LOBES, beta));
        }
    return e;
}

void excerpt_free(struct excerpt *e)
{
    if (e)
        free(e->table);
    free(e);
}

size_t excerpt_reach(const struct excerpt *e)
{
    return e->half;
}

static float dot(const float *x, const float *y, size_t n)
{
    quad a = {0}, b = {0};
    for (size_t k = 0; k < n; k += 2 * QUAD) {
        a += quad_load(x + k) * quad_load(y + k);
        b += quad_load(x + k + QUAD) * quad_load(y + k + QUAD);
    }
    return (float)quad_sum(a + b);
}

// A row of taps that hangs over an end of the samples.
static float dot_beside(const float *x, ptrdiff_t n, ptrdiff_t from, const float *tap,
                        ptrdiff_t taps)
{
    float sum = 0;
    ptrdiff_t end = from + taps < n ? taps : n - from;
    for (ptrdiff_t k = from < 0 ? -from : 0; k < end; k++)
        sum += x[from + k] * tap[k];
    return sum;
}

void excerpt_make(const struct excerpt *e, const float *x, size_t n, double place, double step,
                  float ret[DELAY_SIZE])
{
    for (size_t i = 0; i < DELAY_SIZE; i++) {
        double at = place + (double)i * step, whole = floor(at);
        const float *tap = e->table + (size_t)lround((at - whole) * PHASES) * e->taps;
        ptrdiff_t from = (ptrdiff_t)whole - (ptrdiff_t)(e->half - 1);
        if (from >= 0 && from + (ptrdiff_t)e->taps <= (ptrdiff_t)n)
            ret[i] = dot(x + from, tap, e->taps);
        else
            ret[i] = dot_beside(x, (ptrdiff_t)n, from, tap, (ptrdiff_t)e->taps);
    }
}

struct delay *delay_new(void)
{
    struct delay *d = mem_alloc(sizeof(*d));
    d->fft = fft_new(DELAY_SIZE);
    d->back = fft_new(WIDE);
    const size_t fade = DELAY_SIZE / 8;
    for (size_t i = 0; i < DELAY_SIZE; i++) {
        size_t edge = i < DELAY_SIZE / 2 ? i : DELAY_SIZE - 1 - i;
        double ramp = ((double)edge + 0.5) / (double)fade;
        d->window[i] = ramp < 1 ? (float)(0.5 - 0.5 * cos(turn / 2 * ramp)) : 1;
    }
    return d;
}

void delay_free(struct delay *d)
{
    if (d) {
        fft_free(d->fft);
        fft_free(d->back);
    }
    free(d);
}

static void spectrum(struct delay *d, const float *x, float *ret)
{
    for (size_t i = 0; i < DELAY_SIZE; i++)
        d->faded[i] = x[i] * d->window[i];
    fft_forward(d->fft, d->faded, ret);
}

// Phases of y against x; returns the energy of the correlation they make.
static double phases(struct delay *d)
{
    const size_t first = (size_t)(low_hz * DELAY_SIZE / DELAY_RATE);
    const size_t end = (size_t)(high_hz * DELAY_SIZE / DELAY_RATE);
    size_t used = 0;
    memset(d->cross, 0, sizeof(d->cross));
    for (size_t k = first; k < end; k++) {
        const float *x = d->x + 2 * k, *y = d->y + 2 * k;
        float re = y[0] * x[0] + y[1] * x[1], im = y[1] * x[0] - y[0] * x[1];
        float size = sqrtf(re * re + im * im);
        if (size > 1e-20f) {
            d->cross[2 * k] = re / size;
            d->cross[2 * k + 1] = im / size;
            used++;
        }
    }
    return 2.0 * (double)used / WIDE / WIDE;
}

static float lag_at(const struct delay *d, int i)
{
    return d->lags[(i + WIDE) % WIDE];
}

void delay_find(struct delay *d, const float x[DELAY_SIZE], const float y[DELAY_SIZE],
                struct delay_peak *ret)
{
    spectrum(d, x, d->x);
    spectrum(d, y, d->y);
    double unit = sqrt(phases(d));
    fft_inverse(d->back, d->cross, d->lags);
    const int far = (int)(DELAY_MOST_S * DELAY_RATE * FINER);
    int top = 0;
    for (int i = -far; i <= far; i++)
        if (fabsf(lag_at(d, i)) > fabsf(lag_at(d, top)))
            top = i;
    // A microphone may be wired the other way round.
    double sign = lag_at(d, top) < 0 ? -1 : 1, peak = sign * (double)lag_at(d, top);
    double before = sign * (double)lag_at(d, top - 1), behind = sign * (double)lag_at(d, top + 1);
    double slope = (behind - before) / 2, bend = 2 * peak - before - behind;
    double part = bend > fabs(slope) ? slope / bend : 0;
    *ret = (struct delay_peak){(top + part) / (DELAY_RATE * FINER), unit > 0 ? peak / unit : 0};
}
