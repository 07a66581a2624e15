// SPDX-License-Identifier: GPL-3.0-or-later
// Days ahead: whether every endpoint answers, with a certificate that is good, and whether
// Facebook's token may broadcast. Makes nothing and sends nothing. And afterwards: what an earlier
// run left open at Facebook is ended.
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "base/redact.h"

// [{"name","ok","text"}], to free.
struct json *reach_all(struct arena *a, const struct json *job, struct redactor *r);
// What was done, for the producer. announce: for the job's start.
int reach_end_stale(struct arena *a, const struct json *job, struct redactor *r,
                    struct str *ret_said, struct err *e);
int reach_announce(struct arena *a, const struct json *job, struct redactor *r,
                   struct str *ret_said, struct err *e);
