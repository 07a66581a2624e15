// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <errno.h>

#include <cmocka.h>

#include "sound/clockfit.h"
#include "unit/waves.h"

enum { POINTS = 32 };

struct speakers {
    double lag_s, rise, path_s;
    int every; // so many points from one to the next of b's speaker; 0: a's speaker alone
    int wrong; // every so many points is anywhere
    double jitter_s;
};

static void points_make(const struct speakers *s, struct clockfit_point p[POINTS])
{
    uint32_t random = 4711;
    for (int i = 0; i < POINTS; i++) {
        double at = 50 * i + 10 * wave_random(&random),
               sign = s->every && i % s->every == 1 ? -1 : 1;
        double lag = s->lag_s + s->rise * at + sign * s->path_s;
        p[i] = (struct clockfit_point){at, lag + s->jitter_s * wave_random(&random), false};
        if (s->wrong && i % s->wrong == 0)
            p[i].lag_s = 0.08 * wave_random(&random);
    }
}

static void the_line_of_the_clocks_is_found(void **state)
{
    (void)state;
    static const struct speakers rows[] = {
        {0, 0, 0, 0, 0, 0},
        {0.013, 20e-6, 0, 0, 0, 5e-5},
        {-0.04, -35e-6, 0.003, 2, 0, 5e-5},
        {0.01, 10e-6, 0.003, 2, 3, 5e-5},
        {0.01, 10e-6, 0.025, 4, 4, 5e-5},
        {0.01, -10e-6, 0.003, 6, 0, 5e-5},
        {0.02, 5e-6, 0, 0, 2, 5e-5},
        {0.02, 5e-6, 0.0003, 2, 0, 5e-5},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct clockfit_point p[POINTS];
        struct clockfit fit;
        points_make(&rows[i], p);
        assert_int_equal(clockfit_solve(p, POINTS, &fit), 0);
        double tolerance = rows[i].path_s > 0 && rows[i].path_s < 0.001 ? 1e-4 : 5e-5;
        double end = (fit.rise - rows[i].rise) * 1600 + fit.lag_s - rows[i].lag_s;
        if (fabs(fit.lag_s - rows[i].lag_s) > tolerance || fabs(end) > tolerance)
            fail_msg("row %zu: %g and %g s off", i, fit.lag_s - rows[i].lag_s, end);
        if (rows[i].path_s > 0.001 || rows[i].path_s <= 0)
            assert_float_equal(fit.path_s, rows[i].path_s, 5e-5);
        size_t agree = 0, wrong = (size_t)rows[i].wrong;
        for (int k = 0; k < POINTS; k++)
            agree += p[k].agrees;
        assert_int_equal(agree, fit.agreeing);
        assert_true(agree >= POINTS - (wrong ? POINTS / wrong + 1 : 0));
    }
}

// What comes all before and all behind some moment is a jump: one side of it is kept.
static void a_jump_is_no_way_of_sound(void **state)
{
    (void)state;
    struct speakers s = {0.01, 0, 0, 0, 0, 5e-5};
    struct clockfit_point p[POINTS];
    struct clockfit fit;
    points_make(&s, p);
    for (int i = 20; i < POINTS; i++)
        p[i].lag_s += 0.02;
    assert_int_equal(clockfit_solve(p, POINTS, &fit), 0);
    assert_int_equal(fit.agreeing, 20);
    assert_float_equal(fit.lag_s, 0.01, 1e-4);
    assert_true(fit.path_s == 0);
}

static void chance_and_too_little_give_nothing(void **state)
{
    (void)state;
    struct clockfit_point p[POINTS];
    struct clockfit fit;
    uint32_t random = 1;
    for (int i = 0; i < POINTS; i++)
        p[i] = (struct clockfit_point){50.0 * i, 0.08 * wave_random(&random), false};
    assert_int_equal(clockfit_solve(p, 0, &fit), -ENOENT);
    assert_int_equal(clockfit_solve(p, 2, &fit), -ENOENT);
    assert_true(clockfit_solve(p, POINTS, &fit) < 0 || fit.agreeing < 10);
    for (int i = 0; i < POINTS; i++)
        p[i].lag_s = 500e-6 * p[i].at_s; // steeper than any clock
    assert_int_equal(clockfit_solve(p, POINTS, &fit), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_of_the_clocks_is_found),
        cmocka_unit_test(a_jump_is_no_way_of_sound),
        cmocka_unit_test(chance_and_too_little_give_nothing),
    };
    return cmocka_run_group_tests_name("clockfit", tests, NULL, NULL);
}
