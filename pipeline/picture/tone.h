// SPDX-License-Identifier: GPL-3.0-or-later
// Exposure and white balance of a camera's shots, and what brings them together. A correction is
// known only when all shots are measured, and holds from the first frame of its shot: this needs
// a first pass over all frames (a second decode) before the one that writes, so it is for those who
// ask for it.
#pragma once
#include "model/tick.h"
#include "picture/image.h"

enum { TONE_BINS = 64 }; // of four steps of luma

struct tone_balance { // of blue and red, as a share of luma: 1 is neutral
    double blue, red;
};
struct tone_shot {
    struct span at; // from its first frame to the first of the next shot
    int64_t frames;
    double level;                 // mean luma, 0: black, 1: white
    struct tone_balance grey;     // of all pixels that are neither dark, bright nor colourful
    struct tone_balance white;    // of the brightest twentieth that is not clipped
    int64_t histogram[TONE_BINS]; // of luma, of the pixels looked at
};

struct tone;
// Measures all frames of the camera. NULL: a size or rate that cannot be.
struct tone *tone_new(int width, int height, int rate_num, int rate_den);
void tone_free(struct tone *t);                                // NULL is fine
void tone_add(struct tone *t, const struct image *m, tick at); // `at` rising
// A shot ends where the histograms of sixteen fields of the picture change at once and stay
// changed: at a cut, not at a flash. A dissolve ends none, for a correction would jump in it.
// Borrowed until the next tone_add.
size_t tone_shots(struct tone *t, const struct tone_shot **ret);

#define TONE_STOP 1.366 // 2^0.45: one stop of BT.709's curve, the most that luma is changed by
#define TONE_CAST 0.15  // the most that blue and red are changed by

struct tone_correction { // 1: as it is
    double luma;         // towards white it bends and stays within the range
    double blue, red;    // luma stays
};
// What brings n shots of one camera together: each towards the middle one (by length) in level,
// blue and red. Blue and red only by what grey and white agree on; changes below 2 % of luma and
// 1 % of colour are none, nor is one of a shot that is black.
void tone_match(const struct tone_shot *shots, size_t n, struct tone_correction *ret);

struct tone_tables;
struct tone_tables *tone_tables_new(const struct tone_correction *c);
void tone_tables_free(struct tone_tables *t);                  // NULL is fine
void tone_apply(const struct tone_tables *t, struct image *m); // nothing, if all are 1
