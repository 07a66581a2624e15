// SPDX-License-Identifier: GPL-3.0-or-later
// Where two recordings, laid against each other by a line, sound most alike: these are the moments
// to look at closely.
#pragma once
#include "sound/clockline.h"
#include "sound/envelope.h"

enum { LIKENESS_MOST = 32 };

// The middles of two seconds each on a's clock, spread over the time in common, half of them while
// each side speaks where the two can be told apart by level. Returns how many, rising in time.
// ret_blank: how many are missing, because nothing is alike throughout a part of that time.
size_t likeness_find(const struct envelope *a, const struct envelope *b,
                     const struct clockline *line, double ret_s[LIKENESS_MOST], size_t *ret_blank);
