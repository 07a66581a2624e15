// SPDX-License-Identifier: GPL-3.0-or-later
// The loudness of a live sound: a slow gain that rides towards the target, and a true-peak limiter
// behind it. Memory does not grow.
//
// The gain goes up by RIDE_UP_DB a second at most and down by RIDE_DOWN_DB, never further than
// RIDE_RANGE_DB from 0. In pauses it stands still: below -50 LUFS (momentary), or 20 LU below the
// loudness so far, or below that of the voice that speaks now where that is softer. How loud a
// voice is says its last 20 s; another voice is known within 3 s by its own loudness.
#pragma once
#include "sound/livemeter.h"
#include <stddef.h>

#define RIDE_UP_DB 0.5
#define RIDE_DOWN_DB 2.0
#define RIDE_RANGE_DB 12.0

struct ride_params {
    int sample_rate, channels; // 8000..192000 Hz, 1 or 2
    double target_lufs;        // -16
    double ceiling_dbtp;       // -1.5: what the encoders behind it add stays below -1
    double start_gain_db;      // as at the end of the last broadcast; ±RIDE_RANGE_DB
};
struct ride;
struct ride *ride_new(const struct ride_params *p); // NULL: a parameter out of its range
void ride_free(struct ride *r);                     // NULL is fine
// Takes `frames` samples a channel and gives 0 or more: result = frames written to out (room for
// frames + ride_delay). in and out may not overlap. Samples that are no number, or
// 36 dB above full scale, become 0. What goes
// in at sample n comes out at sample n, the same whichever way the samples are cut into calls.
size_t ride_run(struct ride *r, const float *const *in, size_t frames, float *const *out);
size_t ride_flush(struct ride *r, float *const *out); // the rest, ride_delay frames at most
size_t ride_delay(const struct ride *r);              // samples held back; 12 ms at most

struct ride_readings {
    struct livemeter_readings out; // of what has come out
    double gain_db;                // now
    double limited_db;             // the most the limiter has taken away; >= 0
};
void ride_readings(const struct ride *r, struct ride_readings *ret);
