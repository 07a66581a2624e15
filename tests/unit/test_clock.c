// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"

static void iso_times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t utc_s;
        int offset_min;
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0, 0},
        {"1970-01-01", 0, 0},
        {"1969-12-31T23:59:59Z", -1, 0},
        {"2026-02-12T09:00:00+01:00", 1770883200, 60},
        {"2026-02-12T08:00:00Z", 1770883200, 0},
        {"2026-02-12T03:30:00-04:30", 1770883200, -270},
        {"2026-02-12T08:00:00-00:00", 1770883200, 0},
        {"2024-02-29", 1709164800, 0},
        {"2000-02-29T23:59:59Z", 951868799, 0},
        {"9999-12-31T23:59:59Z", 253402300799, 0},
        {"0001-01-01", -62135596800, 0},
        {"2026-01-01T00:00:00+14:00", 1767225600 - 14 * 3600, 840},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t utc_s = 99;
        int offset_min = 99;
        assert_true(clock_parse_iso(rows[i].text, &utc_s, &offset_min));
        assert_true(utc_s == rows[i].utc_s);
        assert_int_equal(offset_min, rows[i].offset_min);
        assert_true(clock_parse_iso(rows[i].text, NULL, NULL));
    }
}

static void all_else_is_no_time(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "2026",
        "2026-02",
        "2026-2-12",
        "2026-02-12 09:00:00Z",
        "2026-02-12T09:00:00", // no zone: whose nine o'clock
        "2026-02-12T09:00Z",
        "2026-02-12T09:00:00z",
        "2026-02-12T09:00:00.5Z",
        "2026-02-12T09:00:00+0100",
        "2026-02-12T09:00:00+01",
        "2026-02-12T09:00:00+01:00 ",
        "2026-02-12T09:00:00+14:01",
        "2026-02-12T09:00:00+01:60",
        "2026-02-12T24:00:00Z",
        "2026-02-12T09:60:00Z",
        "2026-02-12T09:00:60Z",
        "2026-00-12",
        "2026-13-12",
        "2026-02-00",
        "2026-02-29",
        "2100-02-29", // a hundred, but not four hundred
        "2026-04-31",
        "0000-01-01",
        "2026-02-12T",
        "2026-02-12Z",
        " 2026-02-12",
        "2026-02-12x",
        "-026-02-12",
        "12.02.2026",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t utc_s = 99;
        int offset_min = 99;
        if (clock_parse_iso(rows[i], &utc_s, &offset_min))
            fail_msg("\"%s\" was read as a time", rows[i]);
        assert_int_equal(utc_s, 99);
        assert_int_equal(offset_min, 99);
    }
}

static void times_are_written_for_feeds_and_headers(void **state)
{
    (void)state;
    static const struct {
        int64_t utc_s;
        const char *iso, *mail;
    } rows[] = {
        {1770883200, "2026-02-12T08:00:00Z", "Thu, 12 Feb 2026 08:00:00 "},
        {0, "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 "},
        {-1, "1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 "},
        {784111777, "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 "},
        {951782400, "2000-02-29T00:00:00Z", "Tue, 29 Feb 2000 00:00:00 "},
        {-62135596800, "0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 "},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char iso[CLOCK_TEXT], mail[CLOCK_TEXT], http[CLOCK_TEXT];
        clock_iso(rows[i].utc_s, iso);
        clock_rfc2822(rows[i].utc_s, mail);
        clock_http(rows[i].utc_s, http);
        assert_string_equal(iso, rows[i].iso);
        assert_memory_equal(mail, rows[i].mail, strlen(rows[i].mail));
        assert_string_equal(mail + strlen(rows[i].mail), "+0000");
        assert_memory_equal(http, rows[i].mail, strlen(rows[i].mail));
        assert_string_equal(http + strlen(rows[i].mail), "GMT");
    }
}

static void every_day_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t day = -800000; day < 800000; day++) {
        int64_t utc_s = day * 86400 + (day * 7919 % 86400 + 86400) % 86400;
        time_t t = (time_t)utc_s;
        struct tm tm;
        struct civil c;
        gmtime_r(&t, &tm);
        clock_civil(utc_s, &c);
        const int want[] = {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                            tm.tm_hour,        tm.tm_min,     tm.tm_sec};
        const int got[] = {c.year, c.month, c.day, c.hour, c.minute, c.second};
        assert_memory_equal(got, want, sizeof(want));
        assert_true(clock_from_civil(&c) == utc_s);
    }
}

static void no_number_is_too_large(void **state)
{
    static const int64_t rows[] = {INT64_MIN, INT64_MIN + 1, INT64_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct civil c;
        char text[CLOCK_TEXT];
        clock_civil(rows[i], &c);
        assert_in_range(c.month, 1, 12);
        assert_in_range(c.day, 1, 31);
        assert_true((c.year > 0) == (rows[i] > 0));
        clock_iso(rows[i], text);
        clock_http(rows[i], text);
        assert_true((clock_ns(rows[i], 0) > 0) == (rows[i] > 0));
    }
    assert_true(clock_ns(1, 5) == 1000000005);
}

static void now_can_be_set(void **state)
{
    (void)state;
    setenv("DGL_NOW", "2026-02-12T09:00:00+01:00", 1);
    assert_true(clock_now() == 1770883200);
    setenv("DGL_NOW", "soon", 1);
    assert_true(clock_now() > 1770883200);
    unsetenv("DGL_NOW");
    assert_true(clock_now() > 1770883200);
    double before = clock_monotonic();
    assert_true(clock_monotonic() >= before);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(iso_times_are_read),
        cmocka_unit_test(all_else_is_no_time),
        cmocka_unit_test(times_are_written_for_feeds_and_headers),
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(no_number_is_too_large),
        cmocka_unit_test(now_can_be_set),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
