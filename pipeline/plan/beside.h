// SPDX-License-Identifier: GPL-3.0-or-later
// One job in a worker of its own, beside what the caller's worker does. What it has to say is kept
// until the caller waits for it, so that the producer reads of one thing at a time.
#pragma once
#include "base/json.h"
#include "base/progress.h"

struct err;
struct worker;
struct beside;

// job: the caller's, unchanged until the end.
struct beside *beside_begin(const struct worker *like, const struct json *job);
// Waits, tells p how far it is, and frees b. give_up: it is stopped, and nothing is told.
// seconds: how long it took. Errors as worker_run has them.
int beside_end(struct beside *b, bool give_up, const struct progress *p, struct json **ret,
               double *ret_seconds, struct err *e);
