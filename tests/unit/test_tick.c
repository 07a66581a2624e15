// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "model/tick.h"

static void samples_come_back_as_they_were(void **state)
{
    (void)state;
    static const int rates[] = {8000, 11025, 22050, 44100, 48000, 88200, 96000, 192000};
    static const int64_t samples[] = {
        0, 1, -1, 44099, 48000, 7919, INT64_C(192000) * 3600 * 24 * 30};
    for (size_t r = 0; r < COUNT(rates); r++) {
        for (size_t i = 0; i < COUNT(samples); i++)
            assert_true(tick_to_samples(tick_from_samples(samples[i], rates[r]), rates[r]) ==
                        samples[i]);
    }
    assert_true(tick_from_samples(48000, 48000) == TICKS_PER_SEC);
    assert_true(tick_from_samples(1001, 24000) == TICKS_PER_SEC / 24000 * 1001);
}

static void samples_are_the_nearest(void **state)
{
    (void)state;
    const tick one = TICKS_PER_SEC / 48000;
    assert_true(tick_to_samples(one / 2 - 1, 48000) == 0);
    assert_true(tick_to_samples(one / 2, 48000) == 1);
    assert_true(tick_to_samples(-one / 2, 48000) == -1);
    assert_true(tick_from_samples(1, 7) == (TICKS_PER_SEC + 3) / 7);
}

static void times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        tick want; // in milliseconds
    } rows[] = {
        {"00:00:00", 0},        {"00:03:10", 190000},
        {"03:10", 190000},      {"190", 190000},
        {"00:12:01.5", 721500}, {"0", 0},
        {"0.25", 250},          {"1:00:00", 3600000},
        {"75:10", 4510000},     {"100:00:00", 360000000},
        {"190.125", 190125},    {"00:00:00.001", 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        tick t = -1;
        assert_true(tick_parse(rows[i].text, &t));
        assert_true(t == rows[i].want * (TICKS_PER_SEC / 1000));
    }
    tick t;
    assert_true(tick_parse("0.000000001", &t) && t == 1);
    assert_true(tick_parse("0.999999999", &t) && t == TICKS_PER_SEC - 1);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",          " ",       "-1",          "+1",  "1:2",  "1:60",     "00:60:00",
        "00:00:60",  "1:2:3:4", "00:00:00:00", "1.",  ".5",   "1,5",      "1.1234567891",
        "00:03:10 ", " 3",      "3s",          "1e3", "0x10", "99999:00", "1234567890",
        "٣",         "00:3:10", "::",          "1:",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        tick t = 42;
        assert_false(tick_parse(rows[i], &t));
        assert_true(t == 42);
    }
}

static void times_are_written(void **state)
{
    (void)state;
    const tick ms = TICKS_PER_SEC / 1000;
    static const struct {
        int64_t ms;
        const char *plain, *exact;
    } rows[] = {
        {0, "00:00:00", "00:00:00.000"},       {190250, "00:03:10", "00:03:10.250"},
        {3599999, "00:59:59", "00:59:59.999"}, {360000000, "100:00:00", "100:00:00.000"},
        {-1500, "-00:00:01", "-00:00:01.500"},
    };
    char text[TICK_TEXT];
    for (size_t i = 0; i < COUNT(rows); i++) {
        tick_text(rows[i].ms * ms, text);
        assert_string_equal(text, rows[i].plain);
        tick_text_ms(rows[i].ms * ms, text);
        assert_string_equal(text, rows[i].exact);
    }
    tick_text_ms(60 * TICKS_PER_SEC - 1, text); // rounds up through all fields
    assert_string_equal(text, "00:01:00.000");
    tick_text_ms(-1, text);
    assert_string_equal(text, "00:00:00.000");
    tick_text(INT64_MIN, text);
    tick_text_ms(INT64_MAX, text);
    assert_true(strlen(text) < TICK_TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_back_as_they_were),
        cmocka_unit_test(samples_are_the_nearest),
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(times_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
