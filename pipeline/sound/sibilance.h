// SPDX-License-Identifier: GPL-3.0-or-later
// Sharp s and sh of a speaker: how far sibilants stand over that speaker's own speech, and a
// high shelf that comes down for them alone, by at most SIBILANCE_MAX_DB.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { SIBILANCE_HZ = 5000, SIBILANCE_MAX_DB = 6 };

struct sibilance_result {
    bool needed;
    double speech_dbfs;    // mean power of the windows with speech; -150: none
    double sibilants_dbfs; // over 5 kHz, what a tenth of the sibilants exceeds; -150: none
    double over_db;        // the second over the first; below -2 nobody minds
    double share;          // 0..1: windows with sibilants of those with speech
    double threshold_dbfs; // of the shelf
};
struct sibilance_look;
struct sibilance_look *sibilance_look_new(int sample_rate); // 8000..192000; NULL: not in this range
void sibilance_look_free(struct sibilance_look *l);         // NULL is fine
// Below 14 kHz there is no band to look at: never needed.
void sibilance_look_add(struct sibilance_look *l, const float *in, size_t n);
void sibilance_look_result(const struct sibilance_look *l, struct sibilance_result *ret);

// Where the result does not say `needed`, samples pass untouched and without delay. Elsewhere they
// do so outside of sibilants.
struct sibilance;
struct sibilance *sibilance_new(int sample_rate, const struct sibilance_result *found);
void sibilance_free(struct sibilance *s); // NULL is fine
// Sample n in is sample n out; the rest comes with the flush. Returns how many were written to out
// (room for n + sibilance_delay). in and out may not overlap.
size_t sibilance_run(struct sibilance *s, const float *in, size_t n, float *out);
size_t sibilance_flush(struct sibilance *s, float *out);
size_t sibilance_delay(const struct sibilance *s);
double sibilance_most_db(const struct sibilance *s); // the deepest reduction so far, >= 0
