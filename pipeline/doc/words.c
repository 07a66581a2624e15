// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/words.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/clock.h"

static int weekday(int year, int month, int day) // 0: Sunday
{
    int64_t s = clock_from_civil(&(struct civil){.year = year, .month = month, .day = day});
    int64_t days = s / 86400;
    return (int)(((days + 4) % 7 + 7) % 7);
}

static int64_t last_sunday_0100(int year, int month) // of a month with 31 days
{
    int day = 31 - weekday(year, month, 31);
    return clock_from_civil(&(struct civil){.year = year, .month = month, .day = day, .hour = 1});
}

struct day day_in_norway(int64_t utc_s)
{
    struct civil c;
    utc_s = clock_sane(utc_s);
    clock_civil(utc_s, &c);
    bool summer = utc_s >= last_sunday_0100(c.year, 3) && utc_s < last_sunday_0100(c.year, 10);
    clock_civil(utc_s + (summer ? 7200 : 3600), &c);
    return (struct day){c.year, c.month, c.day, c.hour, c.minute};
}

const char *words_get(const struct words *w, const char *key)
{
    const char *own = json_text(w->strings, key);
    return own ? own : json_text_or(w->fallback, key, key);
}

static const struct json *source_of(const struct words *w, const char *key)
{
    return json_get(w->strings, key) || !w->fallback ? w->strings : w->fallback;
}

const char *words_month(const struct words *w, int month)
{
    const struct json *months = json_get(source_of(w, "months"), "months");
    const char *name = json_as_text(json_at(months, (size_t)month - 1));
    return name ? name : "?";
}

const char *words_language(const struct words *w, const char *key)
{
    return json_text(source_of(w, key), "lang");
}

// Puts numbers and names into "{day}. {month} {year}".
static void fill(struct str *out, const char *pattern, const char *const *names,
                 const char *const *values, size_t n)
{
    while (*pattern) {
        size_t i = 0;
        while (i < n && strncmp(pattern, names[i], strlen(names[i])) != 0)
            i++;
        if (i < n) {
            str_add(out, values[i]);
            pattern += strlen(names[i]);
        } else {
            str_addc(out, *pattern++);
        }
    }
}

static void add_number(struct str *s, int64_t n)
{
    str_addf(s, "%lld", (long long)n);
}

void words_date(struct str *out, const struct words *w, int64_t utc_s)
{
    static const char *const names[] = {"{day}", "{month}", "{year}"};
    struct day d = day_in_norway(utc_s);
    struct str day, year;
    str_init(&day, 16);
    str_init(&year, 16);
    add_number(&day, d.day);
    add_number(&year, d.year);
    const char *values[] = {day.p, words_month(w, d.month), year.p};
    fill(out, json_text_or(source_of(w, "months"), "date", "{day}. {month} {year}"), names, values,
         COUNT(names));
    str_done(&day);
    str_done(&year);
}

void words_time(struct str *out, const struct words *w, int64_t utc_s)
{
    static const char *const names[] = {"{hour}", "{minute}"};
    struct day d = day_in_norway(utc_s);
    struct str hour, minute;
    str_init(&hour, 16);
    str_init(&minute, 16);
    str_addf(&hour, "%02d", d.hour);
    str_addf(&minute, "%02d", d.minute);
    const char *values[] = {hour.p, minute.p};
    fill(out, json_text_or(source_of(w, "months"), "time", "{hour}:{minute}"), names, values,
         COUNT(names));
    str_done(&hour);
    str_done(&minute);
}

void words_size(struct str *out, const struct words *w, int64_t bytes)
{
    if (bytes < 100000) {
        add_number(out, (bytes + 999) / 1000);
        str_add(out, " kB");
        return;
    }
    int64_t tenths = bytes / 100000 + (bytes % 100000 >= 50000);
    add_number(out, tenths / 10);
    str_add(out, words_get(w, "decimal"));
    add_number(out, tenths % 10);
    str_add(out, " MB");
}

void words_length(struct str *out, const struct words *w, tick length)
{
    int64_t s = (length + TICKS_PER_SEC / 2) / TICKS_PER_SEC;
    if (s < 60) {
        add_number(out, s);
        str_addc(out, ' ');
        str_add(out, words_get(w, "seconds"));
        return;
    }
    int64_t min = (s + 30) / 60;
    if (min >= 60) {
        add_number(out, min / 60);
        str_addc(out, ' ');
        str_add(out, words_get(w, "hours"));
        if (min % 60 == 0)
            return;
        str_addc(out, ' ');
    }
    add_number(out, min % 60);
    str_addc(out, ' ');
    str_add(out, words_get(w, "minutes"));
}

void words_clock(struct str *out, tick t, bool hours)
{
    int64_t s = t / TICKS_PER_SEC;
    if (hours || s >= 3600)
        str_addf(out, "%lld:%02lld:%02lld", (long long)(s / 3600), (long long)(s / 60 % 60),
                 (long long)(s % 60));
    else
        str_addf(out, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
}

const struct license *license_find(const char *id)
{
    static const struct license known[] = {
        {"CC-BY-4.0", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"},
        {"CC-BY-SA-4.0", "CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"},
        {"CC-BY-ND-4.0", "CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"},
        {"CC-BY-NC-4.0", "CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"},
        {"CC-BY-NC-SA-4.0", "CC BY-NC-SA 4.0",
         "https://creativecommons.org/licenses/by-nc-sa/4.0/"},
        {"CC-BY-NC-ND-4.0", "CC BY-NC-ND 4.0",
         "https://creativecommons.org/licenses/by-nc-nd/4.0/"},
        {"CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"},
        {"NLOD-2.0", "NLOD 2.0", "https://data.norge.no/nlod/no/2.0"},
    };
    for (size_t i = 0; id && i < COUNT(known); i++)
        if (strcasecmp(known[i].id, id) == 0)
            return &known[i];
    return NULL;
}
