// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "media/bumper.h"
#include "media/sink.h"
#include "scratch.h"
#include "waves.h"

enum { RATE = 48000 };

struct studio {
    char dir[SCRATCH_MAX];
    struct arena arena;
};

static tick s(double seconds)
{
    return (tick)(seconds * (double)TICKS_PER_SEC);
}

static const char *file(struct studio *st, const char *name, int rate, double seconds, float value)
{
    struct wave w;
    wave_init(&w, rate, 1);
    wave_silence(&w, seconds);
    for (size_t i = 0; i < w.frames; i++)
        w.plane[0][i] = value;
    struct sink *sink;
    struct sink_params sp = {.path = fs_join(&st->arena, st->dir, name),
                             .codec = "pcm_s16le",
                             .container = "wav",
                             .sample_rate = rate,
                             .channels = 1};
    assert_int_equal(sink_open(&sp, &sink, NULL), 0);
    assert_int_equal(sink_write(sink, (const float *const *)w.plane, w.frames, NULL), 0);
    assert_int_equal(sink_finish(sink, NULL), 0);
    wave_done(&w);
    return sp.path;
}

struct programme {
    int64_t at, end, fails_at;
    float value;
};

static int read_programme(void *ctx, float *const *planes, size_t room, struct err *e)
{
    struct programme *p = ctx;
    size_t n = room < 777 ? room : 777;
    n = (int64_t)n < p->end - p->at ? n : (size_t)(p->end - p->at);
    if (p->fails_at && p->at >= p->fails_at)
        return err_set(e, -EIO, "the programme");
    for (size_t i = 0; i < n; i++)
        planes[0][i] = planes[1][i] = p->value;
    p->at += (int64_t)n;
    return (int)n;
}

static void read_all(const struct bumper_params *p, struct wave *ret)
{
    struct err e = {0};
    struct bumper *b;
    if (bumper_open(p, &b, &e) < 0)
        fail_msg("%s", e.text);
    int64_t promised = bumper_frames(b);
    wave_init(ret, p->sample_rate, p->channels);
    for (int r = 1; r > 0;) {
        size_t at = wave_extend(ret, 1000);
        float *to[WAVE_CHANNELS];
        for (int c = 0; c < ret->channels; c++)
            to[c] = ret->plane[c] + at;
        r = bumper_read(b, to, 1000, &e);
        if (r < 0)
            fail_msg("%s", e.text);
        ret->frames = at + (size_t)r;
    }
    assert_int_equal(ret->frames, promised);
    bumper_close(b);
}

static void near(const struct wave *w, double at_s, double value)
{
    size_t i = (size_t)(at_s * w->rate);
    for (int c = 0; c < w->channels; c++)
        if (fabs((double)w->plane[c][i] - value) > 0.002)
            fail_msg("%.3f s: %.4f instead of %.4f", at_s, (double)w->plane[c][i], value);
}

