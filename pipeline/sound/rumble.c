// SPDX-License-Identifier: GPL-3.0-or-later
// For measuring, the sound is brought to some 500 Hz by adding up neighbours twice (a triangle as
// long as two steps, which lets nothing near the multiples of the new rate through) and filtered
// there.
#include "sound/rumble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/denormal.h"
#include "sound/tally.h"

enum { LOW_RATE = 500, STEPS = 50, MIN_WINDOWS = 10, SECTIONS = 2 }; // a window: 50 steps, 0.1 s
static const double pi = 3.14159265358979323846;
static const double dc_dbfs = -60, dc_hz = 5; // worth removing; where rumble begins
static const double below_hz = 40;            // where it is measured: little of hum and voices
static const double loud_rumble_dbfs = -66, near_db = 34;

struct biquad {
    double b[3], a[2], z[2];
};

static void high_pass(struct biquad *q, double hz, double rate, double damping)
{
    double w = 2 * pi * hz / rate, alpha = sin(w) * damping, a0 = 1 + alpha;
    *q = (struct biquad){{(1 + cos(w)) / 2 / a0, -(1 + cos(w)) / a0, (1 + cos(w)) / 2 / a0},
                         {-2 * cos(w) / a0, (1 - alpha) / a0},
                         {0}};
}

static void low_pass(struct biquad *q, double hz, double rate, double damping)
{
    double w = 2 * pi * hz / rate, alpha = sin(w) * damping, a0 = 1 + alpha;
    *q = (struct biquad){{(1 - cos(w)) / 2 / a0, (1 - cos(w)) / a0, (1 - cos(w)) / 2 / a0},
                         {-2 * cos(w) / a0, (1 - alpha) / a0},
                         {0}};
}

static inline double pass(struct biquad *q, double x)
{
    double y = q->b[0] * x + q->z[0];
    q->z[0] = q->b[1] * x - q->a[0] * y + q->z[1];
    q->z[1] = q->b[2] * x - q->a[1] * y;
    return y;
}

// cos of the angles of the poles of a Butterworth filter of 4th order
static const double damping[SECTIONS] = {0.92387953251, 0.38268343237};

struct rumble_look {
    size_t factor, in_step, steps;
    double step_sum, step_square, before; // of this step; the sum of the one before
    double low_energy, energy;            // of this window
    struct biquad low[SECTIONS], high;
    double sum;
    unsigned long long samples;
    uint32_t windows;
    struct tally level;
    double low_by_level[TALLY_STEPS], by_level[TALLY_STEPS];
};

struct rumble_look *rumble_look_new(int sample_rate)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct rumble_look *l = mem_alloc(sizeof(*l));
    l->factor = (size_t)(sample_rate / LOW_RATE);
    double rate = (double)sample_rate / (double)l->factor;
    for (int i = 0; i < SECTIONS; i++)
        low_pass(&l->low[i], below_hz, rate, damping[i]);
    high_pass(&l->high, dc_hz, rate, 0.70710678);
    return l;
}

void rumble_look_free(struct rumble_look *l)
{
    free(l);
}

static void window_done(struct rumble_look *l)
{
    double samples = (double)(STEPS * l->factor);
    double low = l->low_energy / STEPS, rest = fmax(l->energy / samples - low, 0);
    if (++l->windows > 5 && rest > 1e-12) { // the filters have settled; no digital silence
        int at = tally_step(tally_db(rest));
        tally_add(&l->level, tally_db(rest));
        l->low_by_level[at] += low;
        l->by_level[at] += rest;
    }
    l->low_energy = l->energy = 0;
    l->steps = 0;
}

static void step_done(struct rumble_look *l)
{
    double mean = l->step_sum / (double)l->factor, v = (mean + l->before) / 2;
    double offset = l->samples ? l->sum / (double)l->samples : mean;
    l->before = mean;
    v = pass(&l->high, v);
    for (int i = 0; i < SECTIONS; i++)
        v = pass(&l->low[i], v);
    l->low_energy += v * v;
    l->energy += l->step_square - offset * offset * (double)l->factor;
    l->sum += l->step_sum;
    l->samples += l->factor;
    l->step_sum = l->step_square = 0;
    l->in_step = 0;
    if (++l->steps == STEPS)
        window_done(l);
}

