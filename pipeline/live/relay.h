// SPDX-License-Identifier: GPL-3.0-or-later
// The relay as a whole: from a job (live/job.h) to a report. cmd/relay.c calls it.
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "base/redact.h"

#include <stdatomic.h>

struct relay_params {
    const struct json *job;
    struct redactor *redactor; // told of every secret of the job before anything is opened
    const atomic_bool *stop;   // ends the broadcast in order
    // A line for whoever started us (live/job.h); taken over. Any thread.
    void (*say)(void *ctx, struct json *line);
    void *ctx;
};
// *ret_report: what is also in report_file; to free. ERR_REMOTE: an endpoint never came up, all
// else is done.
// A job that only checks, or only ends what was left open, is done with that: *ret_report is then
// {"check": […]} or {"said"}.
int relay_run(const struct relay_params *p, struct json **ret_report, struct err *e);
