// SPDX-License-Identifier: GPL-3.0-or-later
// Integrated loudness of a sound that never ends: its 400 ms windows by level, in a table of fixed
// size. BS.1770's gates, the relative one to 0.1 LU.
#pragma once
#include <stdint.h>

enum { GATED_STEPS = 900 }; // -70..+20 LUFS in 0.1 LU

struct gated { // {0} is empty
    uint32_t count[GATED_STEPS];
    double energy[GATED_STEPS];
};
void gated_add(struct gated *g, double energy); // of one window, see sound/loudness.h
double gated_lufs(const struct gated *g);       // -HUGE_VAL: no window passes
