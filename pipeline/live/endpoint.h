// SPDX-License-Identifier: GPL-3.0-or-later
// One place that the broadcast goes to: a thread, a queue bounded by time, a state, and a way of
// sending (struct outlet) that knows the protocol. Nothing here ever makes the sender wait.
//
// A connection that fails is tried again after 1 s, then 1.7 times as long, up to 30 s, each ±20 %,
// for as long as the broadcast lasts; the first wait counts again after 30 s of health.
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "live/feed.h"

enum endpoint_state {
    ENDPOINT_WAITING, // for its next try, or for the first key frame
    ENDPOINT_CONNECTING,
    ENDPOINT_LIVE,
    ENDPOINT_REFUSED, // what no retry mends: a wrong password, a wrong certificate. Tried again
                      // every 30 s all the same, and said
    ENDPOINT_ENDED,
};
extern const char *const endpoint_states[]; // "waiting", "connecting", "live", "refused", "ended"

// A way of sending. All but `interrupt` run in the endpoint's thread, and every wait in them ends
// by a time limit of its own (5 s at most) and at once after `interrupt`.
struct outlet {
    const char *kind; // "icecast", "rtmp", "hls", "file"
    // Connects. ERR_REMOTE: may be tried again; ERR_INPUT: no retry mends it.
    int (*open)(void *ctx, const struct feed *feed, struct err *e);
    // Packets come in order of their dts, from a key frame on, with time stamps that begin at 0
    // with each connection, equally for both streams. The packet stays the caller's.
    int (*send)(void *ctx, const AVPacket *pkt, struct err *e);
    // broken: the connection failed; nobody is to be waited for.
    void (*close)(void *ctx, bool broken);
    // Bytes that wait inside the outlet or its library; NULL: none.
    size_t (*backlog)(void *ctx);
    // Any thread: makes running calls fail soon. NULL: they end by themselves within 5 s.
    void (*interrupt)(void *ctx);
    void (*free)(void *ctx); // NULL is fine for ctx
    // The broadcast is over, the connection closed; interrupted or not. NULL: nothing is to do.
    int (*end)(void *ctx, struct err *e);
};

struct endpoint_params {
    const char *name;
    const struct outlet *outlet;
    void *ctx; // the endpoint's from now on: outlet->free
    const struct feed *feed;
    double queue_s; // what waits longer is dropped: whole groups of pictures, whole sounds; 10
    unsigned seed;  // of the jitter
    void (*changed)(void *ctx, const char *name, enum endpoint_state state, const char *why);
    void *changed_ctx; // called from the endpoint's thread
};
struct endpoint;
int endpoint_start(const struct endpoint_params *p, struct endpoint **ret, struct err *e);
// Takes a reference of its own; returns at once, whatever the endpoint does.
void endpoint_give(struct endpoint *ep, const AVPacket *pkt);
// What is queued may still go out, for `grace_s` at most; then the connection is closed.
void endpoint_finish(struct endpoint *ep, double grace_s);
// After finish: until it has ended, by itself or because its time is up. Its stats stay.
void endpoint_wait(struct endpoint *ep);
void endpoint_free(struct endpoint *ep); // the same, and all is gone; NULL is fine

struct endpoint_stats {
    enum endpoint_state state;
    double connected_s; // of this connection; 0: there is none
    double delivered_s; // media time sent in all connections
    double queue_s;     // waiting now
    int64_t bytes;      // sent
    double kbps;        // over the last 5 s
    int64_t dropped;    // packets
    double dropped_s;   // media time
    int connections, failures;
    double next_try_s;                       // from now; 0: none planned
    char why[sizeof((struct err *)0)->text]; // of the last failure, whole; "" none
};
void endpoint_stats(struct endpoint *ep, struct endpoint_stats *ret);
// {"name","kind","state","connected_s","delivered_s","queue_s","bytes","kbps","dropped",
//  "dropped_s","connections","failures","next_try_s","why"}
struct json *endpoint_json(struct endpoint *ep);
