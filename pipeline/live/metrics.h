// SPDX-License-Identifier: GPL-3.0-or-later
// How the broadcast goes, on 127.0.0.1 alone: /metrics for Prometheus, / for people.
#pragma once
#include "base/err.h"
#include "base/json.h"

struct metrics_params {
    int port;                         // 0: one that is free
    struct json *(*state)(void *ctx); // as live/job.h has it, redacted; to free. Any thread
    void *ctx;
    double target_lufs; // the page shows it beside what is measured
};
struct metrics;
int metrics_start(const struct metrics_params *p, struct metrics **ret, struct err *e);
int metrics_port(const struct metrics *m);
void metrics_stop(struct metrics *m); // NULL is fine
