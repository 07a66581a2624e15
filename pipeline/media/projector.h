// SPDX-License-Identifier: GPL-3.0-or-later
// A camera's track, frame by frame on the clock of the recording: its files one after the other,
// deinterlaced where they must be.
#pragma once
#include "model/tick.h"
#include <stdbool.h>
#include <stddef.h>

struct AVFrame;
struct err;

struct film_part {
    const char *path;
    tick zero;   // source_facts.zero
    tick length; // the time it takes in the track
    tick first;  // where its first picture stands
    bool interlaced;
    const char *turn; // turn_name
    int sar_num, sar_den;
};
struct film_track {
    const struct film_part *parts;
    size_t num_parts;
    double offset_s, drift_ppm; // moment t is the track's own offset_s + t * (1 + drift_ppm / 1e6)
};
struct projector_result {
    int64_t decoded;  // frames
    int64_t errors;   // that could not be decoded
    tick first_error; // where the first one was, in its track; TICK_NONE
};
struct projector;
// The track must outlive it.
struct projector *projector_new(const struct film_track *t, int threads);
void projector_close(struct projector *p); // NULL is fine
// 1: the next frame, moved into ret, when it was recorded on the common clock, and the file it is
// of; 0: the end. ERR_INPUT: nothing of the picture can be decoded.
int projector_next(struct projector *p, struct AVFrame *ret, tick *ret_recorded,
                   const struct film_part **ret_part, struct err *e);
// What lies before `recorded` is not wanted: goes on near it where that is much nearer.
void projector_skip(struct projector *p, tick recorded);
void projector_result(const struct projector *p, struct projector_result *ret);
