// SPDX-License-Identifier: GPL-3.0-or-later
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "sound/gated.h"
#include "sound/loudness.h"
#include "sound/ride.h"
#include "unit/waves.h"

static const struct ride_params usual = {.target_lufs = -16, .ceiling_dbtp = -1.5};

struct ridden {
    struct wave out;
    struct ride_readings end;
    double lowest_db, highest_db; // gains
    double up_db, down_db;        // the most in 100 ms
};

static void ride(const struct wave *in, const struct ride_params *p, size_t piece,
                 struct ridden *ret)
{
    struct ride_params q = *p;
    q.sample_rate = in->rate;
    q.channels = in->channels;
    struct ride *r = ride_new(&q);
    assert_non_null(r);
    *ret = (struct ridden){.lowest_db = 99, .highest_db = -99};
    wave_init(&ret->out, in->rate, in->channels);
    wave_extend(&ret->out, in->frames + ride_delay(r));
    size_t written = 0;
    double last = p->start_gain_db;
    const float *from[WAVE_CHANNELS];
    float *to[WAVE_CHANNELS];
    for (size_t i = 0; i < in->frames; i += piece) {
        size_t n = in->frames - i < piece ? in->frames - i : piece;
        for (int c = 0; c < in->channels; c++) {
            from[c] = in->plane[c] + i;
            to[c] = ret->out.plane[c] + written;
        }
        written += ride_run(r, from, n, to);
        assert_true(i + n - written <= ride_delay(r));
        ride_readings(r, &ret->end);
        double gain = ret->end.gain_db;
        ret->lowest_db = fmin(ret->lowest_db, gain);
        ret->highest_db = fmax(ret->highest_db, gain);
        ret->up_db = fmax(ret->up_db, gain - last);
        ret->down_db = fmax(ret->down_db, last - gain);
        last = gain;
    }
    for (int c = 0; c < in->channels; c++)
        to[c] = ret->out.plane[c] + written;
    written += ride_flush(r, to);
    assert_int_equal(written, in->frames);
    ret->out.frames = written;
    ride_readings(r, &ret->end);
    ride_free(r);
}

static void append(struct wave *w, const struct wave *part, double db, double seconds)
{
    size_t n = (size_t)(seconds * w->rate), from = wave_extend(w, n);
    float gain = (float)wave_linear(db);
    for (int c = 0; c < w->channels; c++)
        for (size_t i = 0; i < n; i++)
            w->plane[c][from + i] = part->plane[c % part->channels][i % part->frames] * gain;
}

// Share of the 3 s in which somebody speaks for 2.4 s and more whose loudness is within 3 LU of
// the target, after the first 20 s.
static double near_target(struct meter *in, struct meter *out, double in_lufs)
{
    enum { BLOCKS_PER_S = 1000 / METER_BLOCK_MS };
    struct meter_table before, after;
    size_t speech = 0, near = 0;
    meter_table(in, &before);
    meter_table(out, &after);
    for (size_t i = 20 * BLOCKS_PER_S; i < before.num_blocks; i += LOUDNESS_HOP) {
        int spoken = 0;
        for (size_t k = 0; k < 30; k++)
            spoken += meter_momentary(&before, i - k * LOUDNESS_HOP) > fmax(in_lufs - 20, -50);
        if (spoken < 24)
            continue;
        speech++;
        near += fabs(meter_short_term(&after, i) + 16) <= 3;
    }
    assert_true(speech > 1000);
    return (double)near / (double)speech;
}

