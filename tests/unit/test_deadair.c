// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/deadair.h"
#include "waves.h"

enum { RATE = 48000 };

static double seconds(tick t)
{
    return tick_to_s(t);
}

static void blocks_of(const struct wave *w, struct blocks *ret)
{
    struct meter *m = wave_meter(w);
    struct meter_table t;
    meter_table(m, &t);
    blocks_copy(&t, NULL, ret);
    meter_free(m);
}

static size_t dead_of(const struct wave *w, struct span **ret, tick *ret_length)
{
    struct blocks b;
    blocks_of(w, &b);
    *ret_length = tick_from_samples((int64_t)w->frames, w->rate);
    size_t n = deadair_find(&(struct deadair_part){&b, 0, *ret_length}, 1, ret);
    blocks_done(&b);
    return n;
}

// What trimming leaves, in seconds.
static void trimmed(const struct wave *w, double *ret_from, double *ret_to)
{
    struct span *dead, off[2];
    tick length;
    size_t n = dead_of(w, &dead, &length);
    n = deadair_trim(dead, n, length, off);
    *ret_from = 0;
    *ret_to = seconds(length);
    for (size_t i = 0; i < n; i++) {
        assert_true(off[i].start < off[i].end && off[i].start >= 0 && off[i].end <= length);
        if (off[i].start == 0)
            *ret_from = seconds(off[i].end);
        else
            *ret_to = seconds(off[i].start);
    }
    free(dead);
}

// Noise over all of the wave.
static void add_noise(struct wave *w, double peak)
{
    struct wave noise;
    wave_init(&noise, w->rate, w->channels);
    wave_noise(&noise, (double)w->frames / w->rate, peak);
    for (int c = 0; c < w->channels; c++)
        for (size_t i = 0; i < w->frames && i < noise.frames; i++)
            w->plane[c][i] += noise.plane[c][i];
    wave_done(&noise);
}

// Voice begins and ends in its first word: 0..2.3 s of every 3.1 s since the wave's start.
static void dead_air_goes_at_both_ends_whatever_the_noise(void **state)
{
    (void)state;
    static const struct {
        double voice, noise; // peaks
    } rows[] = {{0.5, 0},      {0.5, 0.0001}, {0.5, 0.003},
                {0.05, 0.001}, {0.5, 0.02},   {0.002, 0.00002}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w, voice;
        double from, to;
        wave_init(&w, RATE, 1);
        wave_init(&voice, RATE, 1);
        wave_voice(&voice, 11, rows[i].voice);
        wave_silence(&w, 3);
        size_t at = wave_extend(&w, voice.frames);
        memcpy(w.plane[0] + at, voice.plane[0], voice.frames * sizeof(float));
        wave_silence(&w, 4);
        add_noise(&w, rows[i].noise);
        trimmed(&w, &from, &to);
        assert_true(from > 2.5 && from <= 2.7); // the voice is there from 3 s to 14
        assert_true(to >= 14.75 && to < 15);
        wave_done(&voice);
        wave_done(&w);
    }
}

static void music_and_slow_fades_are_sound(void **state)
{
    (void)state;
    struct wave w;
    double from, to;
    wave_init(&w, RATE,
              1); // a soft steady note, then a voice, then another one, all far over noise
    wave_tone(&w, 6, 220, -34);
    wave_voice(&w, 20, 0.5);
    wave_tone(&w, 6, 330, -34);
    add_noise(&w, 0.0003);
    trimmed(&w, &from, &to);
    assert_true(from == 0 && to > 31.99);
    wave_done(&w);

    wave_init(&w, RATE, 1); // silence, then four seconds of fading in
    wave_silence(&w, 2);
    size_t at = wave_extend(&w, 20 * RATE);
    for (size_t i = at; i < w.frames; i++) {
        double t = (double)(i - at) / RATE, by = t < 4 ? t / 4 : 1;
        w.plane[0][i] = (float)(by * 0.3 * sin(wave_turn * 262 * t) * (1 + 0.5 * sin(9 * t)));
    }
    trimmed(&w, &from, &to);
    assert_true(from > 1.6 && from < 1.9 && to > 21.99);
    wave_done(&w);

    wave_init(&w, RATE, 2); // noise-like music without a pause
    wave_noise(&w, 10, 0.1);
    trimmed(&w, &from, &to);
    assert_true(from == 0 && to > 9.99);
    wave_done(&w);
}

static void a_click_is_no_sound_and_nothing_but_noise_stays(void **state)
{
    (void)state;
    struct wave w;
    double from, to;
    wave_init(&w, RATE, 1);
    wave_silence(&w, 3.1);
    wave_voice(&w, 9.3, 0.5);
    wave_silence(&w, 3);
    add_noise(&w, 0.001);
    for (size_t i = 0; i < 240; i++)
        w.plane[0][RATE + i] += 0.7f;
    trimmed(&w, &from, &to);
    assert_true(from > 2.5 && from <= 2.85);
    wave_done(&w);
    for (int what = 0; what < 2; what++) {
        wave_init(&w, RATE, 1);
        if (what)
            wave_noise(&w, 5, 0.01);
        else
            wave_silence(&w, 5);
        trimmed(&w, &from, &to);
        assert_true(from == 0 && to == 5);
        wave_done(&w);
    }
    struct span *dead;
    assert_int_equal(deadair_find(NULL, 0, &dead), 0);
    free(dead);
}

