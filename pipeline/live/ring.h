// SPDX-License-Identifier: GPL-3.0-or-later
// Sound of a source that waits to be broadcast, on the source's own clock: stereo, planar float.
// What was never recorded becomes silence, what comes twice is left out, so that a sample's place
// tells its time. Not thread-safe.
#pragma once
#include "model/tick.h"

struct ring {
    float *side[2];
    size_t room, head, count; // samples
    int rate;
    tick end;       // time behind the newest sample; TICK_NONE: nothing was ever there
    int64_t filled; // samples of silence that were put in
};
void ring_init(struct ring *r, int rate, double seconds);
void ring_done(struct ring *r);
// n samples that were recorded at `at`; those there is no room for push out the oldest.
void ring_put(struct ring *r, tick at, const float *const *planes, size_t n);
void ring_silence(struct ring *r, tick until);                   // up to there
size_t ring_take(struct ring *r, float *const out[2], size_t n); // how many there were
void ring_keep(struct ring *r, size_t n);                        // the newest n
tick ring_begin(const struct ring *r); // time of the oldest sample; end where there is none
