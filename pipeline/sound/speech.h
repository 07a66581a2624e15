// SPDX-License-Identifier: GPL-3.0-or-later
// Where somebody is heard, from the table of 20 ms blocks alone: against the noise of the room,
// which is followed over time, and in pieces of about a second that have a level of their own.
#pragma once
#include "sound/blocks.h"
#include <stdbool.h>

struct speech_unit {     // a second or so of sound between two dips
    uint32_t from, to;   // blocks
    float lufs, seconds; // of its loud blocks: gated 10 LU below their mean
    float music;         // 0..1: how much it is like music
};
struct speech {
    size_t n;     // blocks
    float *level; // LUFS of each block and its neighbours (60 ms), at least -100
    float *floor; // LUFS of the noise around it
    bool *active; // somebody or something is heard
    struct speech_unit *units;
    size_t num_units;
};
void speech_find(const struct blocks *b, struct speech *ret);
void speech_done(struct speech *s);

// Loudness of the blocks from..to, gated as BS.1770 gates; -HUGE_VAL: nothing passes.
double speech_lufs(const struct blocks *b, size_t from, size_t to);
