// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/loudness.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

enum { INTEGRATED_HOPS = 4, RANGE_HOPS = 30 };
static const double absolute_gate_lufs = -70, offset_lu = -0.691, audible_lufs = -100;

double loudness_lufs(double energy)
{
    return energy > 0 ? offset_lu + 10 * log10(energy) : -HUGE_VAL;
}

double loudness_energy(double lufs)
{
    return pow(10, (lufs - offset_lu) / 10);
}

double loudness_window(const float *row, size_t i, size_t window)
{
    double sum = 0;
    for (size_t j = i + 1 > window ? i + 1 - window : 0; j <= i; j++)
        sum += row[j];
    return sum / (double)window;
}

double loudness_max(const float *row, size_t n, size_t window)
{
    if (n < window)
        return -HUGE_VAL;
    double sum = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        // What a running sum loses to rounding is 1e-16 of the loudest: no matter to a maximum.
        sum += row[i];
        if (i >= window)
            sum -= row[i - window];
        if (i + 1 >= window && sum > most)
            most = sum;
    }
    return loudness_lufs(most / (double)window);
}

size_t loudness_hops(const float *row, size_t n, float *hop)
{
    size_t hops = n / LOUDNESS_HOP;
    for (size_t i = 0; i < hops; i++, row += LOUDNESS_HOP)
        hop[i] = (float)loudness_window(row, LOUDNESS_HOP - 1, LOUDNESS_HOP);
    return hops;
}

// Mean of the 400 ms windows above the gate; 0: none.
static double mean_above(const float *hop, size_t n, double gate)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i + INTEGRATED_HOPS <= n; i++) {
        double window = ((double)hop[i] + hop[i + 1] + hop[i + 2] + hop[i + 3]) / INTEGRATED_HOPS;
        if (window > gate) {
            sum += window;
            count++;
        }
    }
    return count ? sum / (double)count : 0;
}

double loudness_integrated(const float *hop, size_t n)
{
    double absolute = loudness_energy(absolute_gate_lufs);
    double relative = mean_above(hop, n, absolute) * 0.1;
    return loudness_lufs(mean_above(hop, n, relative > absolute ? relative : absolute));
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double percentile_lufs(const float *sorted, size_t n, double percent)
{
    return loudness_lufs(sorted[lround((double)(n - 1) * percent / 100)]);
}

double loudness_floor(const float *hop, size_t n, double percent)
{
    if (n < INTEGRATED_HOPS)
        return -HUGE_VAL;
    float *window = mem_alloc(n * sizeof(*window));
    double audible = loudness_energy(audible_lufs);
    size_t count = 0;
    for (size_t i = INTEGRATED_HOPS - 1; i < n; i++) {
        double energy = loudness_window(hop, i, INTEGRATED_HOPS);
        if (energy > audible)
            window[count++] = (float)energy;
    }
    qsort(window, count, sizeof(*window), by_size);
    double floor = count ? percentile_lufs(window, count, percent) : -HUGE_VAL;
    free(window);
    return floor;
}

double loudness_range(const float *hop, size_t n)
{
    if (n < RANGE_HOPS)
        return 0;
    float *window = mem_alloc(n * sizeof(*window));
    double absolute = loudness_energy(absolute_gate_lufs), sum = 0;
    size_t count = 0;
    for (size_t i = RANGE_HOPS - 1; i < n; i++) {
        double energy = loudness_window(hop, i, RANGE_HOPS);
        if (energy >= absolute) {
            sum += energy;
            window[count++] = (float)energy;
        }
    }
    double gate = count ? sum / (double)count * 0.01 : 0, range = 0;
    qsort(window, count, sizeof(*window), by_size);
    size_t first = 0;
    while (first < count && window[first] < gate)
        first++;
    if (first < count)
        range = percentile_lufs(window + first, count - first, 95) -
                percentile_lufs(window + first, count - first, 10);
    free(window);
    return range;
}
