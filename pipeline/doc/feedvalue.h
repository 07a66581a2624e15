// SPDX-License-Identifier: GPL-3.0-or-later
// The values a feed may hold, one kind after the other.
#pragma once
#include <stdint.h>

#include "base/str.h"

enum feed_kind {
    FEED_ANY,
    FEED_TEXT,  // one line without blanks around it, at most 255 characters
    FEED_SHORT, // the same, at most 128
    FEED_LONG,  // at most 4000 bytes
    FEED_URL,   // http or https, ASCII
    FEED_DATE,  // RFC 2822 with the right day of the week
    FEED_LANGUAGE,
    FEED_BOOL,     // true, false
    FEED_YES,      // yes, no, in any case
    FEED_COUNT,    // a whole number from 1
    FEED_NUMBER,   // podcast:episode: a decimal from 0
    FEED_DURATION, // seconds
    FEED_UUID,
    FEED_SHOW_TYPE,    // episodic, serial
    FEED_EPISODE_TYPE, // full, trailer, bonus
    FEED_MEDIUM,
    FEED_LICENSE,   // small letters
    FEED_COPYRIGHT, // without the sign and the year
    FEED_GEO,       // geo:66.86,13.7
    FEED_OSM,       // R408216
    FEED_PLACE_REL, // subject, creator
    FEED_START,     // HH:MM:SS.mmm
    FEED_EMAIL,
    FEED_LIVE_STATUS, // pending, live, ended
    FEED_TIME,        // ISO 8601 with zone
};
enum feed_verdict { FEED_GOOD, FEED_DOUBTFUL, FEED_BAD };

// why gets what is wrong and what would be right.
enum feed_verdict feed_value(struct str *why, enum feed_kind kind, const char *text);
bool feed_date(const char *text, int64_t *ret_utc_s);
