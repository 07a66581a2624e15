// SPDX-License-Identifier: GPL-3.0-or-later
// How high the sound goes between its samples: 4x oversampling with 24 taps a phase finds the
// places, 48 taps and a parabola through the highest points give the value, within 0.05 dB of the
// truth up to 0.45 of the sample rate. Samples are looked at in groups of 8; all functions read
// OVERSAMPLE_REACH samples on both sides.
#pragma once
#include <stddef.h>

enum {
    OVERSAMPLE_GROUP = 8,
    OVERSAMPLE_REACH = 40,
    OVERSAMPLE_BATCH = 512,
    OVERSAMPLE_COARSE = 12, // pairs of taps, one on either side
    OVERSAMPLE_FINE = 32,
};

// By distance from the middle between two samples: a tap of the half-way phase, and half the sum
// and half the difference of those a quarter before and behind it. Four times each, for vectors.
typedef float oversample_taps[3][4];

struct oversample {
    oversample_taps coarse[OVERSAMPLE_COARSE], fine[OVERSAMPLE_FINE];
    float bend;   // what a unit of second difference can add to a straight line
    float closer; // the most of that which it can add to the coarse taps
    float mostly; // what it does add up to 0.45 of the sample rate, and in noise
};
void oversample_init(struct oversample *o);

// For each of at most OVERSAMPLE_BATCH groups from x: its highest sample, and what its true peak
// certainly does not exceed.
void oversample_bounds(const struct oversample *o, const float *x, size_t groups, float *sample,
                       float *bound);
// A closer bound for one of these groups from the coarse taps, where nothing around it is much
// higher than `known`.
float oversample_closer(const struct oversample *o, const float *x, float sample, float bound,
                        float known);
// The true peak of one group, or `known` where it is not above that.
float oversample_peak(const struct oversample *o, const float *x, float known);
