// SPDX-License-Identifier: GPL-3.0-or-later
// What a running relay is made of: live/wiring.c puts it together, live/telling.c tells of it,
// live/relay.c keeps it going.
#pragma once
#include "base/arena.h"
#include "live/control.h"
#include "live/encoder.h"
#include "live/intake.h"
#include "live/metrics.h"
#include "live/muxer.h"
#include "live/program.h"
#include "live/recorder.h"
#include "live/relay.h"
#include "live/slate.h"
#include "live/slatesound.h"
#include "sound/ride.h"

#include <pthread.h>

enum { RELAY_SOURCES = 4, RELAY_ENCODERS = 12, RELAY_FEEDS = 12, RELAY_MARKS = 500 };
enum { SAMPLE_RATE = 48000 };

struct relay_encoder {
    const char *codec;
    int kbps;
    struct encoder *encoder;
};
struct relay_feed {
    struct feed feed;
    struct outfeed *out;
};
struct relay_endpoint {
    const char *name;
    struct endpoint *endpoint;
    const struct outlet *outlet;
    void *ctx;
    struct json *(*more)(void *ctx);             // further keys of its state; NULL: none
    void (*title)(void *ctx, const char *title); // NULL: it takes none
};
struct relay_mark {
    double at_s; // of the broadcast
    char title[256];
};

struct relay {
    const struct relay_params *p;
    const struct json *job;
    struct arena arena;
    // the picture's form; width 0: sound alone
    int width, height, rate_num, rate_den;

    struct intake *intakes[RELAY_SOURCES];
    const char *source_names[RELAY_SOURCES];
    size_t num_intakes;
    struct recorder *recorder;
    struct relay_endpoint *endpoints; // those of the job, then the recording as aired
    size_t num_endpoints;
    void *aired; // its muxer; NULL: not wanted
    struct relay_encoder encoders[RELAY_ENCODERS];
    size_t num_encoders;
    struct relay_feed feeds[RELAY_FEEDS];
    size_t num_feeds;
    struct slate *slate, *card;
    struct slatesound *slatesound;
    struct ride *ride;
    struct encoder *program_encoders[RELAY_ENCODERS];
    bool encodes_picture[RELAY_ENCODERS];
    struct program *program;
    struct control *control;
    struct metrics *metrics; // NULL: nobody asked for them

    int64_t started_utc_s;
    pthread_mutex_t lock;
    struct relay_mark marks[RELAY_MARKS]; // lock
    size_t num_marks;                     // lock
    char title[256];                      // lock
    bool stop_asked;                      // lock
    bool save_asked;                      // lock; the state, at once
    struct json *earlier;                 // what --resume goes on from
    int last_on_air;                      // lock
};

int wiring_make(struct relay *r, struct err *e); // nothing runs yet but endpoints, which wait
int wiring_start(struct relay *r, struct err *e);
void wiring_stop(struct relay *r, double grace_s); // in order: what was encoded still goes out
void wiring_free(struct relay *r);

struct json *telling_state(struct relay *r);
struct json *telling_report(const struct json *last_state);
void telling_event(struct relay *r, const char *what, const char *name, const char *state,
                   const char *text);
struct json *telling_answer(void *ctx, const struct json *asked); // for control_start
