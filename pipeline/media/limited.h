// SPDX-License-Identifier: GPL-3.0-or-later
// A reader of sound with a limiter behind it, itself a reader: as many samples come out as go in.
#pragma once
#include "media/pump.h"
#include "sound/limiter.h"

struct limited;
struct limited *limited_new(const struct limiter_params *p, struct pump_reader from);
void limited_free(struct limited *l); // NULL is fine
// As pump_reader.read wants it.
int limited_read(void *limited, float *const *planes, size_t room, struct err *e);
void limited_stats(const struct limited *l, struct limiter_stats *ret);
