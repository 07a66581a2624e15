// SPDX-License-Identifier: GPL-3.0-or-later
// The signals of EBU Tech 3341 (v4) table 1 and Tech 3342 (v4) table 1, made here as they are
// described there; then what the meter promises beyond them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ebur128.h>

#include "unit/waves.h"

#define NEAR(got, want, by) near_(got, want, by, by, #got, __LINE__)
#define WITHIN(got, want, below, above) near_(got, want, below, above, #got, __LINE__)

static void near_(double got, double want, double below, double above, const char *what, int line)
{
    if (!(got >= want - below && got <= want + above))
        fail_msg("line %d: %s is %.4f, not %.2f (-%.3f +%.3f)", line, what, got, want, below,
                 above);
}

enum { MAX_PIECES = 8 };
struct piece {
    double seconds, dbfs; // 0 dBFS: silence
};

static void pieces(struct wave *w, const struct piece *p)
{
    wave_init(w, 48000, 2);
    for (int i = 0; i < MAX_PIECES && p[i].seconds > 0; i++)
        p[i].dbfs < 0 ? wave_tone(w, p[i].seconds, 1000, p[i].dbfs) : wave_silence(w, p[i].seconds);
}

static void tech3341_1_to_5_tones_and_gates(void **state)
{
    (void)state;
    static const struct {
        struct piece p[MAX_PIECES];
        double lufs;
        int steady; // momentary and short-term loudness are the same
    } rows[] = {
        {{{20, -23}}, -23, 1},
        {{{20, -33}}, -33, 1},
        {{{10, -36}, {60, -23}, {10, -36}}, -23, 0},
        {{{10, -72}, {10, -36}, {60, -23}, {10, -36}, {10, -72}}, -23, 0},
        {{{20, -26}, {20.1, -20}, {20, -26}}, -23, 0},
        {{{20, -18}}, -18, 1}, // the calibration tone of 2.9
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct meter_result r;
        pieces(&w, rows[i].p);
        wave_measure(&w, &r);
        NEAR(r.integrated_lufs, rows[i].lufs, 0.1);
        if (rows[i].steady) {
            NEAR(r.max_momentary_lufs, rows[i].lufs, 0.1);
            NEAR(r.max_short_term_lufs, rows[i].lufs, 0.1);
            NEAR(r.range_lu, 0, 0.01);
        }
        wave_done(&w);
    }
}

static void tech3341_6_surround_weights(void **state)
{
    (void)state;
    static const struct {
        int channels;
        double dbfs[6], weight[WAVE_CHANNELS];
    } rows[] = {
        {5, {-28, -28, -24, -30, -30}, {1, 1, 1, 1.41, 1.41}},
        {6, {-28, -28, -24, -10, -30, -30}, {1, 1, 1, 0, 1.41, 1.41}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct meter_result r;
        wave_init(&w, 48000, rows[i].channels);
        wave_tone(&w, 20, 1000, -0.0);
        for (int c = 0; c < w.channels; c++)
            wave_scale(&w, c, rows[i].dbfs[c]);
        struct meter *m = wave_meter_weighted(&w, 999, rows[i].weight);
        meter_result(m, &r);
        NEAR(r.integrated_lufs, -23, 0.1);
        meter_free(m);
        wave_done(&w);
    }
}

static void tech3341_9_and_12_hold_still(void **state)
{
    (void)state;
    static const struct {
        double loud, soft;
        int times;
        size_t first; // block from which on the reading stands still
        double (*read)(const struct meter_table *, size_t);
    } rows[] = {{1.34, 1.66, 5, 150, meter_short_term}, {0.18, 0.22, 25, 50, meter_momentary}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        wave_init(&w, 48000, 2);
        for (int k = 0; k < rows[i].times; k++) {
            wave_tone(&w, rows[i].loud, 1000, -20);
            wave_tone(&w, rows[i].soft, 1000, -30);
        }
        struct meter *m = wave_meter(&w);
        struct meter_table t;
        meter_table(m, &t);
        assert_true(t.num_blocks > rows[i].first);
        for (size_t b = rows[i].first; b < t.num_blocks; b++)
            NEAR(rows[i].read(&t, b), -23, 0.1);
        meter_free(m);
        wave_done(&w);
    }
}

static void tech3341_10_and_13_whatever_the_offset(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        struct wave w;
        struct meter_result r;
        pieces(&w, (struct piece[MAX_PIECES]){{i * 0.15 + 1e-9, 0}, {3, -23}, {1, 0}});
        wave_measure(&w, &r);
        NEAR(r.max_short_term_lufs, -23, 0.1);
        wave_done(&w);
        pieces(&w, (struct piece[MAX_PIECES]){{i * 0.02 + 1e-9, 0}, {0.4, -23}, {1, 0}});
        wave_measure(&w, &r);
        NEAR(r.max_momentary_lufs, -23, 0.1);
        wave_done(&w);
    }
}

