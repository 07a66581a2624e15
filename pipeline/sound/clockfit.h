// SPDX-License-Identifier: GPL-3.0-or-later
// A straight line through measured lags of which some are wrong. Sound needs 3 ms a metre, so what
// a's speaker says comes late in b, and what b's speaker says comes early: points may lie on two
// parallel lines, and that of the clocks is halfway.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct clockfit_point {
    double at_s, lag_s;
    bool agrees; // set by clockfit_solve
};
struct clockfit {
    double lag_s, rise; // of the clocks: lag_s + rise * at_s
    double path_s;      // of the two lines from it; 0 when there is only one
    double rms_s;       // of the points that agree
    size_t agreeing;
};
// 0, or -ENOENT: no three points agree.
int clockfit_solve(struct clockfit_point *p, size_t n, struct clockfit *ret);
