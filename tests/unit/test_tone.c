// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <time.h>

#include "canvas.h"
#include "picture/tone.h"
#include "room.h"

enum { WIDE = 480, HIGH = 270, FPS = 25 };
#define FRAME (TICKS_PER_SEC / FPS)

struct look_of {
    double gain, blue, red;
};

static void cuts_are_found_and_nothing_else(void **state)
{
    (void)state;
    struct image m;
    uint32_t noise = 9;
    canvas_new(&m, WIDE, HIGH);
    struct tone *t = tone_new(WIDE, HIGH, FPS, 1);
    const struct tone_shot *shot;
    assert_int_equal(tone_shots(t, &shot), 0);
    // a pan; a flash at 80; a cut at 100 to another view; a hand in front; light that slowly goes,
    // from 200; a cut at 300; one frame of a third view at 349, which is the last
    for (int frame = 0; frame < 350; frame++) {
        room(&m, frame < 100 ? 1 : frame < 300 ? 2 : 3, frame < 60 ? frame : 60);
        if (frame >= 120 && frame < 160)
            canvas_box(&m, 100 + 4 * (frame - 120), 60, 90, 200, 150);
        if (frame >= 200 && frame < 300)
            light(&m, 1 - (frame - 200) * 0.006, 1, 1);
        if (frame == 80)
            canvas_fill(&m, 230, 128, 128);
        if (frame == 349)
            room(&m, 4, 0);
        canvas_noise(&m, 6, &noise);
        tone_add(t, &m, frame * FRAME);
        if (frame == 110)
            assert_int_equal(tone_shots(t, &shot), 2); // and goes on
    }
    size_t n = tone_shots(t, &shot);
    assert_int_equal(n, 3);
    static const int from[] = {0, 100, 300, 350};
    for (size_t i = 0; i < n; i++) {
        assert_true(shot[i].at.start == from[i] * FRAME && shot[i].at.end == from[i + 1] * FRAME);
        assert_int_equal(shot[i].frames, from[i + 1] - from[i]);
    }
    tone_free(t);
    canvas_free(&m);
    assert_null(tone_new(WIDE, HIGH, 0, 1));
    assert_null(tone_new(0, HIGH, FPS, 1));
}

// One shot, alone.
static struct tone_shot measured(const struct image *m, int frames)
{
    struct tone *t = tone_new(m->width, m->height, FPS, 1);
    const struct tone_shot *shot;
    for (int i = 0; i < frames; i++)
        tone_add(t, m, i * FRAME);
    assert_int_equal(tone_shots(t, &shot), 1);
    struct tone_shot s = *shot;
    tone_free(t);
    return s;
}

static void level_and_balance_are_those_of_the_light(void **state)
{
    (void)state;
    static const struct look_of rows[] = {{1, 1, 1}, {0.8, 1, 1}, {1, 1.1, 1}, {1, 0.92, 1.08}};
    struct image m;
    canvas_new(&m, WIDE, HIGH);
    room(&m, 5, 0);
    struct tone_shot plain = measured(&m, 2);
    assert_true(fabs(plain.white.blue - 1) < 0.02 && fabs(plain.white.red - 1) < 0.02);
    assert_true(fabs(plain.grey.blue - 1) < 0.05 && fabs(plain.grey.red - 1) < 0.05);
    for (size_t i = 0; i < COUNT(rows); i++) {
        room(&m, 5, 0);
        light(&m, rows[i].gain, rows[i].blue, rows[i].red);
        struct tone_shot s = measured(&m, 2);
        assert_true(fabs(s.level / plain.level - rows[i].gain) < 0.005);
        assert_true(fabs(s.white.blue / plain.white.blue - rows[i].blue) < 0.015);
        assert_true(fabs(s.white.red / plain.white.red - rows[i].red) < 0.015);
        assert_true(fabs(s.grey.blue / plain.grey.blue - rows[i].blue) < 0.03);
        assert_true(fabs(s.grey.red / plain.grey.red - rows[i].red) < 0.03);
    }
    canvas_fill(&m, 125, 138, 118);
    struct tone_shot flat = measured(&m, 1);
    assert_true(fabs(flat.grey.blue - (1 + 18.142 / 109)) < 1e-6);
    assert_true(fabs(flat.grey.red - (1 - 15.397 / 109)) < 1e-6);
    assert_true(fabs(flat.level - 109.0 / 219) < 1e-6);
    canvas_free(&m);
}

