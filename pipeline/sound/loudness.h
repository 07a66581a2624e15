// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness from energies (mean squares of K-weighted samples): windows, gates and range after
// BS.1770-5 and EBU Tech 3341/3342. A row holds one energy every 20 ms, a hop is the mean of five.
#pragma once
#include <stddef.h>

enum { LOUDNESS_HOP = 5, LOUDNESS_MOMENTARY = 20, LOUDNESS_SHORT_TERM = 150 }; // rows

double loudness_lufs(double energy); // -HUGE_VAL for 0
double loudness_energy(double lufs);

// The mean of the `window` rows that end with row i; rows before the first count as silence.
double loudness_window(const float *row, size_t i, size_t window);
// The loudest full window, LUFS; -HUGE_VAL when there is none.
double loudness_max(const float *row, size_t n, size_t window);

// Means of every five rows into hop, which has room for n / LOUDNESS_HOP; returns how many.
size_t loudness_hops(const float *row, size_t n, float *hop);
// 400 ms windows every hop, gated at -70 LUFS and 10 LU under their mean; -HUGE_VAL: none passes.
double loudness_integrated(const float *hop, size_t n);
// The level that `percent` of the 400 ms windows do not reach, those below -100 LUFS left out:
// digital silence between takes is not the noise of the room. -HUGE_VAL: none.
double loudness_floor(const float *hop, size_t n, double percent);
// 3 s windows every hop, gated at -70 LUFS and 20 LU under their mean; 0: none passes.
double loudness_range(const float *hop, size_t n);
