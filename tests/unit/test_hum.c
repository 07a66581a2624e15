// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/hum.h"
#include "unit/waves.h"

static void look(const struct wave *w, size_t piece, struct hum_result *ret)
{
    struct hum_look *h = hum_look_new(w->rate);
    assert_non_null(h);
    for (size_t i = 0; i < w->frames; i += piece)
        hum_look_add(h, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece);
    hum_look_result(h, ret);
    hum_look_free(h);
}

static void clean(const struct wave *w, const struct hum_result *found, size_t piece,
                  struct wave *ret)
{
    struct hum *h = hum_new(w->rate, found);
    size_t given = 0;
    assert_non_null(h);
    wave_init(ret, w->rate, 1);
    wave_extend(ret, w->frames + hum_delay(h));
    for (size_t i = 0; i < w->frames; i += piece) {
        size_t n = w->frames - i < piece ? w->frames - i : piece;
        given += hum_run(h, w->plane[0] + i, n, ret->plane[0] + given);
        assert_true(i + n - given <= hum_delay(h));
    }
    given += hum_flush(h, ret->plane[0] + given);
    assert_int_equal(given, w->frames);
    ret->frames = given;
    hum_free(h);
}

static void add_hum(struct wave *w, double hz, int lines, double dbfs)
{
    for (size_t i = 0; i < w->frames; i++)
        for (int k = 1; k <= lines; k++)
            w->plane[0][i] += (float)(wave_linear(dbfs) / (k * k) *
                                      sin(wave_turn * hz * k * (double)i / w->rate + k));
}

// The sine at hz in half a second from `from`, peak.
static double level_at(const struct wave *w, double hz, double from)
{
    double re = 0, im = 0, all = 0;
    size_t n = (size_t)w->rate / 2, start = (size_t)(from * w->rate);
    for (size_t i = start; i < start + n; i++) {
        double a = wave_turn * hz * (double)i / w->rate;
        double window = 0.5 - 0.5 * cos(wave_turn * (double)(i - start) / (double)n);
        re += window * cos(a) * (double)w->plane[0][i];
        im += window * sin(a) * (double)w->plane[0][i];
        all += window;
    }
    return wave_db(2 * sqrt(re * re + im * im) / all + 1e-9);
}

// Words on one note with pauses between, and noise at -70.
static void monotone(struct wave *w, double seconds, double hz, double peak)
{
    size_t from = wave_extend(w, (size_t)(seconds * w->rate));
    uint32_t state = 99991;
    for (size_t i = from; i < w->frames; i++) {
        double t = (double)i / w->rate, word = fmod(t, 2.9) < 2.1 ? 1 : 0;
        double v = wave_harmonics(wave_turn * hz * t, 0.4, 20) / 3;
        w->plane[0][i] = (float)(peak * word * v + 0.0003 * wave_random(&state));
    }
}

static void frequency_and_levels_are_found(void **state)
{
    (void)state;
    static const struct {
        int rate;
        double hz, dbfs;
    } rows[] = {{48000, 49.96, -40}, {44100, 50.03, -55}, {8000, 50.11, -40}, {16000, 59.97, -30},
                {11025, 60.02, -50}, {192000, 50, -40},   {22050, 49.9, -45}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct hum_result r;
        wave_init(&w, rows[i].rate, 1);
        monotone(&w, 20, 123, 0.2);
        add_hum(&w, rows[i].hz, 3, rows[i].dbfs);
        look(&w, 1000, &r);
        assert_true(r.needed);
        assert_true(fabs(r.hz - rows[i].hz) < 0.01);
        assert_int_equal(r.line[0].harmonic, 1);
        assert_true(fabs(r.line[0].level_dbfs - rows[i].dbfs) < 0.6);
        assert_true(r.lines >= 2 && r.line[1].harmonic == 2);
        assert_true(fabs(r.line[1].level_dbfs - (rows[i].dbfs - 12)) < 1.5);
        assert_true(r.lines <= 4);
        wave_done(&w);
    }
}

// A bass line: notes of half a second that die away, G1 among them.
static void bass(struct wave *w)
{
    static const double notes[] = {49, 49, 65.4, 73.4, 49, 58.3, 98, 49.5};
    size_t from = wave_extend(w, (size_t)w->rate * 20);
    for (size_t i = from; i < w->frames; i++) {
        double t = (double)i / w->rate, within = fmod(t, 0.5), hz = notes[(int)(t / 0.5) % 8];
        w->plane[0][i] = (float)(0.1 * exp(-4 * within) * wave_harmonics(wave_turn * hz * t, 0, 8));
    }
}

static void nothing_is_found_where_nothing_hums(void **state)
{
    (void)state;
    struct hum_result r;
    struct wave w;
    for (int kind = 0; kind < 8; kind++) {
        wave_init(&w, 48000, 1);
        if (kind == 0)
            wave_voice(&w, 20, 0.3);
        if (kind == 1)
            monotone(&w, 20, 100, 0.2);
        if (kind == 2)
            monotone(&w, 20, 120, 0.2);
        if (kind == 3)
            bass(&w);
        if (kind == 4)
            wave_noise(&w, 20, 0.01);
        if (kind == 5)
            wave_silence(&w, 20);
        if (kind == 6)
            wave_tone(&w, 20, 1000, -20);
        if (kind == 7)
            wave_tone(&w, 20, 100, -20);
        look(&w, 4096, &r);
        if (r.needed)
            print_message("kind %d: %.2f Hz %.1f dBFS\n", kind, r.hz, r.level_dbfs);
        assert_false(r.needed);
        wave_done(&w);
    }
}

