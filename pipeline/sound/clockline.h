// SPDX-License-Identifier: GPL-3.0-or-later
// Which moment of recording b is which of recording a: a straight line, because clocks differ by a
// constant ratio. Searched on envelopes, good to some 10 ms.
#pragma once
#include "sound/envelope.h"

#define CLOCKLINE_MAX_OFFSET_S 2400 // either way
#define CLOCKLINE_MAX_DRIFT 300e-6

struct clockline {
    double offset_s; // on b's clock, where a begins
    double rate;     // seconds of b a second of a, nearly 1
};
struct clockline_score {
    double support; // of all passages that agree
    double rival;   // of the next best line, elsewhere
    int passages;   // that agree
};
double clockline_at(const struct clockline *l, double a_s);   // seconds of b
double clockline_back(const struct clockline *l, double b_s); // seconds of a
// 0, or -ENOENT: nothing in common stands out. What is found may still be chance. score may be
// NULL.
int clockline_search(const struct envelope *a, const struct envelope *b, struct clockline *ret,
                     struct clockline_score *score);
