// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/align.h"
#include "unit/talks.h"

static struct envelope *envelope_of(const struct wave *w, size_t piece)
{
    struct envelope *v = envelope_new(w->rate);
    for (size_t i = 0; i < w->frames; i += piece)
        envelope_add(v, w->plane[0] + i, w->frames - i < piece ? w->frames - i : piece);
    return v;
}

static void hear_all(struct align *l, enum align_track track, const struct wave *w)
{
    const size_t piece = 3000;
    for (size_t i = 0; i < w->frames; i += piece)
        align_hear(l, track, (int64_t)i, w->plane[0] + i,
                   w->frames - i < piece ? w->frames - i : piece);
}

static void align(const struct wave *a, const struct wave *b, struct align_result *ret)
{
    struct envelope *va = envelope_of(a, 4096), *vb = envelope_of(b, 4096);
    struct align *l = align_new(va, vb);
    hear_all(l, ALIGN_A, a);
    hear_all(l, ALIGN_B, b);
    align_result(l, ret);
    align_free(l);
    envelope_free(va);
    envelope_free(vb);
}

// How far the line is from the truth over the time in common, at the worse end.
static double off_ms(const struct align_result *r, const struct talk *k)
{
    double rate = 1 + k->drift_ppm * 1e-6;
    double from = fmax(0, -k->offset_s / rate);
    double to = fmin(k->seconds_a, (k->seconds_b - k->offset_s) / rate);
    double slope = (r->drift_ppm - k->drift_ppm) * 1e-6, at = r->offset_s - k->offset_s;
    return 1000 * fmax(fabs(at + slope * from), fabs(at + slope * to));
}

static void must_be_found(const struct talk *k, const struct wave *a, const struct wave *b,
                          size_t row)
{
    struct align_result r;
    align(a, b, &r);
    if (!r.found)
        fail_msg("row %zu: not found", row);
    if (off_ms(&r, k) > 0.2)
        fail_msg("row %zu: %.3f ms off", row, off_ms(&r, k));
    if (fabs(r.path_ms - k->path_ms) > 0.2 || r.residual_ms > 0.2 || r.confidence < 0.7)
        fail_msg("row %zu: path %.2f ms, residual %.2f ms, confidence %.2f", row, r.path_ms,
                 r.residual_ms, r.confidence);
    assert_true(r.agreeing >= 4 && r.agreeing <= r.compared && r.compared <= 32);
}

static void thirty_minutes_stay_within_a_millisecond(void **state)
{
    (void)state;
    struct talk k = {1800, 1800, 137.5, 80, -25, -45, 3, 0, false, 8000, 1};
    struct wave a, b;
    talk_make(&k, &a, &b);
    must_be_found(&k, &a, &b, 0);
    wave_done(&a);
    wave_done(&b);
}

static void starts_and_clocks_are_found_either_way(void **state)
{
    (void)state;
    // seconds of a and b, offset, drift, bleed, noise, path, hum, inverted, sample rate, seed
    static const struct talk rows[] = {
        {90, 90, 0, 0, -20, -45, 3, 0, false, 8000, 2},
        {110, 110, -21.37, 200, -15, -45, 1.5, 0, false, 8000, 3},
        {120, 90, 21.37, -200, -30, -45, 5, 0, false, 8000, 4},
        {120, 110, 20.001, -40, -30, -25, 3, 0, false, 8000, 5},
        {100, 120, 15, 120, -25, -45, 3, 0, true, 8000, 6},
        {90, 90, -3.2, 300, -25, -45, 3, -20, false, 8000, 7},
        {60, 60, 5, 10, -20, -45, 3, 0, false, 16000, 8},
        {1920, 120, -1799, 200, -25, -45, 3, 0, false, 8000, 9},
        {120, 1920, 1799, -200, -25, -45, 3, 0, false, 8000, 10},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave a, b;
        talk_make(&rows[i], &a, &b);
        must_be_found(&rows[i], &a, &b, i);
        wave_done(&a);
        wave_done(&b);
    }
}

// Straight lines between the samples: what else there is above is the doing of a bad recorder.
static struct wave at_rate(const struct wave *w, int rate)
{
    struct wave ret;
    wave_init(&ret, rate, 1);
    wave_extend(&ret, (size_t)((double)(w->frames - 1) * rate / w->rate));
    for (size_t i = 0; i < ret.frames; i++) {
        double at = (double)i * w->rate / rate;
        const float *x = w->plane[0] + (size_t)at;
        ret.plane[0][i] = x[0] + (float)(at - floor(at)) * (x[1] - x[0]);
    }
    return ret;
}

