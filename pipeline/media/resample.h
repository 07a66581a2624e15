// SPDX-License-Identifier: GPL-3.0-or-later
// Another rate and number of channels: planar float in, planar float out.
#pragma once
#include <stddef.h>

struct err;
struct resample_params {
    int in_rate, in_channels;
    const char *in_layout;      // as source_facts.layout; "" : the default of in_channels
    int out_rate, out_channels; // 1 or 2. Mono to two channels keeps the level in each (dual mono)
};
struct resample;
int resample_open(const struct resample_params *p, struct resample **ret, struct err *e);
void resample_close(struct resample *r);
// in NULL: flush. *ret_planes are valid until the next call.
int resample_run(struct resample *r, const float *const *in, size_t frames,
                 const float *const **ret_planes, size_t *ret_frames, struct err *e);