static void jingles_overlap_the_programme_and_keep_their_gain(void **state)
{
    (void)state;
    struct studio st = {0};
    struct programme prog = {.end = 10 * RATE, .value = 0.1f};
    struct wave w;
    scratch_new(st.dir);
    // the outro's file is shorter than it is said to be: its end is silence
    struct bumper_params p = {
        .intro = {file(&st, "in.wav", 44100, 4, 0.2f), s(4), s(1), 6.0206},
        .outro = {file(&st, "out.wav", 48000, 2.9, 0.2f), s(3), s(0.5), -6.0206},
        .programme = {read_programme, &prog},
        .length = s(10),
        .sample_rate = RATE,
        .channels = 2,
    };
    read_all(&p, &w);
    assert_int_equal(w.frames, RATE * (4 - 1 + 10) + RATE * 5 / 2);
    near(&w, 0.5, 0.4);
    near(&w, 2.99, 0.4);
    near(&w, 3.0, 0.4);
    near(&w, 3.125, 0.4 * cos(0.125 * wave_turn / 4) + 0.1 * sin(wave_turn / 8));
    near(&w, 3.5, 0.4 * sqrt(0.5) + 0.1); // words are not faded
    near(&w, 4.01, 0.1);
    near(&w, 8, 0.1);
    near(&w, 12.75, 0.1 + 0.1 * sqrt(0.5));
    near(&w, 12.5, 0.1);
    near(&w, 12.9999, 0.1);
    near(&w, 15.3, 0.1);
    near(&w, 15.45, 0);
    assert_int_equal(prog.at, prog.end);
    wave_done(&w);

    static const struct {
        bool intro, outro;
        double length;
    } rows[] = {{false, false, 10}, {true, false, 13}, {false, true, 12.5}};
    struct bumper_params all = p;
    for (size_t i = 0; i < COUNT(rows); i++) {
        prog.at = 0;
        p.intro.path = rows[i].intro ? all.intro.path : NULL;
        p.outro.path = rows[i].outro ? all.outro.path : NULL;
        read_all(&p, &w);
        assert_int_equal(w.frames, lround(RATE * rows[i].length));
        near(&w, 0.0001, rows[i].intro ? 0.4 : 0.1);
        near(&w, rows[i].length - 0.2, 0.1);
        wave_done(&w);
    }
    arena_done(&st.arena);
    scratch_free(st.dir);
}

static void odd_lengths_stay_on_the_published_clock(void **state)
{
    (void)state;
    struct studio st = {0};
    struct wave w;
    scratch_new(st.dir);
    const char *path = file(&st, "in.wav", 44100, 1.00003, 0.2f);
    for (tick odd = 0; odd < 4 * 14700; odd += 4999) {
        // one sample more or fewer than the ticks say is neither heard nor counted
        for (int more = -1; more <= 1; more++) {
            struct bumper_params p = {
                .intro = {path, s(1) + odd, s(0.25), 0},
                .outro = {path, s(1) + odd, s(0.25) + odd, 0},
                .length = s(2) + odd,
                .sample_rate = RATE,
                .channels = 2,
            };
            struct programme prog = {.end = tick_to_samples(p.length, RATE) + more, .value = 0.1f};
            p.programme = (struct pump_reader){read_programme, &prog};
            read_all(&p, &w);
            assert_int_equal(w.frames, tick_to_samples(s(3.5) + 2 * odd, RATE));
            wave_done(&w);
        }
    }
    arena_done(&st.arena);
    scratch_free(st.dir);
}

static void errors_of_files_and_programme_are_told(void **state)
{
    (void)state;
    struct studio st = {0};
    struct err e = {0};
    struct bumper *b;
    float left[1000], right[1000], *planes[] = {left, right};
    scratch_new(st.dir);
    struct programme prog = {.end = RATE, .fails_at = 5000};
    struct bumper_params p = {
        .outro = {"/nowhere.wav", s(1), s(0.25), 0},
        .programme = {read_programme, &prog},
        .length = s(1),
        .sample_rate = RATE,
        .channels = 2,
    };
    assert_true(bumper_open(&p, &b, &e) < 0);
    assert_non_null(strstr(e.text, "/nowhere.wav"));
    p.outro.path = file(&st, "out.wav", RATE, 1, 0.1f);
    assert_int_equal(bumper_open(&p, &b, &e), 0);
    int r = 1;
    while (r > 0)
        r = bumper_read(b, planes, 1000, &e);
    assert_int_equal(r, -EIO);
    assert_string_equal(e.text, "the programme");
    bumper_close(b);
    bumper_close(NULL);
    arena_done(&st.arena);
    scratch_free(st.dir);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(jingles_overlap_the_programme_and_keep_their_gain),
        cmocka_unit_test(odd_lengths_stay_on_the_published_clock),
        cmocka_unit_test(errors_of_files_and_programme_are_told),
    };
    return cmocka_run_group_tests_name("bumper", tests, NULL, NULL);
}
