// SPDX-License-Identifier: GPL-3.0-or-later
// The broadcast itself: one picture after the other at a constant rate and the sound that belongs
// to it, for as long as it lasts, on one clock without a gap. Of the sources the first one that is
// there is on air; where none is, the slate is.
#pragma once
#include "base/json.h"
#include "live/encoder.h"
#include "live/intake.h"

struct ride;
struct slate;
struct slatesound;

struct program_params {
    struct intake *const *intakes; // by priority
    const char *const *names;
    size_t num_intakes;
    int width, height, rate_num, rate_den; // width 0: sound alone, rate_* its steps
    int sample_rate;
    struct slate *slate, *card; // card: behind the curve of a source without a picture; NULL
                                // where there is no picture at all
    struct slatesound *slatesound;
    struct ride *ride;
    struct encoder *const *encoders; // of pictures and sounds
    const bool *encodes_picture;
    size_t num_encoders;
    // From the program's thread. on_air: the source's number; < 0: the slate.
    void (*changed)(void *ctx, int on_air);
    void *ctx;
};
struct program;
int program_start(const struct program_params *p, struct program **ret, struct err *e);
// Ends after the picture that is being made. Waits.
void program_stop(struct program *p);
void program_free(struct program *p); // NULL is fine
// The last source that can end has ended, and nothing of it is left.
bool program_is_over(struct program *p);

struct program_state {
    double elapsed_s; // of the broadcast
    int on_air;       // < 0: the slate
    double slate_s;   // in all
    double late_s;    // worst delay behind the clock so far: this machine is too slow
};
void program_state(struct program *p, struct program_state *ret);
struct ride_readings;
void program_loudness(struct program *p, struct ride_readings *ret);
