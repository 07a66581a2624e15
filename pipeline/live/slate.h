// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "media/av.h"
#include "model/tick.h"
struct slate;
struct slate_params { const char *image, *sound; int width, height, rate_num, rate_den, sample_rate; };
int slate_new(const struct slate_params *p, struct slate **ret, struct err *e);
void slate_free(struct slate *s);
void slate_frame(struct slate *s, tick at, AVFrame **ret);
void slate_wave(struct slate *s, const float *const *planes, size_t n, AVFrame **ret);
void slate_sound(struct slate *s, bool silent, float *const *out, size_t n);
