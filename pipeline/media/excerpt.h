// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a sound file as a lossless file of its own, faded at both ends.
#pragma once
#include "model/tick.h"

struct err;
struct progress;

struct excerpt_params {
    const char *from, *to; // FLAC of 24 bits
    struct span part;      // of the sound
    tick fade;             // at either end; more than a half of the part is a half
    const struct progress *progress;
};
// As many samples as the part has; silence behind the end of the sound. On failure there is no
// `to`.
int excerpt_cut(const struct excerpt_params *p, struct err *e);
