// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/rumble.h"
#include "unit/waves.h"

static void look(const struct wave *w, size_t piece, struct rumble_result *ret)
{
    struct rumble_look *l = rumble_look_new(w->rate);
    assert_non_null(l);
    for (size_t i = 0; i < w->frames; i += piece)
        rumble_look_add(l, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece);
    rumble_look_result(l, ret);
    rumble_look_free(l);
}

static void clean(struct wave *w, const struct rumble_result *found, size_t piece)
{
    struct rumble *r = rumble_new(w->rate, found);
    assert_non_null(r);
    for (size_t i = 0; i < w->frames; i += piece)
        rumble_run(r, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece,
                   w->plane[0] + i);
    rumble_free(r);
}

static void add(struct wave *w, double hz, double dbfs, double offset)
{
    for (size_t i = 0; i < w->frames; i++)
        w->plane[0][i] +=
            (float)(offset + wave_linear(dbfs) * sin(wave_turn * hz * (double)i / w->rate));
}

static double rms_db(const struct wave *w, double from, double to)
{
    double sum = 0;
    size_t a = (size_t)(from * w->rate), b = (size_t)(to * w->rate);
    for (size_t i = a; i < b; i++)
        sum += (double)w->plane[0][i] * (double)w->plane[0][i];
    return 10 * log10(sum / (double)(b - a) + 1e-15);
}

static const int rates[] = {48000, 44100, 8000, 11025, 192000, 22050};

static void words(struct wave *w, double hz)
{
    for (int word = 0; word < 8; word++) {
        wave_tone(w, 1.5, hz, -20);
        wave_noise(w, 0.8, 0.0003);
    }
}

static void dc_and_rumble_are_measured(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w;
        struct rumble_result r;
        wave_init(&w, rates[i], 1);
        words(&w, 120);
        look(&w, 1000, &r);
        assert_false(r.needed);
        add(&w, 25, -37, 0.02);
        look(&w, 1000, &r);
        assert_true(r.needed && r.dc && r.rumble);
        assert_true(fabs(r.offset - 0.02) < 0.002);
        assert_true(fabs(r.rumble_dbfs + 40) < 1);
        wave_done(&w);
    }
}

static void the_voice_stays_and_what_is_below_goes(void **state)
{
    (void)state;
    static const struct {
        double hz, least_db, most_db;
    } rows[] = {
        {85, -0.5, 0.1}, {110, -0.1, 0.1}, {1000, -0.01, 0.01}, {30, -60, -22}, {15, -90, -45}};
    struct rumble_result r = {.needed = true, .rumble = true};
    for (size_t i = 0; i < COUNT(rates); i++)
        for (size_t k = 0; k < COUNT(rows); k++) {
            struct wave w;
            wave_init(&w, rates[i], 1);
            wave_tone(&w, 2, rows[k].hz, -20);
            double before = rms_db(&w, 1, 2);
            clean(&w, &r, 1000);
            double changed = rms_db(&w, 1, 2) - before;
            assert_true(changed >= rows[k].least_db && changed <= rows[k].most_db);
            wave_done(&w);
        }
}

static void dc_goes_without_a_thump(void **state)
{
    (void)state;
    struct wave w;
    struct rumble_result r;
    wave_init(&w, 48000, 1);
    wave_noise(&w, 10, 0.01);
    add(&w, 1000, -60, 0.1);
    look(&w, 512, &r);
    assert_true(r.dc && !r.rumble && fabs(r.offset - 0.1) < 1e-4);
    clean(&w, &r, 777);
    for (size_t i = 0; i < w.frames; i++)
        assert_true(fabsf(w.plane[0][i]) < 0.013f);
    wave_done(&w);
}

static void a_bass_voice_is_no_rumble(void **state)
{
    (void)state;
    struct wave w;
    struct rumble_result r;
    wave_init(&w, 48000, 1);
    words(&w, 85);
    look(&w, 1000, &r);
    assert_false(r.needed);
    wave_done(&w);
    wave_init(&w, 48000, 1);
    wave_silence(&w, 10);
    look(&w, 1000, &r);
    assert_false(r.needed);
    wave_done(&w);
}

static void the_size_of_the_pieces_does_not_matter(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 37, 100000};
    struct wave a, b;
    struct rumble_result r, s;
    wave_init(&a, 16000, 1);
    wave_voice(&a, 5, 0.3);
    add(&a, 25, -37, 0.02);
    look(&a, 1024, &r);
    clean(&a, &r, 1024);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        wave_init(&b, 16000, 1);
        wave_voice(&b, 5, 0.3);
        add(&b, 25, -37, 0.02);
        look(&b, pieces[i], &s);
        assert_true(fabs(s.rumble_dbfs - r.rumble_dbfs) < 0.01 && fabs(s.offset - r.offset) < 1e-6);
        clean(&b, &r, pieces[i]);
        assert_memory_equal(a.plane[0], b.plane[0], a.frames * sizeof(float));
        wave_done(&b);
    }
    wave_done(&a);
}

static void without_need_samples_pass_untouched(void **state)
{
    (void)state;
    struct rumble_result none = {.offset = 0.1};
    struct wave a, b;
    wave_init(&a, 48000, 1);
    wave_voice(&a, 1, 0.3);
    wave_init(&b, 48000, 1);
    wave_voice(&b, 1, 0.3);
    clean(&b, &none, 1000);
    assert_memory_equal(a.plane[0], b.plane[0], a.frames * sizeof(float));
    wave_done(&a);
    wave_done(&b);
    assert_null(rumble_new(7999, &none));
    assert_null(rumble_look_new(192001));
}

static void a_real_offset_is_removed(void **state)
{
    (void)state;
    struct wave w;
    struct rumble_result r;
    if (!wave_load(&w, "tone-dc-offset.wav"))
        return;
    look(&w, 1024, &r);
    assert_true(r.dc);
    clean(&w, &r, 1024);
    look(&w, 1024, &r);
    assert_false(r.dc);
    wave_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dc_and_rumble_are_measured),
        cmocka_unit_test(the_voice_stays_and_what_is_below_goes),
        cmocka_unit_test(dc_goes_without_a_thump),
        cmocka_unit_test(a_bass_voice_is_no_rumble),
        cmocka_unit_test(the_size_of_the_pieces_does_not_matter),
        cmocka_unit_test(without_need_samples_pass_untouched),
        cmocka_unit_test(a_real_offset_is_removed),
    };
    return cmocka_run_group_tests_name("rumble", tests, NULL, NULL);
}
