// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "media/bed.h"
#include "media/survey.h"
#include "media/sink.h"
#include "scratch.h"
#include "sound/leveller.h"
#include "waves.h"

enum { RATE = 48000, CHANNELS = 2 };

struct studio {
    char dir[SCRATCH_MAX];
    struct arena arena;
};
struct programme {
    int64_t at, end, fails_at;
};

static int read_programme(void *ctx, float *const *planes, size_t room, struct err *e)
{
    struct programme *p = ctx;
    size_t n = room < 777 ? room : 777;
    n = (int64_t)n < p->end - p->at ? n : (size_t)(p->end - p->at);
    if (p->fails_at && p->at >= p->fails_at)
        return err_set(e, -EIO, "the programme");
    for (int c = 0; c < CHANNELS; c++)
        memset(planes[c], 0, n * sizeof(float));
    p->at += (int64_t)n;
    return (int)n;
}

// Stereo; a tone that does not fit into the file a whole number of times, or noise.
static const char *music(struct studio *st, const char *name, int rate, double seconds, double hz)
{
    struct wave w;
    wave_init(&w, rate, CHANNELS);
    if (hz > 0)
        wave_tone(&w, seconds, hz, -20);
    else
        wave_noise(&w, seconds, 0.1);
    struct sink *sink;
    struct sink_params sp = {.path = fs_join(&st->arena, st->dir, name),
                             .codec = "pcm_s24le",
                             .container = "wav",
                             .sample_rate = rate,
                             .channels = CHANNELS};
    assert_int_equal(sink_open(&sp, &sink, NULL), 0);
    assert_int_equal(sink_write(sink, (const float *const *)w.plane, w.frames, NULL), 0);
    assert_int_equal(sink_finish(sink, NULL), 0);
    wave_done(&w);
    return sp.path;
}

static struct feed_params as(const char *path, int channels)
{
    return (struct feed_params){
        .path = path, .track = -1, .sample_rate = RATE, .channels = channels, .threads = 1};
}

static struct bed_params bed_of(const char *path)
{
    struct bed_params p = {.file = as(path, CHANNELS)};
    struct survey heard;
    assert_int_equal(survey_feed(&(struct survey_params){0}, &p.file, &heard, NULL), 0);
    p.file_frames = heard.sound.frames;
    return p;
}

// All of the programme, from p->from on.
static void lay(struct bed_params p, struct wave *ret)
{
    struct programme programme = {p.from, p.length, 0};
    struct err e = {0};
    struct bed *b;
    p.programme = (struct pump_reader){read_programme, &programme};
    if (bed_open(&p, &b, &e) < 0)
        fail_msg("%s", e.text);
    wave_init(ret, RATE, CHANNELS);
    wave_extend(ret, (size_t)(p.length - p.from) + 1000);
    size_t got = 0;
    for (int r = 1; r > 0; got += (size_t)r) {
        float *to[] = {ret->plane[0] + got, ret->plane[1] + got};
        r = bed_read(b, to, 1000, &e);
        assert_true(r >= 0 && got + (size_t)r <= (size_t)(p.length - p.from));
    }
    ret->frames = (size_t)(p.length - p.from);
    assert_int_equal(got, ret->frames);
    bed_close(b);
}

static double level(const struct wave *w, double from, double to) // dB, mean square
{
    double sum = 0;
    for (size_t i = (size_t)(from * RATE); i < (size_t)(to * RATE); i++)
        sum += (double)w->plane[0][i] * (double)w->plane[0][i];
    return 10 * log10(sum / ((to - from) * RATE));
}

static const struct leveller_curve even = {.point = (struct level_point[]){{0, 0}}, .n = 1};

static void music_is_as_long_as_the_programme_and_faded(void **state)
{
    struct studio st = {0};
    static const struct {
        double file, programme, in, out;
    } rows[] = {
        {30, 20, 2, 4}, {9, 40, 2, 4}, {3, 25.00001, 2, 4}, {30, 3, 1, 1.5}, {20, 20, 2, 4}};
    (void)state;
    scratch_new(st.dir);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wave w;
        double end = rows[i].programme;
        struct bed_params p = bed_of(music(&st, "m.wav", RATE, rows[i].file, 0));
        p.length = (int64_t)(end * RATE);
        p.curve = &even;
        lay(p, &w);
        double full = wave_db(0.1) - wave_db(sqrt(3));
        if (rows[i].in + rows[i].out < end)
            assert_true(fabs(level(&w, rows[i].in, end - rows[i].out) - full) < 0.4);
        // a raised cosine stands at a half in its middle
        double in = rows[i].in / 2, out = end - rows[i].out / 2;
        assert_true(fabs(level(&w, in - 0.02, in + 0.02) - full + 6) < 0.8);
        assert_true(fabs(level(&w, out - 0.02, out + 0.02) - full + 6) < 0.8);
        assert_true(fabs((double)w.plane[0][0]) < 1e-6);
        assert_true(fabs((double)w.plane[0][w.frames - 1]) < 1e-6);
        wave_done(&w);
    }
    arena_done(&st.arena);
    scratch_free(st.dir);
}

