// SPDX-License-Identifier: GPL-3.0-or-later
// Music under speech whose truth is known: where somebody speaks, and how loud.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/duck.h"
#include "sound/loudness.h"
#include "unit/waves.h"

enum { RATE = 16000, S = 50, MOST = 16 };

struct said {
    double from, to, db; // seconds; gain of the voice
};
struct talk {
    struct blocks blocks;
    struct speech speech;
};

// Syllables without pauses.
static void speak(struct wave *w, const struct said *x)
{
    size_t from = (size_t)(x->from * RATE), to = (size_t)(x->to * RATE);
    for (size_t i = from; i < to; i++) {
        double t = (double)(i - from) / RATE, syllable = sin(wave_turn * 3 * t);
        double v = wave_harmonics(wave_turn * 120 * t, 0, 24) * (0.15 + syllable * syllable);
        w->plane[0][i] += (float)(0.05 * wave_linear(x->db) * v);
    }
}

static void make_talk(const struct said *said, double seconds, struct talk *ret)
{
    struct wave w;
    wave_init(&w, RATE, 1);
    wave_noise(&w, seconds, 0.0003);
    for (; said->to > 0; said++)
        speak(&w, said);
    struct meter *m = wave_meter(&w);
    blocks_take(m, NULL, &ret->blocks);
    meter_free(m);
    wave_done(&w);
    speech_find(&ret->blocks, &ret->speech);
}

static void talk_done(struct talk *t)
{
    speech_done(&t->speech);
    blocks_done(&t->blocks);
}

static double lufs(const struct talk *t, double from, double to)
{
    return speech_lufs(&t->blocks, (size_t)(from * S), (size_t)(to * S));
}

// The most gain anywhere in a piece of time.
static double most(const struct duck *d, double from, double to)
{
    double db = -HUGE_VAL;
    for (double at = from * S; at <= to * S; at += 0.25)
        db = fmax(db, leveller_at(&d->curve, at));
    return db;
}

static const struct duck_music music = {-14, -11};

