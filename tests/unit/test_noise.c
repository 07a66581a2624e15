// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/noise.h"
#include "unit/waves.h"

static void look(const struct wave *w, size_t piece, struct noise_result *ret)
{
    struct noise_look *l = noise_look_new(w->rate);
    assert_non_null(l);
    for (size_t i = 0; i < w->frames; i += piece)
        noise_look_add(l, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece);
    noise_look_result(l, ret);
    noise_look_free(l);
}

static void reduce(const struct wave *w, const struct noise_result *found, size_t piece,
                   struct wave *ret)
{
    struct noise *s = noise_new(w->rate, found);
    size_t given = 0;
    assert_non_null(s);
    wave_init(ret, w->rate, 1);
    wave_extend(ret, w->frames + noise_delay(s));
    for (size_t i = 0; i < w->frames; i += piece) {
        size_t n = w->frames - i < piece ? w->frames - i : piece;
        given += noise_run(s, w->plane[0] + i, n, ret->plane[0] + given);
        assert_true(i + n - given <= noise_delay(s));
    }
    given += noise_flush(s, ret->plane[0] + given);
    assert_int_equal(given, w->frames);
    ret->frames = given;
    noise_free(s);
}

static double mean_db(const struct wave *w, double from, double to)
{
    double sum = 0;
    size_t a = (size_t)(from * w->rate), b = (size_t)(to * w->rate);
    for (size_t i = a; i < b; i++)
        sum += (double)w->plane[0][i] * (double)w->plane[0][i];
    return 10 * log10(sum / (double)(b - a) + 1e-15);
}

static void add_noise(struct wave *w, double dbfs, uint32_t seed)
{
    for (size_t i = 0; i < w->frames; i++) // even distribution: sqrt(3) from peak to mean square
        w->plane[0][i] += (float)(sqrt(3) * wave_linear(dbfs) * wave_random(&seed));
}

// Words of 2 s at -20 dBFS with pauses of 1 s.
static void words(struct wave *w, double seconds, double noise_dbfs)
{
    size_t from = wave_extend(w, (size_t)(seconds * w->rate));
    int count = w->rate * 0.45 / 130 < 24 ? (int)(w->rate * 0.45 / 130) : 24;
    for (size_t i = from; i < w->frames; i++) {
        double t = (double)i / w->rate, word = fmod(t, 3) < 2 ? 1 : 0;
        double phase = wave_turn * 130 * t + 3 * sin(wave_turn * 1.3 * t);
        w->plane[0][i] = (float)(0.117 * word * wave_harmonics(phase, 0.4, count));
    }
    add_noise(w, noise_dbfs, 12345);
}

