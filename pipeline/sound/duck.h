// SPDX-License-Identifier: GPL-3.0-or-later
// The gain of music under a conversation. While somebody speaks even its loudest three seconds stay
// 20 LU below that speech (WCAG 2.2, 1.4.7), in longer pauses the music comes up to 12 LU below it
// and is down again before the next word.
#pragma once
#include "sound/leveller.h"

#define DUCK_UNDER_DB 20.0  // below the speech around
#define DUCK_PAUSE_DB 12.0  // below it in pauses
#define DUCK_RISE_DB_S 10.0 // no faster up: 0.8 s from the one to the other
#define DUCK_FALL_DB_S 16.0 // nor down: 0.5 s

struct duck_music {                       // measured as it will be mixed
    double integrated_lufs, loudest_lufs; // loudest: short-term
};
struct duck {
    struct leveller_curve curve; // of the music; its mean_db is over all of the programme
    double speech_lufs;          // of the programme while somebody is heard; -HUGE_VAL: nobody is
    double under_speech_db; // so far below it lies the music on an average; HUGE_VAL: no speech
    double in_pauses_db;    // the least of the pauses; HUGE_VAL: none is long enough
};
// b: the programme the music is laid under.
void duck_solve(const struct blocks *b, const struct speech *s, const struct duck_music *m,
                struct duck *ret);
// The same for music as the meter heard it.
void duck_find(const struct blocks *b, const struct meter_result *music, struct duck *ret);
void duck_done(struct duck *d); // zeroed is fine
