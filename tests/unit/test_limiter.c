// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ebur128.h>

#include "sound/limiter.h"
#include "unit/waves.h"

// Pushes `in` through in pieces of one size; `out` becomes what comes out.
static void limit(const struct wave *in, const struct limiter_params *p, size_t piece,
                  struct wave *out, struct limiter_stats *ret_stats)
{
    struct limiter_params q = *p;
    q.sample_rate = in->rate;
    q.channels = in->channels;
    struct limiter *l = limiter_new(&q);
    assert_non_null(l);
    size_t room = in->frames + limiter_delay(l), written = 0;
    wave_init(out, in->rate, in->channels);
    wave_extend(out, room);
    const float *from[WAVE_CHANNELS];
    float *to[WAVE_CHANNELS];
    for (size_t i = 0; i < in->frames; i += piece) {
        size_t n = in->frames - i < piece ? in->frames - i : piece;
        for (int c = 0; c < in->channels; c++) {
            from[c] = in->plane[c] + i;
            to[c] = out->plane[c] + written;
        }
        written += limiter_run(l, from, n, to);
        assert_true(i + n - written <= limiter_delay(l));
    }
    for (int c = 0; c < in->channels; c++)
        to[c] = out->plane[c] + written;
    written += limiter_flush(l, to);
    assert_int_equal(written, in->frames);
    out->frames = written;
    if (ret_stats)
        limiter_stats(l, ret_stats);
    limiter_free(l);
}

static void below_the_ceiling_only_the_gain_is_heard(void **state)
{
    (void)state;
    static const struct {
        int rate, channels;
        size_t piece;
        double gain_db;
    } rows[] = {
        {48000, 2, 1024, 0}, {48000, 1, 1, 3.3},    {44100, 2, 37, -20}, {16000, 1, 480, 2},
        {8000, 2, 4096, 1},  {192000, 1, 333, 1.5}, {11025, 6, 1000, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave in, out;
        struct limiter_stats s;
        wave_init(&in, rows[i].rate, rows[i].channels);
        wave_voice(&in, 1.2345, 0.5);
        limit(&in, &(struct limiter_params){.gain_db = rows[i].gain_db, .ceiling_dbtp = -1},
              rows[i].piece, &out, &s);
        float gain = (float)wave_linear(rows[i].gain_db);
        for (int c = 0; c < in.channels; c++)
            for (size_t n = 0; n < in.frames; n++)
                if (out.plane[c][n] != in.plane[c][n] * gain)
                    fail_msg("row %zu, channel %d, sample %zu", i, c, n);
        assert_true(s.max_reduction_db == 0 && s.reduced_share == 0);
        wave_done(&in);
        wave_done(&out);
    }
}

// Signals that are hard on a peak limiter, all without anything above 0.45 of the sample rate.
static void hard_voice(struct wave *w)
{
    wave_voice(w, 3, 1);
}

static void hard_quarter(struct wave *w)
{
    wave_tone(w, 1, w->rate * 0.25, -0.1);
}

static void hard_high(struct wave *w)
{
    wave_tone(w, 1, w->rate * 0.41, -0.1);
}

static void hard_bursts(struct wave *w)
{
    wave_tone(w, 1, w->rate * 0.3, -0.1);
    for (size_t i = 0; i < w->frames; i++)
        w->plane[0][i] *= (float)pow(sin(wave_turn * 10 * (double)i / w->rate), 8);
}

static void hard_clicks(struct wave *w)
{
    size_t step = (size_t)w->rate / 20;
    wave_silence(w, 1);
    for (size_t i = 0; i < w->frames; i++) {
        double x = wave_turn * 0.4 * ((double)(i % step) - (double)step / 2 + 0.37);
        w->plane[0][i] = (float)(2 * sin(x) / x * pow(cos(x / 2 / (double)step), 2));
    }
}

static void hard_clipped(struct wave *w)
{
    wave_tone(w, 1, 441, 12);
    for (size_t i = 0; i < w->frames; i++)
        for (int c = 0; c < 2; c++)
            w->plane[c][i] = w->plane[c][i] > 1 ? 1 : w->plane[c][i] < -1 ? -1 : w->plane[c][i];
}

static void hard_noise(struct wave *w)
{
    enum { SIDE = 64 }; // of a low-pass
    uint32_t state = 12345;
    wave_silence(w, 1);
    for (size_t i = SIDE; i + SIDE < w->frames; i++) {
        double v = wave_random(&state) * (1 + sin(wave_turn * 7 * (double)i / w->rate));
        for (int j = -SIDE; j <= SIDE; j++) {
            double x = wave_turn * 0.42 * j, window = pow(cos(wave_turn / 4 * j / SIDE), 2);
            w->plane[0][(ptrdiff_t)i + j] += (float)(v * 0.84 * window * (j ? sin(x) / x : 1));
        }
    }
}

static void (*const hard[])(struct wave *) = {
    hard_voice, hard_quarter, hard_high, hard_bursts, hard_clicks, hard_clipped, hard_noise,
};

static void true_peak_at_16x_stays_under_the_ceiling(void **state)
{
    (void)state;
    static const struct {
        int rate;
        double gain_db, ceiling_dbtp;
    } rows[] = {{48000, 3, -1}, {48000, 14, -1}, {44100, 6, -1.7}, {16000, 20, -3}};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t kind = 0; kind < COUNT(hard); kind++) {
            struct wave in, out;
            struct meter_result r;
            wave_init(&in, rows[i].rate, 2);
            hard[kind](&in);
            limit(&in,
                  &(struct limiter_params){.gain_db = rows[i].gain_db,
                                           .ceiling_dbtp = rows[i].ceiling_dbtp},
                  1000, &out, NULL);
            double peak = wave_db(wave_peak16(&out, 0, 0, out.frames));
            if (peak > rows[i].ceiling_dbtp)
                fail_msg("row %zu, signal %zu: %.3f dBTP", i, kind, peak);
            wave_measure(&out, &r);
            if (r.true_peak_dbtp > rows[i].ceiling_dbtp - LIMITER_MARGIN_DB + 0.02 ||
                r.true_peak_dbtp < rows[i].ceiling_dbtp - 1)
                fail_msg("row %zu, signal %zu: the meter reads %.3f", i, kind, r.true_peak_dbtp);
            wave_done(&in);
            wave_done(&out);
        }
}