static void sample_rates_may_differ(void **state)
{
    (void)state;
    static const int rates[][2] = {{8000, 48000}, {44100, 11025}, {96000, 22050}, {16000, 192000}};
    struct talk k = {60, 60, -7.7, 60, -20, -45, 3, 0, false, 8000, 11};
    struct wave a, b;
    talk_make(&k, &a, &b);
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave x = at_rate(&a, rates[i][0]), y = at_rate(&b, rates[i][1]);
        must_be_found(&k, &x, &y, i);
        wave_done(&x);
        wave_done(&y);
    }
    wave_done(&a);
    wave_done(&b);
}

static void must_not_be_found(const struct wave *a, const struct wave *b, size_t row)
{
    struct align_result r;
    align(a, b, &r);
    if (r.found)
        fail_msg("row %zu: found at %g s, %d of %d", row, r.offset_s, r.agreeing, r.compared);
    assert_true(r.offset_s == 0 && r.drift_ppm == 0 && r.confidence == 0);
}

static void where_nothing_is_common_nothing_is_found(void **state)
{
    (void)state;
    static const struct talk rows[] = {
        {200, 200, 37, 80, 0, -45, 3, 0, false, 8000, 21},  // headsets
        {150, 150, 0, 0, 0, -30, 3, -10, false, 8000, 22},  // on the same mains
        {60, 60, 10, 0, 0, -45, 3, 0, false, 8000, 23},     //
        {30, 30, 3, 0, 0, -45, 3, -20, false, 8000, 24},    //
        {200, 60, 400, 0, -10, -45, 3, 0, false, 8000, 25}, // over before the other began
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave a, b;
        talk_make(&rows[i], &a, &b);
        must_not_be_found(&a, &b, i);
        wave_done(&a);
        wave_done(&b);
    }
}

static void no_sound_is_no_match(void **state)
{
    (void)state;
    struct talk k = {40, 40, 0, 0, -20, -45, 3, 0, false, 8000, 31};
    struct wave a, b, silence, noise, brief;
    talk_make(&k, &a, &b);
    wave_init(&silence, 8000, 1);
    wave_silence(&silence, 40);
    wave_init(&noise, 8000, 1);
    wave_noise(&noise, 40, 0.1);
    wave_init(&brief, 8000, 1);
    wave_noise(&brief, 0.5, 0.1);
    const struct wave *pairs[][2] = {{&a, &silence}, {&silence, &b},   {&silence, &silence},
                                     {&a, &noise},   {&noise, &b},     {&brief, &b},
                                     {&a, &brief},   {&brief, &brief}, {&brief, &silence}};
    for (size_t i = 0; i < COUNT(pairs); i++)
        must_not_be_found(pairs[i][0], pairs[i][1], i);
    for (size_t i = 0; i < a.frames; i++) // no numbers
        a.plane[0][i] = i % 2 ? NAN : -INFINITY;
    must_not_be_found(&a, &b, 99);
    struct wave *all[] = {&a, &b, &silence, &noise, &brief};
    for (size_t i = 0; i < COUNT(all); i++)
        wave_done(all[i]);
}

static void what_is_no_number_does_no_harm(void **state)
{
    (void)state;
    struct talk k = {60, 60, 4, 10, -20, -45, 3, 0, false, 8000, 32};
    struct wave a, b;
    talk_make(&k, &a, &b);
    for (size_t i = 0; i < a.frames; i += 3001)
        a.plane[0][i] = NAN;
    for (size_t i = 77777; i < b.frames; i += 77777)
        b.plane[0][i] = i % 2 ? INFINITY : -INFINITY;
    must_be_found(&k, &a, &b, 0);
    wave_done(&a);
    wave_done(&b);
}

static void a_recording_lies_on_itself(void **state)
{
    (void)state;
    struct talk k = {60, 60, 0, 0, -20, -45, 3, 0, false, 8000, 41};
    struct wave a, b;
    struct align_result r;
    talk_make(&k, &a, &b);
    align(&a, &a, &r);
    assert_true(r.found && r.confidence == 1);
    assert_float_equal(r.offset_s, 0, 1e-6);
    assert_float_equal(r.drift_ppm, 0, 1e-2);
    assert_float_equal(r.path_ms, 0, 1e-3);
    wave_done(&a);
    wave_done(&b);
}

