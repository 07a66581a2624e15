// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/blocks.h"
#include "sound/gain.h"
#include "sound/loudness.h"
#include "sound/rein.h"
#include "unit/waves.h"

enum { RATE = 16000, PASSAGES = 12, BLOCKS_A_S = 1000 / METER_BLOCK_MS };
static const struct rein_problem none = {.target_lufs = -23,
                                         .ceiling_dbtp = -1,
                                         .max_short_term_lufs = HUGE_VAL,
                                         .max_range_lu = HUGE_VAL};
static const struct rein_problem broadcast = {
    .target_lufs = -23, .ceiling_dbtp = -1, .max_short_term_lufs = -18, .max_range_lu = 15};

struct passage {
    double seconds, db; // 0 dB: noise at a peak of -20 dBFS
};

static void make(struct wave *w, const struct passage *p, size_t n)
{
    wave_init(w, RATE, 2);
    for (size_t i = 0; i < n && p[i].seconds > 0; i++)
        wave_noise(w, p[i].seconds, wave_linear(p[i].db - 20));
}

static int solve(const struct wave *w, const struct rein_problem *p, struct rein_solution *ret,
                 double *ret_gain_db)
{
    struct meter *m = wave_meter(w);
    struct meter_table t;
    struct gain_solution g = {0};
    struct blocks b;
    meter_table(m, &t);
    int r = rein_solve(&t, p, ret);
    blocks_copy(&t, NULL, &b);
    leveller_apply(&ret->curve, &b);
    t = blocks_table(&b);
    gain_solve(
        &t, &(struct gain_problem){.target_lufs = p->target_lufs, .ceiling_dbtp = p->ceiling_dbtp},
        &g);
    *ret_gain_db = g.gain_db;
    blocks_done(&b);
    meter_free(m);
    return r;
}

// The samples behind curve and gain, in pieces.
static void ride(struct wave *w, const struct leveller_curve *c, double gain_db)
{
    struct leveller *l = leveller_new(c, w->rate, w->channels);
    for (size_t i = 0; i < w->frames; i += 1000) {
        float *at[WAVE_CHANNELS];
        for (int k = 0; k < w->channels; k++)
            at[k] = w->plane[k] + i;
        leveller_run(l, at, w->frames - i < 1000 ? w->frames - i : 1000);
    }
    leveller_free(l);
    for (int k = 0; k < w->channels; k++)
        wave_scale(w, k, gain_db);
}

static void check_slope(const char *name, const struct leveller_curve *c)
{
    for (size_t i = 1; i < c->n; i++) {
        double s = (c->point[i].at - c->point[i - 1].at) / BLOCKS_A_S;
        double rate = fabs(c->point[i].db - c->point[i - 1].db) / s;
        if (!(rate <= REIN_DB_PER_S + 0.001))
            fail_msg("%s: %.3f dB/s at %.2f s", name, rate, c->point[i].at / BLOCKS_A_S);
    }
}

// Heard, not expected: the samples themselves are ridden and measured.
static void check(const char *name, const struct wave *made, const struct rein_problem *p,
                  struct rein_solution *ret)
{
    struct wave w = *made;
    struct meter_result r;
    double gain_db;
    assert_int_equal(solve(&w, p, ret, &gain_db), 0);
    for (int c = 0; c < w.channels; c++) {
        w.plane[c] = mem_alloc((w.frames + 1) * sizeof(float));
        memcpy(w.plane[c], made->plane[c], w.frames * sizeof(float));
    }
    ride(&w, &ret->curve, gain_db);
    wave_measure(&w, &r);
    if (fabs(r.integrated_lufs - p->target_lufs) > 0.05)
        fail_msg("%s: %.3f LUFS", name, r.integrated_lufs);
    if (r.max_short_term_lufs > p->max_short_term_lufs)
        fail_msg("%s: short-term %.3f LUFS", name, r.max_short_term_lufs);
    if (r.range_lu > p->max_range_lu)
        fail_msg("%s: range %.3f LU", name, r.range_lu);
    if (fabs(r.max_short_term_lufs - ret->short_term_lufs) > 0.05 ||
        fabs(r.range_lu - ret->range_lu) > 0.05)
        fail_msg("%s: %.3f LUFS and %.3f LU were expected, %.3f and %.3f are heard", name,
                 ret->short_term_lufs, ret->range_lu, r.max_short_term_lufs, r.range_lu);
    check_slope(name, &ret->curve);
    wave_done(&w);
}

