// SPDX-License-Identifier: GPL-3.0-or-later
// Samples as decoders give them into planar float, full scale 1.0.
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum sample_kind { SAMPLE_U8, SAMPLE_S16, SAMPLE_S32, SAMPLE_S64, SAMPLE_F32, SAMPLE_F64 };

// in holds frames * channels interleaved samples (24 bits: the upper ones of S32); out[c] has room
// for frames.
void samples_unpack(enum sample_kind kind, const void *in, size_t frames, int channels,
                    float *const *out);

bool samples_finite(const float *p, size_t n); // no nan, no infinity
// Not-a-number becomes 0, everything else is held within +-limit. Returns how many were changed.
size_t samples_mend(float *p, size_t n, float limit);
