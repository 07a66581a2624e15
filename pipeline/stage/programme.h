// SPDX-License-Identifier: GPL-3.0-or-later
// The tracks of a recording as they go into the master: each levelled in itself, and all of them
// equally loud.
#pragma once
#include "stage/levelling.h"
#include "stage/tracks.h"

// Sets gate, curve and gain_db of every track, and puts what the gate did into its cleaning; the
// result, one a track, lies in the arena: programme_done. strength: as leveller_solve has it.
struct levelling *programme_level(struct arena *a, struct tracks *t, double target_lufs,
                                  double strength);
void programme_done(const struct tracks *t, struct levelling *l); // NULL is fine