// One reading of a live meter for each of twenty rising tones.
static void rising(double step, double tone, double (*read)(const struct meter_table *, size_t))
{
    struct wave w;
    wave_init(&w, 48000, 2);
    for (int i = 0; i < 20; i++) {
        wave_silence(&w, i * step);
        wave_tone(&w, tone, 1000, -38 + i);
        wave_silence(&w, tone - i * step);
    }
    struct meter *m = wave_meter(&w);
    struct meter_table t;
    meter_table(m, &t);
    double most = -HUGE_VAL;
    size_t each = t.num_blocks / 20;
    for (size_t b = 0; b < t.num_blocks; b++) {
        most = fmax(most, read(&t, b));
        if ((b + 1) % each == 0)
            NEAR(most, -38 + (double)(b / each), 0.1);
    }
    meter_free(m);
    wave_done(&w);
}

static void tech3341_11_and_14_rising_maxima(void **state)
{
    (void)state;
    rising(0.15, 3, meter_short_term);
    rising(0.02, 0.4, meter_momentary);
}

static void tech3341_15_to_19_peaks_between_samples(void **state)
{
    (void)state;
    static const struct {
        double part, amplitude, degrees, dbtp; // of the sample rate
    } rows[] = {
        {4, 0.50, 0, -6},    {4, 0.50, 45, -6}, {6, 0.50, 60, -6},
        {8, 0.50, 67.5, -6}, {4, 1.41, 45, 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct meter_result r;
        wave_init(&w, 48000, 2);
        wave_silence(&w, 3.2);
        for (size_t n = 0; n < w.frames; n++)
            for (int c = 0; c < 2; c++)
                w.plane[c][n] =
                    (float)(rows[i].amplitude *
                            sin(wave_turn * ((double)n / rows[i].part + rows[i].degrees / 360)));
        wave_fade(&w, 0.01);
        wave_measure(&w, &r);
        WITHIN(r.true_peak_dbtp, rows[i].dbtp, 0.4, 0.2);
        NEAR(r.true_peak_dbtp, wave_db(rows[i].amplitude), 0.04);
        wave_done(&w);
    }
}

// A sine of 8 kHz at 0.5 with one period of 12 kHz at 1.0, made at 192 kHz.
static double burst_at(ptrdiff_t n, ptrdiff_t length)
{
    enum { FS6 = 24, FS4 = 16 };
    ptrdiff_t start = length / 2 / FS6 * FS6, fade = 1920;
    double edge = fmin(1, fmin((double)n, (double)(length - n)) / (double)fade);
    if (n < 0 || n > length)
        return 0;
    if (n >= start && n < start + FS4)
        return sin(wave_turn * (double)(n - start) / FS4);
    return edge * 0.5 * sin(wave_turn * (double)(n < start ? n : n - start - FS4) / FS6);
}

static void tech3341_20_to_23_a_burst_at_any_offset(void **state)
{
    (void)state;
    enum { SIDE = 256, LENGTH = 192000, DECIMATE = 4 };
    double tap[2 * SIDE + 1], sum = 0;
    for (int k = -SIDE; k <= SIDE; k++) { // low-pass at 22 kHz
        double x = wave_turn * 22000 / 192000 * k;
        tap[k + SIDE] = (k ? sin(x) / x : 1) * (0.5 + 0.5 * cos(wave_turn / 2 * k / SIDE));
        sum += tap[k + SIDE];
    }
    for (int offset = 0; offset < DECIMATE; offset++) {
        struct wave w;
        struct meter_result r;
        wave_init(&w, 48000, 2);
        wave_silence(&w, 1.2);
        for (size_t n = 0; n < w.frames; n++) {
            double v = 0;
            ptrdiff_t middle = (ptrdiff_t)n * DECIMATE + offset;
            for (int k = -SIDE; k <= SIDE; k++)
                v += tap[k + SIDE] / sum * burst_at(middle - k - SIDE, LENGTH);
            w.plane[0][n] = w.plane[1][n] = (float)v;
        }
        wave_measure(&w, &r);
        WITHIN(r.true_peak_dbtp, 0, 0.4, 0.2);
        wave_done(&w);
    }
}

static void tech3342_1_to_4_range(void **state)
{
    (void)state;
    static const struct {
        struct piece p[MAX_PIECES];
        double lu;
    } rows[] = {
        {{{20, -20}, {20, -30}}, 10},
        {{{20, -20}, {20, -15}}, 5},
        {{{20, -40}, {20, -20}}, 20},
        {{{20, -50}, {20, -35}, {20, -20}, {20, -35}, {20, -50}}, 15},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct meter_result once, twice;
        pieces(&w, rows[i].p);
        wave_measure(&w, &once);
        NEAR(once.range_lu, rows[i].lu, 0.1); // the table allows 1
        for (int k = 0; k < MAX_PIECES && rows[i].p[k].seconds > 0; k++)
            wave_tone(&w, rows[i].p[k].seconds, 1000, rows[i].p[k].dbfs);
        wave_measure(&w, &twice);
        NEAR(twice.range_lu, once.range_lu, 0.05);
        wave_done(&w);
    }
}

static void a_full_sine_reads_minus_3_01_at_every_rate(void **state)
{
    (void)state;
    static const int rates[] = {8000,  11025, 16000, 22050, 24000,  32000,
                                44100, 48000, 88200, 96000, 176400, 192000};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w;
        struct meter_result r;
        wave_init(&w, rates[i], 1);
        wave_tone(&w, 2, 997, -1e-9);
        wave_fade(&w, 0.005); // cut off at once, it would ring
        wave_measure(&w, &r);
        // Low rates are lifted by what the high-pass of the standard lifts there.
        WITHIN(r.integrated_lufs, -3.01, 0.05, rates[i] < 32000 ? 0.25 : 0.05);
        NEAR(r.true_peak_dbtp, 0, 0.03);
        wave_done(&w);
    }
}

