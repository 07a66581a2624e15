// SPDX-License-Identifier: GPL-3.0-or-later
// The unit of media time. One second is a multiple of every frame and sample rate we meet
// (24000/1001 and 44100 too), so cuts and chapters never round.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t tick;
#define TICKS_PER_SEC INT64_C(705600000)
#define TICK_NONE INT64_MIN
enum { RECORDING_MAX_S = 48 * 3600 }; // a longer recording is refused

// end is the first tick after the span
struct span {
    tick start, end;
};

tick tick_from_samples(int64_t samples, int rate);
int64_t tick_to_samples(tick t, int rate); // rounded to the nearest
double tick_to_s(tick t);
// "00:03:10", "03:10", "190", each with a fraction of up to 9 digits ("00:12:01.5"). False: not a
// time.
bool tick_parse(const char *s, tick *ret);
enum { TICK_TEXT = 24 };
void tick_text(tick t, char ret[TICK_TEXT]);    // 00:03:10, the fraction dropped
void tick_text_ms(tick t, char ret[TICK_TEXT]); // 00:03:10.250
