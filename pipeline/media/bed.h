// SPDX-License-Identifier: GPL-3.0-or-later
// A reader of sound with music laid under it, itself a reader. The music begins with the programme
// and ends with it: faded in and out, and where its file is shorter repeated with a cross-fade.
#pragma once
#include "media/feed.h"
#include "media/pump.h"

struct err;
struct leveller_curve;

struct bed_params {
    struct feed_params file;            // rate and channels are the programme's
    int64_t file_frames;                // at that rate
    const struct leveller_curve *curve; // of the music, from the programme's first sample on
    struct pump_reader programme;
    int64_t length; // of the programme, in samples
    int64_t from;   // the programme is only read from here on
};
struct bed;
int bed_open(const struct bed_params *p, struct bed **ret, struct err *e);
void bed_close(struct bed *b); // NULL is fine
// As pump_reader.read wants it: as many samples as the programme's.
int bed_read(void *bed, float *const *planes, size_t room, struct err *e);
