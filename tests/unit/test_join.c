// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sound/join.h"
#include "waves.h"

enum { TAPS = 96, CUTS = 1000 };

// ---- what is heard above 8 kHz

struct ear {
    const struct wave *wave;
    float tap[2 * TAPS + 1];
    float *high;              // of the whole wave's first channel
    size_t window, hop;       // samples: 5 ms and 0.5 ms
    size_t reach, fade, side; // of a join; what is looked at on either side
};

static void above_8k(const struct ear *ear, const float *x, size_t n, float *out)
{
    memset(out, 0, n * sizeof(*out));
    for (int k = 0; k <= 2 * TAPS; k++)
        for (size_t i = 0; i < n; i++)
            out[i] += ear->tap[k] * x[i + (size_t)k];
}

static void ear_init(struct ear *ear, const struct wave *w)
{
    double edge = 8000.0 / w->rate;
    size_t rate = (size_t)w->rate;
    *ear = (struct ear){.wave = w,
                        .window = rate / 200,
                        .hop = rate / 2000,
                        .reach = rate * JOIN_REACH_MS / 1000,
                        .fade = rate * JOIN_FADE_MS / 1000,
                        .side = rate / 5};
    for (int k = -TAPS; k <= TAPS; k++) {
        double a = wave_turn / 2 * k / (TAPS + 1), window = 0.42 + 0.5 * cos(a) + 0.08 * cos(2 * a);
        double low = k ? sin(wave_turn * edge * k) / (wave_turn / 2 * k) : 2 * edge;
        ear->tap[k + TAPS] = (float)(window * ((k == 0) - low));
    }
    ear->high = calloc(w->frames, sizeof(float));
    above_8k(ear, w->plane[0], w->frames - 2 * TAPS, ear->high + TAPS);
}

static double energy(const float *x, size_t n)
{
    double sum = 1e-20; // -200 dB: digital silence on either side
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum;
}

// dB by which the 5 ms around `at` stand out of the loudest 5 ms within 200 ms on either side.
static double stands_out(const struct ear *ear, const float *high, size_t at)
{
    size_t half = ear->window / 2;
    double most = 0;
    for (size_t i = at - ear->side; i + ear->window <= at + ear->side; i += ear->hop) {
        bool touches = i < at + half && i + ear->window > at - half;
        double v = touches ? 0 : energy(high + i, ear->window);
        most = v > most ? v : most;
    }
    return 10 * log10(energy(high + at - half, ear->window) / most);
}

enum { NEAR = 48000 * 3 / 10, ZONE = 48000 / 50 + 2 * TAPS };

// The samples around a cut from..to as they are joined, or put hard against each other.
static double cut_out(const struct ear *ear, size_t from, size_t to, bool joined)
{
    static float sound[2 * ZONE], high[2 * NEAR];
    const float *w = ear->wave->plane[0], *a = w + from - ear->reach, *b = w + to - ear->reach;
    float *out = sound + ZONE - ear->reach;
    memcpy(sound, w + from - ZONE, ZONE * sizeof(float));
    memcpy(sound + ZONE, w + to, ZONE * sizeof(float));
    size_t middle = ear->reach;
    if (joined)
        middle = join_make(&a, &b, 1, 2 * ear->reach, ear->fade, &out);
    memcpy(high, ear->high + from - NEAR, NEAR * sizeof(float));
    memcpy(high + NEAR, ear->high + to, NEAR * sizeof(float));
    above_8k(ear, sound, 2 * (ZONE - TAPS), high + NEAR - ZONE + TAPS);
    // the fade may lie beside the cut; what the sound that stays has there itself is no fault of it
    size_t at = NEAR - ear->reach + middle, half = ear->window / 2;
    const float *stays = ear->high + (at < NEAR ? from : to) + at - NEAR;
    double there = stands_out(ear, high, NEAR), faded = stands_out(ear, high, at);
    bool its_own = energy(high + at - half, 2 * half) <= energy(stays - half, 2 * half);
    return its_own || there > faded ? there : faded;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 4;
}

static double cut_at_random(const char *what, const struct ear *ear, bool joined)
{
    double got[CUTS];
    uint32_t seed = 20260212;
    size_t room = ear->wave->frames - 2 * NEAR, shortest = (size_t)ear->wave->rate / 50;
    for (int i = 0; i < CUTS; i++) {
        size_t x = dice(&seed) % (room - shortest), y = dice(&seed) % (room - shortest);
        size_t from = x < y ? x : y, to = (x < y ? y : x) + shortest;
        got[i] = cut_out(ear, NEAR + from, NEAR + to, joined);
    }
    qsort(got, CUTS, sizeof(*got), by_size);
    print_message("# %s, %s: median %.1f dB, 95 %% %.1f, 99 %% %.1f, worst %.1f\n", what,
                  joined ? "joined" : "cut hard", got[CUTS / 2], got[CUTS * 95 / 100],
                  got[CUTS * 99 / 100], got[CUTS - 1]);
    return got[CUTS - 1];
}

