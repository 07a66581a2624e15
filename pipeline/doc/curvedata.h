// SPDX-License-Identifier: GPL-3.0-or-later
// What a column of pixels shows of a sound.
#pragma once
#include "doc/curve.h"

struct curve_column {
    float low, high; // LUFS or dBTP; -HUGE_VALF: silence; NAN: outside the sound
};
// The loudness of windows of so many blocks, each where its middle lies, in n equal columns of the
// clock; free() it.
struct curve_column *curve_loudness(const struct curve_sound *s, double length_s, size_t window,
                                    size_t n);
struct curve_column *curve_peaks(const struct curve_sound *s, double length_s, size_t n);
