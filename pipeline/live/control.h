// SPDX-License-Identifier: GPL-3.0-or-later
// The Unix socket at which the running broadcast is asked and told: one line of JSON in, one out,
// see live/job.h. Only its owner can reach it (0600).
#pragma once
#include "base/err.h"
#include "base/json.h"

struct control;
// answer: called from the control's thread with what was asked; its result is sent and freed.
// -EADDRINUSE where another broadcast listens there; a socket nobody listens at is replaced.
int control_start(const char *path, struct json *(*answer)(void *ctx, const struct json *asked),
                  void *ctx, struct control **ret, struct err *e);
void control_stop(struct control *c); // removes the socket; NULL is fine
