// SPDX-License-Identifier: GPL-3.0-or-later
// Times of a picture's packets as an MP4 states them, from nothing but when each is shown: what
// containers say about decoding is often rounded or missing.
#pragma once
#include "base/arena.h"
#include <stdbool.h>
#include <stdint.h>

struct err;

struct packrate { // seconds per unit, or units per second
    int64_t num, den;
};
struct packtimes_given {
    const int64_t *shown; // of each packet in the order of decoding
    size_t count;
    struct packrate unit;   // seconds
    struct packrate frames; // a second, as the container has it; 0/…: unknown
    int64_t last_length;    // of the frame that is shown last; 0: unknown
};
struct packtimes {
    uint32_t rate;     // units a second from here on; the first packet is decoded at 0
    uint32_t *lengths; // until the next one is decoded; the arena's
    uint32_t *shifts;  // from decoding until it is shown; the arena's
    int64_t decoded;   // all lengths
    int64_t end;       // when the last one was shown
};
// Where the container's clock is too coarse to say so, frames of a constant rate get it back.
// -EINVAL with the reason, without a file's name: two frames at one time, or an order that no
// decoder can restore.
int packtimes_make(struct arena *a, const struct packtimes_given *g, struct packtimes *ret,
                   struct err *e);
