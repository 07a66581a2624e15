// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400 };

int64_t clock_now(void)
{
    const char *pinned = getenv("DGL_NOW");
    int64_t at = 0;
    if (pinned && clock_parse_iso(pinned, &at, NULL))
        return at;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec;
}

double clock_monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

// Days from the start of the year 0 to the first of January of the year.
static int64_t year_start(int64_t year)
{
    int64_t before = year - 1;
    int64_t leap_days = floor_div(before, 4) - floor_div(before, 100) + floor_div(before, 400);
    return 366 + before * 365 + leap_days;
}

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

static const int64_t epoch_days = 719528; // year_start(1970)

int64_t clock_sane(int64_t utc_s)
{
    static const int64_t most_s = 10000000000000;
    return utc_s < -most_s ? -most_s : utc_s > most_s ? most_s : utc_s;
}

int64_t clock_ns(int64_t utc_s, long ns)
{
    static const int64_t most_s = 9000000000;
    return (utc_s < -most_s ? -most_s : utc_s > most_s ? most_s : utc_s) * 1000000000 + ns;
}

void clock_civil(int64_t utc_s, struct civil *ret)
{
    utc_s = clock_sane(utc_s);
    int64_t days = floor_div(utc_s, DAY_S), second = utc_s - days * DAY_S;
    days += epoch_days;
    int64_t year = floor_div(days * 400, 146097); // right, or one too many or too few
    while (year_start(year) > days)
        year--;
    while (year_start(year + 1) <= days)
        year++;
    int left = (int)(days - year_start(year)), month = 1;
    for (; left >= month_days(year, month); month++)
        left -= month_days(year, month);
    *ret = (struct civil){
        .year = (int)year,
        .month = month,
        .day = left + 1,
        .hour = (int)(second / 3600),
        .minute = (int)(second / 60 % 60),
        .second = (int)(second % 60),
    };
}

int64_t clock_from_civil(const struct civil *c)
{
    int64_t days = year_start(c->year) - epoch_days + c->day - 1;
    for (int month = 1; month < c->month; month++)
        days += month_days(c->year, month);
    return days * DAY_S + c->hour * INT64_C(3600) + c->minute * INT64_C(60) + c->second;
}

// Reads the text by a pattern: each 'd' is a digit of the next field, a blank ends a field, all
// else stands for itself. Returns where the text goes on, NULL when it is something else.
static const char *scan(const char *s, const char *pattern, int *fields)
{
    *fields = 0;
    for (; *pattern; pattern++) {
        if (*pattern == 'd') {
            if (*s < '0' || *s > '9')
                return NULL;
            *fields = *fields * 10 + (*s++ - '0');
        } else if (*pattern == ' ') {
            *++fields = 0;
        } else if (*s++ != *pattern) {
            return NULL;
        }
    }
    return s;
}

static bool offset_parse(const char *s, int *ret_min)
{
    int f[2];
    if (strcmp(s, "Z") == 0) {
        *ret_min = 0;
        return true;
    }
    if (*s != '+' && *s != '-')
        return false;
    const char *end = scan(s + 1, "dd :dd", f);
    if (!end || *end || f[1] > 59 || f[0] * 60 + f[1] > 14 * 60)
        return false;
    *ret_min = (*s == '-' ? -1 : 1) * (f[0] * 60 + f[1]);
    return true;
}

bool clock_parse_iso(const char *s, int64_t *ret_utc_s, int *ret_offset_min)
{
    int date[3], time[3] = {0}, offset_min = 0;
    s = scan(s, "dddd -dd -dd", date);
    if (!s || date[0] < 1 || date[1] < 1 || date[1] > 12 || date[2] < 1 ||
        date[2] > month_days(date[0], date[1]))
        return false;
    if (*s) {
        s = scan(s, "Tdd :dd :dd", time);
        if (!s || time[0] > 23 || time[1] > 59 || time[2] > 59 || !offset_parse(s, &offset_min))
            return false;
    }
    struct civil c = {date[0], date[1], date[2], time[0], time[1], time[2]};
    int64_t utc_s = clock_from_civil(&c) - offset_min * INT64_C(60);
    clock_civil(utc_s, &c);
    if (c.year < 1 || c.year > 9999) // it could not be written so again
        return false;
    if (ret_utc_s)
        *ret_utc_s = utc_s;
    if (ret_offset_min)
        *ret_offset_min = offset_min;
    return true;
}

void clock_iso(int64_t utc_s, char ret[CLOCK_TEXT])
{
    struct civil c;
    clock_civil(utc_s, &c);
    snprintf(ret, CLOCK_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
             c.minute, c.second);
}

static void mail_date(int64_t utc_s, const char *zone, char ret[CLOCK_TEXT])
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil c;
    clock_civil(utc_s, &c);
    int64_t day = floor_div(utc_s, DAY_S), weekday = day - floor_div(day, 7) * 7;
    snprintf(ret, CLOCK_TEXT, "%s, %02d %s %04d %02d:%02d:%02d %s", days[weekday], c.day,
             months[c.month - 1], c.year, c.hour, c.minute, c.second, zone);
}

void clock_rfc2822(int64_t utc_s, char ret[CLOCK_TEXT])
{
    mail_date(utc_s, "+0000", ret);
}

void clock_http(int64_t utc_s, char ret[CLOCK_TEXT])
{
    mail_date(utc_s, "GMT", ret);
}
