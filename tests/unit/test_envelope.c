// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/envelope.h"
#include "unit/waves.h"

static struct envelope *envelope_of(const struct wave *w, size_t piece)
{
    struct envelope *v = envelope_new(w->rate);
    for (size_t i = 0; i < w->frames; i += piece)
        envelope_add(v, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece);
    return v;
}

static void rows_come_fifty_times_a_second_at_any_rate(void **state)
{
    (void)state;
    static const int rates[] = {8000,  11025, 12000, 16000, 22050,
                                32000, 44100, 48000, 96000, 192000};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w;
        wave_init(&w, rates[i], 1);
        wave_silence(&w, 3);
        wave_tone(&w, 2, 700, -20); // in the second band, from row 150 on
        wave_silence(&w, 1);
        struct envelope *v = envelope_of(&w, 1000);
        const envelope_row *row = envelope_rows(v);
        assert_int_equal(envelope_sample_rate(v), rates[i]);
        assert_int_equal(envelope_samples(v), w.frames);
        assert_in_range(envelope_count(v), 298, 300);
        int loud = row[200][1];
        assert_true(row[147][1] == 0 && row[153][1] == loud && row[247][1] == loud);
        assert_true(row[253][1] == 0);
        assert_true(abs(row[150][1] + 6 - loud) <= 2 && abs(row[250][1] + 6 - loud) <= 2);
        assert_true(loud > row[200][0] + 20 && loud > row[200][2] + 20 && loud > row[200][3] + 20);
        envelope_free(v);
        wave_done(&w);
    }
}

static void six_db_are_twelve_steps(void **state)
{
    (void)state;
    for (int down = 0; down < 50; down += 6) {
        struct wave w;
        wave_init(&w, 16000, 1);
        wave_tone(&w, 1, 1500, 0);
        struct envelope *full = envelope_of(&w, 1000);
        wave_scale(&w, 0, -down);
        struct envelope *less = envelope_of(&w, 1000);
        int steps = envelope_rows(full)[25][2] - envelope_rows(less)[25][2];
        assert_true(abs(steps - 2 * down) <= 1);
        envelope_free(full);
        envelope_free(less);
        wave_done(&w);
    }
}

static void cutting_changes_nothing(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 7, 441, 5000};
    struct wave w;
    wave_init(&w, 44100, 1);
    wave_voice(&w, 2, 0.5);
    struct envelope *want = envelope_of(&w, w.frames);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct envelope *v = envelope_of(&w, pieces[i]);
        assert_int_equal(envelope_count(v), envelope_count(want));
        assert_memory_equal(envelope_rows(v), envelope_rows(want),
                            envelope_count(v) * sizeof(envelope_row));
        envelope_free(v);
    }
    envelope_free(want);
    wave_done(&w);
}

static void motion_is_the_level_less_its_surroundings(void **state)
{
    (void)state;
    struct wave w;
    wave_init(&w, 16000, 1);
    wave_noise(&w, 4, 0.3);
    struct envelope *v = envelope_of(&w, 1000);
    const envelope_row *row = envelope_rows(v);
    ptrdiff_t count = (ptrdiff_t)envelope_count(v);
    float all[400], part[60];
    envelope_motion(v, 2, -50, 400, all);
    for (ptrdiff_t i = -50; i < 350; i++) {
        float mean = 0;
        for (ptrdiff_t k = i - 25; k <= i + 25; k++)
            mean += row[k < 0 ? 0 : k < count ? k : count - 1][2] / 51.0f;
        float want = i < 0 || i >= count ? 0 : row[i][2] - mean;
        assert_float_equal(all[i + 50], want, 1e-3);
    }
    envelope_motion(v, 2, 77, 60, part);
    for (int i = 0; i < 60; i++)
        assert_float_equal(part[i], all[127 + i], 1e-4);
    envelope_free(v);
    wave_done(&w);
}

static void what_is_no_number_is_one_silent_sample(void **state)
{
    (void)state;
    struct wave w;
    wave_init(&w, 48000, 1);
    wave_noise(&w, 1, 0.3);
    struct envelope *want = envelope_of(&w, 1000);
    w.plane[0][24000] = NAN;
    struct envelope *got = envelope_of(&w, 1000);
    for (size_t i = 0; i < envelope_count(got); i++)
        for (int b = 0; b < ENVELOPE_BANDS; b++)
            assert_true(abs(envelope_rows(got)[i][b] - envelope_rows(want)[i][b]) <= 2);
    envelope_free(want);
    envelope_free(got);
    wave_done(&w);
}

static void other_rates_are_refused(void **state)
{
    (void)state;
    static const int bad[] = {0, -1, 7999, 192001};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_null(envelope_new(bad[i]));
    envelope_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_fifty_times_a_second_at_any_rate),
        cmocka_unit_test(six_db_are_twelve_steps),
        cmocka_unit_test(cutting_changes_nothing),
        cmocka_unit_test(motion_is_the_level_less_its_surroundings),
        cmocka_unit_test(what_is_no_number_is_one_silent_sample),
        cmocka_unit_test(other_rates_are_refused),
    };
    return cmocka_run_group_tests_name("envelope", tests, NULL, NULL);
}
