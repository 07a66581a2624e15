// SPDX-License-Identifier: GPL-3.0-or-later
// Decoded frames of any format as planar float of one: the third part of media/source.
#pragma once
#include "media/av.h"
#include "sound/meter.h"

struct err;
struct resample;

struct planes {
    int sample_rate, channels;           // what comes out; set by the user, the rest zeroed
    const float *at[METER_MAX_CHANNELS]; // the last result, valid until the next call
    float *own[METER_MAX_CHANNELS];      // as long as `room`
    size_t room;
    struct resample *resample; // for frames of another rate or number of channels
    int from_rate, from_channels;
};
void planes_done(struct planes *p);
// The frame without its first `cut` samples. *ret_changed: it is the first of another format.
int planes_take(struct planes *p, const AVFrame *f, size_t cut, size_t *ret_frames,
                bool *ret_changed, struct err *e);
int planes_silence(struct planes *p, size_t frames, struct err *e);
// Samples that are no numbers become 0. 1: there were some.
int planes_mend(struct planes *p, size_t frames, struct err *e);
