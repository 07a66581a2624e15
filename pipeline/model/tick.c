// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tick.h"

#include <inttypes.h>
#include <stdio.h>

#define TICKS_PER_MS (TICKS_PER_SEC / 1000)

// numerator * factor / divisor to the nearest, halves away from zero; both factors below 2^31 or
// so.
static int64_t scale(int64_t value, int64_t factor, int64_t divisor)
{
    int64_t product = value * factor;
    return (product + (product < 0 ? -divisor : divisor) / 2) / divisor;
}

tick tick_from_samples(int64_t samples, int rate)
{
    // whole seconds apart, so that days of samples do not overflow
    return samples / rate * TICKS_PER_SEC + scale(samples % rate, TICKS_PER_SEC, rate);
}

int64_t tick_to_samples(tick t, int rate)
{
    return t / TICKS_PER_SEC * rate + scale(t % TICKS_PER_SEC, rate, TICKS_PER_SEC);
}

double tick_to_s(tick t)
{
    return (double)t / (double)TICKS_PER_SEC;
}

// Reads min..max digits at *s; false: other than that many.
static bool digits(const char **s, int min, int max, int64_t *ret)
{
    int64_t v = 0;
    int n = 0;
    for (; **s >= '0' && **s <= '9'; (*s)++, n++) {
        if (n == max)
            return false;
        v = v * 10 + (**s - '0');
    }
    *ret = v;
    return n >= min;
}

static bool fraction(const char **s, tick *ret)
{
    *ret = 0;
    if (**s != '.')
        return true;
    const char *start = ++*s;
    int64_t v;
    if (!digits(s, 1, 9, &v))
        return false;
    for (int n = (int)(*s - start); n < 9; n++)
        v *= 10;
    *ret = scale(v, TICKS_PER_SEC, INT64_C(1000000000));
    return true;
}

bool tick_parse(const char *s, tick *ret)
{
    int64_t field[3];
    int n = 0;
    if (!digits(&s, 1, 9, &field[n++]))
        return false;
    while (n < 3 && *s == ':') {
        s++;
        if (!digits(&s, 2, 2, &field[n]) || field[n] > 59)
            return false;
        n++;
    }
    // the hours in front of two others, and minutes in front of one, may be many, but not absurdly
    if (n > 1 && field[0] > 9999)
        return false;
    tick part;
    if (!fraction(&s, &part) || *s != '\0')
        return false;
    int64_t seconds = 0;
    for (int i = 0; i < n; i++)
        seconds = seconds * 60 + field[i];
    *ret = seconds * TICKS_PER_SEC + part;
    return true;
}

// |t| without the overflow of -INT64_MIN
static uint64_t size_of(tick t)
{
    return t < 0 ? UINT64_C(0) - (uint64_t)t : (uint64_t)t;
}

void tick_text(tick t, char ret[TICK_TEXT])
{
    uint64_t s = size_of(t) / TICKS_PER_SEC;
    snprintf(ret, TICK_TEXT, "%s%02" PRIu64 ":%02d:%02d", t < 0 && s > 0 ? "-" : "", s / 3600,
             (int)(s / 60 % 60), (int)(s % 60));
}

void tick_text_ms(tick t, char ret[TICK_TEXT])
{
    uint64_t ms = (size_of(t) + TICKS_PER_MS / 2) / TICKS_PER_MS;
    uint64_t s = ms / 1000;
    snprintf(ret, TICK_TEXT, "%s%02" PRIu64 ":%02d:%02d.%03d", t < 0 && ms > 0 ? "-" : "", s / 3600,
             (int)(s / 60 % 60), (int)(s % 60), (int)(ms % 1000));
}
