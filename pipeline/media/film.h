// SPDX-License-Identifier: GPL-3.0-or-later
// The published picture, made in one pass: what a camera saw on the published clock at a constant
// frame rate, in one or several sizes, each encoded into a file of its own.
#pragma once
#include "base/progress.h"
#include "media/filmdraw.h"
#include "media/projector.h"
#include "model/timeline.h"

struct filmtone;
struct look;
struct stills;
struct tone;
struct wave;

enum { FILM_MAX_RUNGS = 6, FILM_SYNC_FRAMES = 50 };

struct film_rung { // what is written
    const char *path;
    int width, height;
    double crf;
    const char *speed;
    int level, max_kbps, buffer_kbit;
};
struct film_params {
    const struct film_track *track; // NULL: nothing was filmed
    const char *background; // PNG that fills the frame where nothing was filmed; NULL: black
    struct film_wave {      // painted over it; count 0: none
        int x, y, width, height;
        uint32_t played, ahead; // 0xRRGGBB
        const float *level;     // picture/wave.h
        size_t count;
    } wave;
    const struct film_piece *pieces; // drawn over all of it
    size_t num_pieces;
    struct tone *measured; // each frame of the camera as it is filmed, when it is first shown
    struct filmtone *tone; // corrects them then
    struct look *look;     // shown every frame as it is published; NULL: not wanted
    struct stills *stills; // every frame of the camera, before anything is drawn; the same
    const struct timeline *timeline;
    int rate_num, rate_den; // frames a second
    int group_frames;       // from one key frame to the next
    int width, height;      // in which it is looked at, even; rungs are made of it
    bool crop;              // false: bars where the picture is of another shape
    struct film_window {    // of the frame, where the camera's picture stands; its numbers are even
        int x, y, width, height; // width 0: all of it; around it is the background
    } window;
    const struct film_rung *rungs;
    size_t num_rungs; // 0: nothing is written, it is only measured
    int threads;
    const struct progress *progress;
};
struct film_result {
    int64_t frames;   // published
    int64_t repeated; // of them shown once more, because the camera had no other
    int64_t dropped;  // frames of the camera within what is kept, shown in none of them
    // How much later than it was recorded the picture is shown, in the mean over the first and the
    // last FILM_SYNC_FRAMES new frames; TICK_NONE: nothing was filmed.
    tick late_at_start, late_at_end;
    struct projector_result camera;
};
// ERR_INPUT where nothing of the picture can be decoded. On failure none of the files is left.
int film_make(const struct film_params *p, struct film_result *ret, struct err *e);
