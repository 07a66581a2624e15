// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const double step_s = 0.1;

struct work { // frames a second at a moment
    double total;
    double (*speed)(double at_s);
};

static double steady(double at_s)
{
    (void)at_s;
    return 25;
}

// Queues are filled at once; then some seconds are slow and some are quick, and a dark part is
// quick.
static double encoder(double at_s)
{
    double wobble = 1 + 0.4 * sin(at_s * 1.7) + 0.2 * sin(at_s * 5.1);
    return at_s < 1 ? 60 : wobble * (at_s > 120 && at_s < 180 ? 40 : 20);
}

struct watch {
    double first_s, worst_jump_s, worst_error, longest_still_s;
};

// Works to the end, as the terminal would hear of it.
static void follow(const struct work *w, struct watch *ret)
{
    struct pace p = {.done = 0};
    double done = 0, at = 0, before = -1, length = 0;
    for (double n = 0; n < w->total; length += step_s)
        n += w->speed(length) * step_s;
    *ret = (struct watch){.first_s = -1};
    pace_begin(&p, at, 0);
    for (; done < w->total; at += step_s) {
        done += w->speed(at) * step_s;
        pace_add(&p, at, fmin(done / w->total, 1), (int64_t)done);
        double left = pace_left(&p, at);
        if (left < 0)
            continue;
        if (before < 0)
            ret->first_s = at;
        else
            ret->worst_jump_s = fmax(ret->worst_jump_s, fabs(left - (before - step_s)));
        before = left;
        if (at > length / 4)
            ret->worst_error = fmax(ret->worst_error, fabs(left - (length - at)) / length);
    }
}

static void time_left_is_right_where_speed_is_steady(void **state)
{
    (void)state;
    struct watch got;
    follow(&(struct work){25 * 300, steady}, &got);
    assert_true(got.first_s > 0 && got.first_s < 7);
    assert_true(got.worst_error < 0.01);
    assert_true(got.worst_jump_s < 0.05);
}

static void time_left_does_not_jump_about(void **state)
{
    (void)state;
    struct watch got;
    follow(&(struct work){20 * 600, encoder}, &got);
    assert_true(got.first_s > 0 && got.first_s < 7);
    assert_true(got.worst_jump_s < 0.5); // in a tenth of a second
    assert_true(got.worst_error < 0.2);
}

static void nothing_is_said_before_it_is_known(void **state)
{
    (void)state;
    struct pace p;
    pace_begin(&p, 100, 0);
    assert_true(pace_left(&p, 100) < 0);
    pace_add(&p, 101, 0.5, -1);
    assert_true(pace_left(&p, 101) < 0);
    assert_true(pace_fps(&p) == 0);
    pace_add(&p, 110, 0.5, -1); // it stands still
    pace_add(&p, 120, 0.5, -1);
    assert_true(pace_left(&p, 120) < 0);
}

static void frames_are_counted_by_the_second(void **state)
{
    (void)state;
    struct pace p;
    pace_begin(&p, 0, 0);
    for (int i = 1; i <= 300; i++)
        pace_add(&p, i * step_s, i / 1000.0, i * 3);
    assert_true(fabs(pace_fps(&p) - 30) < 0.5);
    for (int i = 301; i <= 400; i++) // half as fast: believed within ten seconds
        pace_add(&p, i * step_s, i / 1000.0, 900 + (i - 300) * 3 / 2);
    assert_true(fabs(pace_fps(&p) - 15) < 1);
}

static void other_work_begins_anew(void **state)
{
    (void)state;
    struct pace p;
    pace_begin(&p, 0, 0);
    for (int i = 1; i <= 100; i++)
        pace_add(&p, i * step_s, i / 100.0, i);
    assert_true(pace_left(&p, 10) < 0.5 && pace_fps(&p) > 0);
    pace_add(&p, 10.1, 0, -1);
    assert_true(pace_left(&p, 10.1) < 0);
    assert_true(pace_fps(&p) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_left_is_right_where_speed_is_steady),
        cmocka_unit_test(time_left_does_not_jump_about),
        cmocka_unit_test(nothing_is_said_before_it_is_known),
        cmocka_unit_test(frames_are_counted_by_the_second),
        cmocka_unit_test(other_work_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
