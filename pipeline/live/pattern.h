// SPDX-License-Identifier: GPL-3.0-or-later
// The test pattern of a rehearsal: colour bars and a running clock; each second a flash, and at the
// same moment a beep of 50 ms. Both are functions of the time alone. One thread at a time.
#pragma once
#include "base/err.h"
#include "media/av.h"

#define PATTERN_BEEP_DBFS (-20.0) // its peak
enum { PATTERN_BEEP_HZ = 1000, PATTERN_BEEP_MS = 50 };

struct pattern;
// Sides as for slate_new().
int pattern_new(int width, int height, struct pattern **ret, struct err *e);
void pattern_free(struct pattern *p); // NULL is fine
// A frame whose pts is `at`, as from slate_frame(). The clock shows `at`, to a hundredth; the flash
// is in the frames that begin less than PATTERN_BEEP_MS after a whole second.
int pattern_frame(struct pattern *p, tick at, AVFrame **ret);
// The samples from number `first` on.
void pattern_sound(int sample_rate, int64_t first, float *const *planes, int channels,
                   size_t frames);