void rumble_look_add(struct rumble_look *l, const float *in, size_t n)
{
    unsigned state = denormal_off();
    while (n) {
        size_t take = l->factor - l->in_step < n ? l->factor - l->in_step : n;
        float sum[4] = {0}, square[4] = {0};
        size_t i = 0;
        for (; i + 4 <= take; i += 4)
            for (size_t j = 0; j < 4; j++) {
                sum[j] += in[i + j];
                square[j] += in[i + j] * in[i + j];
            }
        for (; i < take; i++) {
            sum[0] += in[i];
            square[0] += in[i] * in[i];
        }
        l->step_sum += (double)((sum[0] + sum[1]) + (sum[2] + sum[3]));
        l->step_square += (double)((square[0] + square[1]) + (square[2] + square[3]));
        l->in_step += take;
        in += take;
        n -= take;
        if (l->in_step == l->factor)
            step_done(l);
    }
    denormal_restore(state);
}

static double mean_of(const struct rumble_look *l, const double *row, int from, int to)
{
    double sum = 0, count = 0;
    for (int i = from; i <= to; i++) {
        sum += row[i];
        count += l->level.count[i];
    }
    return count > 0 ? sum / count : 0;
}

void rumble_look_result(const struct rumble_look *l, struct rumble_result *ret)
{
    *ret = (struct rumble_result){.offset_dbfs = -150, .rumble_dbfs = -150, .speech_dbfs = -150};
    if (l->level.total < MIN_WINDOWS)
        return;
    ret->offset = l->sum / (double)l->samples;
    ret->offset_dbfs = tally_db(ret->offset * ret->offset);
    int quiet = tally_step(tally_quantile(&l->level, 0.2));
    int loud = tally_step(tally_quantile(&l->level, 0.95) - 15);
    ret->rumble_dbfs = tally_db(mean_of(l, l->low_by_level, 0, quiet));
    ret->speech_dbfs = tally_db(mean_of(l, l->by_level, loud, TALLY_STEPS - 1));
    ret->below_speech_db = ret->speech_dbfs - ret->rumble_dbfs;
    ret->dc = ret->offset_dbfs > dc_dbfs;
    ret->rumble = ret->rumble_dbfs > loud_rumble_dbfs && ret->below_speech_db < near_db;
    ret->needed = ret->dc || ret->rumble;
}

struct rumble {
    bool dc, rumble;
    double offset;
    struct biquad section[SECTIONS];
};

struct rumble *rumble_new(int sample_rate, const struct rumble_result *found)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct rumble *r = mem_alloc(sizeof(*r));
    r->dc = found->needed && found->dc;
    r->rumble = found->needed && found->rumble;
    r->offset = found->offset; // taken off first, so that nothing thumps at the start
    for (int i = 0; i < SECTIONS; i++)
        high_pass(&r->section[i], RUMBLE_HZ, sample_rate, damping[i]);
    if (!r->rumble) // an offset that moves
        high_pass(&r->section[0], dc_hz, sample_rate, 0.70710678);
    return r;
}

void rumble_free(struct rumble *r)
{
    free(r);
}

void rumble_run(struct rumble *r, const float *in, size_t n, float *out)
{
    struct biquad a = r->section[0], b = r->section[1];
    unsigned state = denormal_off();
    if (!r->dc && !r->rumble)
        memmove(out, in, n * sizeof(*in));
    else if (!r->rumble)
        for (size_t i = 0; i < n; i++)
            out[i] = (float)pass(&a, (double)in[i] - r->offset);
    else
        for (size_t i = 0; i < n; i++)
            out[i] = (float)pass(&b, pass(&a, (double)in[i] - r->offset));
    r->section[0] = a;
    r->section[1] = b;
    denormal_restore(state);
}
