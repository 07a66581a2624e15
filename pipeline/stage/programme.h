// SPDX-License-Identifier: GPL-3.0-or-later
// The tracks of a recording as they go into the master: each levelled in itself, and all of them
// equally loud.
#pragma once
#include "stage/levelling.h"
#include "stage/tracks.h"

// Sets gate, curve and gain_db of every track, and puts what the gate did into its cleaning; a
// track that is mostly music is not cleaned. ret, one a track, lies in the arena: programme_done,
// also after an error. strength: as leveller_solve has it.
int programme_level(const struct stage_job *job, struct tracks *t, double target_lufs,
                    double strength, struct levelling **ret, struct err *e);
void programme_done(const struct tracks *t, struct levelling *l); // NULL is fine
