// SPDX-License-Identifier: GPL-3.0-or-later
// Tracks in, one lossless master at a loudness out: FLAC, 24 bits. Where the programme's table of
// blocks is not known already, the recording is decoded twice, once to measure, once to write; what
// was written is metered on the way, and written again where it misses. Limits for short-term
// loudness and range are kept by a slow curve over the whole programme.
#pragma once
#include "base/progress.h"
#include "media/bed.h"
#include "media/bumper.h"
#include "media/mix.h"
#include "media/survey.h"
#include "sound/limiter.h"
#include "sound/rein.h"

struct blocks;
struct err;

enum { MASTER_TRIMS = 13, MASTER_TRIES = 3 };

struct master_music {
    struct feed_params file; // sample_rate and channels are the mix's
    struct survey heard;     // so
};
struct master_params {
    const struct mix_params *mix;
    // Intro and outro, NULL: none. Their gains bring them to the programme's loudness; programme,
    // length, sample_rate and channels are set here.
    const struct bumper_params *bumper;
    double intro_lufs, outro_lufs;    // of the files
    const struct master_music *music; // under the mix; NULL: none
    const struct meter_table *known;  // of the mix; NULL: listen
    const char *path;                 // to write
    struct blocks *written; // filled with what the master is, the caller's then; NULL: not wanted
    double target_lufs, ceiling_dbtp;
    double max_short_term_lufs, max_range_lu; // HUGE_VAL: no limit
    const struct progress *progress;
};
struct master_trim { // with the limiter once more behind the master, at a lower ceiling:
    double ceiling_dbtp;
    double gain_db; // the gain in front that keeps the target
};
struct master_result {
    struct meter_result input; // of the mix; where it was known: nothing but integrated_lufs
    struct meter_result master;
    double gain_db, ceiling_dbtp; // of the limiter
    struct limiter_stats limited;
    struct rein_solution rein; // its curve is the caller's: leveller_curve_done
    int tries;
    double music_under_speech_db, music_in_pauses_db; // as struct duck has them
    struct master_trim trims[MASTER_TRIMS];           // from the ceiling downwards
    size_t num_trims;
};
// ERR_INPUT when there is nothing to hear; ERR_FAILED when target or limits cannot be reached. The
// result holds a curve to release whatever it is.
int master_make(const struct master_params *p, struct master_result *ret, struct err *e);
