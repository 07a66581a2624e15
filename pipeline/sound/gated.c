// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/gated.h"

#include <math.h>

#include "sound/loudness.h"

static const double lowest_lufs = -70;

static double step_of(double lufs)
{
    return (lufs - lowest_lufs) * 10;
}

void gated_add(struct gated *g, double energy)
{
    double step = step_of(loudness_lufs(energy));
    if (!(step > 0))
        return;
    int i = step < GATED_STEPS ? (int)step : GATED_STEPS - 1;
    g->count[i]++;
    g->energy[i] += energy;
}

static double mean_from(const struct gated *g, int first)
{
    double sum = 0, count = 0;
    for (int i = first; i < GATED_STEPS; i++) {
        sum += g->energy[i];
        count += g->count[i];
    }
    return count > 0 ? sum / count : 0;
}

double gated_lufs(const struct gated *g)
{
    double all = loudness_lufs(mean_from(g, 0)), gate = step_of(all - 10);
    return loudness_lufs(mean_from(g, gate > 0 ? (int)lrint(gate) : 0));
}
