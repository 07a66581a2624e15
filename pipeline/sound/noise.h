// SPDX-License-Identifier: GPL-3.0-or-later
// Steady broadband noise in one channel: how far it lies under speech, its spectrum, and a
// reduction that brings it down by a chosen amount. Noise is told from quiet music by staying what
// it is: windows of the same level look alike.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum { NOISE_BINS = 4097, NOISE_MAX_DB = 18 };

struct noise_result {
    bool needed;
    double speech_dbfs, noise_dbfs; // mean power above 100 Hz; -150: none found
    double snr_db;                  // between them; 0 where either is missing
    double audible_snr_db;          // the same, weighted as hearing and speech weigh it
    double unrest_db;               // how much more than noise the quiet windows differ
    double peaks_db;                // how far notes stand out of its spectrum
    double reduction_db;            // proposed; may be changed, up to NOISE_MAX_DB
    size_t bins;
    float power[NOISE_BINS]; // of the noise: mean of |X|^2 of a window
};

struct noise_look;
struct noise_look *noise_look_new(int sample_rate); // 8000..192000; NULL: not in this range
void noise_look_free(struct noise_look *l);         // NULL is fine
void noise_look_add(struct noise_look *l, const float *in, size_t n);
// At least 2 s of sound that is not digital silence are needed to find anything.
void noise_look_result(const struct noise_look *l, struct noise_result *ret);

// Where the result does not say `needed`, samples pass untouched and without delay.
struct noise;
struct noise *noise_new(int sample_rate, const struct noise_result *found); // NULL: rate
void noise_free(struct noise *s);                                           // NULL is fine
// Sample n in is sample n out; the rest comes with the flush. Returns how many were written to out
// (room for n + noise_delay). in and out may not overlap.
size_t noise_run(struct noise *s, const float *in, size_t n, float *out);
size_t noise_flush(struct noise *s, float *out);
size_t noise_delay(const struct noise *s);

// Windows are three hops long, the square root of a raised cosine, filled up to four with 0.
size_t noise_hop(int sample_rate);
void noise_window(float *window, size_t hop);