static void true_peak_is_true_up_to_20_khz(void **state)
{
    (void)state;
    static const struct {
        int rate;
        double hz;
    } rows[] = {{48000, 100},   {48000, 1000},  {48000, 7000},  {48000, 12000}, {48000, 17000},
                {48000, 20000}, {48000, 21500}, {44100, 15000}, {44100, 20000}, {32000, 14000},
                {8000, 3500},   {96000, 20000}, {192000, 20000}};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int phase = 0; phase < 16; phase++) {
            struct wave w;
            struct meter_result r;
            wave_init(&w, rows[i].rate, 1);
            wave_silence(&w, 0.1);
            for (size_t n = 0; n < w.frames; n++)
                w.plane[0][n] =
                    (float)sin(wave_turn * (rows[i].hz * (double)n / w.rate + phase / 32.0 + 0.01));
            wave_fade(&w, 0.01);
            wave_measure(&w, &r);
            NEAR(r.true_peak_dbtp, 0, 0.1);
            wave_done(&w);
        }
}

static void pieces_of_any_size_give_the_same(void **state)
{
    (void)state;
    static const int rates[] = {48000, 44100, 11025, 8000};
    static const size_t sizes[] = {1, 7, 480, 4096};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w;
        wave_init(&w, rates[i], 3);
        wave_voice(&w, 2.003, 0.7);
        wave_noise(&w, 1.501, 0.1);
        struct meter *whole = wave_meter_weighted(&w, w.frames, NULL);
        struct meter_result want, got;
        struct meter_table a, b;
        meter_result(whole, &want);
        meter_table(whole, &a);
        for (size_t k = 0; k < COUNT(sizes); k++) {
            struct meter *m = wave_meter_weighted(&w, sizes[k], NULL);
            meter_table(m, &b);
            assert_int_equal(a.num_blocks, b.num_blocks);
            assert_memory_equal(a.energy, b.energy, a.num_blocks * sizeof(*a.energy));
            assert_memory_equal(a.peak, b.peak, a.num_blocks * 4 * sizeof(*a.peak));
            meter_result(m, &got);
            assert_memory_equal(&want, &got, sizeof(want));
            meter_result(m, &got); // asking changes nothing
            assert_memory_equal(&want, &got, sizeof(want));
            meter_free(m);
        }
        meter_free(whole);
        wave_done(&w);
    }
}

