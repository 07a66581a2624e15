// SPDX-License-Identifier: GPL-3.0-or-later
// One file decoded once, and any number of files encoded from it side by side, each behind a gain
// and a limiter of its own.
#pragma once
#include "base/progress.h"
#include "media/sink.h"
#include "sound/limiter.h"

struct err;

struct transcode_output {
    struct sink_params sink;
    double gain_db, ceiling_dbtp;
    struct limiter_stats limited; // filled
};
struct transcode_params {
    const char *path;
    struct transcode_output *outputs;
    size_t num_outputs;
    int threads; // processors to use; what is made does not depend on it
    const struct progress *progress;
    const char *what; // for progress
    double from, to;  // share of the progress
};
// On failure none of the outputs is left behind.
int transcode_run(const struct transcode_params *p, struct err *e);