static void what_is_over_a_limit_is_brought_within(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct passage passage[PASSAGES];
        double short_term, range; // limits; 0: those of broadcast
    } rows[] = {
        {"20 LU apart", {{20, 0}, {20, -20}, {20, 0}, {20, -20}}, 0, 0},
        {"20 LU apart, to 8 LU", {{20, 0}, {20, -20}, {20, 0}, {20, -20}}, 0, 8},
        {"20 LU apart, to 6 LU", {{30, 0}, {30, -20}, {30, 0}, {30, -20}}, 0, 6},
        {"mostly soft", {{20, -18}, {20, -18}, {10, 0}, {30, -18}}, 0, 10},
        {"a shout of 6 s", {{30, 0}, {6, 12}, {30, 0}}, 0, 0},
        {"a shout of 1 s", {{30, 0}, {1, 18}, {30, 0}}, 0, 0},
        {"two shouts", {{6, 10}, {30, 0}, {4, 15}, {20, -3}}, 0, 0},
        {"a third is loud", {{20, 0}, {20, 9}, {20, 0}}, -21, 0},
        {"shout and range", {{20, 0}, {4, 10}, {20, -19}, {20, 0}, {20, -19}}, 0, 0},
        {"pauses under the gate", {{20, 0}, {8, -40}, {20, -17}, {8, -40}, {20, 0}}, 0, 10},
        {"room noise near the gate", {{20, 0}, {8, -24}, {20, -16}, {8, -24}, {20, 0}}, 0, 10},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct rein_solution s;
        struct rein_problem p = broadcast;
        p.max_short_term_lufs = rows[i].short_term ? rows[i].short_term : p.max_short_term_lufs;
        p.max_range_lu = rows[i].range ? rows[i].range : p.max_range_lu;
        make(&w, rows[i].passage, PASSAGES);
        check(rows[i].name, &w, &p, &s);
        assert_true(s.curve.n > 0);
        leveller_curve_done(&s.curve);
        wave_done(&w);
    }
}

static void level_sound_is_left_alone(void **state)
{
    (void)state;
    static const struct passage rows[][PASSAGES] = {
        {{30, 0}}, {{30, 0}, {2, 4}, {30, -4}}, {{20, 0}, {10, -14}, {20, 0}}, {{30, -40}},
        {{2, 0}}, // too short to have either
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct rein_solution s;
        double gain_db;
        make(&w, rows[i], PASSAGES);
        assert_int_equal(solve(&w, &broadcast, &s, &gain_db), 0);
        assert_int_equal(s.curve.n, 0);
        leveller_curve_done(&s.curve);
        wave_done(&w);
    }
}

static void without_limits_nothing_is_done(void **state)
{
    (void)state;
    struct wave w;
    struct rein_solution s;
    double gain_db;
    make(&w, (const struct passage[]){{20, 0}, {20, -18}, {20, 0}, {2, 12}}, 4);
    assert_int_equal(solve(&w, &none, &s, &gain_db), 0);
    assert_int_equal(s.curve.n, 0);
    assert_true(s.short_term_lufs > -18 && s.range_lu > 15);
    leveller_curve_done(&s.curve);
    wave_done(&w);
}

// Loudness in front of a shout and behind it stays what it is, but for the rise to the target.
static void only_the_shout_is_turned_down(void **state)
{
    (void)state;
    struct wave w;
    struct rein_solution s;
    make(&w, (const struct passage[]){{30, 0}, {6, 12}, {30, 0}}, 3);
    check("shout", &w, &broadcast, &s);
    assert_true(leveller_at(&s.curve, 20 * BLOCKS_A_S) == 0);
    assert_true(leveller_at(&s.curve, 46 * BLOCKS_A_S) == 0);
    assert_true(leveller_at(&s.curve, 33 * BLOCKS_A_S) < -2);
    assert_float_equal(leveller_at(&s.curve, 31 * BLOCKS_A_S), s.curve.min_db, 0.3);
    assert_true(s.ratio == 1 && s.curve.max_db == 0);
    leveller_curve_done(&s.curve);
    wave_done(&w);
}