static void parts_lie_on_the_recordings_clock(void **state)
{
    (void)state;
    struct wave w[2];
    struct blocks b[2];
    struct deadair_part part[2];
    tick at = 0;
    for (int i = 0; i < 2; i++) {
        wave_init(&w[i], RATE, 1);
        wave_silence(&w[i], i ? 1.013 : 2.007);
        wave_tone(&w[i], 3, 400, -20);
        wave_silence(&w[i], 1.011);
        add_noise(&w[i], 0.0005);
        blocks_of(&w[i], &b[i]);
        part[i] = (struct deadair_part){&b[i], at, tick_from_samples((int64_t)w[i].frames, RATE)};
        at += part[i].length;
    }
    struct span *dead;
    assert_int_equal(deadair_find(part, 2, &dead), 3);
    assert_true(dead[0].start == 0 && fabs(seconds(dead[0].end) - 2.007) < 0.05);
    assert_true(fabs(seconds(dead[1].start) - 5.007) < 0.05);
    assert_true(fabs(seconds(dead[1].end) - (6.018 + 1.013)) < 0.05);
    assert_true(fabs(seconds(dead[2].start) - (6.018 + 4.013)) < 0.05 && dead[2].end == at);
    free(dead);
    for (int i = 0; i < 2; i++) {
        blocks_done(&b[i]);
        wave_done(&w[i]);
    }
}

#define S TICKS_PER_SEC

static void trimming_leaves_its_margins_and_pauses_their_length(void **state)
{
    (void)state;
    const struct span dead[] = {{0, 2 * S}, {5 * S, 6 * S}, {8 * S, 12 * S}, {18 * S, 20 * S}};
    struct span got[4];
    assert_int_equal(deadair_trim(dead, 4, 20 * S, got), 2);
    assert_true(got[0].start == 0 && got[0].end == 2 * S - DEADAIR_LEAD);
    assert_true(got[1].start == 18 * S + DEADAIR_TAIL && got[1].end == 20 * S);
    assert_int_equal(deadair_trim(dead + 1, 2, 20 * S, got), 0);
    const struct span short_ones[] = {{0, DEADAIR_LEAD}, {20 * S - DEADAIR_TAIL, 20 * S}};
    assert_int_equal(deadair_trim(short_ones, 2, 20 * S, got), 0);
    const struct span all = {0, 20 * S};
    assert_int_equal(deadair_trim(&all, 1, 20 * S, got), 0);

    assert_int_equal(deadair_pauses(dead, 4, 20 * S, S, got), 1);
    assert_true(got[0].start == 8 * S + S / 2 && got[0].end == 12 * S - S / 2);
    assert_int_equal(deadair_pauses(dead, 4, 20 * S, S / 2, got), 2);
    assert_int_equal(deadair_pauses(dead, 4, 20 * S, 4 * S, got), 0);
}

static void real_recordings_are_trimmed_to_their_speech(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        double from, to; // seconds, where trimming cuts; negative: it must not
    } rows[] = {
        {"speech-en-noise-speech-noise.wav", 1.26, 5.12}, // noise, speech, noise
        {"speech-en-sonnet-53s.wav", 0.1, 52.94},
        {"speech-en-60s.wav", -1, -1},
        {"conversation-meeting-a-float.wav", -1, -1},
        {"conversation-meeting-b-float.wav", -1, -1},
        {"noise-only-cc0.wav", -1, -1},
        {"tone-dc-offset.wav", -1, -1},
        {"speech-two-channel-11k.wav", -1, -1},
        {"speech-en-24bit-stereo.wav", -1, -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        double from, to;
        if (!wave_load(&w, rows[i].file))
            continue;
        trimmed(&w, &from, &to);
        double end = (double)w.frames / w.rate;
        print_message("# %s: %.2f to %.2f of %.2f s\n", rows[i].file, from, to, end);
        assert_true(fabs(from - (rows[i].from < 0 ? 0 : rows[i].from)) < 0.05);
        assert_true(fabs(to - (rows[i].to < 0 ? end : rows[i].to)) < 0.05);
        wave_done(&w);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(dead_air_goes_at_both_ends_whatever_the_noise),
        cmocka_unit_test(music_and_slow_fades_are_sound),
        cmocka_unit_test(a_click_is_no_sound_and_nothing_but_noise_stays),
        cmocka_unit_test(parts_lie_on_the_recordings_clock),
        cmocka_unit_test(trimming_leaves_its_margins_and_pauses_their_length),
        cmocka_unit_test(real_recordings_are_trimmed_to_their_speech),
    };
    return cmocka_run_group_tests_name("deadair", tests, NULL, NULL);
}
