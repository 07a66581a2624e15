// SPDX-License-Identifier: GPL-3.0-or-later
// The low end of the sound at a lower rate, for looking at it cheaply: a symmetric filter of which
// only every factor-th value is worked out.
#pragma once
#include <stddef.h>

struct decimate;
// Flat to pass_hz, nothing folds back below it (-70 dB). The new rate is sample_rate / factor and
// must be over twice pass_hz.
struct decimate *decimate_new(int sample_rate, int factor, double pass_hz);
void decimate_free(struct decimate *d); // NULL is fine
// Value j belongs to input sample j * factor; silence is taken to stand before the first. Gives at
// most n / factor + 1 values.
size_t decimate_run(struct decimate *d, const float *in, size_t n, float *out);
size_t decimate_reach(const struct decimate *d); // samples needed after j * factor
