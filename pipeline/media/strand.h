// SPDX-License-Identifier: GPL-3.0-or-later
// One track of a mix, read onto the common clock: its parts one after the other, each exactly as
// long as it is said to be, then set right where its own clock began elsewhere or runs differently,
// then levelled.
#pragma once
#include "media/mix.h"

struct strand;
// The track must outlive it.
struct strand *strand_new(const struct mix_track *t, int sample_rate, int channels, int threads);
void strand_free(struct strand *s);            // NULL is fine
tick strand_length(const struct mix_track *t); // on the common clock, from its start
// Adds the next n samples to what stands in planes; behind the track's end there is nothing to add.
int strand_add(struct strand *s, float *const *planes, size_t n, struct err *e);
