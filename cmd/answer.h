// SPDX-License-Identifier: GPL-3.0-or-later
// What a program that is given jobs says back: lines of JSON on standard output.
#pragma once
#include <stdatomic.h>

#include "base/err.h"
#include "base/json.h"
#include "base/progress.h"

void answer_line(struct json *line); // taken over
// {"error":{"kind","code","text"}}
void answer_error(const struct err *e);

struct answer_teller {
    double last_s; // monotonic time of the last line
    char what[128];
    int64_t frames; // < 0: none
};
// A progress that says {"progress","what","media_s"}, with "frames" where pictures are made, ten
// times a second at most, and {"warning"}. t lives as long as it.
struct progress answer_progress(struct answer_teller *t, const atomic_bool *stop);
