// SPDX-License-Identifier: GPL-3.0-or-later
// Amplitude and phase of chosen low frequencies over time: windows of a quarter of a second, eight
// a second. What stands 12 Hz beside a frequency is not seen in it.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { LINES_MAX = 128, LINES_A_SECOND = 8, LINES_MAX_HZ = 1100 };

struct lines;
struct lines *lines_new(int sample_rate, const double *hz, size_t count); // 0 < hz <= LINES_MAX_HZ
void lines_free(struct lines *l);                                         // NULL is fine
// Takes from *in, *n, which move on, until a window is full: true, and lines_value tells it. False:
// everything is taken.
bool lines_next(struct lines *l, const float **in, size_t *n);
// Pairs of real and imaginary part: a sine a * cos(2 pi hz t / sample_rate + p), t in samples from
// the start of the sound, reads a * e^ip.
const float *lines_value(const struct lines *l);
// The middle of window i, i from 0, in samples; how many samples after it are needed.
double lines_middle(const struct lines *l, size_t i);
size_t lines_reach(const struct lines *l);
