// SPDX-License-Identifier: GPL-3.0-or-later
// What a file says of its own length where libavformat does not pass it on: the data chunk of a
// WAV, the first frame of an MP3, the last page of an Ogg, the segment of a Matroska.
#pragma once
#include "model/tick.h"
#include <stdbool.h>

struct claim {
    tick length; // TICK_NONE: it says nothing
    bool exact;  // fewer samples than that are a loss, not a rounding
    bool cut;    // the file ends before the end of what its headers describe
};
// format is libavformat's name. A file that cannot be read claims nothing.
void claim_read(const char *path, const char *format, int sample_rate, struct claim *ret);
