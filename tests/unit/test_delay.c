// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/delay.h"
#include "unit/waves.h"

static void an_excerpt_is_the_sound_at_its_rate(void **state)
{
    (void)state;
    static const int rates[] = {8000, 11025, 16000, 44100, 48000, 192000};
    static float sound[DELAY_SIZE];
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct excerpt *e = excerpt_new(rates[i]);
        struct wave w;
        wave_init(&w, rates[i], 1);
        wave_tone(&w, 2.5, 1000, -6);
        double place = 0.1 * rates[i] + 0.3, step = (double)rates[i] / DELAY_RATE * 1.0002;
        excerpt_make(e, w.plane[0], w.frames, place, step, sound);
        for (size_t k = 0; k < DELAY_SIZE; k++) {
            double at = (place + (double)k * step) / rates[i];
            assert_float_equal(sound[k], wave_linear(-6) * sin(wave_turn * 1000 * at), 0.01);
        }
        // Around the ends there is silence.
        excerpt_make(e, w.plane[0], w.frames, -1.0 * rates[i], step, sound);
        for (size_t k = 0; k < 7000; k++)
            assert_float_equal(sound[k], 0, 0.01);
        excerpt_make(e, w.plane[0], w.frames, (double)w.frames + (double)excerpt_reach(e), 1,
                     sound);
        for (size_t k = 0; k < DELAY_SIZE; k++)
            assert_true(sound[k] == 0);
        excerpt_free(e);
        wave_done(&w);
    }
}

static void above_its_rate_nothing_is_folded_down(void **state)
{
    (void)state;
    static float sound[DELAY_SIZE];
    struct excerpt *e = excerpt_new(48000);
    struct wave w;
    wave_init(&w, 48000, 1);
    wave_tone(&w, 2.5, 7000, 0);
    excerpt_make(e, w.plane[0], w.frames, 4800, 6, sound);
    for (size_t k = 0; k < DELAY_SIZE; k++)
        assert_float_equal(sound[k], 0, 0.002);
    excerpt_free(e);
    wave_done(&w);
}

struct pair {
    double late_s, level, noise;
};

static void pair_make(const struct pair *p, float *x, float *y)
{
    struct excerpt *e = excerpt_new(48000);
    struct wave w;
    uint32_t random = 77;
    wave_init(&w, 48000, 1);
    wave_noise(&w, 2.5, 0.5);
    excerpt_make(e, w.plane[0], w.frames, 9600, 6, x);
    excerpt_make(e, w.plane[0], w.frames, 9600 - p->late_s * 48000, 6, y);
    for (size_t i = 0; i < DELAY_SIZE; i++) {
        x[i] += (float)(p->noise * wave_random(&random));
        y[i] = (float)(p->level * (double)y[i] + p->noise * wave_random(&random));
    }
    excerpt_free(e);
    wave_done(&w);
}

static void a_delay_is_found_between_samples(void **state)
{
    (void)state;
    static const struct pair rows[] = {
        {0, 1, 0},        {0.001, 1, 0},      {-0.0123456, 1, 0}, {0.0712345, 0.03, 0},
        {-0.0799, -1, 0}, {0.00001, -0.1, 0}, {0.0101, 0.1, 0.1}, {-0.0333333, -0.05, 0.1},
    };
    static float x[DELAY_SIZE], y[DELAY_SIZE];
    struct delay *d = delay_new();
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct delay_peak peak;
        pair_make(&rows[i], x, y);
        delay_find(d, x, y, &peak);
        if (fabs(peak.late_s - rows[i].late_s) > (rows[i].noise > 0 ? 3e-5 : 1e-5))
            fail_msg("row %zu: %g instead of %g", i, peak.late_s, rows[i].late_s);
        assert_true(peak.height > 6);
    }
    delay_free(d);
}

static void noise_and_silence_have_no_peak(void **state)
{
    (void)state;
    static float x[DELAY_SIZE], y[DELAY_SIZE];
    struct delay *d = delay_new();
    struct delay_peak peak;
    uint32_t random = 5;
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < DELAY_SIZE; i++) {
            x[i] = (float)wave_random(&random);
            y[i] = (float)wave_random(&random);
        }
        delay_find(d, x, y, &peak);
        if (peak.height < 2.5 || peak.height > 5.5)
            fail_msg("%g standard deviations", peak.height);
    }
    memset(y, 0, sizeof(y));
    delay_find(d, x, y, &peak);
    assert_true(peak.height == 0);
    delay_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_excerpt_is_the_sound_at_its_rate),
        cmocka_unit_test(above_its_rate_nothing_is_folded_down),
        cmocka_unit_test(a_delay_is_found_between_samples),
        cmocka_unit_test(noise_and_silence_have_no_peak),
    };
    return cmocka_run_group_tests_name("delay", tests, NULL, NULL);
}