static void pauses_are_not_lifted(void **state)
{
    (void)state;
    struct wave w;
    struct rein_solution s;
    struct rein_problem p = broadcast;
    p.max_range_lu = 8;
    make(&w, (const struct passage[]){{20, 0}, {20, -45}, {20, -17}, {20, 0}}, 4);
    check("pause", &w, &p, &s);
    assert_true(leveller_at(&s.curve, 50 * BLOCKS_A_S) > 5);
    assert_true(leveller_at(&s.curve, 30 * BLOCKS_A_S) <= 0.01);
    leveller_curve_done(&s.curve);
    wave_done(&w);
}

static void what_cannot_be_kept_is_said(void **state)
{
    (void)state;
    struct wave w;
    struct rein_solution s;
    struct rein_problem p = broadcast;
    double gain_db;
    make(&w, (const struct passage[]){{20, 0}, {20, -6}, {20, 0}}, 3);
    p.max_short_term_lufs = -23.5; // softer than the whole shall be
    assert_int_equal(solve(&w, &p, &s, &gain_db), -ERANGE);
    assert_true(s.short_term_lufs > p.max_short_term_lufs);
    leveller_curve_done(&s.curve);
    wave_done(&w);
    make(&w, (const struct passage[]){{1, 0}, {3, -15}, {1, 0}, {3, -15}, {1, 0}, {3, -15}, {1, 0}},
         7);
    p = broadcast;
    p.max_range_lu = 0.1; // changes faster than the gain may
    assert_int_equal(solve(&w, &p, &s, &gain_db), -ERANGE);
    assert_true(s.range_lu > p.max_range_lu);
    leveller_curve_done(&s.curve);
    wave_done(&w);
    wave_init(&w, RATE, 2);
    wave_silence(&w, 5);
    assert_int_equal(solve(&w, &broadcast, &s, &gain_db), -EDOM);
    leveller_curve_done(&s.curve);
    wave_done(&w);
}

static void the_loss_in_the_limiter_counts(void **state)
{
    (void)state;
    struct wave w;
    struct rein_solution s;
    struct rein_problem p = {-14, -1, -12.5, 6};
    double gain_db;
    wave_init(&w, RATE, 2);
    wave_voice(&w, 20, 0.05);
    wave_voice(&w, 15, 0.2);
    wave_voice(&w, 20, 0.05);
    assert_int_equal(solve(&w, &p, &s, &gain_db), 0);
    assert_true(s.curve.n > 0);
    assert_true(s.short_term_lufs <= -12.5 && s.short_term_lufs > -13.5);
    assert_true(s.range_lu <= 6);
    check_slope("voice", &s.curve);
    leveller_curve_done(&s.curve);
    wave_done(&w);
}

// Five minutes whose loud parts the limiter has always at work; what the curve takes, it need not.
static void a_busy_limiter_does_not_hide_the_way(void **state)
{
    (void)state;
    enum { N = 15000 };
    static float energy[N];
    static uint16_t peak[N * METER_BLOCK_PEAKS], crossings[N];
    uint32_t seed = 1;
    for (size_t i = 0; i < N; i++) {
        double db = -22 + 12 * sin((double)i / 900) + 4 * sin((double)i / 90);
        db += 3 * wave_random(&seed) + (i % 4500 < 300 ? 12 : 0);
        energy[i] = (float)pow(10, db / 10);
        for (size_t k = 0; k < METER_BLOCK_PEAKS; k++)
            peak[i * METER_BLOCK_PEAKS + k] = meter_peak_code((float)wave_linear(db + 9));
    }
    struct meter_table t = {N, energy, peak, METER_BLOCK_PEAKS, crossings};
    struct rein_problem p = {-16, -1, -11, 10};
    struct rein_solution s;
    assert_int_equal(rein_solve(&t, &p, &s), 0);
    assert_true(s.curve.n > 0 && s.short_term_lufs <= -11 && s.range_lu <= 10);
    check_slope("busy", &s.curve);
    leveller_curve_done(&s.curve);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_over_a_limit_is_brought_within),
        cmocka_unit_test(level_sound_is_left_alone),
        cmocka_unit_test(without_limits_nothing_is_done),
        cmocka_unit_test(only_the_shout_is_turned_down),
        cmocka_unit_test(pauses_are_not_lifted),
        cmocka_unit_test(what_cannot_be_kept_is_said),
        cmocka_unit_test(the_loss_in_the_limiter_counts),
        cmocka_unit_test(a_busy_limiter_does_not_hide_the_way),
    };
    return cmocka_run_group_tests_name("rein", tests, NULL, NULL);
}