static void inaudible(const char *what, const struct wave *w)
{
    struct ear ear;
    ear_init(&ear, w);
    double hard = cut_at_random(what, &ear, false), joined = cut_at_random(what, &ear, true);
    assert_true(hard > 12); // the measure would notice
    assert_true(joined <= 6);
    free(ear.high);
}

static void a_thousand_cuts_in_speech_are_not_heard(void **state)
{
    (void)state;
    static const char *const files[] = {"speech-en-sonnet-53s.wav", "speech-en-24bit-stereo.wav"};
    struct wave w;
    wave_init(&w, 48000, 1);
    wave_voice(&w, 20, 0.5);
    inaudible("a made voice", &w);
    wave_done(&w);
    for (size_t i = 0; i < COUNT(files); i++) {
        if (!wave_load(&w, files[i]))
            continue;
        inaudible(files[i], &w);
        wave_done(&w);
    }
}

// ---- levels

static double rms_db(const float *x, size_t n)
{
    return 10 * log10(energy(x, n) / (double)n);
}

static void what_is_alike_passes_unchanged(void **state)
{
    (void)state;
    enum { N = 1920 };
    struct wave w;
    wave_init(&w, 48000, 2);
    wave_tone(&w, 0.1, 330, -12);
    wave_noise(&w, 0.1, 0.2);
    for (size_t from = 0; from < 2 * N; from += 700) {
        float left[N], right[N], *out[] = {left, right};
        const float *x[] = {w.plane[0] + from, w.plane[1] + from};
        join_make(x, x, 2, N, N / 2, out);
        for (size_t i = 0; i < N; i++)
            assert_true(fabsf(left[i] - x[0][i]) < 1e-6f && fabsf(right[i] - x[1][i]) < 1e-6f);
    }
    wave_done(&w);
}

static void what_is_unlike_keeps_its_power(void **state)
{
    (void)state;
    enum { N = 19200, FADE = 9600 };
    struct wave w;
    wave_init(&w, 48000, 1);
    wave_noise(&w, 1.0, 0.5);
    const float *a = w.plane[0], *b = w.plane[0] + N;
    static float joined[N];
    float *out = joined;
    size_t middle = join_make(&a, &b, 1, N, FADE, &out);
    assert_true(middle >= FADE / 2 && middle <= N - FADE / 2);
    assert_memory_equal(joined, a, (middle - FADE / 2) * sizeof(float));
    size_t behind = middle + FADE / 2;
    assert_memory_equal(joined + behind, b + behind, (N - behind) * sizeof(float));
    double want = rms_db(w.plane[0], w.frames);
    for (size_t i = 0; i + 2400 <= N; i += 1200)
        assert_true(fabs(rms_db(joined + i, 2400) - want) < 0.5);
    wave_done(&w);
}

static void an_end_fades_the_same_in_pieces_and_at_once(void **state)
{
    (void)state;
    enum { N = 480 };
    for (int way = JOIN_IN; way <= JOIN_OUT; way++) {
        float once[N + 20], pieces[N + 20], *at = once;
        for (size_t i = 0; i < COUNT(once); i++)
            once[i] = pieces[i] = 1;
        join_end(&at, 1, COUNT(once), way, 0, N);
        for (size_t i = 0; i < COUNT(pieces); i += 100) {
            at = pieces + i;
            join_end(&at, 1, 100, way, i, N);
        }
        assert_memory_equal(once, pieces, sizeof(once));
        assert_true(fabsf(once[N / 2] - 0.5f) < 0.01f && once[N + 5] == 1);
        assert_true(way == JOIN_IN ? once[0] < 1e-4f && once[N - 1] > 0.9999f
                                   : once[0] > 0.9999f && once[N - 1] < 1e-4f);
    }
    float up = join_power(0.3f), down = join_power(0.7f);
    assert_true(fabsf(up * up + down * down - 1) < 1e-6f);
    assert_true(join_power(0) == 0 && fabsf(join_power(1) - 1) < 1e-6f);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_cuts_in_speech_are_not_heard),
        cmocka_unit_test(what_is_alike_passes_unchanged),
        cmocka_unit_test(what_is_unlike_keeps_its_power),
        cmocka_unit_test(an_end_fades_the_same_in_pieces_and_at_once),
    };
    return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