// Whoever speaks for five minutes, 10 dB louder or softer than the one before.
static void check_talk(const char *name, const struct wave *voice)
{
    static const double turns_db[] = {0, -10, 0, 10, 0, 5, -5};
    struct meter_result r, before;
    struct ridden d;
    struct wave w;
    wave_measure(voice, &r);
    wave_init(&w, voice->rate, voice->channels);
    for (size_t i = 0; i < COUNT(turns_db); i++)
        append(&w, voice, -17 - r.integrated_lufs + turns_db[i], 300);
    ride(&w, &usual, (size_t)w.rate / 50, &d);
    struct meter *in = wave_meter(&w), *out = wave_meter(&d.out);
    meter_result(in, &before);
    meter_result(out, &r);
    double near = near_target(in, out, before.integrated_lufs);
    print_message("%s: integrated %.2f LUFS, within 3 LU %.1f %%, true peak %.2f dBTP, gain %.1f "
                  "to %.1f dB\n",
                  name, r.integrated_lufs, 100 * near, r.true_peak_dbtp, d.lowest_db, d.highest_db);
    assert_true(fabs(r.integrated_lufs + 16) <= 1);
    assert_true(near >= 0.95);
    assert_true(r.true_peak_dbtp <= -1.5);
    assert_true(d.up_db <= 0.05 + 1e-9 && d.down_db <= 0.2 + 1e-9);
    assert_true(fabs(d.end.out.integrated_lufs - r.integrated_lufs) < 0.05);
    assert_true(fabs(d.end.out.true_peak_dbtp - r.true_peak_dbtp) < 0.01);
    meter_free(in);
    meter_free(out);
    wave_done(&d.out);
    wave_done(&w);
}

static void real_talk_comes_out_at_the_target(void **state)
{
    (void)state;
    static const char *const names[] = {"speech-en-60s.wav", "speech-en-sonnet-53s.wav"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct wave voice = {0};
        if (!wave_load(&voice, names[i])) {
            print_message("%s is not there\n", names[i]);
            skip();
        }
        check_talk(names[i], &voice);
        wave_done(&voice);
    }
}

// A voice of words and pauses, without the slow swell that wave_voice() has.
static void steady_voice(struct wave *w, int rate, int channels, double seconds)
{
    wave_init(w, rate, channels);
    wave_voice(w, seconds, 0.3);
    for (int c = 0; c < channels; c++)
        for (size_t i = 0; i < w->frames; i++)
            w->plane[c][i] /= (float)(1 + 0.5 * sin(wave_turn * 0.13 * (double)i / rate));
}

static void made_talk_comes_out_at_the_target(void **state)
{
    (void)state;
    struct wave voice;
    steady_voice(&voice, 24000, 2, 31);
    check_talk("made", &voice);
    wave_done(&voice);
}

static void the_same_whichever_way_it_is_cut(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 7, 480, 1024, 5000};
    struct wave w;
    struct ridden first, d;
    steady_voice(&w, 44100, 2, 8);
    ride(&w, &usual, 441, &first);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        ride(&w, &usual, pieces[i], &d);
        for (int c = 0; c < w.channels; c++)
            assert_memory_equal(d.out.plane[c], first.out.plane[c], w.frames * sizeof(float));
        assert_memory_equal(&d.end, &first.end, sizeof d.end);
        wave_done(&d.out);
    }
    wave_done(&first.out);
    wave_done(&w);
}

