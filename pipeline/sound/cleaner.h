// SPDX-License-Identifier: GPL-3.0-or-later
// All channels of a sound through sound/clean, kept side by side where one needs more than another.
#pragma once
#include "sound/clean.h"

struct cleaner;
// found: one a channel, METER_MAX_CHANNELS at most. NULL: a rate or a count out of its range.
struct cleaner *cleaner_new(int sample_rate, int channels, const struct clean_found *found);
void cleaner_free(struct cleaner *c); // NULL is fine
// Takes `frames` samples a channel; with `last` gives all that is left. Result: samples a channel
// in cleaner_planes, valid until the next call. In all as many as went in, each in its place.
size_t cleaner_run(struct cleaner *c, const float *const *planes, size_t frames, bool last);
const float *const *cleaner_planes(const struct cleaner *c);
