// SPDX-License-Identifier: GPL-3.0-or-later
// Mains hum at 50 or 60 Hz and its harmonics to 1 kHz, in one channel. It is told from voices and
// music by standing still: the same level in the quiet moments of the whole recording, narrow, a
// frequency the mains can have. What is found is rebuilt from those moments and subtracted, so a
// voice on the same frequency keeps its level.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { HUM_HARMONICS = 20 };

struct hum_line {
    int harmonic;         // 1: the fundamental
    double level_dbfs;    // peak of the sine
    double prominence_db; // over the noise 12 Hz beside it
};
struct hum_result {
    bool needed;
    double hz;            // the fundamental, +-0.02 Hz or better; 0: no hum
    double level_dbfs;    // peak of a sine with the power of all lines; -150: no hum
    double below_loud_db; // how far that is under the loud moments of the recording
    int lines;
    struct hum_line line[HUM_HARMONICS];
};

struct hum_look;
struct hum_look *hum_look_new(int sample_rate); // 8000..192000; NULL: not in this range
void hum_look_free(struct hum_look *h);         // NULL is fine
void hum_look_add(struct hum_look *h, const float *in, size_t n);
// At least 4 s are needed to find anything.
void hum_look_result(const struct hum_look *h, struct hum_result *ret);

// Where the result does not say `needed`, samples pass untouched and without delay.
struct hum;
struct hum *hum_new(int sample_rate, const struct hum_result *found); // NULL: rate
void hum_free(struct hum *h);                                         // NULL is fine
// Sample n in is sample n out; the rest comes with the flush. Returns how many were written to out
// (room for n + hum_delay). in and out may not overlap.
size_t hum_run(struct hum *h, const float *in, size_t n, float *out);
size_t hum_flush(struct hum *h, float *out);
size_t hum_delay(const struct hum *h);
