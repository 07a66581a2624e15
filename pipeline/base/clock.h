// SPDX-License-Identifier: GPL-3.0-or-later
// Calendar time. The current time is read in cmd/ and handed down.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Proleptic Gregorian, UTC.
struct civil {
    int year, month, day, hour, minute, second;
};

// Seconds since 1970, UTC; DGL_NOW in the environment (ISO 8601) for tests.
int64_t clock_now(void);
double clock_monotonic(void);                       // seconds, for measuring
void clock_civil(int64_t utc_s, struct civil *ret); // within clock_sane
int64_t clock_sane(int64_t utc_s); // the nearest within 300 000 years, which can be reckoned with
int64_t clock_ns(int64_t utc_s, long ns); // in nanoseconds; the nearest that they can tell
int64_t clock_from_civil(const struct civil *c);
// "2026-02-12T09:00:00+01:00", "…Z", or a date alone (midnight UTC). Everything else: false.
// Either ret may be NULL.
bool clock_parse_iso(const char *s, int64_t *ret_utc_s, int *ret_offset_min);
enum { CLOCK_TEXT = 40 };
void clock_iso(int64_t utc_s, char ret[CLOCK_TEXT]);     // 2026-02-12T08:00:00Z
void clock_rfc2822(int64_t utc_s, char ret[CLOCK_TEXT]); // Thu, 12 Feb 2026 08:00:00 +0000
void clock_http(int64_t utc_s, char ret[CLOCK_TEXT]);    // Thu, 12 Feb 2026 08:00:00 GMT
