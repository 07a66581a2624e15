// SPDX-License-Identifier: GPL-3.0-or-later
// What Facebook receives, asked for now and then, in words and as JSON.
#pragma once
#include <pthread.h>

#include "base/json.h"
#include "net/livevideo.h"

enum { FACEBOOK_POLL_S = 10, FACEBOOK_SLOW_S = 120, FACEBOOK_USAGE_MAX = 90 };

struct facebook_watch {
    pthread_mutex_t lock;
    struct live_health health; // lock, and all that follows
    char status[40], permalink[500], why[1000];
    int64_t viewers;
    double usage_percent, poll_s;
};
void facebook_watch_init(struct facebook_watch *w);
void facebook_watch_done(struct facebook_watch *w);
// One look at the live video; see facebook_poll.
int facebook_watch_poll(struct facebook_watch *w, const struct graph_api *g, const char *live_id,
                        bool may_start, double *ret_next_s, struct err *e);
struct json *facebook_watch_json(struct facebook_watch *w, const char *live_id);
// What is wrong with the stream as Facebook sees it; NULL: nothing.
const char *facebook_warning(const char *status, const struct live_health *h);
