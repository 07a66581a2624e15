// SPDX-License-Identifier: GPL-3.0-or-later
// Look-ahead true-peak limiter with gain in front. Below the ceiling it is transparent to the bit
// (apart from the gain); channels are linked. The delay is taken out: what goes in at sample n
// comes out at sample n, `limiter_flush` gives the rest.
//
// The gain falls along half a raised cosine in the 5 ms before a peak and rises exponentially
// behind it. It is worked out for every eighth sample and runs straight in between.
#pragma once
#include <stddef.h>

enum { LIMITER_MAX_CHANNELS = 8, LIMITER_ATTACK_MS = 5, LIMITER_RELEASE_MS = 120 };

// The detector stays this far inside the ceiling: for sound above 0.46 of the sample rate, which it
// and meters of other makes see differently, and for what a moving gain adds between samples.
#define LIMITER_MARGIN_DB 0.08

struct limiter_params {
    int sample_rate, channels; // 8000..192000 Hz, 1..LIMITER_MAX_CHANNELS
    double gain_db;            // applied first
    double ceiling_dbtp;       // e.g. -1.0
    double release_ms; // until a third (1/e) of the reduction is left; 0: LIMITER_RELEASE_MS
};
struct limiter_stats {
    double max_reduction_db;  // >= 0
    double mean_reduction_db; // over the samples reduced by 0.1 dB or more
    double reduced_share;     // 0..1: those of all samples
};
struct limiter;
struct limiter *limiter_new(const struct limiter_params *p); // NULL: a parameter out of its range
void limiter_free(struct limiter *l);                        // NULL is fine
// Takes `frames` samples a channel and gives 0 or more: result = frames written to out (room for
// frames + limiter_delay). in and out may not overlap. Samples that are no number become 0.
size_t limiter_run(struct limiter *l, const float *const *in, size_t frames, float *const *out);
size_t limiter_flush(struct limiter *l,
                     float *const *out); // the rest, limiter_delay frames at most
size_t limiter_delay(const struct limiter *l);
void limiter_stats(const struct limiter *l, struct limiter_stats *ret);