static double mean_difference(const struct image *a, const struct image *b, int plane)
{
    int width = plane ? a->width / 2 : a->width, height = plane ? a->height / 2 : a->height;
    double sum = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            sum += abs(*canvas_at(a, plane, x, y) - *canvas_at(b, plane, x, y));
    return sum / width / height;
}

static void a_shot_in_another_light_comes_back(void **state)
{
    (void)state;
    static const struct look_of rows[] = {{0.8, 1, 1},  {1.15, 1, 1},       {1, 1.1, 1},
                                          {1, 1, 0.92}, {0.85, 1.08, 0.94}, {0.75, 0.9, 1.1}};
    struct image m, before;
    canvas_new(&m, WIDE, HIGH);
    canvas_new(&before, WIDE, HIGH);
    room(&before, 6, 0);
    for (size_t i = 0; i < COUNT(rows); i++) {
        canvas_copy(&m, &before);
        light(&m, rows[i].gain, rows[i].blue, rows[i].red);
        struct tone_shot shots[] = {measured(&before, 3), measured(&m, 2)};
        struct tone_correction c[2];
        tone_match(shots, 2, c);
        assert_true(c[0].luma == 1 && c[0].blue == 1 && c[0].red == 1);
        struct tone_tables *t = tone_tables_new(&c[1]);
        double off[3];
        for (int p = 0; p < 3; p++)
            off[p] = mean_difference(&m, &before, p);
        tone_apply(t, &m);
        for (int p = 0; p < 3; p++) {
            double now = mean_difference(&m, &before, p);
            assert_true(now < 1.2 || now < off[p] / 4);
        }
        struct tone_shot after = measured(&m, 1);
        assert_true(fabs(after.level / shots[0].level - 1) < 0.01);
        assert_true(fabs(after.white.blue - shots[0].white.blue) < 0.015);
        assert_true(fabs(after.white.red - shots[0].white.red) < 0.015);
        tone_tables_free(t);
    }
    canvas_free(&m);
    canvas_free(&before);
}

static void corrections_have_limits_and_leave_alone_what_is_right(void **state)
{
    (void)state;
    struct image m;
    struct tone_shot shots[5];
    struct tone_correction c[5];
    canvas_new(&m, WIDE, HIGH);
    static const struct look_of rows[] = {
        {1, 1, 1}, {0.4, 1.3, 1}, {0.99, 1.004, 1}, {0.01, 1, 1}, {1.6, 1, 0.75}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        room(&m, 7, 0);
        light(&m, rows[i].gain, rows[i].blue, rows[i].red);
        shots[i] = measured(&m, i ? 1 : 9);
    }
    tone_match(shots, COUNT(rows), c);
    assert_true(c[0].luma == 1 && c[0].blue == 1 && c[0].red == 1);
    assert_true(fabs(c[1].luma - TONE_STOP) < 1e-6 && fabs(c[1].blue - (1 - TONE_CAST)) < 1e-9);
    assert_true(c[2].luma == 1 && c[2].blue == 1 && c[2].red == 1);
    assert_true(c[3].luma == 1 && c[3].blue == 1 && c[3].red == 1); // black
    assert_true(c[4].luma >= 1 / TONE_STOP - 1e-9 && c[4].luma < 0.75 && c[4].red <= 1 + TONE_CAST);

    // what grey and white do not agree on is the subject's colour
    shots[1] = shots[0];
    shots[1].frames = 1;
    shots[1].grey.blue *= 1.1;
    shots[1].white.blue *= 0.95;
    shots[1].grey.red *= 0.9;
    shots[1].white.red *= 0.95;
    tone_match(shots, 2, c);
    assert_true(c[1].blue == 1 && fabs(c[1].red - 1 / 0.95) < 1e-9);
    tone_match(shots, 0, c);
    canvas_free(&m);
}

