// SPDX-License-Identifier: GPL-3.0-or-later
// Where nothing happens in a recording, and what of that may go: decided on the table of 20 ms
// blocks. Careful on the side of keeping: music, soft speech and a slow fade are sound.
#pragma once
#include "model/tick.h"
#include "sound/blocks.h"

struct deadair_part { // of a track: parts follow each other
    const struct blocks *blocks;
    tick at, length; // on the recording's clock
};
// The moments of a track that are dead: sorted, disjoint; free() them. n may be 0.
size_t deadair_find(const struct deadair_part *parts, size_t n, struct span **ret);

#define DEADAIR_LEAD (TICKS_PER_SEC * 3 / 10) // left in front of the first sound
#define DEADAIR_TAIL (TICKS_PER_SEC * 8 / 10) // and behind the last one

// Of a recording whose dead moments these are, what trimming takes off at either end: at most two
// spans. 0: nothing, also where all of it is dead.
size_t deadair_trim(const struct span *dead, size_t n, tick length, struct span ret[2]);
// What shortens every dead moment between two sounds that is longer than `longest` to that length,
// out of its middle: at most n spans. What touches either end is left alone.
size_t deadair_pauses(const struct span *dead, size_t n, tick length, tick longest,
                      struct span *ret);
