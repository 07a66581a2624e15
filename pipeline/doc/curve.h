// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness over time as a picture: one or two sounds (before, after) against the target, the
// leveller's gain, who speaks when, chapters, and true peaks against the ceiling, one above the
// other on one clock. Three hours are no larger than three minutes: what falls on one column of
// pixels is drawn as its span.
#pragma once
#include "sound/blocks.h"

struct err;
struct str;

struct curve_sound {
    const char *label; // "Before"
    const struct blocks *blocks;
    double starts_s;                        // where on the clock its first block lies
    double integrated_lufs, true_peak_dbtp; // as measured; -HUGE_VAL: none
};
struct curve_span {
    double from_s, to_s;
};
struct curve_lane { // somebody's turns
    const char *label;
    int color; // 0..: of voices; CURVE_MUSIC
    const struct curve_span *span;
    size_t n;
};
struct curve_gain {           // of a track; straight lines between the points, NAN: interrupted
    const double (*point)[2]; // seconds, dB
    size_t n;
    int color; // of its first lane
};
struct curve_mark {
    double at_s, length_s; // length: of what was cut there; of a chapter
    const char *label;
};
enum { CURVE_MUSIC = 100, CURVE_WIDTH = 1120, CURVE_SOUNDS = 2 };

struct curve_words {
    const char *title, *desc;
    const char *momentary, *short_term, *integrated, *target; // for the legend
    const char *gain, *voices, *chapters, *true_peak, *ceiling, *cut;
    const char *decimal; // "," or "."
};
struct curve_params {
    double length_s;
    struct curve_sound sound[CURVE_SOUNDS];
    size_t num_sounds;                // at least 1; the last is what listeners hear
    double target_lufs, tolerance_lu; // NAN: there is no target
    double ceiling_dbtp;              // NAN: none
    const struct curve_lane *lanes;
    size_t num_lanes;
    const struct curve_gain *gains;
    size_t num_gains;
    const struct curve_mark *cuts, *chapters;
    size_t num_cuts, num_chapters;
    struct curve_words words;
};
// Appends an <svg> element, CURVE_WIDTH wide, as high as it needs to be.
int curve_draw(const struct curve_params *p, struct str *out, struct err *e);
