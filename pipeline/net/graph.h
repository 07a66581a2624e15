// SPDX-License-Identifier: GPL-3.0-or-later
// One call of Facebook's Graph API: the token in a header, JSON back, errors by class, and how near
// the limits are. No text that comes from here holds a secret the redactor knows.
#pragma once
#include "base/err.h"
#include "base/redact.h"
#include "net/graphfault.h"

#define GRAPH_URL "https://graph.facebook.com"
#define GRAPH_VERSION "v26.0"

struct graph_api {
    const char *url, *version; // NULL: the two above
    const char *token;
    const char *ca_file;              // NULL: the system's certificates
    struct redactor *redactor;        // knows the token; NULL: nothing is redacted
    double connect_s, total_s;        // limits of one call; 0: 5 and 15
    bool (*stopped)(const void *ctx); // true: waits end soon; NULL: never
    const void *stopped_ctx;
};
struct graph_call {
    const char *path;   // "123/live_videos"
    const char *fields; // of a GET; NULL: none
    const char *form;   // http_form_add; NULL: it is a GET
};
struct graph_answer {
    struct json *json; // an object, also of an error; NULL: none came
    enum graph_class kind;
    bool unsure;           // failed, yet what was asked for may have been done
    int64_t code, subcode; // of Facebook's error; 0: none
    double usage_percent;  // of the limit that is nearest; 0: Facebook did not say
    double regain_s;       // until calls are taken again, as Facebook says; 0: it did not
};
// 0: an answer without an error. Else what failed is in ret->kind, the kind of *e is ERR_REMOTE
// where a retry can mend it and ERR_INPUT where none can (ERR_INTERRUPTED: stopped). *ret is set
// in each case, for graph_answer_done.
int graph_ask(const struct graph_api *g, const struct graph_call *c, struct graph_answer *ret,
              struct err *e);
void graph_answer_done(struct graph_answer *a); // {0} is fine

// How long failures are waited out; 0 in a field: the number behind it.
struct graph_patience {
    double first_s;  // 1: the first wait
    double growth;   // 1.7: each wait is so many times longer
    double most_s;   // 30
    double later_s;  // 120: where a limit is reached and Facebook does not say how long
    double total_s;  // for ever
    double settle_s; // 5: until a list shows what was just made
};
struct graph_turn { // {0} at first
    double step_s, begun;
};
// Waits before the next try. False: stopped, out of patience, or no retry mends it.
bool graph_wait(const struct graph_api *g, const struct graph_patience *p, struct graph_turn *t,
                const struct graph_answer *a);
bool graph_pause(const struct graph_api *g, double seconds); // false: stopped
// graph_ask until it succeeds or graph_wait says no; for calls that may be done twice.
int graph_insist(const struct graph_api *g, const struct graph_call *c,
                 const struct graph_patience *p, struct graph_answer *ret, struct err *e);
bool graph_id_is(const char *text); // digits only, as ids are; NULL is none
