// SPDX-License-Identifier: GPL-3.0-or-later
// One or several tracks that share a start, each of parts one after the other, decoded, resampled,
// brought to their gain and summed. Every part takes exactly the time it is said to have, so that
// parts, captions and chapters stay on one clock; a shorter track ends in silence. What is kept of
// it is joined by cross-fades, and faded where a beginning or an end is cut off.
#pragma once
#include "model/tick.h"
#include <stddef.h>

struct err;
struct clean_found;
struct leveller_curve;

struct mix_part {
    const char *path;
    int sound_track; // in the file; -1: the best
    tick length;
    const struct clean_found *clean; // one a channel of the file; NULL: nothing to clean
};
struct mix_track {
    const struct mix_part *parts;
    size_t num_parts;
    double gain_db;
    const struct leveller_curve *curve, *gate; // besides, on the common clock; NULL: none
    double offset_s, drift_ppm; // moment t is the track's own offset_s + t * (1 + drift_ppm / 1e6)
};
struct mix_params {
    const struct mix_track *tracks;
    size_t num_tracks;
    int sample_rate, channels;
    const struct span *kept; // what of the common time is heard, in order; NULL: all
    size_t num_kept;
    tick at;     // published time of the first kept span: where its samples are counted from
    int threads; // of the decoders
};
struct mix;
// p's arrays must outlive the mix.
int mix_open(const struct mix_params *p, struct mix **ret, struct err *e);
void mix_close(struct mix *m);           // NULL is fine
int64_t mix_frames(const struct mix *m); // samples a channel in all
// Fills at most room samples a channel; result: how many, 0 at the end.
int mix_read(struct mix *m, float *const *planes, size_t room, struct err *e);