static void where_it_is_repeated_there_is_neither_click_nor_dip_nor_swell(void **state)
{
    struct studio st = {0};
    (void)state;
    scratch_new(st.dir);
    // in phase, against it, and anywhere between
    static const double hz[] = {0, 440, 440.0625, 440.125, 440.2};
    for (size_t i = 0; i < sizeof hz / sizeof *hz; i++) {
        struct wave w;
        struct bed_params p = bed_of(music(&st, "m.wav", RATE, 10, hz[i]));
        p.length = 36 * RATE; // the seams are at 8..10, 16..18, 24..26
        p.curve = &even;
        lay(p, &w);
        double full = level(&w, 4, 6), worst = 0;
        for (double at = 3; at < 31; at += 0.05)
            worst = fmax(worst, level(&w, at, at + 0.1) - full);
        assert_true(worst < 0.5);
        if (hz[i] == 0)
            assert_true(level(&w, 8.9, 9.1) - full > -0.5);
        double step = 0, curve = pow(wave_turn * hz[i] / RATE, 2) * 0.1;
        for (size_t k = 4 * RATE; hz[i] > 0 && k < 31 * RATE; k++)
            step = fmax(step, fabs((double)w.plane[0][k + 1] - 2 * (double)w.plane[0][k] +
                                   (double)w.plane[0][k - 1]));
        assert_true(hz[i] == 0 || step < 1.1 * curve + 2e-6);
        wave_done(&w);
    }
    arena_done(&st.arena);
    scratch_free(st.dir);
}

static void gain_follows_the_curve_and_another_beginning_hears_the_same(void **state)
{
    struct studio st = {0};
    struct level_point point[] = {{250, 0}, {290, -20}, {1000, -20}};
    struct leveller_curve curve = {.point = point, .n = 3};
    struct wave whole, late;
    (void)state;
    scratch_new(st.dir);
    struct bed_params p = bed_of(music(&st, "m.wav", 44100, 7, 500));
    p.length = 30 * RATE;
    p.curve = &curve;
    lay(p, &whole);
    assert_true(fabs(level(&whole, 4, 4.5) - level(&whole, 11.5, 12) - 20) < 0.1);
    p.from = 17 * RATE + 123;
    lay(p, &late);
    assert_memory_equal(late.plane[1], whole.plane[1] + p.from, late.frames * sizeof(float));
    wave_done(&whole);
    wave_done(&late);
    arena_done(&st.arena);
    scratch_free(st.dir);
}

static void loudness_is_heard_as_it_will_be_mixed(void **state)
{
    struct studio st = {0};
    (void)state;
    scratch_new(st.dir);
    const char *path = music(&st, "m.wav", 44100, 8, 997);
    static const struct {
        int channels;
        double lufs;
    } rows[] = {{2, -20}, {1, -23}}; // both channels are the same tone
    for (size_t i = 0; i < 2; i++) {
        struct survey heard;
        struct feed_params f = as(path, rows[i].channels);
        assert_int_equal(survey_feed(&(struct survey_params){0}, &f, &heard, NULL), 0);
        assert_int_equal(heard.sound.frames, 8 * RATE);
        assert_true(fabs(heard.sound.integrated_lufs - rows[i].lufs) < 0.1);
        assert_true(fabs(heard.sound.max_short_term_lufs - rows[i].lufs) < 0.1);
        assert_int_equal(heard.facts.length, 8 * TICKS_PER_SEC);
    }
    arena_done(&st.arena);
    scratch_free(st.dir);
}

// Surround channels weigh more than the front ones, also through a feed.
static void six_channels_are_as_loud_as_the_file_says(void **state)
{
    (void)state;
    struct studio st = {0};
    struct wave w;
    struct sink *sink;
    struct survey direct, fed;
    scratch_new(st.dir);
    wave_init(&w, RATE, 6);
    wave_noise(&w, 4, 0.1);
    char path[SCRATCH_MAX + 8];
    snprintf(path, sizeof path, "%s/6.wav", st.dir);
    struct sink_params sp = {
        .path = path, .codec = "pcm_s16le", .container = "wav", .sample_rate = RATE, .channels = 6};
    assert_int_equal(sink_open(&sp, &sink, NULL), 0);
    assert_int_equal(sink_write(sink, (const float *const *)w.plane, w.frames, NULL), 0);
    assert_int_equal(sink_finish(sink, NULL), 0);
    wave_done(&w);
    struct feed_params f = {.path = path, .track = -1, .threads = 1};
    assert_int_equal(survey_file(&(struct survey_params){.path = path}, &direct, NULL), 0);
    assert_int_equal(survey_feed(&(struct survey_params){0}, &f, &fed, NULL), 0);
    assert_true(fabs(direct.sound.integrated_lufs - fed.sound.integrated_lufs) < 0.001);
    scratch_free(st.dir);
}

static void errors_of_file_and_programme_come_through(void **state)
{
    struct studio st = {0};
    struct programme programme = {0, 10 * RATE, 2000};
    struct err e = {0};
    struct bed *b;
    float part[CHANNELS][1000], *to[] = {part[0], part[1]};
    (void)state;
    scratch_new(st.dir);
    struct bed_params p = bed_of(music(&st, "m.wav", RATE, 4, 440));
    p.length = 10 * RATE;
    p.curve = &even;
    p.programme = (struct pump_reader){read_programme, &programme};
    assert_int_equal(bed_open(&p, &b, &e), 0);
    int r = 1;
    while (r > 0)
        r = bed_read(b, to, 1000, &e);
    assert_int_equal(r, -EIO);
    bed_close(b);
    bed_close(NULL);
    p.file.path = "/nowhere.wav";
    assert_true(bed_open(&p, &b, &e) < 0);
    arena_done(&st.arena);
    scratch_free(st.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(music_is_as_long_as_the_programme_and_faded),
        cmocka_unit_test(where_it_is_repeated_there_is_neither_click_nor_dip_nor_swell),
        cmocka_unit_test(gain_follows_the_curve_and_another_beginning_hears_the_same),
        cmocka_unit_test(loudness_is_heard_as_it_will_be_mixed),
        cmocka_unit_test(six_channels_are_as_loud_as_the_file_says),
        cmocka_unit_test(errors_of_file_and_programme_come_through),
    };
    return cmocka_run_group_tests_name("bed", tests, NULL, NULL);
}
