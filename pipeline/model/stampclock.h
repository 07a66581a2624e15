// SPDX-License-Identifier: GPL-3.0-or-later
// A source's time stamps on one clock that begins at 0 and never jumps: what a source that was
// restarted, or whose clock was set, sends goes on behind what came before.
#pragma once
#include "model/tick.h"

struct stampclock {
    tick offset, before; // of the source's stamps, now and before the last jump; TICK_NONE
    tick end;            // of what came so far, on our clock
    int jumps;
};
void stampclock_begin(struct stampclock *c);
// A packet's time on our clock; TICK_NONE: it belongs to a time that is over, or has none
// (TICK_NONE), and is left out.
tick stampclock_map(struct stampclock *c, tick stamp, tick duration);
