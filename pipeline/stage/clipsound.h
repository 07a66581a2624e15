// SPDX-License-Identifier: GPL-3.0-or-later
// The sound of a clip: a part of the master at a loudness of its own, as AAC.
#pragma once
#include "model/tick.h"
#include "stage/stage.h"

struct clip_sound {
    struct span part;       // of the master
    const char *lossless;   // to write: the part as it is in the master
    const char *coded;      // to write: the same as M4A
    const struct json *how; // {"codec", "container", "sample_rate_hz", "channels", "bitrate_kbps",
                            // "options", "start_gain_db", "start_headroom_db", "target_lufs",
                            // "tolerance_lu", "ceiling_dbtp"}
    // filled; of the coded file
    double integrated_lufs, true_peak_dbtp; // -HUGE_VAL: none
};
// A part that is too soft or too lively for the target comes as near as it gets, with a warning.
int clip_sound_make(struct stage_job *job, const char *master, struct clip_sound *s, struct err *e);
