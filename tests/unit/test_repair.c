// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/repair.h"
#include "unit/waves.h"

static void look(const struct wave *w, size_t piece, struct repair_result *ret)
{
    struct repair_look *l = repair_look_new(w->rate);
    assert_non_null(l);
    for (size_t i = 0; i < w->frames; i += piece)
        repair_look_add(l, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece);
    repair_look_result(l, ret);
    repair_look_free(l);
}

static void mend(const struct wave *w, const struct repair_result *found, size_t piece,
                 struct wave *ret)
{
    struct repair *r = repair_new(w->rate, found);
    size_t given = 0;
    assert_non_null(r);
    wave_init(ret, w->rate, 1);
    wave_extend(ret, w->frames + repair_delay(r));
    for (size_t i = 0; i < w->frames; i += piece) {
        size_t n = w->frames - i < piece ? w->frames - i : piece;
        given += repair_run(r, w->plane[0] + i, n, ret->plane[0] + given);
        assert_true(i + n - given <= repair_delay(r));
    }
    given += repair_flush(r, ret->plane[0] + given);
    assert_int_equal(given, w->frames);
    assert_int_equal(repair_clicks(r), found->needed ? found->clicks : 0);
    ret->frames = given;
    repair_free(r);
}

static double error_db(const struct wave *a, const struct wave *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->frames; i++) {
        double d = (double)a->plane[0][i] - (double)b->plane[0][i];
        sum += d * d;
    }
    return 10 * log10(sum + 1e-12);
}

static size_t changed(const struct wave *a, const struct wave *b)
{
    size_t n = 0;
    for (size_t i = 0; i < a->frames; i++)
        n += a->plane[0][i] != b->plane[0][i];
    return n;
}

// A voice without hard edges.
static void voice(struct wave *w, int rate, double seconds)
{
    wave_init(w, rate, 1);
    size_t n = wave_extend(w, (size_t)(seconds * rate));
    uint32_t state = 4711;
    int count = rate * 0.45 / 130 < 20 ? (int)(rate * 0.45 / 130) : 20;
    for (n = 0; n < w->frames; n++) {
        double t = (double)n / rate, swell = fmax(sin(wave_turn * 0.8 * t), 0);
        double phase = wave_turn * 120 * t + 3 * sin(wave_turn * 0.7 * t);
        w->plane[0][n] =
            (float)(0.2 * swell * wave_harmonics(phase, 0.3, count) + 0.0005 * wave_random(&state));
    }
}

enum { EVERY_MS = 370 };

static size_t add_clicks(struct wave *w)
{
    uint32_t state = 5;
    size_t count = 0, step = (size_t)w->rate * EVERY_MS / 1000;
    for (size_t i = step; i + step < w->frames; i += step, count++) {
        int len = 1 + (int)((wave_random(&state) + 1) * w->rate / 8000);
        for (int j = 0; j < len; j++)
            w->plane[0][i + (size_t)j] +=
                (float)(0.3 + 0.2 * wave_random(&state)) * (j % 2 ? -1 : 1);
    }
    return count;
}

static void clicks_are_found_and_filled(void **state)
{
    (void)state;
    static const int rates[] = {48000, 44100, 16000, 8000, 96000};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave clean, w, out;
        struct repair_result r;
        voice(&clean, rates[i], 8);
        voice(&w, rates[i], 8);
        look(&clean, 1000, &r);
        assert_false(r.needed);
        size_t added = add_clicks(&w);
        look(&w, 1000, &r);
        assert_true(r.needed && r.clipped_runs == 0);
        assert_true(r.clicks <= (int64_t)added &&
                    r.clicks >= (int64_t)(added * (rates[i] > 8000 ? 10 : 7) / 10));
        size_t step = (size_t)rates[i] * EVERY_MS / 1000;
        for (int64_t k = 0; k < r.clicks; k++) {
            size_t off = (size_t)r.click_at[k] % step;
            assert_true(off < (size_t)rates[i] / 1000 || off > step - (size_t)rates[i] / 1000);
        }
        mend(&w, &r, 1000, &out);
        assert_true(error_db(&clean, &out) <
                    error_db(&clean, &w) - (r.clicks == (int64_t)added ? 20 : 8));
        assert_true(changed(&w, &out) < added * (size_t)rates[i] / 1000);
        wave_done(&clean);
        wave_done(&w);
        wave_done(&out);
    }
}