// b loses half a second in the middle: half of the excerpts cannot agree.
static void lost_samples_cost_confidence(void **state)
{
    (void)state;
    static const double lost_s[] = {0.5, 0.02};
    struct talk k = {150, 150, 5, 50, -20, -45, 0.2, 0, false, 8000, 51};
    for (size_t i = 0; i < COUNT(lost_s); i++) {
        struct wave a, b;
        struct align_result r;
        talk_make(&k, &a, &b);
        size_t from = b.frames / 2, lost = (size_t)(lost_s[i] * b.rate);
        memmove(b.plane[0] + from, b.plane[0] + from + lost,
                (b.frames - from - lost) * sizeof(float));
        align(&a, &b, &r);
        assert_true(r.found && r.confidence > 0.3 && r.confidence < 0.7);
        double first = fabs(r.offset_s - 5), second = fabs(r.offset_s - 5 + lost_s[i]);
        assert_true(fmin(first, second) < 0.001); // right for one of the halves
        wave_done(&a);
        wave_done(&b);
    }
}

static size_t hear_wanted(struct align *l, enum align_track track, const struct wave *w)
{
    size_t given = 0;
    for (int64_t at = 0; (at = align_next(l, track, at)) < (int64_t)w->frames; at += 500) {
        size_t n = w->frames - (size_t)at < 500 ? w->frames - (size_t)at : 500;
        align_hear(l, track, at, w->plane[0] + at, n);
        given += n;
    }
    return given;
}

static void what_nobody_wants_need_not_be_read(void **state)
{
    (void)state;
    struct talk k = {150, 150, 30, 80, -20, -45, 3, 0, false, 8000, 61};
    struct wave a, b;
    struct align_result all, some;
    talk_make(&k, &a, &b);
    align(&a, &b, &all);
    struct envelope *va = envelope_of(&a, 1), *vb = envelope_of(&b, 100000);
    struct align *l = align_new(va, vb);
    size_t given = hear_wanted(l, ALIGN_B, &b) + hear_wanted(l, ALIGN_A, &a);
    align_result(l, &some);
    assert_true(all.found);
    assert_memory_equal(&all, &some, sizeof(all));
    assert_true(given < 2 * 32 * 2.2 * 8000);
    align_free(l);
    envelope_free(va);
    envelope_free(vb);
    align_free(NULL);
    wave_done(&a);
    wave_done(&b);
}

// Recordings of real voices, five seconds of one and five of the other.
static void real_voices_are_found(void **state)
{
    (void)state;
    struct wave one, other, a, b;
    if (!wave_load(&one, "speech-en-60s.wav"))
        return;
    assert_true(wave_load(&other, "conversation-meeting-b-float.wav"));
    const size_t turn = (size_t)(5 * one.rate), frames = one.frames, late = 2 * turn + 77;
    wave_init(&a, one.rate, 1);
    wave_init(&b, one.rate, 1);
    wave_extend(&a, frames);
    wave_extend(&b, frames);
    for (size_t i = 48; i < frames; i++) { // 3 ms away, 20 dB softer
        const struct wave *w = i / turn % 2 ? &other : &one;
        float *own = i / turn % 2 ? b.plane[0] : a.plane[0];
        float *far = i / turn % 2 ? a.plane[0] : b.plane[0];
        own[i - 48] += w->plane[0][i % w->frames];
        far[i] += 0.1f * w->plane[0][i % w->frames];
    }
    struct align_result r;
    struct wave cut = {.rate = a.rate, .channels = 1, .frames = frames - late};
    cut.plane[0] = a.plane[0] + late;
    align(&cut, &b, &r);
    assert_true(r.found && r.confidence > 0.7);
    assert_float_equal(r.offset_s, (double)late / one.rate, 0.0002);
    assert_float_equal(r.drift_ppm, 0, 5);
    assert_float_equal(r.path_ms, 3, 0.2);
    struct wave *all[] = {&one, &other, &a, &b};
    for (size_t i = 0; i < COUNT(all); i++)
        wave_done(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thirty_minutes_stay_within_a_millisecond),
        cmocka_unit_test(starts_and_clocks_are_found_either_way),
        cmocka_unit_test(sample_rates_may_differ),
        cmocka_unit_test(where_nothing_is_common_nothing_is_found),
        cmocka_unit_test(no_sound_is_no_match),
        cmocka_unit_test(what_is_no_number_does_no_harm),
        cmocka_unit_test(a_recording_lies_on_itself),
        cmocka_unit_test(lost_samples_cost_confidence),
        cmocka_unit_test(what_nobody_wants_need_not_be_read),
        cmocka_unit_test(real_voices_are_found),
    };
    return cmocka_run_group_tests_name("align", tests, NULL, NULL);
}