static void every_word_stands_20_lu_over_the_loudest_music(void **state)
{
    static const struct said rows[][MOST] = {
        {{1, 9, 0}, {9.5, 20, 0}, {20.9, 35, 0}, {45, 60, 0}},
        {{0, 10, 0}, {10.3, 20, -12}, {20.4, 30, 0}, {34, 44, -12}, {50, 60, 0}},
        {{5, 6, -6}, {12, 12.6, 0}, {20, 21, -3}, {30, 58, 0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct talk t;
        struct duck d;
        make_talk(rows[i], 60, &t);
        duck_solve(&t.blocks, &t.speech, &music, &d);
        for (const struct said *x = rows[i]; x->to > 0; x++) {
            double loudest = music.loudest_lufs + most(&d, x->from - 0.25, x->to);
            double under = lufs(&t, x->from, x->to) - loudest;
            if (x->from == 0)
                under = lufs(&t, x->from, x->to) - music.loudest_lufs - most(&d, 0, x->to);
            if (under < DUCK_UNDER_DB - 0.3)
                fail_msg("row %zu, word at %.1f s: music %.2f LU below", i, x->from, under);
        }
        duck_done(&d);
        talk_done(&t);
    }
}

static void music_comes_up_in_long_pauses_and_stays_down_in_short_ones(void **state)
{
    static const struct said said[MOST] = {{4, 12, 0}, {12.9, 20, 0}, {24, 30, 0}};
    struct talk t;
    struct duck d;
    (void)state;
    make_talk(said, 40, &t);
    duck_solve(&t.blocks, &t.speech, &music, &d);
    double speech = lufs(&t, 4, 12), pause = speech - DUCK_PAUSE_DB - music.integrated_lufs;
    double down = speech - DUCK_UNDER_DB - music.loudest_lufs;
    assert_true(fabs(most(&d, 0, 3) - pause) < 0.5);
    assert_true(fabs(most(&d, 3.75, 20) - down) < 0.5);
    assert_true(fabs(leveller_at(&d.curve, 22 * S) - pause) < 0.5);
    assert_true(fabs(most(&d, 23.75, 30) - down) < 0.5);
    assert_true(fabs(leveller_at(&d.curve, 39 * S) - pause) < 0.5);
    // up again 0.8 s for 8 dB after the word
    double up = (pause - down) / DUCK_RISE_DB_S;
    assert_true(fabs(leveller_at(&d.curve, (20.1 + up) * S) - pause) < 0.8);
    assert_true(leveller_at(&d.curve, (20 + up / 2) * S) < pause - 3);
    assert_true(fabs(d.in_pauses_db - DUCK_PAUSE_DB) < 0.01);
    assert_true(d.under_speech_db >= DUCK_UNDER_DB && d.under_speech_db < DUCK_UNDER_DB + 4);
    assert_true(fabs(d.speech_lufs - speech) < 0.5);
    duck_done(&d);
    talk_done(&t);
}

static void no_slope_is_steeper_than_said(void **state)
{
    static const struct said said[MOST] = {{2, 7, 0},    {7.2, 10, -14}, {12, 12.5, 3},
                                           {14, 20, -6}, {22, 22.4, 0},  {25, 29, -12}};
    struct talk t;
    struct duck d;
    (void)state;
    make_talk(said, 30, &t);
    duck_solve(&t.blocks, &t.speech, &music, &d);
    assert_true(d.curve.n > 4 && d.curve.n < 200);
    for (size_t i = 1; i < d.curve.n; i++) {
        const struct level_point *p = &d.curve.point[i - 1], *q = p + 1;
        assert_true(q->at > p->at);
        double slope = (q->db - p->db) / (q->at - p->at) * S;
        assert_true(slope < DUCK_RISE_DB_S + 0.001 && slope > -DUCK_FALL_DB_S - 0.001);
    }
    duck_done(&d);
    talk_done(&t);
}

static void under_real_speech_music_is_20_lu_below_every_three_seconds(void **state)
{
    struct wave w;
    struct talk t;
    struct duck d;
    (void)state;
    if (!wave_load(&w, "speech-en-60s.wav"))
        return;
    struct meter *m = wave_meter(&w);
    blocks_take(m, NULL, &t.blocks);
    meter_free(m);
    wave_done(&w);
    speech_find(&t.blocks, &t.speech);
    duck_solve(&t.blocks, &t.speech, &music, &d);
    for (double at = 0; at + 3 < (double)t.blocks.n / S; at += 0.5) {
        size_t spoken = 0;
        for (size_t i = (size_t)(at * S); i < (size_t)((at + 3) * S); i++)
            spoken += t.speech.active[i];
        if (spoken < 2 * S)
            continue;
        double energy = 0, n = 0; // of the music's loudest passage, while somebody speaks
        for (size_t i = (size_t)(at * S); i < (size_t)((at + 3) * S); i++)
            if (t.speech.active[i]) {
                energy += loudness_energy(music.loudest_lufs + leveller_at(&d.curve, (double)i));
                n++;
            }
        double under = lufs(&t, at, at + 3) - loudness_lufs(energy / n);
        if (under < DUCK_UNDER_DB - 1)
            fail_msg("at %.1f s: %.2f LU", at, under);
    }
    duck_done(&d);
    talk_done(&t);
}

static void where_nobody_speaks_there_is_no_music(void **state)
{
    float energy[S] = {0};
    uint16_t peak[S * METER_BLOCK_PEAKS] = {0}, crossings[S] = {0};
    struct blocks silent = {.n = S, .energy = energy, .peak = peak, .crossings = crossings};
    struct blocks none = {0};
    const struct blocks *rows[] = {&silent, &none};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct speech s;
        struct duck d;
        speech_find(rows[i], &s);
        duck_solve(rows[i], &s, &music, &d);
        assert_true(leveller_at(&d.curve, 25) <= -100);
        assert_false(isfinite(d.under_speech_db) || isfinite(d.in_pauses_db));
        duck_done(&d);
        speech_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_stands_20_lu_over_the_loudest_music),
        cmocka_unit_test(music_comes_up_in_long_pauses_and_stays_down_in_short_ones),
        cmocka_unit_test(no_slope_is_steeper_than_said),
        cmocka_unit_test(under_real_speech_music_is_20_lu_below_every_three_seconds),
        cmocka_unit_test(where_nobody_speaks_there_is_no_music),
    };
    return cmocka_run_group_tests_name("duck", tests, NULL, NULL);
}
