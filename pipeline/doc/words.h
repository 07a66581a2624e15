// SPDX-License-Identifier: GPL-3.0-or-later
// Dates, sizes, lengths and licences in the words that listeners read. The words come from
// presets/site/strings.<language>.json.
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "model/tick.h"

struct words {
    const struct json
        *strings; // "months": twelve names, "date": "{day}. {month} {year}", "decimal": ","
    const struct json *fallback; // bokmål, for what strings lacks; NULL: none
};

struct day {
    int year, month, day, hour, minute;
};
// The day in mainland Norway: central European time with the union's rule for summer time.
struct day day_in_norway(int64_t utc_s);

const char *words_get(const struct words *w, const char *key); // the key itself where it is missing
const char *words_month(const struct words *w, int month);     // 1 to 12
// The language that the words of that key are in; NULL: they do not say.
const char *words_language(const struct words *w, const char *key);
void words_date(struct str *out, const struct words *w, int64_t utc_s); // 12. februar 2026
void words_time(struct str *out, const struct words *w, int64_t utc_s); // kl. 10.00
void words_size(struct str *out, const struct words *w,
                int64_t bytes); // 24,3 MB (a million bytes each)
void words_length(struct str *out, const struct words *w, tick length); // 1 t 5 min; 42 min; 50 s
void words_clock(struct str *out, tick t, bool hours);                  // 3:10; 0:03:10 where hours

struct license {
    const char *id, *name, *url;
};
const struct license *license_find(
    const char *id); // "CC-BY-4.0" in any case; NULL: not one we know
