// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "media/resample.h"

enum { BLOCK = 1000, IN_MAX = 48000, OUT_MAX = 300000, CHANNELS = 8 };

struct run {
    float *in[CHANNELS], *out[2];
    size_t frames; // that came out
};

static void run_new(struct run *r)
{
    for (int c = 0; c < CHANNELS; c++)
        r->in[c] = mem_alloc(IN_MAX * sizeof(float));
    for (int c = 0; c < 2; c++)
        r->out[c] = mem_alloc(OUT_MAX * sizeof(float));
}

static void run_done(struct run *r)
{
    for (int c = 0; c < CHANNELS; c++)
        free(r->in[c]);
    for (int c = 0; c < 2; c++)
        free(r->out[c]);
}

static void keep(struct run *r, const float *const *planes, size_t n, int channels)
{
    for (int c = 0; c < channels; c++)
        memcpy(r->out[c] + r->frames, planes[c], n * sizeof(float));
    r->frames += n;
}

static void resample(struct run *r, const struct resample_params *p, size_t frames)
{
    struct resample *x;
    const float *const *planes;
    size_t n;
    assert_int_equal(resample_open(p, &x, NULL), 0);
    r->frames = 0;
    for (size_t i = 0; i < frames; i += BLOCK) {
        const float *at[CHANNELS];
        for (int c = 0; c < CHANNELS; c++)
            at[c] = r->in[c] + i;
        assert_int_equal(
            resample_run(x, at, frames - i < BLOCK ? frames - i : BLOCK, &planes, &n, NULL), 0);
        keep(r, planes, n, p->out_channels);
    }
    do {
        assert_int_equal(resample_run(x, NULL, 0, &planes, &n, NULL), 0);
        keep(r, planes, n, p->out_channels);
    } while (n);
    resample_close(x);
}

static void fill(struct run *r, int channel, double hz, int rate, double peak)
{
    for (size_t i = 0; i < IN_MAX; i++)
        r->in[channel][i] = (float)(peak * sin(6.283185307179586 * hz * (double)i / rate));
}

static double level(const float *p, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (double)p[i] * p[i];
    return sqrt(2 * sum / (double)(to - from));
}

static void what_is_heard_keeps_its_level_up_to_19_khz(void **state)
{
    (void)state;
    static const int rates[] = {44100, 96000, 88200, 192000};
    static const double tones[] = {400, 1000, 10000, 18000, 19000};
    struct run r = {0};
    run_new(&r);
    for (size_t i = 0; i < COUNT(rates) * COUNT(tones); i++) {
        int rate = rates[i / COUNT(tones)];
        fill(&r, 0, tones[i % COUNT(tones)], rate, 0.5);
        resample(&r,
                 &(struct resample_params){
                     .in_rate = rate, .in_channels = 1, .out_rate = 48000, .out_channels = 1},
                 IN_MAX);
        double db = 20 * log10(level(r.out[0], r.frames / 4, r.frames * 3 / 4) / 0.5);
        if (fabs(db) > 0.1)
            fail_msg("%.0f Hz from %d Hz: %.2f dB", tones[i % COUNT(tones)], rate, db);
    }
    run_done(&r);
}

static void what_the_lower_rate_cannot_hold_is_gone(void **state)
{
    (void)state;
    struct run r = {0};
    run_new(&r);
    fill(&r, 0, 30000, 96000, 0.5);
    resample(&r,
             &(struct resample_params){
                 .in_rate = 96000, .in_channels = 1, .out_rate = 48000, .out_channels = 1},
             IN_MAX);
    assert_true(level(r.out[0], r.frames / 4, r.frames * 3 / 4) < 0.5 * 1e-4); // -80 dB
    run_done(&r);
}

static void length_follows_the_rates_to_the_sample(void **state)
{
    (void)state;
    static const int rates[] = {8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000};
    struct run r = {0};
    run_new(&r);
    for (size_t i = 0; i < COUNT(rates); i++) {
        resample(&r,
                 &(struct resample_params){
                     .in_rate = rates[i], .in_channels = 2, .out_rate = 48000, .out_channels = 2},
                 IN_MAX);
        double want = (double)IN_MAX * 48000 / rates[i];
        if (fabs((double)r.frames - want) > 1)
            fail_msg("%d Hz: %zu samples, not %.1f", rates[i], r.frames, want);
    }
    run_done(&r);
}

