// SPDX-License-Identifier: GPL-3.0-or-later
// A reader of sound with a curve of gain behind it, itself a reader.
#pragma once
#include "media/pump.h"
#include "sound/leveller.h"

struct reined;
// The curve runs from the first sample read and must outlive it.
struct reined *reined_new(const struct leveller_curve *c, int sample_rate, int channels,
                          struct pump_reader from);
void reined_free(struct reined *r); // NULL is fine
// As pump_reader.read wants it.
int reined_read(void *reined, float *const *planes, size_t room, struct err *e);
