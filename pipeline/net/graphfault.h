// SPDX-License-Identifier: GPL-3.0-or-later
// What the errors of Facebook's Graph API mean for a broadcast: a table of code, whether a retry
// can mend it, and the words for the producer.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/str.h"

enum graph_class {
    GRAPH_FINE,
    GRAPH_AGAIN, // soon, with back-off
    GRAPH_LATER, // a limit is reached: in minutes
    GRAPH_STOP,  // no retry mends it
    GRAPH_GONE,  // what was asked about is not there any more
};
struct graph_fault {
    int64_t first, last; // codes
    int64_t subcode;     // 0: any
    enum graph_class kind;
    bool undone;      // refused before anything was done, so that a create made nothing
    const char *text; // the fault and what mends it
};
// As Facebook wrote it; the texts belong to the JSON, NULL: not there.
struct graph_error {
    int64_t code, subcode;
    bool transient;
    const char *type, *message, *user_title, *user_msg, *trace;
};
// False: there is no "error" in the answer.
bool graph_error_read(const struct json *answer, struct graph_error *ret);
// status: of HTTP, for answers with no code of ours. Never NULL.
const struct graph_fault *graph_fault_of(const struct graph_error *x, int status);
// "the token has expired: …; Facebook says: … (code 190, subcode 463, fbtrace_id …)". Control
// characters become blanks: what a server writes may end on a terminal.
void graph_fault_say(struct str *out, const struct graph_fault *f, const struct graph_error *x,
                     int status);