static void asking_in_between_changes_nothing(void **state)
{
    (void)state;
    struct wave w;
    struct meter_result want, got;
    wave_init(&w, 44100, 2);
    wave_voice(&w, 2, 0.7);
    wave_measure(&w, &want);
    struct meter *m = meter_new(&(struct meter_params){.sample_rate = 44100, .channels = 2});
    for (size_t i = 0; i < w.frames; i += 1001) {
        const float *at[] = {w.plane[0] + i, w.plane[1] + i};
        meter_add(m, at, w.frames - i < 1001 ? w.frames - i : 1001);
        meter_result(m, &got);
    }
    assert_memory_equal(&want, &got, sizeof(want));
    meter_free(m);
    wave_done(&w);
}

struct reference {
    double integrated, momentary, true_peak, sample_peak;
};

static void reference_measure(const struct wave *w, struct reference *ret)
{
    ebur128_state *e = ebur128_init((unsigned)w->channels, (unsigned long)w->rate,
                                    EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK);
    size_t piece = (size_t)w->rate / 50;
    float *mixed = mem_alloc(piece * (size_t)w->channels * sizeof(*mixed));
    *ret = (struct reference){.momentary = -HUGE_VAL};
    for (size_t i = 0; i < w->frames; i += piece) {
        size_t n = w->frames - i < piece ? w->frames - i : piece;
        for (size_t k = 0; k < n * (size_t)w->channels; k++)
            mixed[k] = w->plane[k % (size_t)w->channels][i + k / (size_t)w->channels];
        ebur128_add_frames_float(e, mixed, n);
        double momentary;
        ebur128_loudness_momentary(e, &momentary);
        ret->momentary = fmax(ret->momentary, momentary);
    }
    ebur128_loudness_global(e, &ret->integrated);
    for (unsigned c = 0; c < (unsigned)w->channels; c++) {
        double peak;
        ebur128_true_peak(e, c, &peak);
        ret->true_peak = fmax(ret->true_peak, peak);
        ebur128_sample_peak(e, c, &peak);
        ret->sample_peak = fmax(ret->sample_peak, peak);
    }
    free(mixed);
    ebur128_destroy(&e);
}

// Its own weights by channel, for 1 to 6 of them.
static const double reference_weight[][WAVE_CHANNELS] = {
    {1}, {1, 1}, {1, 1, 1}, {1, 1, 1.41, 1.41}, {1, 1, 1, 1.41, 1.41}, {1, 1, 1, 0, 1.41, 1.41},
};

static void compare(const struct wave *w, bool narrow)
{
    struct reference want;
    struct meter_result got;
    struct meter *m = wave_meter_weighted(w, 4096, reference_weight[w->channels - 1]);
    meter_result(m, &got);
    meter_free(m);
    reference_measure(w, &want);
    // Where 100 ms is no whole number of samples, its windows are too long and drift away.
    NEAR(got.integrated_lufs, want.integrated, w->rate % 10 ? 0.1 : 0.05);
    NEAR(got.sample_peak_dbfs, wave_db(want.sample_peak), 1e-4);
    NEAR(got.max_momentary_lufs, want.momentary, 0.1);
    // Between its samples (4x, 2x, at 192 kHz 1x) and near half the rate it reads too low.
    WITHIN(got.true_peak_dbtp, wave_db(want.true_peak), 0.1,
           narrow             ? 0.1
           : w->rate < 192000 ? 1.5
                              : 7);
}