static void libebur128_finds_no_peak_over_the_ceiling(void **state)
{
    (void)state;
    for (size_t kind = 0; kind <= COUNT(hard); kind++) {
        struct wave in, out;
        wave_init(&in, 48000, 2);
        if (kind < COUNT(hard))
            hard[kind](&in);
        else
            wave_noise(&in, 2, 1); // up to half the sample rate
        limit(&in, &(struct limiter_params){.gain_db = 9, .ceiling_dbtp = -1}, 1024, &out, NULL);
        ebur128_state *e = ebur128_init(1, 48000, EBUR128_MODE_TRUE_PEAK);
        for (int c = 0; c < 2; c++)
            ebur128_add_frames_float(e, out.plane[c], out.frames);
        double peak;
        ebur128_true_peak(e, 0, &peak);
        ebur128_destroy(&e);
        if (wave_db(peak) > -1)
            fail_msg("signal %zu: %.3f", kind, wave_db(peak));
        wave_done(&in);
        wave_done(&out);
    }
}

// What is left of a steady tone without the tone itself, against the tone, in dB.
static double thd_n_db(const float *x, size_t n, double hz, int rate)
{
    double ss = 0, cc = 0, sc = 0, sx = 0, cx = 0, tone = 0, rest = 0;
    for (size_t i = 0; i < n; i++) {
        double a = wave_turn * hz * (double)i / rate, s = sin(a), c = cos(a), v = (double)x[i];
        ss += s * s;
        cc += c * c;
        sc += s * c;
        sx += s * v;
        cx += c * v;
    }
    double det = ss * cc - sc * sc, b = (sx * cc - cx * sc) / det, d = (cx * ss - sx * sc) / det;
    for (size_t i = 0; i < n; i++) {
        double a = wave_turn * hz * (double)i / rate, fit = b * sin(a) + d * cos(a);
        tone += fit * fit;
        rest += ((double)x[i] - fit) * ((double)x[i] - fit);
    }
    return 10 * log10(rest / tone);
}

static void a_steady_tone_stays_a_tone(void **state)
{
    (void)state;
    // ffmpeg 5.1's alimiter at 192 kHz: -39, -147, -115, -122, -146, -147 dB.
    static const struct {
        double hz, most_db;
    } rows[] = {{40, -48}, {100, -140}, {440, -115}, {997, -124}, {1000, -140}, {10000, -140}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave in, out;
        wave_init(&in, 48000, 1);
        wave_tone(&in, 3, rows[i].hz, 2); // 3 dB over
        limit(&in, &(struct limiter_params){.ceiling_dbtp = -1}, 1024, &out, NULL);
        double got = thd_n_db(out.plane[0] + 48000, 48000, rows[i].hz, 48000);
        if (!(got < rows[i].most_db))
            fail_msg("%g Hz: THD+N %.1f dB", rows[i].hz, got);
        wave_done(&in);
        wave_done(&out);
    }
}

static void pieces_of_any_size_give_the_same(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 7, 480, 4096, 100000};
    struct wave in, want, got;
    struct limiter_params p = {.gain_db = 10, .ceiling_dbtp = -1};
    wave_init(&in, 44100, 2);
    wave_voice(&in, 1.501, 0.9);
    limit(&in, &p, 1024, &want, NULL);
    for (size_t k = 0; k < COUNT(sizes); k++) {
        limit(&in, &p, sizes[k], &got, NULL);
        for (int c = 0; c < 2; c++)
            assert_memory_equal(want.plane[c], got.plane[c], in.frames * sizeof(float));
        wave_done(&got);
    }
    wave_done(&in);
    wave_done(&want);
}

