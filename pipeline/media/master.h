// SPDX-License-Identifier: GPL-3.0-or-later
// Tracks in, one lossless master at a loudness out: FLAC, 24 bits. The recording is decoded twice,
// once to measure, once to write; what was written is metered on the way, and written again where
// it misses.
#pragma once
#include "base/progress.h"
#include "media/mix.h"
#include "sound/limiter.h"
#include "sound/meter.h"

struct err;

enum { MASTER_TRIMS = 13, MASTER_TRIES = 3 };

struct master_params {
    const struct mix_params *mix;
    const char *path; // to write
    double target_lufs, ceiling_dbtp;
    const struct progress *progress;
};
struct master_trim { // with the limiter once more behind the master, at a lower ceiling:
    double ceiling_dbtp;
    double gain_db; // the gain in front that keeps the target
};
struct master_result {
    struct meter_result input, master;
    double gain_db, ceiling_dbtp; // of the limiter
    struct limiter_stats limited;
    int tries;
    struct master_trim trims[MASTER_TRIMS]; // from the ceiling downwards
    size_t num_trims;
};
// ERR_INPUT when there is nothing to hear; ERR_FAILED when the target cannot be reached.
int master_make(const struct master_params *p, struct master_result *ret, struct err *e);
