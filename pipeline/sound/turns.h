// SPDX-License-Identifier: GPL-3.0-or-later
// Who speaks when, as far as loudness tells: the recording as turns of a few voices that differ in
// level. Two people who are equally loud are one voice here; there is nothing to level between
// them.
#pragma once
#include "sound/speech.h"

enum { TURNS_VOICES = 4, TURNS_MUSIC = TURNS_VOICES };

struct turn {
    uint32_t from, to; // blocks; turns tile the recording
    uint32_t quiet;    // the last voice fell silent here, at or before from
    uint32_t begins;   // this one is heard from here on, at or behind from
    int voice;         // 0..num_voices-1; TURNS_MUSIC
};
struct voice {
    double lufs;    // gated, over all its turns; -HUGE_VAL: never heard
    double seconds; // of its turns
};
struct turns {
    struct turn *turn;
    size_t n;
    struct voice voice[TURNS_VOICES + 1]; // loudest first; the last is the music
    int num_voices;                       // 0: nobody is heard
};
void turns_find(const struct blocks *b, const struct speech *s, struct turns *ret);
void turns_done(struct turns *t);
