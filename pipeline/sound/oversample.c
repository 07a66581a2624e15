// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/oversample.h"

#include <math.h>

#include "sound/quad.h"

enum { GROUP = OVERSAMPLE_GROUP, NEAR = 4 }; // taps reach so many groups to either side
static const double pi = 3.14159265358979323846;
// Kaiser windows: 0.03 dB of error up to 0.417 of the sample rate, and 0.001 dB up to 0.455.
static const double coarse_beta = 5.5, fine_beta = 8;
// A sine at half the sample rate, seen four times as densely, hides 8 %: a fiftieth of its second
// difference.
static const float between = 1.083f;
static const double between_bend = 0.03;
// Beside that the coarse taps are less wrong than they might be: tried on noise, voices and sweeps.
static const double mostly_bend = 0.045;
static const float mostly_ripple = 0.01f;
static const float rounding = 1.000002f;

static double bessel_i0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 40; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

// Taps for a value `shift` behind sample 0: tap[pairs - 1 + k] weighs sample k. They keep a
// constant and a straight line as they are, which the bound below relies on.
static void design(double shift, double beta, int pairs, double *tap)
{
    double sum = 0, moment = 0;
    for (int i = 0; i < 2 * pairs; i++) {
        double t = i - (pairs - 1) - shift, edge = t / pairs;
        tap[i] = sin(pi * t) / (pi * t) * bessel_i0(beta * sqrt(1 - edge * edge));
        sum += tap[i];
    }
    for (int i = 0; i < 2 * pairs; i++) {
        tap[i] /= sum;
        moment += tap[i] * (i - (pairs - 1) - shift);
    }
    tap[pairs - 1] += moment;
    tap[pairs] -= moment;
}

// Two sets of taps that agree on constants and straight lines differ by a sum of second
// differences: how much of them there is, is the most that curvature can make of the difference.
static double bend_between(int pairs, const double *tap, int other_pairs, const double *other)
{
    double first = 0, second = 0, most = 0;
    for (int i = 0; i < 2 * pairs; i++) {
        int j = i - pairs + other_pairs;
        first += tap[i] - (j >= 0 && j < 2 * other_pairs ? other[j] : 0);
        second += first;
        most += fabs(second);
    }
    return most;
}

// Puts taps into vectors.
static void spread(oversample_taps *ret, int pairs, const double *quarter, const double *half)
{
    for (int k = 0; k < pairs; k++) {
        double before = quarter[pairs - 1 - k], behind = quarter[pairs + k];
        for (int i = 0; i < QUAD; i++) {
            ret[k][0][i] = (float)half[pairs + k];
            ret[k][1][i] = (float)((before + behind) / 2);
            ret[k][2][i] = (float)((before - behind) / 2);
        }
    }
}

void oversample_init(struct oversample *o)
{
    enum { COARSE = OVERSAMPLE_COARSE, FINE = OVERSAMPLE_FINE };
    static const double shift[] = {0.25, 0.5};
    double coarse[2][2 * COARSE], fine[2][2 * FINE], bend = 0, closer = 0;
    for (int i = 0; i < 2; i++) {
        double line[] = {1 - shift[i], shift[i]};
        design(shift[i], coarse_beta, COARSE, coarse[i]);
        design(shift[i], fine_beta, FINE, fine[i]);
        bend = fmax(bend, bend_between(FINE, fine[i], 1, line));
        closer = fmax(closer, bend_between(FINE, fine[i], COARSE, coarse[i]));
    }
    spread(o->coarse, COARSE, coarse[0], coarse[1]);
    spread(o->fine, FINE, fine[0], fine[1]);
    o->bend = (float)(bend + between_bend);
    o->closer = (float)((closer + between_bend) / (bend + between_bend));
    o->mostly = (float)(mostly_bend / (bend + between_bend));
}

// Largest second difference of each group.
static void bends(const float *x, size_t groups, float *ret)
{
    for (size_t g = 0; g < groups; g++, x += GROUP) {
        quad a = quad_load(x) + quad_load(x), b = quad_load(x + 4) + quad_load(x + 4);
        a -= quad_load(x - 1) + quad_load(x + 1);
        b -= quad_load(x + 3) + quad_load(x + 5);
        ret[g] = quad_largest(quad_max(quad_abs(a), quad_abs(b)));
    }
}

