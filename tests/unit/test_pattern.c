// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/arena.h"
#include "live/pattern.h"
#include "unit/waves.h"

enum { WIDTH = 1280, HEIGHT = 720, RATE = 48000 };

static struct pattern *new_pattern(void)
{
    struct pattern *p = NULL;
    struct err e = {0};
    if (pattern_new(WIDTH, HEIGHT, &p, &e) < 0)
        fail_msg("%s", e.text);
    return p;
}

static AVFrame *frame(struct pattern *p, int64_t number, int num, int den) // at num/den a second
{
    AVFrame *f = NULL;
    assert_int_equal(pattern_frame(p, number * TICKS_PER_SEC * den / num, &f), 0);
    return f;
}

static int level(const AVFrame *f, int plane, int x, int y)
{
    return f->data[plane][(ptrdiff_t)(y >> (plane > 0)) * f->linesize[plane] + (x >> (plane > 0))];
}

// The square at the left of the strip.
static bool flashes(const AVFrame *f)
{
    return level(f, 0, WIDTH / 20 + 20, HEIGHT * 3 / 4) > 200;
}

static bool beeps(int64_t from, int64_t to)
{
    float v[2000], *planes[1] = {v};
    assert_true(to - from <= 2000);
    pattern_sound(RATE, from, planes, 1, (size_t)(to - from));
    float most = 0;
    for (int64_t i = 0; i < to - from; i++)
        most = fmaxf(most, fabsf(v[i]));
    return most > 0;
}

static void flash_and_beep_begin_together_each_second(void **state)
{
    (void)state;
    static const int rates[][2] = {{25, 1}, {30, 1}, {50, 1}, {60, 1}};
    for (size_t r = 0; r < COUNT(rates); r++) {
        struct pattern *p = new_pattern();
        int n = rates[r][0], flashed = 0;
        for (int64_t i = 3600LL * n; i < 3600LL * n + 3 * n; i++) {
            AVFrame *f = frame(p, i, n, 1);
            bool flash = flashes(f), beep = beeps(i * RATE / n, (i + 1) * RATE / n);
            if (i % n == 0)
                assert_true(flash && beep);
            assert_int_equal(flash, beep);
            flashed += flash;
            av_frame_free(&f);
        }
        assert_int_equal(flashed, 3 * ((n * PATTERN_BEEP_MS + 999) / 1000));
        pattern_free(p);
    }
}

static void the_beep_is_1_khz_at_20_below_full_scale(void **state)
{
    (void)state;
    struct wave w;
    wave_init(&w, RATE, 2);
    wave_extend(&w, 3 * RATE);
    for (size_t i = 0; i < w.frames; i += 480) // in pieces
        pattern_sound(RATE, 90000 * (int64_t)RATE + (int64_t)i,
                      (float *[]){w.plane[0] + i, w.plane[1] + i}, 2, 480);
    for (int second = 0; second < 3; second++) {
        const float *x = w.plane[0] + second * RATE;
        double most = 0, other = 0;
        int crossings = 0;
        for (int i = 0; i < RATE; i++) {
            if (i < RATE / 20)
                most = fmax(most, fabs((double)x[i]));
            else
                other = fmax(other, fabs((double)x[i]));
            crossings += i > 0 && i < RATE / 20 && (x[i - 1] < 0) != (x[i] < 0);
        }
        assert_true(fabs(20 * log10(most) + 20) < 0.02);
        assert_true(other == 0);
        assert_true(abs(crossings - 99) <= 1); // two a cycle, 50 cycles
    }
    assert_memory_equal(w.plane[0], w.plane[1], w.frames * sizeof(float));
    wave_done(&w);
}

static void the_bars_have_their_colours(void **state)
{
    (void)state;
    // 75 % bars in BT.709, limited range
    static const int want[7][3] = {{180, 128, 128}, {168, 44, 136}, {145, 147, 44}, {133, 63, 52},
                                   {63, 193, 204},  {51, 109, 212}, {28, 212, 120}};
    struct pattern *p = new_pattern();
    AVFrame *f = frame(p, 10, 25, 1);
    for (int i = 0; i < 7; i++)
        for (int k = 0; k < 3; k++) {
            int got = level(f, k, WIDTH * (2 * i + 1) / 14, HEIGHT / 3);
            if (abs(got - want[i][k]) > 1)
                fail_msg("bar %d, plane %d: %d instead of %d", i, k, got, want[i][k]);
        }
    av_frame_free(&f);
    pattern_free(p);
    pattern_free(NULL);
}

// Every frame has a time of its own, and the bars stand still.
static void the_clock_runs(void **state)
{
    (void)state;
    struct pattern *p = new_pattern();
    AVFrame *last = frame(p, 0, 50, 1);
    for (int i = 1; i < 200; i++) {
        AVFrame *f = frame(p, i, 50, 1);
        long strip = 0, bars = 0;
        for (int y = 0; y < HEIGHT; y += 2)
            for (int x = WIDTH / 4; x < WIDTH; x++) {
                bool in = y >= HEIGHT * 5 / 8 && y < HEIGHT * 7 / 8;
                *(in ? &strip : &bars) += level(f, 0, x, y) != level(last, 0, x, y);
            }
        assert_true(strip > 50 && bars == 0);
        av_frame_free(&last);
        last = f;
    }
    av_frame_free(&last);
    pattern_free(p);
}

static void it_is_cheap(void **state)
{
    (void)state;
    enum { FRAMES = 500 };
    struct pattern *p = new_pattern();
    clock_t start = clock();
    for (int i = 0; i < FRAMES; i++) {
        AVFrame *f = frame(p, i, 25, 1);
        av_frame_free(&f);
    }
    double ms = (double)(clock() - start) / CLOCKS_PER_SEC / FRAMES * 1000;
    print_message("%.3f ms a frame\n", ms);
#ifndef __SANITIZE_ADDRESS__
    assert_true(ms < 2);
#endif
    pattern_free(p);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(flash_and_beep_begin_together_each_second),
        cmocka_unit_test(the_beep_is_1_khz_at_20_below_full_scale),
        cmocka_unit_test(the_bars_have_their_colours),
        cmocka_unit_test(the_clock_runs),
        cmocka_unit_test(it_is_cheap),
    };
    return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
