// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/likeness.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

enum {
    BLOCK = ENVELOPE_RATE / 2, // rows
    WINDOW = 4,                // blocks
    STRETCHES = LIKENESS_MOST / 2,
    SHORTEST = 6, // blocks a stretch
};
static const double unlike_db = 8;   // between who speaks near a and who near b
static const double promising = 0.3; // a coefficient that chance does not reach
static const double hopeless = 0.1;

struct block { // first of one block, then of the window that begins with it
    double product, square_a, square_b; // of motions
    double energy_a, energy_b;
};
struct view {     // of the time in common
    size_t first; // block on a's clock
    size_t n;     // windows
    struct block *block;
};

static double block_energy(const envelope_row *rows, const float power[256])
{
    float sum = 0;
    for (size_t i = 0; i < BLOCK; i++)
        for (int b = 0; b < ENVELOPE_BANDS; b++)
            sum += power[rows[i][b]];
    return (double)sum;
}

static void block_fill(struct block *k, const struct envelope *a, const struct envelope *b,
                       size_t row_a, size_t row_b, const float power[256])
{
    float x[BLOCK], y[BLOCK], xy = 0, xx = 0, yy = 0;
    for (int band = 0; band < ENVELOPE_BANDS; band++) {
        envelope_motion(a, band, (ptrdiff_t)row_a, BLOCK, x);
        envelope_motion(b, band, (ptrdiff_t)row_b, BLOCK, y);
        for (size_t i = 0; i < BLOCK; i++) {
            xy += x[i] * y[i];
            xx += x[i] * x[i];
            yy += y[i] * y[i];
        }
    }
    k->product = (double)xy;
    k->square_a = (double)xx;
    k->square_b = (double)yy;
    k->energy_a = block_energy(envelope_rows(a) + row_a, power);
    k->energy_b = block_energy(envelope_rows(b) + row_b, power);
}

static void block_add(struct block *sum, const struct block *k)
{
    sum->product += k->product;
    sum->square_a += k->square_a;
    sum->square_b += k->square_b;
    sum->energy_a += k->energy_a;
    sum->energy_b += k->energy_b;
}

static double likeness(const struct block *w)
{
    return w->product / sqrt((w->square_a + 1) * (w->square_b + 1));
}

static double level_db(const struct block *w) // a over b
{
    return 10 * log10((w->energy_a + 1e-20) / (w->energy_b + 1e-20));
}

static struct view view_make(const struct envelope *a, const struct envelope *b,
                             const struct clockline *line)
{
    float power[256];
    for (int i = 0; i < 256; i++)
        power[i] = (float)pow(10, i / (10.0 * ENVELOPE_STEPS_PER_DB) - 10);
    double from = fmax(0, clockline_back(line, 0)) * ENVELOPE_RATE;
    double to =
        fmin((double)envelope_count(a),
             clockline_back(line, (double)envelope_count(b) / ENVELOPE_RATE) * ENVELOPE_RATE);
    struct view v = {.first = (size_t)ceil(from / BLOCK) + 1};
    size_t end = to > 0 ? (size_t)(to / BLOCK) : 0;
    if (end < v.first + WINDOW + 1)
        return v;
    size_t blocks = end - 1 - v.first;
    v.n = blocks - WINDOW + 1;
    v.block = mem_alloc(blocks * sizeof(*v.block));
    for (size_t i = 0; i < blocks; i++) {
        size_t row = (v.first + i) * BLOCK;
        double other = clockline_at(line, (double)row / ENVELOPE_RATE) * ENVELOPE_RATE;
        block_fill(&v.block[i], a, b, row, (size_t)lround(other), power);
    }
    for (size_t i = 0; i < v.n; i++)
        for (size_t k = 1; k < WINDOW; k++)
            block_add(&v.block[i], &v.block[i + k]);
    return v;
}

static int rising(const void *p, const void *q)
{
    double a = *(const double *)p, b = *(const double *)q;
    return (a > b) - (a < b);
}

// The level difference between the two sides, halfway; NAN: there is only one.
static double watershed_db(const struct view *v)
{
    double *level = mem_alloc((v->n + 1) * sizeof(*level)), middle = NAN;
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        if (likeness(&v->block[i]) > promising)
            level[n++] = level_db(&v->block[i]);
    if (n) {
        qsort(level, n, sizeof(*level), rising);
        double low = level[n / 32], high = level[n - 1 - n / 32];
        middle = high - low > unlike_db ? (low + high) / 2 : NAN;
    }
    free(level);
    return middle;
}

// The most alike windows of a stretch while a and while b speaks, in order; `to`: none.
static void best_windows(const struct view *v, double watershed, size_t from, size_t to,
                         size_t ret[2])
{
    ret[0] = ret[1] = to;
    for (size_t i = from; i < to; i++) {
        const struct block *w = &v->block[i];
        int side = isnan(watershed) ? i >= (from + to) / 2 : level_db(w) < watershed;
        if (likeness(w) > (ret[side] < to ? likeness(&v->block[ret[side]]) : hopeless))
            ret[side] = i;
    }
    if (ret[0] > ret[1]) {
        size_t later = ret[0];
        ret[0] = ret[1];
        ret[1] = later;
    }
}

size_t likeness_find(const struct envelope *a, const struct envelope *b,
                     const struct clockline *line, double ret_s[LIKENESS_MOST], size_t *ret_blank)
{
    struct view v = view_make(a, b, line);
    double watershed = watershed_db(&v);
    *ret_blank = 0;
    size_t stretches = v.n / SHORTEST < STRETCHES ? v.n / SHORTEST : STRETCHES, n = 0;
    for (size_t s = 0; s < stretches; s++) {
        size_t to = v.n * (s + 1) / stretches, best[2];
        best_windows(&v, watershed, v.n * s / stretches, to, best);
        *ret_blank += best[0] == to ? 2 : 0;
        for (int i = 0; i < 2; i++)
            if (best[i] < to) {
                double row = (double)((v.first + best[i]) * BLOCK) + (WINDOW * BLOCK - 1) / 2.0;
                ret_s[n++] = row / ENVELOPE_RATE;
            }
    }
    free(v.block);
    return n;
}
