// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/stampclock.h"

// Streams of one source lie that far apart at most; a network's gap may be longer than it may go
// back.
static const tick ahead = 3 * TICKS_PER_SEC, behind = 2 * TICKS_PER_SEC;
static const tick longest = 3600 * TICKS_PER_SEC; // of a packet; more is a broken length

void stampclock_begin(struct stampclock *c)
{
    *c = (struct stampclock){.offset = TICK_NONE, .before = TICK_NONE};
}

static bool fits(const struct stampclock *c, tick t)
{
    return t > c->end - behind && t < c->end + ahead;
}

tick stampclock_map(struct stampclock *c, tick stamp, tick duration)
{
    if (stamp == TICK_NONE)
        return TICK_NONE;
    if (duration < 0 || duration > longest)
        duration = 0;
    if (c->offset == TICK_NONE)
        c->offset = stamp;
    tick t = stamp - c->offset;
    if (!fits(c, t)) {
        if (c->before != TICK_NONE && fits(c, stamp - c->before))
            return TICK_NONE; // the other stream's last word before the jump
        c->before = c->offset;
        c->offset = stamp - c->end;
        c->jumps++;
        t = c->end;
    }
    if (t + duration > c->end)
        c->end = t + duration;
    return t;
}