void oversample_bounds(const struct oversample *o, const float *x, size_t groups, float *sample,
                       float *bound)
{
    float bend[OVERSAMPLE_BATCH + 2 * NEAR];
    bends(x - NEAR * GROUP, groups + 2 * NEAR, bend);
    for (size_t g = 0; g < groups; g++, x += GROUP)
        sample[g] = quad_largest(quad_max(quad_abs(quad_load(x)), quad_abs(quad_load(x + 4))));
    for (size_t g = 0; g < groups; g++) {
        float near = 0;
        for (int i = 0; i <= 2 * NEAR; i++)
            near = bend[g + i] > near ? bend[g + i] : near;
        bound[g] = near;
    }
    for (size_t g = 0; g < groups; g++) {
        float next = fabsf(x[(ptrdiff_t)(g + 1 - groups) * GROUP]);
        bound[g] = (sample[g] > next ? sample[g] : next) * rounding + o->bend * bound[g];
    }
}

// Of four neighbours: the half-way phase, half the sum and half the difference of the other two.
struct phases {
    quad half, sum, difference;
};

static inline struct phases phases_of(const oversample_taps *tap, int pairs, const float *x)
{
    struct phases p = {0};
    for (int k = 0; k < pairs; k++) {
        quad a = quad_load(x - k), b = quad_load(x + 1 + k), s = a + b, d = a - b;
        p.half += quad_load(tap[k][0]) * s;
        p.sum += quad_load(tap[k][1]) * s;
        p.difference += quad_load(tap[k][2]) * d;
    }
    return p;
}

// The highest point of parabolas through three neighbours of a 4x oversampled row, or `most`.
static float vertex(const float *y, int n, float most)
{
    for (int i = 1; i + 1 < n; i++) {
        float peak = fabsf(y[i]);
        if (peak * between <= most)
            continue;
        float sign = y[i] < 0 ? -1 : 1, left = sign * y[i - 1], right = sign * y[i + 1];
        float bend = left - 2 * peak + right;
        if (peak >= left && peak >= right && bend < 0)
            peak -= (right - left) * (right - left) / (8 * bend);
        most = peak > most ? peak : most;
    }
    return most;
}

float oversample_closer(const struct oversample *o, const float *x, float sample, float bound,
                        float known)
{
    struct phases p = phases_of(o->coarse, OVERSAMPLE_COARSE, x);
    struct phases q = phases_of(o->coarse, OVERSAMPLE_COARSE, x + QUAD);
    // The larger of |a + b| and |a - b| is |a| + |b|.
    quad a = quad_max(quad_abs(p.half), quad_abs(p.sum) + quad_abs(p.difference));
    quad b = quad_max(quad_abs(q.half), quad_abs(q.sum) + quad_abs(q.difference));
    float coarse = quad_largest(quad_max(a, b));
    coarse = coarse > sample ? coarse : sample;
    float most = o->closer * (bound - sample), high = coarse > known ? coarse : known;
    float mostly = o->mostly * (bound - sample) + mostly_ripple * high;
    coarse += mostly < most ? mostly : most;
    return coarse < bound ? coarse : bound;
}

float oversample_peak(const struct oversample *o, const float *x, float known)
{
    enum { BEFORE = 1, LANES = 12 }; // the group, and what its ends are compared with
    float y[LANES * 4];
    x -= BEFORE;
    for (int i = 0; i < LANES; i += QUAD) {
        struct phases p = phases_of(o->fine, OVERSAMPLE_FINE, x + i);
        quad before = p.sum + p.difference, behind = p.sum - p.difference;
        for (int j = 0; j < QUAD; j++) {
            float *to = y + 4 * (i + j);
            to[0] = x[i + j];
            to[1] = before[j];
            to[2] = p.half[j];
            to[3] = behind[j];
        }
    }
    return vertex(y + 4 * BEFORE - 1, 4 * GROUP + 2, known);
}
