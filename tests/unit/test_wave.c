// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "frames.h"
#include "picture/wave.h"

enum { WIDTH = 640, HEIGHT = 360, X = 32, Y = 240, ACROSS = 576, DOWN = 96, SECONDS = 40 };
// red behind the present and blue before it: Cr and Cb tell them from each other and from grey
static const struct wave_look look = {X, Y, ACROSS, DOWN, 0xff2020, 0x2020ff, false};

struct desk {
    struct image back, into;
    float level[WAVE_RATE * SECONDS];
    struct wave *wave;
};

static void desk_new(struct desk *d, float level)
{
    d->back = frame_new(WIDTH, HEIGHT);
    d->into = frame_new(WIDTH, HEIGHT);
    frame_fill(&d->back, 60, 128, 128);
    for (size_t i = 0; i < COUNT(d->level); i++)
        d->level[i] = level;
    d->wave = wave_new(&look, &d->back, d->level, COUNT(d->level));
    frame_copy(&d->into, &d->back);
}

static void desk_done(struct desk *d)
{
    wave_free(d->wave);
    frame_free(&d->back);
    frame_free(&d->into);
}

static void every_frame_moves_in_silence_too(void **state)
{
    (void)state;
    static const float levels[] = {0, 1e-6f, 0.1f, 1};
    static const double rates[] = {25, 30, 50, 60};
    for (size_t l = 0; l < COUNT(levels); l++)
        for (size_t r = 0; r < COUNT(rates); r++) {
            struct desk d;
            desk_new(&d, levels[l]);
            struct image last = frame_new(WIDTH, HEIGHT);
            wave_paint(d.wave, 0, &last);
            for (int i = 1; i < 200; i++) {
                wave_paint(d.wave, i / rates[r], &d.into);
                long moved = 0;
                for (int y = Y; y < Y + DOWN; y++)
                    for (int x = X; x < X + ACROSS; x++)
                        moved += abs(frame_at(&last, 0, x, y) - frame_at(&d.into, 0, x, y)) > 8;
                if (moved < 100)
                    fail_msg("level %g, frame %d of %g a second: %ld pixels moved",
                             (double)levels[l], i, rates[r], moved);
                wave_paint(d.wave, i / rates[r], &last);
            }
            frame_free(&last);
            desk_done(&d);
        }
}

static void only_the_rectangle_changes_and_it_is_as_at_first(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d, 0.1f);
    struct image other = frame_new(WIDTH, HEIGHT);
    unsigned seed = 3;
    frame_noise(&other, &seed); // what was painted before does not shine through
    frame_copy(&d.into, &other);
    wave_paint(d.wave, 12.34, &d.into);
    for (int p = 0; p < 3; p++)
        for (int y = 0; y < HEIGHT / (p ? 2 : 1); y++)
            for (int x = 0; x < WIDTH / (p ? 2 : 1); x++) {
                int s = p ? 2 : 1;
                if (x * s < X || x * s >= X + ACROSS || y * s < Y || y * s >= Y + DOWN)
                    assert_int_equal(frame_at(&d.into, p, x, y), frame_at(&other, p, x, y));
            }
    struct image again = frame_new(WIDTH, HEIGHT);
    frame_copy(&again, &d.into);
    wave_paint(d.wave, 7, &d.into);
    assert_false(frame_same(&again, &d.into));
    wave_paint(d.wave, 12.34, &d.into);
    assert_true(frame_same(&again, &d.into));
    frame_free(&other);
    frame_free(&again);
    desk_done(&d);
}

// Samples of a plane in columns from to to of the rectangle that are at least so far from grey.
static long colored(const struct desk *d, int plane, int from, int to, int row, int rows)
{
    long n = 0;
    for (int y = (Y + row) / 2; y < (Y + row + rows) / 2; y++)
        for (int x = (X + from) / 2; x < (X + to) / 2; x++)
            n += frame_at(&d->into, plane, x, y) > 160;
    return n;
}

static void what_has_been_played_has_its_own_colour(void **state)
{
    (void)state;
    const int half = ACROSS / 2, bars = DOWN - 20;
    struct desk d;
    desk_new(&d, 0.1f);
    wave_paint(d.wave, 20, &d.into);
    assert_in_range(colored(&d, 2, 0, half, 0, bars), 1000, 100000);
    assert_int_equal(colored(&d, 2, half + 2, ACROSS, 0, bars), 0);
    assert_int_equal(colored(&d, 1, 0, half - 2, 0, bars), 0);
    assert_in_range(colored(&d, 1, half, ACROSS, 0, bars), 1000, 100000);
    desk_done(&d);
}

