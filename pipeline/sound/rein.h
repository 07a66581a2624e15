// SPDX-License-Identifier: GPL-3.0-or-later
// Limits for maximum short-term loudness (EBU Tech 3341) and loudness range (Tech 3342), kept by a
// slow curve of gain: what is too loud over 3 s is turned down, and where the range is too wide,
// loud and soft are drawn towards the middle by one ratio, the smallest that does. Pauses and
// noise below the range's gate are not lifted with the rest.
#pragma once
#include "sound/leveller.h"

// As fast as the gain ever moves; it starts ahead, so that it is down when the loud part begins.
#define REIN_DB_PER_S 3.0

struct rein_problem {
    double target_lufs, ceiling_dbtp;         // the loudness that gain_solve brings the sound to
    double max_short_term_lufs, max_range_lu; // HUGE_VAL: no limit
};
struct rein_solution {
    // n 0: the limits hold as it is. min, mean and max over what is not below the gate.
    struct leveller_curve curve;
    double ratio;                     // 1: levels stay as far apart as they are, 0: all alike
    double short_term_lufs, range_lu; // expected behind curve, gain and limiter
};
// 0; -ERANGE when a limit cannot be kept (ret holds the nearest); -EDOM when there is nothing to
// measure. The curve is the caller's: leveller_curve_done, whatever the result.
int rein_solve(const struct meter_table *t, const struct rein_problem *p,
               struct rein_solution *ret);
