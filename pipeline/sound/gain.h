// SPDX-License-Identifier: GPL-3.0-or-later
// Which gain brings a recording to a target loudness when a limiter stands behind it: solved on the
// meter's table of blocks with the limiter's own loss, because gain and then limiting lands too
// low.
#pragma once
#include "sound/meter.h"

struct gain_problem {
    double target_lufs, ceiling_dbtp;
    double release_ms;  // as given to the limiter; 0: its default
    double max_gain_db; // 0: 60
};
struct gain_solution {
    double gain_db;          // for limiter_params.gain_db
    double expected_lufs;    // what the model expects behind the limiter
    double expected_loss_lu; // loudness the limiter takes away
};
// 0; -ERANGE when the target cannot be reached (ret holds the nearest); -EDOM when there is nothing
// to measure (ret is left alone).
int gain_solve(const struct meter_table *t, const struct gain_problem *p,
               struct gain_solution *ret);
// What the energies of the blocks are behind that gain and the limiter.
void gain_behind(const struct meter_table *t, const struct gain_problem *p, double gain_db,
                 float *energy);
