// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/sibilance.h"
#include "unit/waves.h"

static void look(const struct wave *w, size_t piece, struct sibilance_result *ret)
{
    struct sibilance_look *l = sibilance_look_new(w->rate);
    assert_non_null(l);
    for (size_t i = 0; i < w->frames; i += piece)
        sibilance_look_add(l, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece);
    sibilance_look_result(l, ret);
    sibilance_look_free(l);
}

static double soften(const struct wave *w, const struct sibilance_result *found, size_t piece,
                     struct wave *ret)
{
    struct sibilance *s = sibilance_new(w->rate, found);
    size_t given = 0;
    assert_non_null(s);
    wave_init(ret, w->rate, 1);
    wave_extend(ret, w->frames + sibilance_delay(s));
    for (size_t i = 0; i < w->frames; i += piece) {
        size_t n = w->frames - i < piece ? w->frames - i : piece;
        given += sibilance_run(s, w->plane[0] + i, n, ret->plane[0] + given);
        assert_true(i + n - given <= sibilance_delay(s));
    }
    given += sibilance_flush(s, ret->plane[0] + given);
    assert_int_equal(given, w->frames);
    ret->frames = given;
    double most = sibilance_most_db(s);
    sibilance_free(s);
    return most;
}

static double rms_db(const struct wave *w, double from, double to)
{
    double sum = 0;
    size_t a = (size_t)(from * w->rate), b = (size_t)(to * w->rate);
    for (size_t i = a; i < b; i++)
        sum += (double)w->plane[0][i] * (double)w->plane[0][i];
    return 10 * log10(sum / (double)(b - a) + 1e-15);
}

// Every second 0.6 s of voice at -20 dBFS, then 0.1 s of hiss from 5.2 to 7 kHz.
static void speech(struct wave *w, int rate, double seconds, double hiss_dbfs)
{
    wave_init(w, rate, 1);
    wave_extend(w, (size_t)(seconds * rate));
    for (size_t i = 0; i < w->frames; i++) {
        double t = (double)i / rate, within = fmod(t, 1), v = 0;
        if (within < 0.6)
            v = 0.117 * wave_harmonics(wave_turn * 130 * t, 0.4, 15) *
                sin(wave_turn * within / 1.2);
        else if (within < 0.7)
            for (int k = 0; k < 10; k++)
                v += wave_linear(hiss_dbfs) * sqrt(0.2) *
                     sin(wave_turn * (5200 + 181.3 * k) * t + k * k);
        w->plane[0][i] = (float)v;
    }
}

static void sharp_speakers_are_told_from_others(void **state)
{
    (void)state;
    static const struct {
        int rate;
        double hiss_dbfs;
        bool needed;
    } rows[] = {{48000, -18, true},  {48000, -35, false}, {44100, -20, true},  {16000, -20, true},
                {22050, -35, false}, {8000, -10, false},  {192000, -18, true}, {96000, -45, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct sibilance_result r;
        speech(&w, rows[i].rate, 6, rows[i].hiss_dbfs);
        look(&w, 1000, &r);
        assert_int_equal(r.needed, rows[i].needed);
        if (rows[i].needed)
            assert_true(fabs(r.sibilants_dbfs - rows[i].hiss_dbfs) < 1.5);
        wave_done(&w);
    }
}

static void only_the_hiss_comes_down_from_its_start_on(void **state)
{
    (void)state;
    static const int rates[] = {48000, 16000, 44100};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w, out;
        struct sibilance_result r;
        speech(&w, rates[i], 6, -14);
        look(&w, 1000, &r);
        assert_true(r.needed);
        double most = soften(&w, &r, 1000, &out);
        assert_true(most > 3 && most <= 6.01);
        for (double t = 0; t < 6; t++) {
            double whole = rms_db(&out, t + 0.61, t + 0.69) - rms_db(&w, t + 0.61, t + 0.69);
            double first = rms_db(&out, t + 0.6, t + 0.605) - rms_db(&w, t + 0.6, t + 0.605);
            assert_true(whole < -2.5 && whole > -6.5);
            assert_true(first < -0.8 && first > -6.5);
            for (size_t k = (size_t)((t + 0.02) * w.rate); k < (size_t)((t + 0.58) * w.rate); k++)
                assert_true(out.plane[0][k] == w.plane[0][k]);
        }
        wave_done(&w);
        wave_done(&out);
    }
}

static void noise_music_and_silence_need_nothing(void **state)
{
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        struct wave w;
        struct sibilance_result r;
        wave_init(&w, 48000, 1);
        if (kind == 0)
            wave_noise(&w, 5, 0.3);
        if (kind == 1)
            wave_silence(&w, 5);
        if (kind == 2)
            wave_tone(&w, 5, 440, -6);
        look(&w, 1000, &r);
        assert_false(r.needed);
        wave_done(&w);
    }
}

static void the_size_of_the_pieces_does_not_matter(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 37, 100000};
    struct wave w, out, other;
    struct sibilance_result r, s;
    speech(&w, 16000, 4, -14);
    look(&w, 1024, &r);
    soften(&w, &r, 1024, &out);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        look(&w, pieces[i], &s);
        assert_true(fabs(s.over_db - r.over_db) < 0.01 && s.share == r.share);
        soften(&w, &r, pieces[i], &other);
        for (size_t k = 0; k < out.frames; k++)
            assert_true(fabsf(out.plane[0][k] - other.plane[0][k]) < 1e-5f);
        wave_done(&other);
    }
    wave_done(&w);
    wave_done(&out);
}

static void without_need_samples_pass_untouched(void **state)
{
    (void)state;
    struct sibilance_result none = {0};
    struct wave w, out;
    speech(&w, 48000, 2, -14);
    soften(&w, &none, 1000, &out);
    assert_memory_equal(out.plane[0], w.plane[0], w.frames * sizeof(float));
    wave_done(&w);
    wave_done(&out);
    assert_null(sibilance_new(7999, &none));
    assert_null(sibilance_look_new(192001));
}

static void real_speech_of_a_soft_speaker_is_left_alone(void **state)
{
    (void)state;
    static const char *const names[] = {"speech-en-60s.wav", "speech-en-sonnet-53s.wav"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct wave w;
        struct sibilance_result r;
        if (!wave_load(&w, names[i]))
            continue;
        look(&w, 1024, &r);
        assert_false(r.needed);
        assert_true(r.speech_dbfs > -30 && r.speech_dbfs < -15);
        wave_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharp_speakers_are_told_from_others),
        cmocka_unit_test(only_the_hiss_comes_down_from_its_start_on),
        cmocka_unit_test(noise_music_and_silence_need_nothing),
        cmocka_unit_test(the_size_of_the_pieces_does_not_matter),
        cmocka_unit_test(without_need_samples_pass_untouched),
        cmocka_unit_test(real_speech_of_a_soft_speaker_is_left_alone),
    };
    return cmocka_run_group_tests_name("sibilance", tests, NULL, NULL);
}
