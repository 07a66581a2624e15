// SPDX-License-Identifier: GPL-3.0-or-later
// The recording as facts.json, tracks.json and timeline.json tell of it: tracks that can be mixed,
// and what is known of each for every 20 ms.
#pragma once
#include "media/mix.h"
#include "model/timeline.h"
#include "sound/bleed.h"
#include "sound/blocks.h"
#include "stage/stage.h"

struct track {
    size_t of;              // its number in facts.json, where cameras may be that are not heard
    const char *speaker;    // NULL: not said
    struct blocks blocks;   // on the common clock, as loud as it is in the mix before its gain
    bool known;             // false: its channels are mixed in a way the blocks do not tell
    struct bleed_gate gate; // against the others' voices; found by programme_level
    struct json *cleaning;  // what is cleaned, of its last part that needs it; NULL: nothing
};
struct tracks {
    struct track *track; // as mix.tracks
    struct mix_params mix;
    struct mix_track *mixed; // mix.tracks
    tick length;             // of the common clock
    struct timeline timeline;
    struct json *input;      // levels of the recording, from facts.json
    bool clean;              // setting "cleaning"
    bool mono;               // every part is one voice in both channels
    const char *silent_side; // "left", "right": nothing is on that channel of a part; NULL: neither
};
// Inputs "facts" and "tracks"; setting "cleaning" (default false: nothing is cleaned). Everything
// but the blocks and the levels lies in the job's arena.
int tracks_read(const struct stage_job *job, int sample_rate, int channels, struct tracks *ret,
                struct err *e);
// Input "timeline": what of them is kept.
int tracks_keep(const struct stage_job *job, struct tracks *t, struct err *e);
// Track i as if nothing had been found to clean.
int tracks_unclean(const struct stage_job *job, struct tracks *t, size_t i, struct err *e);
void tracks_done(struct tracks *t);
// What is kept of all tracks together, as far as their blocks tell. It is made in the first one's
// blocks, so that of three hours there is one table and not three: call it once, and last.
struct blocks *tracks_together(struct tracks *t);
