// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/curvedata.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sound/loudness.h"

static const double block_s = METER_BLOCK_MS / 1000.0;

// The blocks of column i; at least one, where the sound reaches it. False: it does not.
static bool blocks_of(const struct curve_sound *s, double length_s, size_t n, size_t i,
                      size_t *ret_from, size_t *ret_to)
{
    double width = length_s / (double)n;
    double from = ((double)i * width - s->starts_s) / block_s;
    double to = from + width / block_s;
    double count = (double)s->blocks->n;
    if (to <= 0 || from >= count)
        return false;
    from = from < 0 ? 0 : floor(from);
    to = ceil(to) > count ? count : ceil(to);
    *ret_from = (size_t)from;
    *ret_to = (size_t)to > *ret_from ? (size_t)to : *ret_from + 1;
    return true;
}

// Energies added up from the first block on, so that every window is one subtraction.
static double *sums_of(const struct blocks *b)
{
    double *sum = mem_alloc((b->n + 1) * sizeof *sum);
    for (size_t i = 0; i < b->n; i++)
        sum[i + 1] = sum[i] + b->energy[i];
    return sum;
}

static float window_lufs(const double *sum, size_t n, size_t window, size_t middle)
{
    size_t from = middle > window / 2 ? middle - window / 2 : 0;
    size_t to = from + window < n ? from + window : n;
    double energy = (sum[to] - sum[from]) / (double)(to - from);
    return energy > 1e-12 ? (float)loudness_lufs(energy) : -HUGE_VALF;
}

struct curve_column *curve_loudness(const struct curve_sound *s, double length_s, size_t window,
                                    size_t n)
{
    struct curve_column *column = mem_alloc((n + 1) * sizeof *column);
    double *sum = sums_of(s->blocks);
    for (size_t i = 0; i < n; i++) {
        size_t from, to;
        column[i] = (struct curve_column){NAN, NAN};
        if (!blocks_of(s, length_s, n, i, &from, &to))
            continue;
        column[i] = (struct curve_column){HUGE_VALF, -HUGE_VALF};
        for (size_t b = from; b < to; b++) {
            float lufs = window_lufs(sum, s->blocks->n, window, b);
            column[i].low = lufs < column[i].low ? lufs : column[i].low;
            column[i].high = lufs > column[i].high ? lufs : column[i].high;
        }
    }
    free(sum);
    return column;
}

struct curve_column *curve_peaks(const struct curve_sound *s, double length_s, size_t n)
{
    struct curve_column *column = mem_alloc((n + 1) * sizeof *column);
    for (size_t i = 0; i < n; i++) {
        size_t from, to;
        uint16_t most = 0;
        column[i] = (struct curve_column){NAN, NAN};
        if (!blocks_of(s, length_s, n, i, &from, &to))
            continue;
        const uint16_t *peak = s->blocks->peak;
        for (size_t k = from * METER_BLOCK_PEAKS; k < to * METER_BLOCK_PEAKS; k++)
            most = peak[k] > most ? peak[k] : most;
        float linear = meter_peak_linear(most);
        column[i].low = column[i].high = linear > 0 ? 20 * log10f(linear) : -HUGE_VALF;
    }
    return column;
}
