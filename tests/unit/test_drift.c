// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/drift.h"
#include "unit/waves.h"

// All of w through the resampler, cut into pieces of `piece` samples in and `room` out.
static void run(const struct drift_params *p, const struct wave *w, size_t piece, size_t room,
                struct wave *ret)
{
    struct drift *d = drift_new(p);
    assert_non_null(d);
    wave_init(ret, w->rate, 1);
    float *out = mem_alloc(room * sizeof(float));
    size_t got = 0;
    for (size_t i = 0; i <= w->frames; i += piece) {
        const float *in = w->plane[0] + i;
        size_t frames = w->frames - i < piece ? w->frames - i : piece;
        do {
            got = drift_run(d, &in, &frames, out, room);
            size_t at = wave_extend(ret, got);
            memcpy(ret->plane[0] + at, out, got * sizeof(float));
        } while (got == room);
    }
    do {
        got = drift_flush(d, out, room);
        size_t at = wave_extend(ret, got);
        memcpy(ret->plane[0] + at, out, got * sizeof(float));
    } while (got == room);
    assert_int_equal(drift_flush(d, out, room), 0);
    free(out);
    drift_free(d);
}

struct residue {
    double noise_db; // against full scale
    double gain_db;
    double late; // samples
};

// What is left of w when the sine it should be is taken away, apart from its ends.
static void residue(const struct wave *w, double hz, const struct drift_params *p,
                    struct residue *ret)
{
    const size_t edge = 200, n = w->frames - 2 * edge;
    double re = 0, im = 0, rest = 0, turn = wave_turn * hz / w->rate;
    const float *x = w->plane[0];
    for (int round = 0; round < 3; round++) { // the sine is no whole number of turns long
        double dre = 0, dim = 0;
        rest = 0;
        for (size_t i = edge; i < w->frames - edge; i++) {
            double at = fmod(turn * ((double)i * p->ratio + p->offset), wave_turn);
            double left = (double)x[i] - re * sin(at) - im * cos(at);
            dre += left * sin(at);
            dim += left * cos(at);
            rest += left * left;
        }
        re += 2 * dre / (double)n;
        im += 2 * dim / (double)n;
    }
    ret->noise_db = 10 * log10(2 * rest / (double)n + 1e-30);
    ret->gain_db = wave_db(hypot(re, im));
    ret->late = -atan2(im, re) / turn;
}

static void a_sine_stays_a_sine_where_it_should_be(void **state)
{
    (void)state;
    static const struct {
        int rate;
        double hz, ppm, offset, noise_db;
    } rows[] = {
        {48000, 1000, 80, 0, -120},       {48000, 1000, -300, 0.37, -120},
        {48000, 1000, 300, -17.9, -120},  {48000, 15000, 80, 0.5, -105},
        {48000, 15000, 300, 100.25, -96}, {48000, 15000, -200, -0.75, -99},
        {48000, 20000, 80, 0, -96},       {44100, 19500, -80, 0.1, -80},
        {8000, 3400, 200, 0.9, -90},      {48000, 40, 13, 5000.123, -120},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct drift_params p = {1 + rows[i].ppm * 1e-6, rows[i].offset, -1};
        struct wave in, out;
        struct residue r;
        wave_init(&in, rows[i].rate, 1);
        wave_tone(&in, 60000.0 / rows[i].rate, rows[i].hz, 0);
        run(&p, &in, 1000, 777, &out);
        residue(&out, rows[i].hz, &p, &r);
        if (r.noise_db > rows[i].noise_db)
            fail_msg("row %zu: noise %.1f dB", i, r.noise_db);
        if (fabs(r.gain_db) > 0.01 || fabs(r.late) > 1e-5)
            fail_msg("row %zu: %.4f dB, %g samples late", i, r.gain_db, r.late);
        wave_done(&in);
        wave_done(&out);
    }
}

static void the_same_clock_changes_no_bit(void **state)
{
    (void)state;
    static const int offsets[] = {0, 1, -1, 37, -5000, 9000};
    struct wave in, out;
    wave_init(&in, 48000, 1);
    wave_noise(&in, 0.5, 1);
    for (size_t i = 0; i < COUNT(offsets); i++) {
        struct drift_params p = {1, offsets[i], -1};
        run(&p, &in, 1000, 1000, &out);
        assert_int_equal(out.frames, (int64_t)in.frames - offsets[i]);
        for (size_t n = 0; n < out.frames; n++) {
            int64_t at = (int64_t)n + offsets[i];
            assert_true(out.plane[0][n] == (at < 0 ? 0 : in.plane[0][at]));
        }
        wave_done(&out);
    }
    wave_done(&in);
}

