// SPDX-License-Identifier: GPL-3.0-or-later
// The K-weighting of BS.1770-5 (head shelf, then high-pass) at any sample rate, two channels at
// once in the two halves of one register.
#pragma once
#include <stddef.h>

struct kweight {
    double shelf[5]; // b0, b1, b2, a1, a2
    double cut[2];   // a1, a2; b is 1, -2, 1
};
struct kweight_pair { // state of two channels
    double shelf[2][2], cut[2][2];
};

void kweight_init(struct kweight *k, int sample_rate);
// Filters n samples of two channels and gives the sum of squares of each; left and right may be
// the same.
void kweight_energy(const struct kweight *k, struct kweight_pair *state, const float *left,
                    const float *right, size_t n, double ret[2]);
