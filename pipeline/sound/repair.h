// SPDX-License-Identifier: GPL-3.0-or-later
// Clicks (single, shorter than a millisecond, far over all around them) and peaks cut off flat at
// one level, found and rebuilt from the samples on both sides. Rebuilt peaks exceed the level at
// which they were cut, 1.0 too: a gain and a limiter have to follow.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REPAIR_TIMES = 64 };

struct repair_result {
    bool needed;
    int64_t clicks;       // found
    int64_t clipped_runs; // of 3 samples or more
    int64_t clipped;      // samples in them
    double clip_high;     // the levels at which peaks are cut, linear; 0: none
    double clip_low;      // below 0
    int64_t click_at[REPAIR_TIMES], clip_at[REPAIR_TIMES]; // the first of them, in samples
};

struct repair_look;
struct repair_look *repair_look_new(int sample_rate); // 8000..192000; NULL: not in this range
void repair_look_free(struct repair_look *l);         // NULL is fine
void repair_look_add(struct repair_look *l, const float *in, size_t n);
// As if silence followed: call it once, at the end.
void repair_look_result(struct repair_look *l, struct repair_result *ret);

// Where the result does not say `needed`, samples pass untouched and without delay. Elsewhere only
// the samples of clicks and cut peaks change.
struct repair;
struct repair *repair_new(int sample_rate, const struct repair_result *found); // NULL: rate
void repair_free(struct repair *r);                                            // NULL is fine
// Sample n in is sample n out; the rest comes with the flush. Returns how many were written to out
// (room for n + repair_delay). in and out may not overlap.
size_t repair_run(struct repair *r, const float *in, size_t n, float *out);
size_t repair_flush(struct repair *r, float *out);
size_t repair_delay(const struct repair *r);
int64_t repair_clicks(const struct repair *r);  // repaired so far
int64_t repair_clipped(const struct repair *r); // samples of cut peaks rebuilt so far
// Where click i was, in samples; i < min(repair_clicks, REPAIR_TIMES).
int64_t repair_click_at(const struct repair *r, size_t i);