static void mono_stands_in_both_channels_at_its_level(void **state)
{
    (void)state;
    struct run r = {0};
    run_new(&r);
    fill(&r, 0, 1000, 48000, 0.5);
    resample(&r,
             &(struct resample_params){
                 .in_rate = 48000, .in_channels = 1, .out_rate = 48000, .out_channels = 2},
             IN_MAX);
    assert_int_equal(r.frames, IN_MAX);
    for (int c = 0; c < 2; c++)
        assert_memory_equal(r.out[c], r.in[0], IN_MAX * sizeof(float));
    run_done(&r);
}

static void many_channels_become_two_without_clipping(void **state)
{
    (void)state;
    static const struct {
        int channels;
        const char *layout;
    } rows[] = {{3, "3.0"}, {4, "quad"}, {5, "5.0"}, {6, "5.1"}, {6, "5.1(side)"},
                {6, ""},    {7, "6.1"},  {8, "7.1"}, {8, ""},    {6, "no such layout"}};
    struct run r = {0};
    run_new(&r);
    for (int c = 0; c < CHANNELS; c++)
        fill(&r, c, 1000, 48000, 1.0);
    for (size_t i = 0; i < COUNT(rows) * 2; i++) {
        resample(&r,
                 &(struct resample_params){.in_rate = 48000,
                                           .in_channels = rows[i / 2].channels,
                                           .in_layout = rows[i / 2].layout,
                                           .out_rate = 48000,
                                           .out_channels = 1 + (int)(i % 2)},
                 IN_MAX);
        double db = 20 * log10(level(r.out[0], 1000, r.frames - 1000));
        if (db > 0.01 || db < -6)
            fail_msg("%s to %d: %.2f dB", rows[i / 2].layout, 1 + (int)(i % 2), db);
    }
    run_done(&r);
}

static void left_stays_left_and_the_centre_is_in_both(void **state)
{
    (void)state;
    struct resample_params p = {.in_rate = 48000,
                                .in_channels = 6,
                                .in_layout = "5.1",
                                .out_rate = 48000,
                                .out_channels = 2};
    struct run r = {0};
    run_new(&r);
    fill(&r, 0, 1000, 48000, 0.5);
    resample(&r, &p, IN_MAX);
    assert_true(level(r.out[0], 0, IN_MAX) > 0.15 && level(r.out[1], 0, IN_MAX) < 1e-6);
    memset(r.in[0], 0, IN_MAX * sizeof(float));
    fill(&r, 2, 1000, 48000, 0.5);
    resample(&r, &p, IN_MAX);
    assert_true(level(r.out[0], 0, IN_MAX) > 0.1);
    assert_memory_equal(r.out[0], r.out[1], IN_MAX * sizeof(float));
    run_done(&r);
}

static void impossible_wishes_are_refused(void **state)
{
    (void)state;
    static const struct resample_params rows[] = {
        {.in_rate = 0, .in_channels = 1, .out_rate = 48000, .out_channels = 1},
        {.in_rate = 48000, .in_channels = 0, .out_rate = 48000, .out_channels = 1},
        {.in_rate = 48000, .in_channels = 9, .out_rate = 48000, .out_channels = 2},
        {.in_rate = 48000, .in_channels = 1, .out_rate = -1, .out_channels = 2},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct resample *x;
        struct err e = {0};
        assert_int_equal(resample_open(&rows[i], &x, &e), -EINVAL);
        assert_true(e.text[0] != '\0');
    }
    resample_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_heard_keeps_its_level_up_to_19_khz),
        cmocka_unit_test(what_the_lower_rate_cannot_hold_is_gone),
        cmocka_unit_test(length_follows_the_rates_to_the_sample),
        cmocka_unit_test(mono_stands_in_both_channels_at_its_level),
        cmocka_unit_test(many_channels_become_two_without_clipping),
        cmocka_unit_test(left_stays_left_and_the_centre_is_in_both),
        cmocka_unit_test(impossible_wishes_are_refused),
    };
    return cmocka_run_group_tests_name("resample", tests, NULL, NULL);
}