static void in_pauses_the_gain_stands_still(void **state)
{
    (void)state;
    static const struct {
        double noise_peak; // its loudness is some 2 dB lower
        bool stands;
    } rows[] = {{0, true}, {0.003, true}, {0.007, true}, {0.03, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct ridden before, d;
        steady_voice(&w, 16000, 1, 60);
        wave_scale(&w, 0, 6); // to -20 LUFS
        ride(&w, &usual, 1600, &before);
        wave_noise(&w, 60, rows[i].noise_peak);
        ride(&w, &usual, 1600, &d);
        double moved = fabs(d.end.gain_db - before.end.gain_db);
        assert_true(rows[i].stands ? moved < 0.3 : moved > 3);
        wave_done(&w);
        wave_done(&d.out);
        wave_done(&before.out);
    }
    struct wave noise; // nobody has spoken yet
    struct ridden d;
    struct ride_params p = usual;
    p.start_gain_db = 3;
    wave_init(&noise, 16000, 1);
    wave_noise(&noise, 30, 0.003);
    ride(&noise, &p, 1600, &d);
    assert_true(d.lowest_db == 3 && d.highest_db == 3);
    wave_done(&noise);
    wave_done(&d.out);
}

static void the_gain_stays_in_its_range(void **state)
{
    (void)state;
    static const struct {
        double tone_db, start_db, want_db;
    } rows[] = {{-45, 0, 12}, {0, -3, -12}, {-20, 99, 4.4}, {-20, -99, 4.4}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct ridden d;
        struct ride_params p = usual;
        p.start_gain_db = rows[i].start_db;
        wave_init(&w, 48000, 2);
        wave_tone(&w, 60, 997, rows[i].tone_db); // in two channels as loud as its peak
        ride(&w, &p, 4800, &d);
        assert_true(fabs(d.end.gain_db - rows[i].want_db) < 0.1);
        assert_true(d.highest_db <= 12 && d.lowest_db >= -12);
        assert_true(d.end.out.true_peak_dbtp <= -1.5);
        wave_done(&w);
        wave_done(&d.out);
    }
}

static void it_holds_little_back(void **state)
{
    (void)state;
    static const int rates[] = {8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct ride_params p = usual;
        p.sample_rate = rates[i];
        p.channels = 2;
        struct ride *r = ride_new(&p);
        assert_true((double)ride_delay(r) / rates[i] <= 0.012);
        ride_free(r);
    }
    assert_null(ride_new(&(struct ride_params){.sample_rate = 48000, .channels = 3}));
    assert_null(ride_new(&(struct ride_params){.sample_rate = 48000, .channels = 0}));
    assert_null(ride_new(&(struct ride_params){.sample_rate = 7999, .channels = 1}));
    ride_free(NULL);
    livemeter_free(NULL);
}

static void what_is_no_number_becomes_silence(void **state)
{
    (void)state;
    struct wave w;
    struct ridden d;
    steady_voice(&w, 16000, 1, 5);
    w.plane[0][20000] = NAN;
    w.plane[0][30000] = INFINITY;
    w.plane[0][40000] = 3e38f;
    ride(&w, &usual, 160, &d);
    for (size_t i = 0; i < d.out.frames; i++)
        assert_true(fabsf(d.out.plane[0][i]) <= 1);
    assert_true(isfinite(d.end.out.integrated_lufs) && isfinite(d.end.gain_db));
    wave_done(&w);
    wave_done(&d.out);
}

static void readings_of_silence_are_none(void **state)
{
    (void)state;
    struct wave w;
    struct ridden d;
    wave_init(&w, 48000, 2);
    wave_silence(&w, 5);
    ride(&w, &usual, 960, &d);
    assert_true(d.end.out.momentary_lufs == -HUGE_VAL);
    assert_true(d.end.out.short_term_lufs == -HUGE_VAL);
    assert_true(d.end.out.integrated_lufs == -HUGE_VAL);
    assert_true(d.end.out.true_peak_dbtp == -HUGE_VAL);
    assert_true(d.end.gain_db == 0 && d.end.limited_db == 0);
    wave_done(&w);
    wave_done(&d.out);
}

// As the meter reads it that keeps everything.
static void the_live_meter_reads_as_the_other(void **state)
{
    (void)state;
    static const struct {
        int rate, channels;
        size_t piece;
    } rows[] = {{48000, 2, 1000}, {44100, 1, 333}, {8000, 2, 1}, {96000, 2, 5000}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        wave_init(&w, rows[i].rate, rows[i].channels);
        wave_voice(&w, 20, 0.5);
        struct livemeter *m = livemeter_new(w.rate, w.channels);
        for (size_t at = 0; at < w.frames; at += rows[i].piece) {
            const float *planes[2] = {w.plane[0] + at, w.plane[w.channels - 1] + at};
            size_t left = w.frames - at;
            livemeter_add(m, planes, left < rows[i].piece ? left : rows[i].piece);
        }
        struct livemeter_readings r;
        struct meter_result want;
        struct meter_table t;
        struct meter *other = wave_meter(&w);
        livemeter_readings(m, &r);
        meter_result(other, &want);
        meter_table(other, &t);
        assert_int_equal(livemeter_hops(m), 200);
        assert_true(fabs(r.integrated_lufs - want.integrated_lufs) < 0.05);
        assert_true(fabs(r.momentary_lufs - meter_momentary(&t, t.num_blocks - 1)) < 0.001);
        assert_true(fabs(r.short_term_lufs - meter_short_term(&t, t.num_blocks - 1)) < 0.001);
        assert_true(fabs(r.true_peak_dbtp - want.true_peak_dbtp) < 0.01);
        meter_free(other);
        livemeter_free(m);
        wave_done(&w);
    }
}

static void the_gates_are_those_of_the_standard(void **state)
{
    (void)state;
    static struct gated g;
    assert_true(gated_lufs(&g) == -HUGE_VAL);
    gated_add(&g, 0);
    gated_add(&g, loudness_energy(-70.2));
    assert_true(gated_lufs(&g) == -HUGE_VAL);
    for (int i = 0; i < 100; i++) {
        gated_add(&g, loudness_energy(-20.03));
        gated_add(&g, loudness_energy(-40)); // more than 10 LU below the mean of both
    }
    assert_true(fabs(gated_lufs(&g) + 20.03) < 1e-6);
    for (int i = 0; i < 100; i++)
        gated_add(&g, loudness_energy(-28));
    double want = loudness_lufs((loudness_energy(-20.03) + loudness_energy(-28)) / 2);
    assert_true(fabs(gated_lufs(&g) - want) < 1e-6);
    gated_add(&g, loudness_energy(25)); // above the table
    assert_true(isfinite(gated_lufs(&g)));
}

// 48 kHz in stereo: below 1.5 % of a processor, and nothing is kept.
static void it_is_cheap_and_keeps_nothing(void **state)
{
    (void)state;
    enum { BLOCK = 960, SECONDS = 60, ROUNDS = 10 };
    struct wave w;
    steady_voice(&w, 48000, 2, SECONDS);
    struct ride_params p = usual;
    p.sample_rate = w.rate;
    p.channels = 2;
    struct ride *r = ride_new(&p);
    float *out[2] = {mem_alloc((BLOCK + ride_delay(r)) * sizeof(float)),
                     mem_alloc((BLOCK + ride_delay(r)) * sizeof(float))};
    struct mallinfo2 before = mallinfo2();
    clock_t start = clock();
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i + BLOCK <= w.frames; i += BLOCK)
            ride_run(r, (const float *[]){w.plane[0] + i, w.plane[1] + i}, BLOCK, out);
    double part = (double)(clock() - start) / CLOCKS_PER_SEC / (SECONDS * ROUNDS);
    struct mallinfo2 after = mallinfo2();
    print_message("%.3f %% of a processor\n", 100 * part);
    assert_true(after.uordblks == before.uordblks && after.hblkhd == before.hblkhd);
#ifndef __SANITIZE_ADDRESS__
    assert_true(part < 0.015);
#endif
    ride_free(r);
    free(out[0]);
    free(out[1]);
    wave_done(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_talk_comes_out_at_the_target),
        cmocka_unit_test(made_talk_comes_out_at_the_target),
        cmocka_unit_test(the_same_whichever_way_it_is_cut),
        cmocka_unit_test(in_pauses_the_gain_stands_still),
        cmocka_unit_test(the_gain_stays_in_its_range),
        cmocka_unit_test(it_holds_little_back),
        cmocka_unit_test(what_is_no_number_becomes_silence),
        cmocka_unit_test(readings_of_silence_are_none),
        cmocka_unit_test(the_live_meter_reads_as_the_other),
        cmocka_unit_test(the_gates_are_those_of_the_standard),
        cmocka_unit_test(it_is_cheap_and_keeps_nothing),
    };
    return cmocka_run_group_tests_name("ride", tests, NULL, NULL);
}