static void agrees_with_libebur128(void **state)
{
    (void)state;
    static const int rates[] = {8000,  11025, 16000, 22050, 24000,  32000,
                                44100, 48000, 88200, 96000, 176400, 192000};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w;
        int channels = 1 + (int)i % 2;
        wave_init(&w, rates[i], channels);
        wave_voice(&w, 6, 0.6);
        compare(&w, true);
        wave_done(&w);
        wave_init(&w, rates[i], channels);
        wave_noise(&w, 2, 0.3);
        compare(&w, false);
        wave_done(&w);
    }
    for (int channels = 1; channels <= 6; channels++) {
        struct wave w;
        wave_init(&w, 48000, channels);
        wave_voice(&w, 4, 0.6);
        wave_noise(&w, 1, 0.02);
        compare(&w, true);
        wave_done(&w);
    }
}

static void agrees_with_libebur128_on_recordings(void **state)
{
    (void)state;
    static const char *const names[] = {
        "speech-en-60s.wav",
        "speech-en-sonnet-53s.wav",
        "speech-en-24bit-stereo.wav",
        "speech-en-librivox-16k.wav",
        "speech-en-noise-speech-noise.wav",
        "speech-two-channel-11k.wav",
        "conversation-meeting-a-float.wav",
        "conversation-meeting-b-float.wav",
        "noise-only-cc0.wav",
        "tone-dc-offset.wav",
        "wav-24bit-chapter.wav",
        "float32-mono.wav",
    };
    for (size_t i = 0; i < COUNT(names); i++) {
        struct wave w;
        if (!wave_load(&w, names[i]))
            continue;
        struct reference want;
        struct meter_result got;
        wave_measure(&w, &got);
        reference_measure(&w, &want);
        NEAR(got.integrated_lufs, want.integrated, 0.05);
        WITHIN(got.true_peak_dbtp, wave_db(want.true_peak), 0.1, 0.6);
        wave_done(&w);
    }
}

static void table_never_hides_a_peak(void **state)
{
    (void)state;
    static const int rates[] = {48000, 44100, 11025};
    for (size_t i = 0; i < COUNT(rates); i++) {
        struct wave w;
        wave_init(&w, rates[i], 1);
        wave_voice(&w, 0.3, 0.7);
        wave_tone(&w, 0.2, rates[i] * 0.4, -20);
        w.plane[0][w.frames * 50 / (size_t)w.rate * (size_t)w.rate / 50 - 3] = 0.9f;
        struct meter *m = wave_meter(&w);
        struct meter_table t;
        meter_table(m, &t);
        // The last slots know their samples only.
        size_t last = t.num_blocks * t.peaks_per_block - 1;
        for (size_t n = last * (size_t)w.rate / 200; n < (last + 1) * (size_t)w.rate / 200; n++)
            assert_true(meter_peak_linear(t.peak[last]) >= fabsf(w.plane[0][n]));
        for (size_t s = 0; s + 4 < t.num_blocks * t.peaks_per_block; s++) {
            size_t from = s * (size_t)w.rate / 200, to = (s + 1) * (size_t)w.rate / 200;
            double have = (double)meter_peak_linear(t.peak[s]),
                   least = wave_peak16(&w, 0, from, to);
            double most = wave_peak16(&w, 0, from > 8 ? from - 8 : 0, to + 8);
            WITHIN(wave_db(have), wave_db(least), 0.06, wave_db(most / least) + 0.06);
        }
        meter_free(m);
        wave_done(&w);
    }
}

