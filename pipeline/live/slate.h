// SPDX-License-Identifier: GPL-3.0-or-later
// The picture that goes out while the source is away, and the one behind a source that is sound
// alone. Both move in every frame: services refuse pictures that stand still. One thread at a time.
#pragma once
#include "base/err.h"
#include "media/av.h"

struct slate;
// image: a PNG of just this size (stage/slate.c draws it), NULL or "": plain dark blue. ERR_INPUT:
// it cannot be read, or has another size.
int slate_new(int width, int height, const char *image, struct slate **ret, struct err *e);
void slate_free(struct slate *s); // NULL is fine

// Each gives a frame whose pts is `at`, yuv420p, BT.709, limited range; the caller frees it. It may
// be kept and read, not written. -ENOMEM.
// Dots, a bar, and the time since `since`, when the source went away.
int slate_frame(struct slate *s, tick at, tick since, AVFrame **ret);
// A curve of what slate_hear() has heard, the newest at the right. Silence moves as well.
int slate_wave(struct slate *s, tick at, AVFrame **ret);
// The sound that goes out, in blocks of any size, at one sample rate: a multiple of 25.
void slate_hear(struct slate *s, int sample_rate, const float *const *planes, int channels,
                size_t frames);
