// SPDX-License-Identifier: GPL-3.0-or-later
// A windowed sinc from a table of phases, straight in between. Sixteen outputs are made with the
// taps of the one in their middle, because their places are nearly a sample apart; the rest, a
// 400th of a sample at most, goes along the slope there, for which few taps do.
#include "sound/drift.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/quad.h"
#include "sound/sinc.h"

enum {
    HALF = 28,
    TAPS = 2 * HALF,
    PHASES = 512,
    SLOPE_HALF = 12,
    SLOPE_TAPS = 2 * SLOPE_HALF,
    SLOPE_PHASES = 128,
    QUADS = 4,
    GROUP = QUADS * QUAD,
    MIDDLE = GROUP / 2,
    BEFORE = MIDDLE + HALF - 1, // what a group reads around its middle
    BEHIND = GROUP - 1 - MIDDLE + HALF,
    ROOM = 4096,
};
static const double beta = 10.5, slope_beta = 6;

struct drift {
    struct drift_params p;
    int64_t next;   // output sample
    int64_t length; // of the output, where it is known
    int64_t base;   // input sample at held[0]
    size_t count;   // in held
    int64_t end;    // of the input, once flushing has begun
    bool ended;
    float group[GROUP]; // outputs from a multiple of GROUP on that holds next
    bool grouped;       // group is made
    float held[ROOM + BEFORE + BEHIND];
    float taps[PHASES + 1][TAPS];
    float slope[SLOPE_PHASES + 1][SLOPE_TAPS];
};
struct place { // of the middle of a group in the input
    int64_t at;
    double rest; // 0..1
};

static void tables_make(struct drift *d)
{
    for (int i = 0; i <= PHASES; i++)
        for (int k = 0; k < TAPS; k++)
            d->taps[i][k] = (float)sinc_kaiser(k - (HALF - 1) - i / (double)PHASES, HALF, beta);
    const double h = 1e-4;
    for (int i = 0; i <= SLOPE_PHASES; i++)
        for (int k = 0; k < SLOPE_TAPS; k++) {
            double x = k - (SLOPE_HALF - 1) - i / (double)SLOPE_PHASES;
            d->slope[i][k] = (float)((sinc_kaiser(x - h, SLOPE_HALF, slope_beta) -
                                      sinc_kaiser(x + h, SLOPE_HALF, slope_beta)) /
                                     (2 * h));
        }
}

struct drift *drift_new(const struct drift_params *p)
{
    if (!(fabs(p->ratio - 1) <= DRIFT_MAX) || !(fabs(p->offset) < 1e12))
        return NULL;
    struct drift *d = mem_alloc(sizeof(*d));
    d->p = *p;
    d->length = p->length < 0 ? INT64_MAX : p->length;
    d->base = -(BEFORE + BEHIND);
    d->count = BEFORE + BEHIND;
    tables_make(d);
    return d;
}

void drift_free(struct drift *d)
{
    free(d);
}

static struct place place_of(const struct drift *d, int64_t n)
{
    double x = (double)(n + MIDDLE) * d->p.ratio + d->p.offset;
    return (struct place){(int64_t)floor(x), x - floor(x)};
}

// Sixteen neighbours, each the sum of tap[k] * x[k].
static inline void convolve(const float *restrict x, const float *restrict tap, int taps,
                            quad sum[QUADS])
{
    quad a = {0}, b = {0}, c = {0}, d = {0};
    for (int k = 0; k < taps; k++) {
        a += quad_load(x + k) * tap[k];
        b += quad_load(x + k + QUAD) * tap[k];
        c += quad_load(x + k + 2 * QUAD) * tap[k];
        d += quad_load(x + k + 3 * QUAD) * tap[k];
    }
    sum[0] = a;
    sum[1] = b;
    sum[2] = c;
    sum[3] = d;
}

static void make(struct drift *d, struct place where)
{
    const float *x = d->held + (where.at - BEFORE - d->base);
    size_t phase = (size_t)(where.rest * PHASES);
    const float *here = d->taps[phase], *next = d->taps[phase + 1];
    const float rest = (float)(where.rest * PHASES - (double)phase);
    float tap[TAPS];
    for (int k = 0; k < TAPS; k++)
        tap[k] = here[k] + rest * (next[k] - here[k]);
    quad value[QUADS], slope[QUADS];
    convolve(x, tap, TAPS, value);
    convolve(x + HALF - SLOPE_HALF, d->slope[lround(where.rest * SLOPE_PHASES)], SLOPE_TAPS, slope);
    const float step = (float)(d->p.ratio - 1);
    for (int i = 0; i < QUADS; i++) {
        float from = (float)(i * QUAD - MIDDLE);
        quad along = step * (quad){from, from + 1, from + 2, from + 3};
        quad_store(d->group + i * QUAD, value[i] + slope[i] * along);
    }
}

// Moves what is still wanted to the front and takes more; false: there was nothing to take.
static bool take(struct drift *d, int64_t from, const float **in, size_t *frames)
{
    if (!*frames)
        return false;
    int64_t drop = from - d->base, all = (int64_t)d->count;
    if (drop > all) { // the offset lies far behind the start
        size_t skip = *frames < (size_t)(drop - all) ? *frames : (size_t)(drop - all);
        *in += skip;
        *frames -= skip;
        d->base += all + (int64_t)skip;
        d->count = 0;
        return true;
    }
    if (drop > 0) {
        d->count -= (size_t)drop;
        d->base += drop;
        memmove(d->held, d->held + drop, d->count * sizeof(float));
    }
    size_t fits = COUNT(d->held) - d->count, n = *frames < fits ? *frames : fits;
    memcpy(d->held + d->count, *in, n * sizeof(float));
    d->count += n;
    *in += n;
    *frames -= n;
    return true;
}

// The group that holds next; false: input is missing.
static bool group_make(struct drift *d, const float **in, size_t *frames)
{
    struct place where = place_of(d, d->next - d->next % GROUP);
    int64_t from = where.at - BEFORE, to = where.at + BEHIND; // first and last sample read
    if (to < 0 || (d->ended && from >= d->end)) {
        memset(d->group, 0, sizeof(d->group));
        return true;
    }
    while (to >= d->base + (int64_t)d->count) {
        if (!take(d, from, in, frames))
            return false;
    }
    make(d, where);
    return true;
}

size_t drift_run(struct drift *d, const float **in, size_t *frames, float *out, size_t room)
{
    size_t n = 0;
    while (n < room && d->next < d->length) {
        if (!d->grouped && !(d->grouped = group_make(d, in, frames)))
            break;
        size_t from = (size_t)d->next % GROUP, count = GROUP - from;
        count = count < room - n ? count : room - n;
        if ((int64_t)count > d->length - d->next)
            count = (size_t)(d->length - d->next);
        memcpy(out + n, d->group + from, count * sizeof(float));
        n += count;
        d->next += (int64_t)count;
        d->grouped = from + count < GROUP;
    }
    return n;
}

size_t drift_flush(struct drift *d, float *out, size_t room)
{
    static const float silence[BEFORE + BEHIND];
    if (!d->ended) {
        d->end = d->base + (int64_t)d->count;
        if (d->p.length < 0)
            d->length = (int64_t)ceil(((double)d->end - d->p.offset) / d->p.ratio);
    }
    d->ended = true;
    size_t n = 0;
    for (size_t got = 1; got && n < room; n += got) {
        const float *in = silence;
        size_t frames = COUNT(silence);
        got = drift_run(d, &in, &frames, out + n, room - n);
    }
    return n;
}
