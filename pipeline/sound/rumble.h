// SPDX-License-Identifier: GPL-3.0-or-later
// DC and what lies below the voice (wind, steps, handling, traffic) in one channel: measured in the
// pauses, taken away by a high-pass of 4th order at 60 Hz, which costs a voice of 85 Hz 0.3 dB. The
// low notes of music count as rumble: meant for speech, and behind the removal of hum.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { RUMBLE_HZ = 60 };

struct rumble_result {
    bool needed;        // either of:
    bool dc, rumble;    // what is to be removed
    double offset;      // mean of the samples, linear
    double offset_dbfs; // -150: none
    double rumble_dbfs; // mean power of 5..40 Hz in the quiet fifth of the recording; -150: none
    double speech_dbfs; // mean power of the loud windows above that
    double below_speech_db; // the one under the other
};
struct rumble_look;
struct rumble_look *rumble_look_new(int sample_rate); // 8000..192000; NULL: not in this range
void rumble_look_free(struct rumble_look *l);         // NULL is fine
void rumble_look_add(struct rumble_look *l, const float *in, size_t n);
void rumble_look_result(const struct rumble_look *l, struct rumble_result *ret);

// No delay: sample n in is sample n out. Where the result does not say `needed`, samples pass
// untouched. in and out may be the same.
struct rumble;
struct rumble *rumble_new(int sample_rate, const struct rumble_result *found); // NULL: rate
void rumble_free(struct rumble *r);                                            // NULL is fine
void rumble_run(struct rumble *r, const float *in, size_t n, float *out);
