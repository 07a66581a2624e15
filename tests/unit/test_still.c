// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <time.h>

#include "canvas.h"
#include "picture/still.h"

enum { WIDE = 640, HIGH = 360, FPS = 25 };
#define FRAME (TICKS_PER_SEC / FPS)

// Leaves and bricks: boxes of all sizes, the same for the same seed.
static void scene(struct image *m, uint32_t seed, int shift)
{
    uint32_t state = seed * 2654435761u + 1;
    canvas_fill(m, 90, 128, 128);
    for (int i = 0; i < 400; i++) {
        int w = 4 + canvas_random(&state, 40), h = 4 + canvas_random(&state, 30);
        int x = (canvas_random(&state, m->width) + shift) % (m->width - w);
        canvas_box(m, x, canvas_random(&state, m->height - h), w, h,
                   40 + canvas_random(&state, 170));
    }
}

// Each pixel is the mean of `length` to its left.
static void smear(struct image *m, int length)
{
    for (int y = 0; y < m->height; y++)
        for (int x = m->width - 1; x >= 0; x--) {
            int sum = 0, n = 0;
            for (int k = x; k >= 0 && k > x - length; k--, n++)
                sum += *canvas_at(m, 0, k, y);
            *canvas_at(m, 0, x, y) = (uint8_t)(sum / n);
        }
}

static void dissolve(struct image *m, const struct image *to, double share)
{
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++) {
            uint8_t *p = canvas_at(m, 0, x, y);
            *p = (uint8_t)(*p + share * (*canvas_at(to, 0, x, y) - *p));
        }
}

static void scale(struct image *m, double by, int plus)
{
    for (int y = 0; y < m->height; y++)
        for (int x = 0; x < m->width; x++) {
            double v = 16 + (*canvas_at(m, 0, x, y) - 16) * by + plus;
            *canvas_at(m, 0, x, y) = (uint8_t)(v < 16 ? 16 : v > 235 ? 235 : v);
        }
}

static void sharp_and_well_lit_scores_more(void **state)
{
    (void)state;
    static const int sizes[][2] = {{640, 360}, {1920, 1080}, {100, 56}, {1080, 1920}};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct image m;
        uint32_t noise = 5;
        canvas_new(&m, sizes[i][0], sizes[i][1]);
        scene(&m, 1, 0);
        double sharp = still_score(&m);
        assert_true(sharp > 4);
        for (int length = 3; length <= 27; length *= 3) {
            double before = still_score(&m);
            smear(&m, length * m.width / 640 + 2);
            assert_true(still_score(&m) < before * 0.97);
        }
        scene(&m, 1, 0);
        scale(&m, 0.2, 0);
        assert_true(still_score(&m) < sharp / 4);
        scene(&m, 1, 0);
        scale(&m, 1, 120);
        assert_true(still_score(&m) < sharp / 2);
        canvas_fill(&m, 16, 128, 128); // black with the noise of a sensor
        canvas_noise(&m, 6, &noise);
        assert_true(still_score(&m) == 0);
        canvas_fill(&m, 235, 128, 128);
        assert_true(still_score(&m) == 0);
        canvas_fill(&m, 120, 128, 128);
        assert_true(still_score(&m) == 0);
        canvas_free(&m);
    }
    struct image tiny;
    canvas_new(&tiny, 2, 2);
    assert_true(still_score(&tiny) == 0);
    canvas_free(&tiny);
}

static struct stills *keeping(double seconds, size_t count)
{
    return stills_new(&(struct stills_params){
        .width = WIDE,
        .height = HIGH,
        .over = {0, (tick)(seconds * (double)TICKS_PER_SEC)},
        .count = count,
    });
}

static void the_best_of_each_part_is_kept_as_it_was(void **state)
{
    (void)state;
    struct image m;
    canvas_new(&m, WIDE, HIGH);
    struct stills *s = keeping(40, 4);
    // a frame in so many is sharp: one a part, in the third none but black
    static const int sharp[] = {100, 400, -1, 900};
    for (int frame = 0; frame < 40 * FPS; frame++) {
        int part = frame / (10 * FPS);
        scene(&m, 3, 0);
        if (frame / 25 != sharp[part] / 25)
            smear(&m, 8);
        if (part == 2)
            canvas_fill(&m, 16, 128, 128);
        *canvas_at(&m, 1, 7, 5) = (uint8_t)(100 + frame / 25);
        *canvas_at(&m, 2, WIDE / 2 - 1, HIGH / 2 - 1) = (uint8_t)(50 + frame / 25);
        stills_add(s, &m, frame * FRAME);
    }
    struct still got[STILLS_MOST];
    assert_int_equal(stills_result(s, got), 3);
    for (int i = 0; i < 3; i++) {
        int second = sharp[i < 2 ? i : 3] / 25;
        assert_int_equal(got[i].at / TICKS_PER_SEC, second);
        assert_int_equal(*canvas_at(&got[i].image, 1, 7, 5), 100 + second);
        assert_int_equal(*canvas_at(&got[i].image, 2, WIDE / 2 - 1, HIGH / 2 - 1), 50 + second);
        scene(&m, 3, 0);
        for (int y = 0; y < HIGH; y++)
            assert_memory_equal(canvas_at(&m, 0, 0, y), canvas_at(&got[i].image, 0, 0, y), WIDE);
    }
    stills_free(s);
    canvas_free(&m);
}