static void cut_peaks_are_found_and_rise_again(void **state)
{
    (void)state;
    static const struct {
        int rate;
        double level, cut, better_db;
    } rows[] = {{48000, 1, 0.7, 6}, {44100, 0.5, 0.7, 6}, {16000, 1, 0.8, 5}, {8000, 0.7, 0.8, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave clean, w, out;
        struct repair_result r;
        float most = 0, top = 0, level = (float)rows[i].level;
        voice(&clean, rows[i].rate, 8);
        voice(&w, rows[i].rate, 8);
        for (size_t k = 0; k < w.frames; k++)
            most = fmaxf(most, fabsf(w.plane[0][k]));
        float by = level / (most * (float)rows[i].cut);
        for (size_t k = 0; k < w.frames; k++) {
            clean.plane[0][k] *= by;
            w.plane[0][k] = fmaxf(fminf(clean.plane[0][k], level), -level);
        }
        look(&w, 1000, &r);
        assert_true(r.clipped_runs > 3 && r.clipped >= 3 * r.clipped_runs && r.clicks == 0);
        assert_true(r.clip_high == rows[i].level || r.clip_low == -rows[i].level ||
                    fabs(r.clip_high - rows[i].level) < 1e-6);
        assert_true(r.clip_at[0] > 0 && r.clip_at[1] > r.clip_at[0]);
        mend(&w, &r, 1000, &out);
        assert_true(error_db(&clean, &out) < error_db(&clean, &w) - rows[i].better_db);
        for (size_t k = 0; k < w.frames; k++) {
            if (fabsf(w.plane[0][k]) < level)
                assert_true(out.plane[0][k] == w.plane[0][k]);
            else
                assert_true(fabsf(out.plane[0][k]) >= level);
            top = fmaxf(top, fabsf(out.plane[0][k]));
        }
        assert_true(top > level * (rows[i].better_db > 0 ? 1.1f : 1.0f));
        wave_done(&clean);
        wave_done(&w);
        wave_done(&out);
    }
}

static void what_only_resembles_a_fault_is_left_alone(void **state)
{
    (void)state;
    for (int kind = 0; kind < 7; kind++) {
        struct wave w;
        struct repair_result r;
        uint32_t seed = 3;
        wave_init(&w, 48000, 1);
        if (kind == 0)
            wave_tone(&w, 5, 440, 0); // its tops are flat to the eye, not cut
        if (kind == 1)
            wave_noise(&w, 5, 0.9);
        if (kind == 2) // applause: bursts at random, 40 a second
            for (size_t i = wave_extend(&w, 240000); i < w.frames; i++)
                if (wave_random(&seed) > 1 - 40 * 2 / 48000.0)
                    for (size_t j = i; j < w.frames && j < i + 600; j++)
                        w.plane[0][j] +=
                            (float)(0.3 * exp(-(double)(j - i) / 100) * wave_random(&seed));
        if (kind == 3) // plosives: silence, then a burst that becomes breath
            for (size_t i = wave_extend(&w, 240000); i < w.frames; i++)
                w.plane[0][i] = (float)(0.3 * exp(-(double)(i % 24000) / 900) * wave_random(&seed));
        if (kind == 4) // pulses of a creaking voice, 45 a second, ringing
            for (size_t i = wave_extend(&w, 240000); i < w.frames; i++)
                w.plane[0][i] =
                    (float)(0.4 * exp(-(double)(i % 1066) / 60) * sin((double)(i % 1066) / 7));
        if (kind == 5) { // 8 bits: runs of equal samples at every level
            wave_done(&w);
            voice(&w, 48000, 5);
            for (size_t i = 0; i < w.frames; i++)
                w.plane[0][i] = roundf(w.plane[0][i] * 127) / 127;
        }
        if (kind == 6)
            wave_tone(&w, 1, 200, -1); // begins and ends abruptly
        look(&w, 1000, &r);
        if (r.needed)
            print_message("kind %d: %d clicks, %d runs\n", kind, (int)r.clicks,
                          (int)r.clipped_runs);
        assert_false(r.needed);
        wave_done(&w);
    }
}

static void the_size_of_the_pieces_does_not_matter(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 37, 100000};
    struct wave w, out, other;
    struct repair_result r, s;
    voice(&w, 16000, 5);
    add_clicks(&w);
    for (size_t i = 0; i < w.frames; i++)
        w.plane[0][i] = fminf(w.plane[0][i], 0.3f);
    look(&w, 1024, &r);
    mend(&w, &r, 1024, &out);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        look(&w, pieces[i], &s);
        assert_memory_equal(&r, &s, sizeof(r));
        mend(&w, &r, pieces[i], &other);
        assert_memory_equal(out.plane[0], other.plane[0], out.frames * sizeof(float));
        wave_done(&other);
    }
    wave_done(&w);
    wave_done(&out);
}

static void without_need_samples_pass_untouched(void **state)
{
    (void)state;
    struct repair_result none = {0};
    struct wave w, out;
    voice(&w, 48000, 1);
    mend(&w, &none, 1000, &out);
    assert_int_equal(changed(&w, &out), 0);
    wave_done(&w);
    wave_done(&out);
    assert_null(repair_new(7999, &none));
    assert_null(repair_look_new(192001));
}

static void real_speech_without_faults_is_not_touched(void **state)
{
    (void)state;
    static const char *const names[] = {"speech-en-60s.wav", "speech-en-sonnet-53s.wav",
                                        "conversation-meeting-a-float.wav",
                                        "conversation-meeting-b-float.wav"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct wave w;
        struct repair_result r;
        if (!wave_load(&w, names[i]))
            continue;
        look(&w, 1024, &r);
        assert_false(r.needed);
        wave_done(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clicks_are_found_and_filled),
        cmocka_unit_test(cut_peaks_are_found_and_rise_again),
        cmocka_unit_test(what_only_resembles_a_fault_is_left_alone),
        cmocka_unit_test(the_size_of_the_pieces_does_not_matter),
        cmocka_unit_test(without_need_samples_pass_untouched),
        cmocka_unit_test(real_speech_without_faults_is_not_touched),
    };
    return cmocka_run_group_tests_name("repair", tests, NULL, NULL);
}