static void hum_is_gone_and_a_voice_on_its_harmonics_stays(void **state)
{
    (void)state;
    static const int rates[] = {48000, 8000, 44100};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave voice, w, out;
        struct hum_result r;
        wave_init(&voice, rates[i], 1);
        monotone(&voice, 20, 100, 0.2);
        wave_init(&w, rates[i], 1);
        monotone(&w, 20, 100, 0.2);
        add_hum(&w, 50, 5, -40);
        look(&w, 1024, &r);
        assert_true(r.needed);
        clean(&w, &r, 1024, &out);
        for (int k = 1; k <= 6; k++) // 0.5 s inside a word
            for (double t = 0.1; t < 18; t += 2.9)
                assert_true(fabs(level_at(&out, 100 * k, t) - level_at(&voice, 100 * k, t)) < 0.3);
        for (size_t n = 0; n < out.frames; n++)
            out.plane[0][n] -= voice.plane[0][n];
        for (double t = 0; t < 19; t += 0.5)
            assert_true(level_at(&out, 50, t) < -40 - 35);
        wave_done(&voice);
        wave_done(&w);
        wave_done(&out);
    }
}

static void a_wandering_frequency_is_followed(void **state)
{
    (void)state;
    struct wave w, out;
    struct hum_result r;
    double phase = 0;
    wave_init(&w, 16000, 1);
    monotone(&w, 60, 140, 0.2);
    for (size_t i = 0; i < w.frames; i++) {
        double hz = 49.98 + 0.03 * sin(wave_turn * (double)i / w.rate / 40);
        phase += wave_turn * hz / w.rate;
        w.plane[0][i] += (float)(0.01 * sin(phase) + 0.003 * sin(3 * phase));
    }
    look(&w, 1024, &r);
    assert_true(r.needed && fabs(r.hz - 49.98) < 0.02);
    clean(&w, &r, 777, &out);
    for (double t = 2.3; t < 59; t += 2.9) // in the pauses
        assert_true(level_at(&out, 50, t) < -40 - 30);
    wave_done(&w);
    wave_done(&out);
}

static void the_size_of_the_pieces_does_not_matter(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 37, 100000};
    struct wave w, out, other;
    struct hum_result r, s;
    wave_init(&w, 16000, 1);
    monotone(&w, 8, 123, 0.2);
    add_hum(&w, 50, 2, -40);
    look(&w, 1024, &r);
    clean(&w, &r, 1024, &out);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        look(&w, pieces[i], &s);
        assert_true(s.hz == r.hz && s.lines == r.lines);
        clean(&w, &r, pieces[i], &other);
        assert_memory_equal(out.plane[0], other.plane[0], out.frames * sizeof(float));
        wave_done(&other);
    }
    wave_done(&w);
    wave_done(&out);
}

static void without_need_samples_pass_untouched(void **state)
{
    (void)state;
    struct hum_result none = {0};
    struct wave w, out;
    wave_init(&w, 48000, 1);
    wave_voice(&w, 1, 0.3);
    clean(&w, &none, 1000, &out);
    assert_memory_equal(out.plane[0], w.plane[0], w.frames * sizeof(float));
    wave_done(&w);
    wave_done(&out);
    assert_null(hum_new(7999, &none));
    assert_null(hum_look_new(192001));
}

static void short_sounds_come_out_whole(void **state)
{
    (void)state;
    struct hum_result r = {.needed = true, .hz = 50, .lines = 1, .line = {{1, -40, 30}}};
    static const double seconds[] = {0.001, 0.1, 0.3, 1.1};
    for (size_t i = 0; i < COUNT(seconds); i++) {
        struct wave w, out;
        wave_init(&w, 48000, 1);
        wave_tone(&w, seconds[i], 50, -40);
        clean(&w, &r, 480, &out);
        wave_done(&w);
        wave_done(&out);
    }
}

static void real_speech_loses_the_hum_that_was_added(void **state)
{
    (void)state;
    struct wave w, out;
    struct hum_result r;
    if (!wave_load(&w, "speech-en-60s.wav"))
        return;
    look(&w, 1024, &r);
    assert_false(r.needed);
    add_hum(&w, 49.96, 4, -40);
    look(&w, 1024, &r);
    assert_true(r.needed && fabs(r.hz - 49.96) < 0.01);
    clean(&w, &r, 1024, &out);
    for (double t = 0; t < 59; t += 0.5)
        assert_true(level_at(&out, 49.96, t) < -40 - 35);
    wave_done(&w);
    wave_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frequency_and_levels_are_found),
        cmocka_unit_test(nothing_is_found_where_nothing_hums),
        cmocka_unit_test(hum_is_gone_and_a_voice_on_its_harmonics_stays),
        cmocka_unit_test(a_wandering_frequency_is_followed),
        cmocka_unit_test(the_size_of_the_pieces_does_not_matter),
        cmocka_unit_test(without_need_samples_pass_untouched),
        cmocka_unit_test(short_sounds_come_out_whole),
        cmocka_unit_test(real_speech_loses_the_hum_that_was_added),
    };
    return cmocka_run_group_tests_name("hum", tests, NULL, NULL);
}
