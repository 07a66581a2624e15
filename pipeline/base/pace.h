// SPDX-License-Identifier: GPL-3.0-or-later
// How fast long work goes, and how long it will still take; steadily, for people who watch it.
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct pace {
    double began, done_began; // seconds on any clock, and how much was done then
    bool warm;
    double at, done;    // of the last call
    double ends;        // when it will end; 0: not known yet
    double marked, fps; // since when frames are counted, and how many a second
    int64_t frames_marked, frames;
};
void pace_begin(struct pace *p, double now, double done);
// done: 0..1; where it falls, other work has begun. frames: of pictures so far, < 0: none.
void pace_add(struct pace *p, double now, double done, int64_t frames);
double pace_left(const struct pace *p, double now); // seconds; < 0: not known yet
double pace_fps(const struct pace *p);              // frames a second; 0: not known
