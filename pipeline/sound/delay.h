// SPDX-License-Identifier: GPL-3.0-or-later
// How much later one excerpt is than another that holds the same sound among others: the phases of
// their cross spectrum, each for as much as the next, give one sharp peak (generalized
// cross-correlation with phase transform), so that microphones and rooms matter little.
#pragma once
#include <stdbool.h>
#include <stddef.h>

// Excerpts are compared at this rate, 2 s long; delays to both sides are looked for.
enum { DELAY_RATE = 8000, DELAY_SIZE = 16384 };
#define DELAY_MOST_S 0.08

// Brings samples of any rate to that one.
struct excerpt;
struct excerpt *excerpt_new(int sample_rate);  // 8000..192000 Hz
void excerpt_free(struct excerpt *e);          // NULL is fine
size_t excerpt_reach(const struct excerpt *e); // samples read around a place
// ret[i] is what x holds at place + i * step, both in its samples. x has n, silence beside them.
void excerpt_make(const struct excerpt *e, const float *x, size_t n, double place, double step,
                  float ret[DELAY_SIZE]);

struct delay;
struct delay *delay_new(void);
void delay_free(struct delay *d); // NULL is fine
struct delay_peak {
    double late_s; // y after x
    double height; // of the peak, in standard deviations of what no common sound would give
};
void delay_find(struct delay *d, const float x[DELAY_SIZE], const float y[DELAY_SIZE],
                struct delay_peak *ret);