static void moving_and_fading_frames_are_left_for_those_at_rest(void **state)
{
    (void)state;
    struct image m, other;
    canvas_new(&m, WIDE, HIGH);
    canvas_new(&other, WIDE, HIGH);
    scene(&other, 9, 0);
    struct stills *s = keeping(12, 1);
    for (int frame = 0; frame < 12 * FPS; frame++) {
        double t = (double)frame / FPS;
        scene(&m, 8, t < 4 ? frame * 9 : 0); // 0 to 4 s: a pan of full sharpness
        if (t >= 4 && t < 6)                 // a fade to the second scene
            dissolve(&m, &other, (t - 4) / 2);
        if (t >= 6)
            canvas_copy(&m, &other);
        if (t >= 8)
            scene(&m, 20 + (uint32_t)frame / 3, 0); // cuts, eight a second
        if (t >= 6 && t < 8)
            smear(&m, 2); // a little less sharp, and at rest
        stills_add(s, &m, frame * FRAME);
    }
    struct still got[STILLS_MOST];
    assert_int_equal(stills_result(s, got), 1);
    print_message("# %.2f s\n", tick_to_s(got[0].at));
    assert_true(got[0].at >= 6 * TICKS_PER_SEC && got[0].at < 8 * TICKS_PER_SEC);
    stills_free(s);
    canvas_free(&m);
    canvas_free(&other);
}

static void the_poster_is_the_best_that_is_not_at_an_end(void **state)
{
    (void)state;
    struct image m;
    canvas_new(&m, WIDE, HIGH);
    static const struct {
        int smear[4]; // of each part; 0: black
        tick at_s;
    } rows[] = {{{1, 6, 3, 1}, 20}, {{2, 0, 0, 1}, 30}, {{1, 0, 0, 2}, 0}, {{1, 9, 0, 2}, 10}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stills *s = keeping(40, 4);
        for (int part = 0; part < 4; part++)
            for (int k = 0; k < 2; k++) {
                scene(&m, 5, 0);
                smear(&m, rows[i].smear[part] ? rows[i].smear[part] : 1);
                if (!rows[i].smear[part])
                    canvas_fill(&m, 16, 128, 128);
                stills_add(s, &m, (10 * part + k) * TICKS_PER_SEC);
            }
        struct still got[STILLS_MOST];
        size_t n = stills_result(s, got);
        tick at = got[stills_poster(s, got, n)].at;
        assert_int_equal(at / TICKS_PER_SEC / 10 * 10, rows[i].at_s);
        stills_free(s);
    }
    canvas_free(&m);
}

static void what_cannot_be_kept_is_refused(void **state)
{
    (void)state;
    struct image m;
    struct still got[STILLS_MOST];
    canvas_new(&m, WIDE, HIGH);
    scene(&m, 1, 0);
    assert_null(keeping(0, 4));
    assert_null(keeping(10, 0));
    assert_null(keeping(10, STILLS_MOST + 1));
    struct stills *s = keeping(10, STILLS_MOST);
    assert_int_equal(stills_result(s, got), 0);
    stills_add(s, &m, -FRAME);
    stills_add(s, &m, 10 * TICKS_PER_SEC);
    m.width /= 2;
    stills_add(s, &m, TICKS_PER_SEC);
    m.width *= 2;
    assert_int_equal(stills_result(s, got), 0);
    stills_add(s, &m, 10 * TICKS_PER_SEC - 1);
    assert_int_equal(stills_result(s, got), 1);
    stills_free(s);
    stills_free(NULL);
    canvas_free(&m);
}

static void it_costs_little(void **state)
{
    (void)state;
    struct image m;
    struct timespec a, b;
    canvas_new(&m, 1920, 1080);
    scene(&m, 1, 0);
    struct stills *s = stills_new(&(struct stills_params){
        .width = 1920, .height = 1080, .over = {0, 40 * TICKS_PER_SEC}, .count = 4});
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    for (int i = 0; i < 40 * FPS; i++)
        stills_add(s, &m, i * FRAME);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
    print_message("# %.3f ms a frame looked at, %.3f ms of all at 25 a second\n", ms / 160,
                  ms / (40 * FPS));
    assert_true(ms / 160 < 50);
    stills_free(s);
    canvas_free(&m);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharp_and_well_lit_scores_more),
        cmocka_unit_test(the_best_of_each_part_is_kept_as_it_was),
        cmocka_unit_test(moving_and_fading_frames_are_left_for_those_at_rest),
        cmocka_unit_test(the_poster_is_the_best_that_is_not_at_an_end),
        cmocka_unit_test(what_cannot_be_kept_is_refused),
        cmocka_unit_test(it_costs_little),
    };
    return cmocka_run_group_tests_name("still", tests, NULL, NULL);
}
