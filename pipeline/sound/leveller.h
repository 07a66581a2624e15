// SPDX-License-Identifier: GPL-3.0-or-later
// Gain riding between voices and, slowly, within each: found for the whole recording before a
// sample is changed. The gain stands still while somebody speaks and moves in the pauses: up just
// before the next word, down right behind the last one, so that no pause, breath or noise is
// lifted.
#pragma once
#include "sound/turns.h"

struct level_point {
    double at; // block, with its fraction
    double db; // straight lines between the points, level before the first and behind the last
};
struct leveller_curve {
    struct level_point *point;
    size_t n;                          // 0: nothing to do
    double min_db, mean_db, max_db;    // mean over the time that somebody is heard
    double voice_db[TURNS_VOICES + 1]; // mean gain of each voice; as in turns.voice
};
// strength: 0 (off) to 1 (all voices equally loud). Gains lie around 0 dB; the loudness of the
// whole is set afterwards.
void leveller_solve(const struct blocks *b, const struct speech *s, const struct turns *t,
                    double strength, struct leveller_curve *ret);
void leveller_curve_done(struct leveller_curve *c);
double leveller_at(const struct leveller_curve *c, double block); // dB
// What the table of the levelled sound will be.
void leveller_apply(const struct leveller_curve *c, struct blocks *b);

// The same on samples, from the first of the recording on; the curve must outlive it.
struct leveller;
struct leveller *leveller_new(const struct leveller_curve *c, int sample_rate, int channels);
void leveller_free(struct leveller *l);                                     // NULL is fine
void leveller_run(struct leveller *l, float *const *planes, size_t frames); // in place
