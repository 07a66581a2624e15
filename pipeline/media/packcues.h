// SPDX-License-Identifier: GPL-3.0-or-later
// Captions as the samples of a timed-text track (3GPP TS 26.245), one after the other from 0 to the
// end, empty ones in between.
#pragma once
#include "base/arena.h"
#include "model/captions.h"

enum { PACKCUES_RATE = 1000 };
struct packcues {
    size_t count;
    uint32_t *lengths; // milliseconds
    uint32_t *sizes;   // bytes
    const char *bytes; // one sample behind the other
};
// Speakers stand in front of their words. A sample has up to two lines: of a longer cue what
// follows the first line is one, and of cues at the same time the first cue is one line. Cues in
// any order; what lies outside 0 … end is left out.
void packcues_make(struct arena *a, const struct captions *c, tick end, struct packcues *ret);