static void peak_codes_never_under_read(void **state)
{
    (void)state;
    assert_int_equal(meter_peak_code(0), 0);
    assert_true(meter_peak_linear(0) == 0);
    assert_true(isinf(meter_peak_linear(meter_peak_code(1e9f))));
    assert_true(meter_peak_linear(meter_peak_code(1e-30f)) >= 1e-30f);
    for (float v = 2e-5f; v < 60000; v *= 1.00013f) {
        float got = meter_peak_linear(meter_peak_code(v));
        WITHIN(wave_db((double)got), wave_db((double)v), 0, 0.005);
        assert_int_equal(meter_peak_code(got), meter_peak_code(v));
    }
}

static void energies_add_up_where_blocks_are_uneven(void **state)
{
    (void)state;
    struct wave w;
    wave_init(&w, 11025, 1); // 220.5 samples
    wave_tone(&w, 10, 437, -20);
    struct meter *m = wave_meter(&w);
    struct meter_table t;
    meter_table(m, &t);
    assert_int_equal(t.num_blocks, 500);
    double even = 0, odd = 0;
    for (size_t b = 100; b < 500; b++)
        *(b % 2 ? &odd : &even) += (double)t.energy[b];
    NEAR(even / odd, 220.0 / 221, 3e-4);
    NEAR(meter_momentary(&t, 499), meter_momentary(&t, 250), 0.01);
    meter_free(m);
    wave_done(&w);
}

static void too_short_is_no_loudness(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        int momentary, short_term;
    } rows[] = {{0, 0, 0}, {0.39, 0, 0}, {0.4, 1, 0}, {2.98, 1, 0}, {3, 1, 1}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wave w;
        struct meter_result r;
        wave_init(&w, 48000, 1);
        wave_tone(&w, rows[i].seconds, 1000, -20);
        wave_measure(&w, &r);
        assert_int_equal(!isinf(r.integrated_lufs), rows[i].momentary);
        assert_int_equal(!isinf(r.max_momentary_lufs), rows[i].momentary);
        assert_int_equal(!isinf(r.max_short_term_lufs), rows[i].short_term);
        assert_int_equal(r.frames, lround(rows[i].seconds * 48000));
        wave_done(&w);
    }
}

static void silence_has_no_level(void **state)
{
    (void)state;
    struct wave w;
    struct meter_result r;
    wave_init(&w, 44100, 2);
    wave_silence(&w, 5);
    wave_measure(&w, &r);
    assert_true(isinf(r.integrated_lufs) && isinf(r.max_short_term_lufs));
    assert_true(isinf(r.true_peak_dbtp) && isinf(r.sample_peak_dbfs));
    assert_true(r.range_lu == 0 && r.clipped == 0 && r.dc_offset[0] == 0);
    wave_done(&w);
}

static void counts_offset_clipping_and_what_is_no_number(void **state)
{
    (void)state;
    struct wave w;
    struct meter_result r;
    wave_init(&w, 48000, 2);
    wave_tone(&w, 1, 1000, -20);
    for (size_t i = 0; i < w.frames; i++)
        w.plane[1][i] += 0.1f;
    float *x = w.plane[0] + 958; // runs over the end of a block
    x[0] = x[1] = x[2] = x[3] = 1;
    x[10] = x[11] = -1;                        // two only
    x[20] = x[21] = x[22] = -32767.0f / 32768; // what 16 bits hold
    x[30] = x[31] = x[32] = 32766.0f / 32768;  // not full
    w.plane[1][5] = NAN, w.plane[1][6] = -HUGE_VALF;
    wave_measure(&w, &r);
    assert_int_equal(r.clipped, 7);
    assert_int_equal(r.invalid, 2);
    NEAR(r.dc_offset[1], 0.1, 1e-4);
    NEAR(r.dc_offset[0], 0, 1e-3);
    assert_true(!isnan(r.integrated_lufs) && !isinf(r.integrated_lufs));
    wave_done(&w);
}

static void an_offset_is_exact_where_blocks_are_uneven(void **state)
{
    (void)state;
    struct wave w;
    struct meter_result r;
    wave_init(&w, 8055, 1); // 161 samples, and now and then 162
    wave_silence(&w, 3);
    for (size_t i = 0; i < w.frames; i++)
        w.plane[0][i] = 0.125f;
    wave_measure(&w, &r);
    NEAR(r.dc_offset[0], 0.125, 1e-6);
    wave_done(&w);
}

