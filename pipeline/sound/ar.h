// SPDX-License-Identifier: GPL-3.0-or-later
// Prediction of a sample from its neighbours (an autoregressive model), and samples that are
// missing rebuilt so that it fits best.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { AR_MAX_ORDER = 40, AR_MAX_MISSING = 384 };

// a[0..order], a[0] = 1: sum of a[k] * x[i - k] is the least. window has n entries. False: silence.
bool ar_fit(const float *x, const float *window, size_t n, int order, double *a);
// Residuals of x[i], forward (from those before it) and backward (from those after it).
double ar_forward(const double *a, int order, const float *x);
double ar_backward(const double *a, int order, const float *x);
// Fills x[missing[0..count - 1]], ascending, from the samples `order` to either side of each.
// False: not to be solved, x is as it was.
bool ar_fill(const double *a, int order, float *x, const size_t *missing, size_t count);
