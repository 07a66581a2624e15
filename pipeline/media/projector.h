// SPDX-License-Identifier: GPL-3.0-or-later
// What of a camera's track is on the screen at a moment of the recording: its files one after the
// other, deinterlaced where they must be, asked for in order of time.
#pragma once
#include "model/tick.h"
#include <stdbool.h>
#include <stddef.h>

struct AVFrame;
struct err;

struct film_part {
    const char *path;
    tick zero;              // source_facts.zero
    tick length;            // the time it takes in the track
    tick first;             // where its first picture stands
    int rate_num, rate_den; // constant frame rate; 0: it varies, or is not known
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
// step: time of one published frame; a picture is shown up to half of it early. The track must
// outlive the projector.
struct projector *projector_new(const struct film_track *t, tick step, int threads);
void projector_close(struct projector *p); // NULL is fine
// *ret: valid until the next call; before the first picture the first, behind the last the last;
// *ret_part: the file it is of; *ret_new: it is another than the time before.
int projector_at(struct projector *p, tick recorded, const struct AVFrame **ret,
                 const struct film_part **ret_part, bool *ret_new, struct err *e);
void projector_result(const struct projector *p, struct projector_result *ret);
