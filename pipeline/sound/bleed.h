// SPDX-License-Identifier: GPL-3.0-or-later
// One microphone a person, all in one room: each also hears the others, later and softer. While
// somebody speaks into a microphone of their own, those that only hear that voice are closed;
// while nobody does they stay as they are, so that the room does not come and go. Tracks that do
// not hear each other, as from a remote recording, are left alone.
#pragma once
#include "sound/blocks.h"
#include "sound/leveller.h"
#include <stdbool.h>

#define BLEED_DEPTH_DB 30 // of a closed microphone

struct bleed_gate {              // of one track
    struct leveller_curve curve; // n 0: never closed
    double heard_db;             // the loudest other voice in it, against that voice's own track:
                                 // -HUGE_VAL: none is heard
    double closed_share;         // of the time
};
// The tracks' blocks on one clock, all of the same n; ret: one a track, bleed_done each.
void bleed_find(const struct blocks *const *tracks, size_t n, struct bleed_gate *ret);
void bleed_done(struct bleed_gate *g);
bool bleed_open(const struct leveller_curve *gate, size_t block);
// What a track's table is behind its gate: nothing where that is closed.
void bleed_apply(const struct bleed_gate *g, struct blocks *b);
