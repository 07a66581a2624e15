// SPDX-License-Identifier: GPL-3.0-or-later
// How a moving waveform looks: the levels of a sound, and the colours of the card it stands on.
#pragma once
#include "media/film.h"
#include "picture/wave.h"

struct err;
struct progress;

// Of a sound file; ret->level is the caller's to free, also on failure.
int levels_read(const char *path, const struct progress *progress, struct wave_sound *ret,
                struct err *e);
// Borrows the levels.
void levels_show(const struct wave_sound *s, struct film_params *film);
