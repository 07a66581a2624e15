// SPDX-License-Identifier: GPL-3.0-or-later
// How often each level occurred, in steps of half a dB: quantiles of a recording of any length in
// one pass.
#pragma once
#include <math.h>
#include <stdint.h>

enum { TALLY_STEPS = 340 }; // -150..+20 dB

struct tally { // {0} is empty
    uint32_t count[TALLY_STEPS];
    uint32_t total;
};

static inline double tally_db(double power) // a floor instead of minus infinity
{
    return power > 1e-15 ? 10 * log10(power) : -150;
}

static inline int tally_step(double db)
{
    double at = (db + 150) * 2;
    return at > 0 ? at < TALLY_STEPS - 1 ? (int)at : TALLY_STEPS - 1 : 0;
}

static inline void tally_add(struct tally *t, double db)
{
    t->count[tally_step(db)]++;
    t->total++;
}

// The level that `share` (0..1) of the entries do not reach; -150 when there are none.
static inline double tally_quantile(const struct tally *t, double share)
{
    double wanted = share * t->total, below = 0;
    if (!t->total)
        return -150;
    for (int i = 0; i < TALLY_STEPS; i++) {
        if (t->count[i] && below + t->count[i] >= wanted)
            return -150 + 0.5 * (i + (wanted - below) / t->count[i]);
        below += t->count[i];
    }
    return 20;
}