static void noise_and_its_distance_are_measured(void **state)
{
    (void)state;
    static const struct {
        int rate;
        double dbfs;
        bool needed;
    } rows[] = {{48000, -35, true},  {44100, -45, true},  {8000, -35, true},   {16000, -50, true},
                {48000, -75, false}, {22050, -80, false}, {192000, -40, true}, {11025, -40, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct noise_result r;
        wave_init(&w, rows[i].rate, 1);
        words(&w, 9, rows[i].dbfs);
        look(&w, 1000, &r);
        assert_int_equal(r.needed, rows[i].needed);
        double below_100hz = 10 * log10(1 - 200.0 / rows[i].rate);
        assert_true(fabs(r.noise_dbfs - rows[i].dbfs - below_100hz) < 0.5);
        assert_true(fabs(r.speech_dbfs + 20) < 1.5);
        wave_done(&w);
    }
}

static void what_is_no_steady_noise_is_left_alone(void **state)
{
    (void)state;
    struct noise_result r;
    for (int kind = 0; kind < 5; kind++) {
        struct wave w;
        wave_init(&w, 48000, 1);
        if (kind == 0) // chords that change, soft and loud
            for (int n = 0; n < 60; n++)
                wave_tone(&w, 0.25, 220 * pow(2, (n * 7 % 12) / 12.0), n % 5 ? -40 : -15);
        if (kind == 1)
            wave_noise(&w, 10, 0.01); // nothing but noise: it may be what was recorded
        if (kind == 2)
            wave_silence(&w, 10);
        if (kind == 3)
            wave_tone(&w, 10, 440, -20);
        if (kind == 4)
            words(&w, 1, -35); // too short to tell
        look(&w, 4096, &r);
        assert_false(r.needed);
        wave_done(&w);
    }
}

// Speech keeps its level; pauses come down by what was asked for, from the start on.
static void pauses_fall_and_words_stay(void **state)
{
    (void)state;
    static const int rates[] = {48000, 44100, 8000};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w, out;
        struct noise_result r;
        wave_init(&w, rates[i], 1);
        words(&w, 15, -35);
        look(&w, 1000, &r);
        assert_true(r.reduction_db > 10);
        reduce(&w, &r, 1000, &out);
        for (double t = 0; t < 14; t += 3) {
            double words_db = mean_db(&out, t + 0.1, t + 1.9) - mean_db(&w, t + 0.1, t + 1.9);
            double pause_db = mean_db(&out, t + 2.1, t + 2.9) - mean_db(&w, t + 2.1, t + 2.9);
            assert_true(fabs(words_db) < 0.4);
            assert_true(pause_db < -10 && pause_db > -r.reduction_db - 0.5);
        }
        wave_done(&w);
        wave_done(&out);
    }
}

// The 5 ms after a word begins lose no more than 1 dB.
static void beginnings_are_not_swallowed(void **state)
{
    (void)state;
    struct wave w, out;
    struct noise_result r;
    wave_init(&w, 48000, 1);
    words(&w, 15, -35);
    look(&w, 1000, &r);
    reduce(&w, &r, 1000, &out);
    for (double t = 3; t < 14; t += 3)
        assert_true(fabs(mean_db(&out, t, t + 0.005) - mean_db(&w, t, t + 0.005)) < 1);
    wave_done(&w);
    wave_done(&out);
}

// Short-time levels of what is left vary in frequency and time as those of the noise did: the mean
// square of band powers over the squared mean is 2 for Gaussian noise, and much more for chirping.
static double chirping(const struct wave *w)
{
    double sum = 0, square = 0;
    int n = 0;
    for (double t = 2.1; t < w->frames / (double)w->rate - 0.9; t += 3)
        for (double at = t; at < t + 0.7; at += 0.03)
            for (double hz = 500; hz < 3500; hz += 150, n++) {
                double re = 0, im = 0;
                size_t len = (size_t)w->rate / 40, from = (size_t)(at * w->rate);
                for (size_t i = 0; i < len; i++) {
                    double v = (0.5 - 0.5 * cos(wave_turn * (double)i / (double)len)) *
                               (double)w->plane[0][from + i];
                    re += v * cos(wave_turn * hz * (double)i / w->rate);
                    im += v * sin(wave_turn * hz * (double)i / w->rate);
                }
                sum += re * re + im * im;
                square += (re * re + im * im) * (re * re + im * im);
            }
    return square / n / (sum / n * sum / n);
}

static void what_is_left_does_not_chirp(void **state)
{
    (void)state;
    struct wave w, out;
    struct noise_result r;
    wave_init(&w, 16000, 1);
    words(&w, 15, -35);
    look(&w, 1000, &r);
    reduce(&w, &r, 1000, &out);
    assert_true(chirping(&out) < chirping(&w) * 1.6);
    wave_done(&w);
    wave_done(&out);
}

static void the_size_of_the_pieces_does_not_matter(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 37, 100000};
    struct wave w, out, other;
    struct noise_result r, s;
    wave_init(&w, 16000, 1);
    words(&w, 6.5, -35);
    look(&w, 1024, &r);
    reduce(&w, &r, 1024, &out);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        look(&w, pieces[i], &s);
        assert_memory_equal(s.power, r.power, sizeof(r.power));
        reduce(&w, &r, pieces[i], &other);
        assert_memory_equal(out.plane[0], other.plane[0], out.frames * sizeof(float));
        wave_done(&other);
    }
    wave_done(&w);
    wave_done(&out);
}

