// SPDX-License-Identifier: GPL-3.0-or-later
// A levelled track as the picture of doc/curve.h wants it: turns in lanes, the gain as a line.
#pragma once
#include "base/arena.h"
#include "doc/curve.h"
#include "model/timeline.h"
#include "stage/levelling.h"

struct plot {
    struct arena *a;
    const struct timeline *timeline; // NULL: the recording's clock is the picture's
    const char *voice, *music;       // "Voice", "Music"
    struct curve_lane *lanes;
    size_t num_lanes, cap_lanes;
    struct curve_gain *gains;
    size_t num_gains, cap_gains;
};
// track: with its curve, as in levelling.json; turns: of stage/spoken.h; name: whose it is, NULL:
// not known.
void plot_track(struct plot *p, const struct json *track, const struct json *turns,
                const char *name);
