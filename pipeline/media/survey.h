// SPDX-License-Identifier: GPL-3.0-or-later
// What a recording is and how it sounds: decoded once from end to end with a meter behind it.
#pragma once
#include "media/source.h"
#include "sound/meter.h"

struct blocks;
struct clean_found;
struct err;
struct feed_params;
struct progress;

struct survey_params {
    const char *path;
    int track;                       // sound track, counted from 1; 0: the best
    int threads;                     // processors to use
    const struct progress *progress; // NULL: none
    const char *what;                // for progress
    struct blocks *blocks;           // to fill, the caller's then; NULL: not wanted
    struct clean_found
        *clean; // to fill, one a channel: room for METER_MAX_CHANNELS; NULL: as before
};
struct survey {
    struct source_facts facts;
    struct meter_result sound;
};
// Goes on behind faults: source_damage(&ret->facts, …) says what they mean. Negative: the file
// cannot be opened (ERR_INPUT with the reason), the disk failed, or it was stopped.
int survey_file(const struct survey_params *p, struct survey *ret, struct err *e);
// The same of what a feed makes of a file: cleaned, at another rate, in other channels. `as` says
// how, and which file; p: its progress, what and blocks. facts are the file's.
int survey_feed(const struct survey_params *p, const struct feed_params *as, struct survey *ret,
                struct err *e);
