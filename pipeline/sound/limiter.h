// SPDX-License-Identifier: GPL-3.0-or-later
// Look-ahead true-peak limiter with gain in front. Below the ceiling it is transparent to the bit
// (apart from the gain); channels are linked. The delay is taken out: what goes in at sample n comes
// out at sample n, `limiter_flush` gives the rest.
#pragma once
#include <stddef.h>

struct limiter_params {
    int sample_rate, channels;
    double gain_db;        // applied first
    double ceiling_dbtp;   // e.g. -1.0
    double release_ms;     // 0: the default
};
struct limiter_stats {
    double max_reduction_db, mean_reduction_db; // >= 0; the mean over samples that were reduced
    double reduced_share;                       // 0..1 of all samples
};
struct limiter;
struct limiter *limiter_new(const struct limiter_params *p);
void limiter_free(struct limiter *l);
// Takes `frames` samples a channel and gives 0 or more: result = frames written to out (room for
// frames + limiter_delay). in and out may not overlap.
size_t limiter_run(struct limiter *l, const float *const *in, size_t frames, float *const *out);
size_t limiter_flush(struct limiter *l, float *const *out); // the rest, limiter_delay frames at most
size_t limiter_delay(const struct limiter *l);
void limiter_stats(const struct limiter *l, struct limiter_stats *ret);
