// SPDX-License-Identifier: GPL-3.0-or-later
// What a picture looks like on the way to its file: where it is black or stands still, levels that
// do not belong into it, exposure, brightness over time, flicker. It looks at every row of a small
// picture and at some 270 rows of a large one, so a frame of 1080p costs a fifth of a millisecond.
#pragma once
#include "model/tick.h"
#include "picture/image.h"
#include <stdbool.h>

// 0: the usual value, which is that of ffmpeg's blackdetect and freezedetect.
struct look_limits {
    double black_level; // of the luma range above 16, up to which a pixel is black: 0.10
    double black_share; // of all pixels, from which a frame is black: 0.98
    double frozen_db;   // mean difference of all samples to the first still frame, as a share of
                        // 256, up to which a frame is the same: -60
    double least_s;     // shorter passages do not count: 2 s, which is shorter than any card
};
struct look_params {
    int width, height;      // of luma, even
    int rate_num, rate_den; // frames a second: the last frame is that long
    struct look_limits limits;
    bool some_only; // frames are shown from time to time: of those between nothing is said, and a
                    // passage ends with the last one that is seen to be of it
};
struct look;
struct look *look_new(const struct look_params *p); // NULL: a size or rate that cannot be
void look_free(struct look *l);                     // NULL is fine
// One frame after the other, `at` rising; pixels are only read.
void look_add(struct look *l, const struct image *m, tick at);

enum { LOOK_PASSAGES = 64 };
struct look_passages {
    size_t count; // may be more than are kept
    tick length;  // of all of them
    struct span first[LOOK_PASSAGES];
};
struct look_result {
    int64_t frames;
    struct look_passages black, frozen; // what is black stands still as well: it is in both
    // Frames whose levels are out of range, and frames of which more than a tenth is burnt out: at
    // or above 235.
    struct look_passages illegal, burnt;
    // EBU R 103 (3.0): of Y', R', G', B' below -5 % or above 105 % (8 bits: below 5, above 246) in
    // more than 1 % of the picture. `range` is the share of frames with that, `range_worst` the
    // largest share of pixels in one frame.
    double range, range_worst;
    // Share of pixels with luma at or below 16, and at or above 235, in all frames that are not
    // black: there is no detail left in them.
    double crushed, clipped;
    double level; // mean luma of those frames, 0: black, 1: white
    // Seconds in which the brightness of the whole picture goes up and down by 0.5 % or more from
    // frame to frame for a third of the time, as under lamps that beat with the shutter.
    int64_t flicker_s;
    // Mean luma of each second, 0..1; one without frames has that of the second before. Borrowed
    // until the next call.
    const float *levels;
    size_t seconds; // at most LOOK_SECONDS
};
enum { LOOK_SECONDS = 24 * 60 * 60 };
// May be called at any time; passages end with the last frame so far.
void look_result(struct look *l, struct look_result *ret);