static void the_line_says_how_much_has_been_played(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d, 0);
    static const double parts[] = {-1, 0, 0.25, 0.5, 0.9, 1, 3};
    for (size_t i = 0; i < COUNT(parts); i++) {
        wave_paint(d.wave, parts[i] * SECONDS, &d.into);
        double part = parts[i] < 0 ? 0 : parts[i] > 1 ? 1 : parts[i];
        int reached = 0;
        while (reached < ACROSS / 2 &&
               frame_at(&d.into, 2, X / 2 + reached, (Y + DOWN) / 2 - 1) > 180)
            reached++;
        assert_in_range(reached + 1, ACROSS / 2 * part, ACROSS / 2 * part + 2);
    }
    desk_done(&d);
}

static void louder_bars_are_taller(void **state)
{
    (void)state;
    static const float levels[] = {0, 0.01f, 0.03f, 0.1f, 0.2f, 1, 1000};
    long last = -1;
    for (size_t i = 0; i < COUNT(levels); i++) {
        struct desk d;
        desk_new(&d, levels[i]);
        wave_paint(d.wave, 20, &d.into);
        long n = colored(&d, 2, 0, ACROSS, 0, DOWN - 20);
        assert_true(n > last || (levels[i] > 1 && n == last));
        last = n;
        desk_done(&d);
    }
}

// A voice that begins after 30 s shows at the right 30 s minus what is ahead, and comes nearer.
static void sound_scrolls_towards_the_present(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d, 0);
    for (size_t i = 30 * WAVE_RATE; i < COUNT(d.level); i++)
        d.level[i] = 0.3f;
    wave_free(d.wave);
    d.wave = wave_new(&look, &d.back, d.level, COUNT(d.level));
    int last = ACROSS;
    for (int t = 26; t <= 30; t++) {
        wave_paint(d.wave, t, &d.into);
        int x = 0;
        while (x < ACROSS && colored(&d, 1, x, x + 2, 20, 8) + colored(&d, 2, x, x + 2, 20, 8) == 0)
            x += 2;
        assert_true(x < last);
        last = x;
    }
    assert_in_range(last, ACROSS / 2 - 2, ACROSS / 2 + 8);
    desk_done(&d);
}

static void levels_do_not_depend_on_the_blocks(void **state)
{
    (void)state;
    enum { RATE = 48000, N = RATE + 777 };
    float *left = malloc(N * sizeof *left), *right = calloc(N, sizeof *right);
    for (int i = 0; i < N; i++)
        left[i] = (float)(0.5 * sin(2 * 3.14159265 * 1000 * i / RATE));
    struct wave_sound once = {.sample_rate = RATE}, often = {.sample_rate = RATE};
    wave_add(&once, (const float *const[]){left, right}, 2, N);
    for (size_t at = 0, n; at < N; at += n) {
        n = 1 + at % 613;
        n = n > N - at ? N - at : n;
        wave_add(&often, (const float *const[]){left + at, right + at}, 2, n);
    }
    assert_int_equal(once.count, WAVE_RATE);
    assert_int_equal(often.count, WAVE_RATE);
    for (size_t i = 0; i < once.count; i++) {
        assert_true(fabsf(once.level[i] - 0.25f) < 1e-4f); // 0.5 / sqrt 2 in one of two channels
        assert_true(fabsf(once.level[i] - often.level[i]) < 1e-6f);
    }
    free(once.level);
    free(often.level);
    free(left);
    free(right);
}

static void a_sound_of_nothing_is_painted_too(void **state)
{
    (void)state;
    struct desk d;
    desk_new(&d, 0);
    wave_free(d.wave);
    d.wave = wave_new(&look, &d.back, NULL, 0);
    wave_paint(d.wave, 1, &d.into);
    assert_false(frame_same(&d.into, &d.back));
    desk_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_moves_in_silence_too),
        cmocka_unit_test(only_the_rectangle_changes_and_it_is_as_at_first),
        cmocka_unit_test(what_has_been_played_has_its_own_colour),
        cmocka_unit_test(the_line_says_how_much_has_been_played),
        cmocka_unit_test(louder_bars_are_taller),
        cmocka_unit_test(sound_scrolls_towards_the_present),
        cmocka_unit_test(levels_do_not_depend_on_the_blocks),
        cmocka_unit_test(a_sound_of_nothing_is_painted_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
