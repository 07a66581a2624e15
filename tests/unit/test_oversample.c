// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/oversample.h"
#include "unit/waves.h"

enum { GROUPS = 400, BEFORE = 64 };

static void voice(struct wave *w)
{
    wave_voice(w, 1, 1);
}

static void noise(struct wave *w)
{
    wave_noise(w, 1, 1);
}

// One click, and nothing beside it: its ringing is all that the neighbours have.
static void click(struct wave *w)
{
    wave_silence(w, 1);
    w->plane[0][BEFORE + 800] = 1;
    w->plane[0][BEFORE + 2000] = w->plane[0][BEFORE + 2001] = -1;
}

static void steps(struct wave *w)
{
    wave_silence(w, 1);
    for (size_t i = 0; i < w->frames; i++)
        w->plane[0][i] = i / 100 % 2 ? 0.5f : -0.5f;
}

static void sweep(struct wave *w) // up to 0.45 of the sample rate over the groups
{
    wave_silence(w, 1);
    for (size_t i = 0; i < w->frames; i++) {
        double t = (double)i / (GROUPS * OVERSAMPLE_GROUP + 2 * BEFORE);
        w->plane[0][i] = (float)sin(wave_turn * (double)i * 0.225 * fmin(t, 1));
    }
}

static float around(const float *bound, size_t g)
{
    float most = 0;
    for (size_t i = g > 4 ? g - 4 : 0; i <= g + 4 && i < GROUPS; i++)
        most = fmaxf(most, bound[i]);
    return most;
}

static void no_peak_is_above_its_bound(void **state)
{
    (void)state;
    static const struct {
        void (*make)(struct wave *);
        bool narrow; // no lone click
    } rows[] = {{voice, true}, {sweep, true}, {click, false}, {steps, false}, {noise, true}};
    static struct oversample o;
    oversample_init(&o);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        float sample[GROUPS], bound[GROUPS];
        wave_init(&w, 48000, 1);
        rows[i].make(&w);
        const float *x = w.plane[0] + BEFORE;
        oversample_bounds(&o, x, GROUPS, sample, bound);
        for (size_t g = 0; g < GROUPS; g++, x += OVERSAMPLE_GROUP) {
            float peak = oversample_peak(&o, x, 0);
            float closer = oversample_closer(&o, x, sample[g], bound[g], around(bound, g));
            if (peak > bound[g])
                fail_msg("row %zu, group %zu: %g above its bound %g", i, g, peak, bound[g]);
            if (closer > bound[g] || (rows[i].narrow && peak > closer))
                fail_msg("row %zu, group %zu: %g, closer %g, %g", i, g, peak, closer, bound[g]);
            assert_true(peak >= sample[g]);
            // What is known already is never made less, and a higher peak is found the same.
            assert_true(oversample_peak(&o, x, peak * 2) == peak * 2);
            assert_true(oversample_peak(&o, x, peak * 0.9f) == peak);
        }
        wave_done(&w);
    }
}

static void a_group_reads_what_16x_reads(void **state)
{
    (void)state;
    static struct oversample o;
    struct wave w;
    oversample_init(&o);
    wave_init(&w, 48000, 1);
    sweep(&w);
    for (size_t g = 0; g < GROUPS; g++) {
        size_t at = BEFORE + g * OVERSAMPLE_GROUP;
        double got = (double)oversample_peak(&o, w.plane[0] + at, 0);
        double want = wave_peak16(&w, 0, at, at + OVERSAMPLE_GROUP);
        if (got > fabs((double)w.plane[0][at + OVERSAMPLE_GROUP])) // else still on its way up
            assert_float_equal(wave_db(got), wave_db(want), 0.06);
    }
    wave_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_peak_is_above_its_bound),
        cmocka_unit_test(a_group_reads_what_16x_reads),
    };
    return cmocka_run_group_tests_name("oversample", tests, NULL, NULL);
}
