// SPDX-License-Identifier: GPL-3.0-or-later
// Where sound is cut: two passages are joined by a cross-fade that is made of what lies on either
// side of both cuts, so that nothing gets shorter; an end that is cut off alone is faded.
#pragma once
#include <stddef.h>

enum {
    JOIN_REACH_MS = 20, // what a join may use to either side of the cut
    JOIN_FADE_MS = 20,  // length of its cross-fade, somewhere in there
    JOIN_END_MS = 10,   // fade where a beginning or an end is cut off
};

// a and b: n samples a channel around the place where one ends and around the one where the other
// begins, both places in the middle; out[c] may be a[c] or b[c]: first a, then b, with a cross-fade
// of `fade` samples between them, at the place where it makes the least sharp sound. Its weights
// are raised cosines that keep amplitude where the two are alike and power where they are not.
// Result: where the middle of the fade lies.
size_t join_make(const float *const *a, const float *const *b, int channels, size_t n, size_t fade,
                 float *const *out);

// A fade of `length` samples of which the planes hold `n`, beginning with its sample `at`.
enum join_way { JOIN_IN, JOIN_OUT };
void join_end(float *const *planes, int channels, size_t n, enum join_way way, size_t at,
              size_t length);
float join_power(float way); // the weight of a fade of constant power, 0..1 of its way up
