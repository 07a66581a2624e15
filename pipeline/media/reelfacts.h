// SPDX-License-Identifier: GPL-3.0-or-later
// What a file's picture is: told by its container, by the time stamps of all its packets, and by
// its first frames.
#pragma once
#include "model/tick.h"
#include <stdbool.h>
#include <stdint.h>

struct err;
struct progress;

enum { REEL_GAPS = 16 };

struct reel_facts {
    char codec[32], profile[32], pixels[32]; // libav's names: "h264", "High", "yuv420p"
    int level;                               // H.264: 41 is 4.1; 0: not known
    int width, height;                       // as coded
    int sar_num, sar_den;                    // pixel aspect, 1:1 where nothing is said
    const char *turn;                        // what makes it upright: turn_name in media/shape.h
    char matrix[24], primaries[24], transfer[24]; // "bt709", …, "unknown": not said
    bool full_range;
    const char *dynamic_range; // "sdr", "hlg" or "pq"
    int dolby_vision;          // profile; 0: none
    bool interlaced;
    int64_t bit_rate; // of the picture's packets

    int64_t frames;
    tick first, end;        // of the picture, on the file's clock
    int rate_num, rate_den; // the usual rate nearest to it; 0: none is near
    double fps;             // frames a second on the average
    bool constant;          // its frames stand where that rate has them
    int64_t missing;        // frames that a constant rate has and the file has not
    int num_gaps;           // where frames are missing: the first of them, on the file's clock
    struct span gap[REEL_GAPS];
    int suits_num, suits_den; // constant rate to publish it at: picture/cadence.h
    tick longest_group;       // from one key frame to the next, or the end
    bool closed_groups;       // H.264: every key frame is an IDR picture
    bool starts_with_key;
};
double reel_aspect(const struct reel_facts *f); // width to height, as it is seen
// zero: source_facts.zero of the same file. 0: the file has no picture; 1: ret is filled.
// ERR_INPUT: there is one, but it cannot be used, with the reason.
int reel_look(const char *path, tick zero, const struct progress *progress, struct reel_facts *ret,
              struct err *e);
