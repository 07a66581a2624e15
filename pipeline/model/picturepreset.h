// SPDX-License-Identifier: GPL-3.0-or-later
// Presets of video: presets/picture/NAME.yaml. The codec is H.264 (libx264) in yuv420p, square
// pixels, progressive. Keys carry the units.
#pragma once
#include "model/preset.h"

enum { PICTURE_MAX_RUNGS = 6 }; // of an adaptive stream, the main picture included

struct picture_preset {
    const char *name, *about;    // "1080p25"
    int64_t width, height;       // pixels, even
    const char *frame_rate;      // as written: "source", "25", "30000/1001"
    int rate_num, rate_den;      // frames a second; 0/1: one constant rate of the source's family
    const char *fit;             // "pad" or "crop"; a show or an episode may say other
    double crf;                  // x264's constant quality
    const char *speed;           // x264's preset
    int64_t max_bitrate_kbps;    // of the buffer below (VBV), over any stretch of time
    int64_t buffer_kbit;         // what a player holds
    const char *profile, *level; // "high"; "4.0", which holds all of the above at that rate
    double gop_s;                // seconds from one key frame to the next, also of HLS's segments
    struct texts ladder;         // the smaller presets of an adaptive stream; may be empty
};
extern const char *const picture_fits[]; // pad, crop

// Looks through dirs (NULL at the end) in order. Unknown: ERR_INPUT that lists the known names,
// where n is (NULL: written nowhere). rung: name's own preset, then its ladder downwards, all at
// the first one's frame rate; rungs that do not become smaller are refused.
int picture_preset_named(struct arena *a, const char *const *dirs, const char *name,
                         const struct node *n, struct picture_preset rung[PICTURE_MAX_RUNGS],
                         size_t *ret_n, struct err *e);

// "25", "30000/1001": frames a second, at most 60, each of which begins at a tick.
bool picture_rate(struct arena *a, const char *text, int *ret_num, int *ret_den);

extern const struct key_table picture_preset_tables[]; // picture
extern const size_t num_picture_preset_tables;
