// SPDX-License-Identifier: GPL-3.0-or-later
// One reader and several takers of sound, each in a thread of its own, with a bounded queue in
// front of every taker: all see the same blocks in the same order, and the slowest sets the pace.
// What a taker makes depends on the blocks alone, never on who runs when.
#pragma once
#include "base/progress.h"
#include <stddef.h>
#include <stdint.h>

struct err;

enum {
    PUMP_MAX_CHANNELS = 8,
    PUMP_BLOCK = 4800, // samples a channel of a full block
    PUMP_MAX_TAKERS = 16,
};

struct pump_reader {
    // Fills at most room samples a channel; result: how many, 0 at the end, negative on failure.
    int (*read)(void *ctx, float *const *planes, size_t room, struct err *e);
    void *ctx;
};
struct pump_taker {
    // frames 0: the end, given exactly once when nothing failed.
    int (*take)(void *ctx, const float *const *planes, size_t frames, struct err *e);
    void *ctx;
};
struct pump_params {
    int channels, sample_rate;
    struct pump_reader reader;
    const struct pump_taker *takers;
    size_t num_takers;
    size_t room_blocks; // so far the fastest taker may be ahead of the slowest; 0: 64
    const struct progress *progress;
    const char *what;     // for progress
    double from, to;      // this run's share of the progress; both 0: 0 to 1
    int64_t total_frames; // expected, for progress; 0: not known
};
// The first error ends all of them.
int pump_run(const struct pump_params *p, struct err *e);