static void tables_keep_the_range_the_order_and_grey(void **state)
{
    (void)state;
    struct image m, same;
    canvas_new(&m, 512, 2); // each luma twice
    canvas_new(&same, 512, 2);
    static const struct tone_correction rows[] = {
        {1, 1, 1}, {TONE_STOP, 1, 1}, {1 / TONE_STOP, 1, 1}, {1, 1.15, 1}, {1.2, 0.85, 1.15}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        canvas_fill(&m, 0, 128, 128);
        for (int x = 0; x < 512; x++)
            *canvas_at(&m, 0, x, 0) = *canvas_at(&m, 0, x, 1) = (uint8_t)(x / 2);
        canvas_copy(&same, &m);
        struct tone_tables *t = tone_tables_new(&rows[i]);
        tone_apply(t, &m);
        tone_tables_free(t);
        if (!i)
            for (int p = 0; p < 3; p++)
                assert_true(mean_difference(&m, &same, p) == 0);
        assert_int_equal(*canvas_at(&m, 0, 32, 0), 16);
        if (rows[i].luma >= 1)
            assert_int_equal(*canvas_at(&m, 0, 470, 0), 235);
        for (int x = 2; x < 512; x += 2)
            assert_true(*canvas_at(&m, 0, x, 0) >= *canvas_at(&m, 0, x - 2, 0));
        for (int x = 32; x < 430; x += 2) { // B' and R' of grey are what was asked for
            double luma = *canvas_at(&m, 0, x, 0) - 16;
            double blue = (*canvas_at(&m, 1, x / 2, 0) - 128) * 1.8142 + luma;
            double red = (*canvas_at(&m, 2, x / 2, 0) - 128) * 1.5397 + luma;
            assert_true(fabs(blue - luma * rows[i].blue) < 1.4);
            assert_true(fabs(red - luma * rows[i].red) < 1.4);
        }
    }
    // saturation goes with the light
    canvas_fill(&m, 116, 148, 98);
    struct tone_tables *t = tone_tables_new(&(struct tone_correction){1.2, 1, 1});
    tone_apply(t, &m);
    assert_int_equal(*canvas_at(&m, 0, 0, 0), 136);
    assert_int_equal(*canvas_at(&m, 1, 0, 0), 152);
    assert_int_equal(*canvas_at(&m, 2, 0, 0), 92);
    tone_tables_free(t);
    canvas_free(&m);
    canvas_free(&same);
}

static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void it_costs_little(void **state)
{
    (void)state;
    enum { TURNS = 60 };
    struct image m;
    canvas_new(&m, 1920, 1080);
    room(&m, 1, 0);
    struct tone *t = tone_new(1920, 1080, FPS, 1);
    double from = cpu_ms();
    for (int i = 0; i < TURNS; i++)
        tone_add(t, &m, i * FRAME);
    double add = (cpu_ms() - from) / TURNS;
    struct tone_tables *tables = tone_tables_new(&(struct tone_correction){1.001, 1.001, 1.001});
    from = cpu_ms();
    for (int i = 0; i < TURNS; i++)
        tone_apply(tables, &m);
    double apply = (cpu_ms() - from) / TURNS;
    print_message("# %.3f ms to measure a frame of 1080p, %.3f ms to correct it\n", add, apply);
    assert_true(add < 20 && apply < 200);
    tone_tables_free(tables);
    tone_free(t);
    canvas_free(&m);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_are_found_and_nothing_else),
        cmocka_unit_test(level_and_balance_are_those_of_the_light),
        cmocka_unit_test(a_shot_in_another_light_comes_back),
        cmocka_unit_test(corrections_have_limits_and_leave_alone_what_is_right),
        cmocka_unit_test(tables_keep_the_range_the_order_and_grey),
        cmocka_unit_test(it_costs_little),
    };
    return cmocka_run_group_tests_name("tone", tests, NULL, NULL);
}