static void tells_two_channels_from_one_twice(void **state)
{
    (void)state;
    struct wave w;
    struct meter_result r;
    wave_init(&w, 48000, 2);
    wave_tone(&w, 1, 1000, -20);
    wave_measure(&w, &r);
    assert_true(isinf(r.mono_difference_db) && r.mono_difference_db < 0);
    wave_scale(&w, 1, -0.1);
    wave_measure(&w, &r);
    NEAR(r.mono_difference_db, -44.8, 0.1);
    w.plane[1][100] = 0.5f;
    memcpy(w.plane[0], w.plane[1], w.frames * sizeof(float));
    w.plane[0][47999] += 1e-7f; // the last sample, in its last bits
    wave_measure(&w, &r);
    assert_true(!isinf(r.mono_difference_db));
    for (size_t i = 0; i < w.frames; i++)
        w.plane[0][i] = -w.plane[1][i];
    wave_measure(&w, &r);
    assert_true(r.mono_difference_db > 0);
    wave_done(&w);
}

static void without_a_table_everything_else_is_the_same(void **state)
{
    (void)state;
    struct wave w;
    struct meter_result with, without;
    wave_init(&w, 16000, 2);
    wave_tone(&w, 4, 1000, -12); // the loudest windows are long gone at the end
    wave_voice(&w, 170, 0.1);
    wave_measure(&w, &with);
    struct meter *m = meter_new(&(struct meter_params){16000, 2, .no_table = true});
    const float *planes[2];
    for (size_t done = 0; done < w.frames; done += 777) {
        for (int c = 0; c < 2; c++)
            planes[c] = w.plane[c] + done;
        meter_add(m, planes, w.frames - done < 777 ? w.frames - done : 777);
    }
    meter_result(m, &without);
    assert_memory_equal(&with, &without, sizeof with);
    meter_free(m);
    wave_done(&w);
}

static void refuses_what_it_cannot_measure(void **state)
{
    (void)state;
    static const struct meter_params rows[] = {
        {.sample_rate = 7999, .channels = 1},
        {.sample_rate = 192001, .channels = 1},
        {.sample_rate = 48000, .channels = 0},
        {.sample_rate = 48000, .channels = METER_MAX_CHANNELS + 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_null(meter_new(&rows[i]));
    meter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tech3341_1_to_5_tones_and_gates),
        cmocka_unit_test(tech3341_6_surround_weights),
        cmocka_unit_test(tech3341_9_and_12_hold_still),
        cmocka_unit_test(tech3341_10_and_13_whatever_the_offset),
        cmocka_unit_test(tech3341_11_and_14_rising_maxima),
        cmocka_unit_test(tech3341_15_to_19_peaks_between_samples),
        cmocka_unit_test(tech3341_20_to_23_a_burst_at_any_offset),
        cmocka_unit_test(tech3342_1_to_4_range),
        cmocka_unit_test(a_full_sine_reads_minus_3_01_at_every_rate),
        cmocka_unit_test(true_peak_is_true_up_to_20_khz),
        cmocka_unit_test(pieces_of_any_size_give_the_same),
        cmocka_unit_test(asking_in_between_changes_nothing),
        cmocka_unit_test(agrees_with_libebur128),
        cmocka_unit_test(agrees_with_libebur128_on_recordings),
        cmocka_unit_test(table_never_hides_a_peak),
        cmocka_unit_test(peak_codes_never_under_read),
        cmocka_unit_test(energies_add_up_where_blocks_are_uneven),
        cmocka_unit_test(too_short_is_no_loudness),
        cmocka_unit_test(silence_has_no_level),
        cmocka_unit_test(counts_offset_clipping_and_what_is_no_number),
        cmocka_unit_test(an_offset_is_exact_where_blocks_are_uneven),
        cmocka_unit_test(tells_two_channels_from_one_twice),
        cmocka_unit_test(without_a_table_everything_else_is_the_same),
        cmocka_unit_test(refuses_what_it_cannot_measure),
    };
    return cmocka_run_group_tests_name("meter", tests, NULL, NULL);
}