static void far_above_the_noise_nothing_changes(void **state)
{
    (void)state;
    struct noise_result r = {.needed = true, .reduction_db = 12, .bins = NOISE_BINS};
    struct wave w, out;
    wave_init(&w, 44100, 1);
    wave_noise(&w, 1, 0.5); // the noise to remove is none
    reduce(&w, &r, 1000, &out);
    for (size_t i = 0; i < w.frames; i++)
        assert_true(fabsf(out.plane[0][i] - w.plane[0][i]) < 1e-5f);
    wave_done(&w);
    wave_done(&out);
}

static void without_need_samples_pass_untouched(void **state)
{
    (void)state;
    struct noise_result none = {0};
    struct wave w, out;
    wave_init(&w, 48000, 1);
    wave_voice(&w, 1, 0.3);
    reduce(&w, &none, 1000, &out);
    assert_memory_equal(out.plane[0], w.plane[0], w.frames * sizeof(float));
    wave_done(&w);
    wave_done(&out);
    assert_null(noise_new(7999, &none));
    assert_null(noise_look_new(192001));
}

// Mean distance in dB between the spectra of two waves in the windows where the first speaks.
static double distortion(const struct wave *a, const struct wave *b)
{
    double sum = 0;
    int n = 0;
    size_t len = 512;
    for (size_t at = 0; at + len < a->frames; at += 4 * len) {
        if (mean_db(a, (double)at / a->rate, (double)(at + len) / a->rate) < -35)
            continue;
        for (double hz = 200; hz < 3600; hz += 100, n++) {
            double p[4] = {0};
            for (size_t i = 0; i < len; i++) {
                double window = 0.5 - 0.5 * cos(wave_turn * (double)i / (double)len);
                double c = window * cos(wave_turn * hz * (double)i / a->rate);
                double s = window * sin(wave_turn * hz * (double)i / a->rate);
                p[0] += c * (double)a->plane[0][at + i];
                p[1] += s * (double)a->plane[0][at + i];
                p[2] += c * (double)b->plane[0][at + i];
                p[3] += s * (double)b->plane[0][at + i];
            }
            double d =
                10 * log10((p[0] * p[0] + p[1] * p[1] + 1e-4) / (p[2] * p[2] + p[3] * p[3] + 1e-4));
            sum += d * d;
        }
    }
    return sqrt(sum / n);
}

static void real_speech_gains_distance_and_likeness(void **state)
{
    (void)state;
    struct wave clean, w, out;
    struct noise_result r;
    if (!wave_load(&clean, "speech-en-60s.wav") || !wave_load(&w, "speech-en-60s.wav"))
        return;
    look(&clean, 1024, &r);
    assert_false(r.needed);
    double speech = r.speech_dbfs;
    add_noise(&w, speech - 15, 777);
    look(&w, 1024, &r);
    assert_true(r.needed && fabs(r.snr_db - 15) < 2.5);
    double noise = r.noise_dbfs;
    reduce(&w, &r, 1024, &out);
    assert_true(distortion(&clean, &out) < 0.8 * distortion(&clean, &w));
    look(&out, 1024, &r);
    assert_true(r.noise_dbfs < noise - 10 && fabs(r.speech_dbfs - speech) < 0.5);
    wave_done(&clean);
    wave_done(&w);
    wave_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_and_its_distance_are_measured),
        cmocka_unit_test(what_is_no_steady_noise_is_left_alone),
        cmocka_unit_test(pauses_fall_and_words_stay),
        cmocka_unit_test(beginnings_are_not_swallowed),
        cmocka_unit_test(what_is_left_does_not_chirp),
        cmocka_unit_test(the_size_of_the_pieces_does_not_matter),
        cmocka_unit_test(far_above_the_noise_nothing_changes),
        cmocka_unit_test(without_need_samples_pass_untouched),
        cmocka_unit_test(real_speech_gains_distance_and_likeness),
    };
    return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
