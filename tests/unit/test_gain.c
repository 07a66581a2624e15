// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/gain.h"
#include "sound/limiter.h"
#include "sound/loudness.h"
#include "unit/waves.h"

static int solve(const struct wave *w, const struct gain_problem *p, struct gain_solution *ret)
{
    struct meter *m = wave_meter(w);
    struct meter_table t;
    meter_table(m, &t);
    int r = gain_solve(&t, p, ret);
    meter_free(m);
    return r;
}

// What a wave measures behind the real limiter at the gain solved.
static void through_the_limiter(const struct wave *in, const struct limiter_params *p,
                                struct meter_result *ret, struct limiter_stats *ret_stats)
{
    struct limiter *l = limiter_new(p);
    struct wave out;
    wave_init(&out, in->rate, in->channels);
    wave_extend(&out, in->frames + limiter_delay(l));
    float *to[WAVE_CHANNELS];
    size_t n = limiter_run(l, (const float *const *)in->plane, in->frames, out.plane);
    for (int c = 0; c < in->channels; c++)
        to[c] = out.plane[c] + n;
    limiter_flush(l, to);
    out.frames = in->frames;
    limiter_stats(l, ret_stats);
    limiter_free(l);
    wave_measure(&out, ret);
    wave_done(&out);
}

static void check_landing(const struct wave *w, const char *name, double target)
{
    struct gain_problem p = {.target_lufs = target, .ceiling_dbtp = -1};
    struct gain_solution s;
    struct meter_result r;
    struct limiter_stats stats;
    assert_int_equal(solve(w, &p, &s), 0);
    through_the_limiter(w,
                        &(struct limiter_params){.sample_rate = w->rate,
                                                 .channels = w->channels,
                                                 .gain_db = s.gain_db,
                                                 .ceiling_dbtp = -1},
                        &r, &stats);
    if (fabs(s.expected_lufs - target) > 0.002)
        fail_msg("%s at %g: expects %.3f", name, target, s.expected_lufs);
    if (fabs(r.integrated_lufs - target) > 0.1)
        fail_msg("%s at %g: lands at %.3f, loss %.1f", name, target, r.integrated_lufs,
                 s.expected_loss_lu);
    if (r.true_peak_dbtp > -1)
        fail_msg("%s at %g: peaks at %.3f", name, target, r.true_peak_dbtp);
}

static void recordings_land_on_the_target(void **state)
{
    (void)state;
    static const char *const names[] = {
        "speech-en-60s.wav",
        "speech-en-sonnet-53s.wav",
        "speech-en-24bit-stereo.wav",
        "speech-en-librivox-16k.wav",
        "speech-en-noise-speech-noise.wav",
        "speech-two-channel-11k.wav",
        "conversation-meeting-a-float.wav",
        "conversation-meeting-b-float.wav",
        "tone-dc-offset.wav",
        "wav-24bit-chapter.wav",
        "float32-mono.wav",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct wave w;
        if (!wave_load(&w, names[i]))
            continue;
        check_landing(&w, names[i], -16);
        check_landing(&w, names[i], -23);
        if (w.channels == 2)
            check_landing(&w, names[i], -14);
        wave_done(&w);
    }
}

// A voice that claps its hands now and then: without the limiter's loss it would land far too low.
static void peaky_sound_lands_on_the_target(void **state)
{
    (void)state;
    for (int every = 2; every <= 8; every *= 2) {
        struct wave w;
        wave_init(&w, 48000, 2);
        wave_voice(&w, 20, 0.05);
        uint32_t seed = 99;
        for (size_t i = 0; i < w.frames; i++) {
            double t = fmod((double)i / w.rate, every * 0.25);
            float v = t < 0.03 ? (float)(0.8 * exp(-t * 150) * wave_random(&seed)) : 0;
            w.plane[0][i] += v;
            w.plane[1][i] += v;
        }
        check_landing(&w, "voice with claps", -23);
        check_landing(&w, "voice with claps", -18);
        wave_done(&w);
    }
}

static void without_limiting_the_gain_is_the_difference(void **state)
{
    (void)state;
    static const double targets[] = {-50, -30, -16};
    struct wave w;
    struct gain_solution s;
    wave_init(&w, 48000, 2);
    wave_tone(&w, 5, 1000, -36);
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct gain_problem p = {.target_lufs = targets[i], .ceiling_dbtp = -1};
        assert_int_equal(solve(&w, &p, &s), 0);
        assert_float_equal(s.gain_db, targets[i] + 36, 0.02);
        assert_float_equal(s.expected_loss_lu, 0, 0.001);
    }
    wave_done(&w);
}

static void what_cannot_be_reached_is_said(void **state)
{
    (void)state;
    struct wave w;
    struct gain_solution s = {.gain_db = 77};
    wave_init(&w, 48000, 1);
    wave_silence(&w, 5);
    assert_int_equal(solve(&w, &(struct gain_problem){.target_lufs = -16, .ceiling_dbtp = -1}, &s),
                     -EDOM);
    assert_true(s.gain_db == 77);
    wave_tone(&w, 5, 1000, -60);
    assert_int_equal(
        solve(&w, &(struct gain_problem){.target_lufs = -16, .ceiling_dbtp = -1, .max_gain_db = 20},
              &s),
        -ERANGE);
    assert_float_equal(s.gain_db, 20, 1e-9);
    assert_float_equal(s.expected_lufs, -43, 0.2);
    // Louder than the ceiling lets it be.
    assert_int_equal(solve(&w, &(struct gain_problem){.target_lufs = -5, .ceiling_dbtp = -10}, &s),
                     -ERANGE);
    wave_done(&w);
}

static void loudness_windows_and_gates(void **state)
{
    (void)state;
    float row[200], hop[40];
    for (size_t i = 0; i < COUNT(row); i++)
        row[i] = i < 100 ? 1e-2f : 1e-9f;
    assert_float_equal(loudness_lufs(loudness_energy(-23)), -23, 1e-12);
    assert_true(isinf(loudness_lufs(0)));
    assert_float_equal(loudness_window(row, 109, 20), 0.5e-2, 1e-7);
    assert_float_equal(loudness_window(row, 4, 20), 0.25e-2, 1e-7); // what is before is silence
    assert_float_equal(loudness_max(row, 200, 20), loudness_lufs(1e-2), 1e-6);
    assert_true(isinf(loudness_max(row, 19, 20)));
    assert_int_equal(loudness_hops(row, 199, hop), 39);
    // 17 whole windows, and those that hold 3, 2 and 1 loud hops of 4 (6 LU down: inside the gate).
    assert_float_equal(loudness_integrated(hop, 39), loudness_lufs(1e-2 * (17 + 1.5) / 20), 1e-4);
    assert_true(isinf(loudness_integrated(hop, 3)));
    assert_true(loudness_range(hop, 29) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recordings_land_on_the_target),
        cmocka_unit_test(peaky_sound_lands_on_the_target),
        cmocka_unit_test(without_limiting_the_gain_is_the_difference),
        cmocka_unit_test(what_cannot_be_reached_is_said),
        cmocka_unit_test(loudness_windows_and_gates),
    };
    return cmocka_run_group_tests_name("gain", tests, NULL, NULL);
}