static void channels_are_cut_together(void **state)
{
    (void)state;
    struct wave in, out;
    wave_init(&in, 48000, 2);
    wave_voice(&in, 2, 0.9);
    memcpy(in.plane[1], in.plane[0], in.frames * sizeof(float));
    wave_scale(&in, 1, -30);
    limit(&in, &(struct limiter_params){.gain_db = 9, .ceiling_dbtp = -1}, 1024, &out, NULL);
    float by = (float)wave_linear(-30);
    for (size_t i = 0; i < in.frames; i++)
        assert_float_equal(out.plane[1][i], out.plane[0][i] * by, 1e-6);
    wave_done(&in);
    wave_done(&out);
}

static void the_rest_is_untouched_after_and_before_a_peak(void **state)
{
    (void)state;
    struct wave in, out;
    struct limiter_stats s;
    wave_init(&in, 48000, 1);
    wave_tone(&in, 4, 300, -20);
    enum { AT = 48000 };
    for (int i = 0; i < 48; i++)
        in.plane[0][AT + i] += 2 * (float)sin(wave_turn * i / 48);
    limit(&in, &(struct limiter_params){.ceiling_dbtp = -1}, 1024, &out, &s);
    size_t before = AT - 48000 * (LIMITER_ATTACK_MS + 1) / 1000;
    assert_memory_equal(in.plane[0], out.plane[0], before * sizeof(float));
    size_t after = AT + 48000 * LIMITER_RELEASE_MS / 1000 * 13;
    assert_memory_equal(in.plane[0] + after, out.plane[0] + after,
                        (in.frames - after) * sizeof(float));
    // The way back is steady.
    float last = 0;
    for (size_t i = AT + 480; i < AT + 24000; i += 160) {
        float gain = out.plane[0][i + 40] / in.plane[0][i + 40];
        assert_true(gain >= last);
        last = gain;
    }
    assert_in_range((int)(s.max_reduction_db * 10), 70, 78);
    assert_true(s.mean_reduction_db > 0.5 && s.mean_reduction_db < s.max_reduction_db);
    assert_true(s.reduced_share > 0.05 && s.reduced_share < 0.2);
    wave_done(&in);
    wave_done(&out);
}

static void what_is_no_number_becomes_silence(void **state)
{
    (void)state;
    struct wave in, out;
    wave_init(&in, 48000, 1);
    wave_tone(&in, 0.5, 1000, -6);
    in.plane[0][1000] = NAN;
    in.plane[0][1001] = HUGE_VALF;
    limit(&in, &(struct limiter_params){.gain_db = 12, .ceiling_dbtp = -1}, 1024, &out, NULL);
    for (size_t i = 0; i < in.frames; i++)
        assert_true(fabsf(out.plane[0][i]) < 1);
    assert_true(out.plane[0][1000] == 0 && out.plane[0][1001] == 0);
    wave_done(&in);
    wave_done(&out);
}

static void short_sound_comes_out_whole(void **state)
{
    (void)state;
    for (size_t frames = 0; frames < 700; frames += 23) {
        struct wave in, out;
        wave_init(&in, 48000, 1);
        wave_extend(&in, frames);
        for (size_t i = 0; i < frames; i++)
            in.plane[0][i] = i % 2 ? 0.001f * (float)i : -0.25f;
        limit(&in, &(struct limiter_params){.ceiling_dbtp = 0}, 100, &out, NULL);
        assert_memory_equal(in.plane[0], out.plane[0], frames * sizeof(float));
        wave_done(&in);
        wave_done(&out);
    }
}

static void refuses_what_it_cannot_limit(void **state)
{
    (void)state;
    static const struct limiter_params rows[] = {
        {.sample_rate = 7999, .channels = 1},
        {.sample_rate = 192001, .channels = 1},
        {.sample_rate = 48000, .channels = 0},
        {.sample_rate = 48000, .channels = LIMITER_MAX_CHANNELS + 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_null(limiter_new(&rows[i]));
    limiter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(below_the_ceiling_only_the_gain_is_heard),
        cmocka_unit_test(true_peak_at_16x_stays_under_the_ceiling),
        cmocka_unit_test(libebur128_finds_no_peak_over_the_ceiling),
        cmocka_unit_test(a_steady_tone_stays_a_tone),
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(channels_are_cut_together),
        cmocka_unit_test(the_rest_is_untouched_after_and_before_a_peak),
        cmocka_unit_test(what_is_no_number_becomes_silence),
        cmocka_unit_test(short_sound_comes_out_whole),
        cmocka_unit_test(refuses_what_it_cannot_limit),
    };
    return cmocka_run_group_tests_name("limiter", tests, NULL, NULL);
}