static void length_is_what_was_asked_for(void **state)
{
    (void)state;
    static const struct {
        double ppm, offset;
        int64_t length, want;
    } rows[] = {
        {0, 0, -1, 48000},        {0, 0.5, -1, 48000},     {0, -0.5, -1, 48001},
        {200, 0, -1, 47991},      {-200, 0, -1, 48010},    {100, 500, -1, 47496},
        {0, 48000, -1, 0},        {0, 48000.5, -1, 0},     {0, 1e9, -1, 0},
        {100, 0, 100000, 100000}, {100, -70000, 123, 123}, {100, 20, 7, 7},
        {100, 1e9, 5000, 5000},   {100, -1e5, -1, 147986}, {0, 0, 0, 0},
    };
    struct wave in, out;
    wave_init(&in, 48000, 1);
    wave_noise(&in, 1, 1);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct drift_params p = {1 + rows[i].ppm * 1e-6, rows[i].offset, rows[i].length};
        run(&p, &in, 999, 800, &out);
        if ((int64_t)out.frames != rows[i].want)
            fail_msg("row %zu: %zu instead of %d", i, out.frames, (int)rows[i].want);
        wave_done(&out);
    }
    wave_done(&in);
}

static void before_and_behind_the_input_is_silence(void **state)
{
    (void)state;
    struct drift_params p = {1.0001, -2000.25, 60000};
    struct wave in, out;
    wave_init(&in, 48000, 1);
    wave_noise(&in, 1, 1);
    run(&p, &in, 4096, 4096, &out);
    for (size_t i = 0; i < out.frames; i++) {
        double at = (double)i * p.ratio + p.offset;
        if (at < -32 || at > 48032)
            assert_true(out.plane[0][i] == 0);
    }
    double energy = 0;
    for (size_t i = 2100; i < 49000; i++)
        energy += (double)out.plane[0][i] * (double)out.plane[0][i];
    assert_float_equal(energy / 46900, 1.0 / 3, 0.01);
    wave_done(&in);
    wave_done(&out);
}

static void cutting_the_input_changes_no_bit(void **state)
{
    (void)state;
    static const size_t pieces[][2] = {{1, 1}, {7, 3}, {16, 16}, {5000, 17}, {100000, 100000}};
    struct drift_params p = {0.99983, 123.4, -1};
    struct wave in, want, got;
    wave_init(&in, 48000, 1);
    wave_noise(&in, 0.3, 1);
    run(&p, &in, 1024, 1024, &want);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        run(&p, &in, pieces[i][0], pieces[i][1], &got);
        assert_int_equal(got.frames, want.frames);
        assert_memory_equal(got.plane[0], want.plane[0], want.frames * sizeof(float));
        wave_done(&got);
    }
    wave_done(&want);
    wave_done(&in);
}

// A chord slowed down and made faster again is that chord.
static void there_and_back_is_the_same(void **state)
{
    (void)state;
    struct wave in, slow, back;
    wave_init(&in, 48000, 1);
    size_t n = wave_extend(&in, 144000);
    for (; n < in.frames; n++)
        in.plane[0][n] = (float)wave_harmonics(wave_turn * 600 * (double)n / 48000, 1, 24) / 4;
    struct drift_params there = {1.00015, 100.3, -1};
    struct drift_params again = {1 / there.ratio, -there.offset / there.ratio, 144000};
    run(&there, &in, 4096, 4096, &slow);
    run(&again, &slow, 4096, 4096, &back);
    double worst = 0;
    for (size_t i = 200; i < 143900; i++)
        worst = fmax(worst, fabs((double)(back.plane[0][i] - in.plane[0][i])));
    assert_true(worst < 1e-5);
    wave_done(&in);
    wave_done(&slow);
    wave_done(&back);
}

static void other_ratios_are_refused(void **state)
{
    (void)state;
    static const struct drift_params bad[] = {{1.0011, 0, -1}, {0.9989, 0, -1}, {0, 0, -1},
                                              {NAN, 0, -1},    {1, NAN, -1},    {1, INFINITY, -1}};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_null(drift_new(&bad[i]));
    drift_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sine_stays_a_sine_where_it_should_be),
        cmocka_unit_test(the_same_clock_changes_no_bit),
        cmocka_unit_test(length_is_what_was_asked_for),
        cmocka_unit_test(before_and_behind_the_input_is_silence),
        cmocka_unit_test(cutting_the_input_changes_no_bit),
        cmocka_unit_test(there_and_back_is_the_same),
        cmocka_unit_test(other_ratios_are_refused),
    };
    return cmocka_run_group_tests_name("drift", tests, NULL, NULL);
}
