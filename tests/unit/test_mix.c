// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "media/limited.h"
#include "media/mix.h"
#include "media/pump.h"
#include "media/sink.h"
#include "scratch.h"
#include "sound/join.h"
#include "waves.h"

enum { RATE = 48000 };

// ---- the pump

struct counting { // a reader of ramps, and a taker that looks at them
    int64_t at, end, fails_at;
    int ends;
    int fail_code;
};

static int read_ramp(void *ctx, float *const *planes, size_t room, struct err *e)
{
    struct counting *c = ctx;
    size_t n = room < 700 ? room : 700;
    n = (int64_t)n < c->end - c->at ? n : (size_t)(c->end - c->at);
    if (c->fail_code && c->at >= c->fails_at)
        return err_set(e, c->fail_code, "the reader");
    for (size_t i = 0; i < n; i++)
        planes[0][i] = planes[1][i] = (float)((c->at + (int64_t)i) % 1000003);
    c->at += (int64_t)n;
    return (int)n;
}

static int take_ramp(void *ctx, const float *const *planes, size_t frames, struct err *e)
{
    struct counting *c = ctx;
    c->ends += frames == 0;
    for (size_t i = 0; i < frames; i++)
        if (planes[1][i] != (float)((c->at + (int64_t)i) % 1000003))
            return err_set(e, -EIO, "sample %zu is another one", (size_t)c->at + i);
    c->at += (int64_t)frames;
    return c->fail_code && c->at >= c->fails_at ? err_set(e, c->fail_code, "the taker") : 0;
}

static int pump_ramps(struct counting *from, struct counting *to, size_t n,
                      const struct progress *progress, struct err *e)
{
    struct pump_taker takers[PUMP_MAX_TAKERS];
    for (size_t i = 0; i < n; i++)
        takers[i] = (struct pump_taker){take_ramp, &to[i]};
    return pump_run(&(struct pump_params){.channels = 2,
                                          .sample_rate = RATE,
                                          .reader = {read_ramp, from},
                                          .takers = takers,
                                          .num_takers = n,
                                          .room_blocks = 3,
                                          .progress = progress,
                                          .total_frames = from->end},
                    e);
}

static void all_takers_see_all_blocks_in_order(void **state)
{
    (void)state;
    static const int64_t lengths[] = {0, 1, PUMP_BLOCK, PUMP_BLOCK + 1, 500000};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct counting from = {.end = lengths[i]}, to[PUMP_MAX_TAKERS] = {0};
        struct err e = {0};
        size_t n = 1 + i % PUMP_MAX_TAKERS * 3;
        assert_int_equal(pump_ramps(&from, to, n, NULL, &e), 0);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(to[k].at, lengths[i]);
            assert_int_equal(to[k].ends, 1);
        }
    }
}

static void an_error_at_any_end_stops_the_pump(void **state)
{
    (void)state;
    for (int who = 0; who < 4; who++) {
        struct counting from = {.end = 40000000}, to[3] = {0};
        struct err e = {0};
        struct counting *bad = who == 3 ? &from : &to[who];
        bad->fail_code = -ENOSPC;
        bad->fails_at = 100000;
        assert_int_equal(pump_ramps(&from, to, 3, NULL, &e), -ENOSPC);
        assert_string_equal(e.text, who == 3 ? "the reader" : "the taker");
        assert_true(from.at < 1000000);
        assert_int_equal(to[(who + 1) % 3].ends, 0);
    }
}

struct hearing {
    atomic_bool stop;
    double last, stop_at;
    int count;
    bool wrong;
};

static void hear(void *ctx, const char *what, double done, double media_s)
{
    struct hearing *h = ctx;
    (void)what;
    h->wrong = h->wrong || done < h->last || done > 1 || media_s < 0; // in a thread of the pump
    h->last = done;
    h->count++;
    if (done >= h->stop_at)
        atomic_store(&h->stop, true);
}

static void the_pump_tells_how_far_it_is_and_stops_when_told(void **state)
{
    (void)state;
    struct hearing h = {.stop_at = 2};
    struct progress p = {.stop = &h.stop, .update = hear, .ctx = &h};
    struct counting from = {.end = 5000000}, to[2] = {0};
    struct err e = {0};
    assert_int_equal(pump_ramps(&from, to, 2, &p, &e), 0);
    assert_true(h.last > 0.95 && h.count > 50 && !h.wrong);
    h.last = 0;
    h.stop_at = 0.3;
    from.at = to[0].at = to[1].at = to[0].ends = 0;
    assert_int_equal(pump_ramps(&from, to, 2, &p, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
    assert_int_equal(to[0].ends, 0);
}

// ---- the mix

struct studio {
    char dir[SCRATCH_MAX];
    struct arena arena;
};

// A WAV file whose samples all have one value, made louder at its first sample.
static const char *constant(struct studio *s, const char *name, int rate, double seconds,
                            float value)
{
    struct wave w;
    wave_init(&w, rate, 1);
    wave_silence(&w, seconds);
    for (size_t i = 0; i < w.frames; i++)
        w.plane[0][i] = value;
    struct sink *sink;
    struct sink_params sp = {.path = fs_join(&s->arena, s->dir, name),
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

static void read_mix(const struct mix_params *p, struct wave *ret)
{
    struct err e = {0};
    struct mix *m;
    if (mix_open(p, &m, &e) < 0)
        fail_msg("%s", e.text);
    int64_t promised = mix_frames(m);
    wave_init(ret, p->sample_rate, p->channels);
    for (int r = 1; r > 0;) {
        size_t at = wave_extend(ret, 1000);
        float *to[WAVE_CHANNELS];
        for (int c = 0; c < ret->channels; c++)
            to[c] = ret->plane[c] + at;
        r = mix_read(m, to, 1000, &e);
        if (r < 0)
            fail_msg("%s", e.text);
        ret->frames = at + (size_t)r;
    }
    assert_int_equal(ret->frames, promised);
    mix_close(m);
}

static void near(const struct wave *w, double at_s, double value)
{
    size_t i = (size_t)(at_s * w->rate);
    for (int c = 0; c < w->channels; c++)
        if (fabs(w->plane[c][i] - value) > 0.001)
            fail_msg("%.3f s: %.4f instead of %.4f", at_s, w->plane[c][i], value);
}

static tick s(double seconds)
{
    return (tick)(seconds * (double)TICKS_PER_SEC);
}

static void parts_follow_each_other_on_the_clock_and_tracks_add_up(void **state)
{
    (void)state;
    struct studio st = {0};
    scratch_new(st.dir);
    // the second part of host is 0.1 s shorter than it is said to be, guest ends early
    const struct mix_part host[] = {
        {constant(&st, "h1.wav", 48000, 1.0, 0.1f), -1, s(1.0), NULL},
        {constant(&st, "h2.wav", 44100, 0.9, 0.2f), -1, s(1.0), NULL},
        {constant(&st, "h3.wav", 16000, 0.5, 0.3f), 0, s(0.4), NULL},
    };
    const struct mix_part guest[] = {{constant(&st, "g.wav", 48000, 1.5, 0.1f), -1, s(1.5), NULL}};
    const struct mix_track tracks[] = {{.parts = host, .num_parts = 3},
                                       {.parts = guest, .num_parts = 1, .gain_db = 6.0206}};
    struct wave w;
    struct mix_params p = {.tracks = tracks, .num_tracks = 2, .sample_rate = RATE, .channels = 2};
    read_mix(&p, &w);
    assert_int_equal(w.frames, RATE * 24 / 10);
    near(&w, 0.5, 0.3);
    near(&w, 1.2, 0.4);
    near(&w, 1.6, 0.2);
    near(&w, 1.95, 0);
    near(&w, 2.2, 0.3);
    wave_done(&w);

    const struct span kept[] = {{s(0.5), s(0.75)}, {s(1.25), s(1.75)}, {s(2.0), s(2.4)}};
    p.kept = kept;
    p.num_kept = 3;
    read_mix(&p, &w);
    assert_int_equal(w.frames, RATE * 115 / 100);
    near(&w, 0.1, 0.3);
    near(&w, 0.3, 0.4);
    near(&w, 0.7, 0.2);
    near(&w, 0.9, 0.3);
    near(&w, 0.0, 0); // the beginning is cut off, the end is the recording's own
    near(&w, 1.1499, 0.3);
    wave_done(&w);

    const struct mix_part lost[] = {{"/nowhere.wav", -1, s(1), NULL}};
    const struct mix_track one = {.parts = lost, .num_parts = 1};
    struct err e = {0};
    struct mix *m;
    float buffer[10], *planes[] = {buffer, buffer};
    p = (struct mix_params){.tracks = &one, .num_tracks = 1, .sample_rate = RATE, .channels = 2};
    assert_int_equal(mix_open(&p, &m, &e), 0);
    assert_true(mix_read(m, planes, 10, &e) < 0);
    assert_non_null(strstr(e.text, "/nowhere.wav"));
    mix_close(m);
    arena_done(&st.arena);
    scratch_free(st.dir);
}

// A file of noise, and what a mix of it must be: read whole, cut and joined here.
static const char *noise(struct studio *st, struct wave *ret)
{
    wave_init(ret, RATE, 1);
    wave_noise(ret, 4, 0.5);
    for (size_t i = 0; i < ret->frames; i++) // as 16 bits keep it
        ret->plane[0][i] = (float)(lrint(ret->plane[0][i] * 32768.0) / 32768.0);
    struct sink *sink;
    struct sink_params sp = {.path = fs_join(&st->arena, st->dir, "noise.wav"),
                             .codec = "pcm_s16le",
                             .container = "wav",
                             .sample_rate = RATE,
                             .channels = 1};
    assert_int_equal(sink_open(&sp, &sink, NULL), 0);
    assert_int_equal(sink_write(sink, (const float *const *)ret->plane, ret->frames, NULL), 0);
    assert_int_equal(sink_finish(sink, NULL), 0);
    return sp.path;
}

static const char *tone_file(struct studio *st, double seconds, double hz)
{
    struct wave w;
    wave_init(&w, RATE, 1);
    wave_tone(&w, seconds, hz, -6);
    struct sink *sink;
    struct sink_params sp = {.path = fs_join(&st->arena, st->dir, "tone.wav"),
                             .codec = "pcm_s24le",
                             .container = "wav",
                             .sample_rate = RATE,
                             .channels = 1};
    assert_int_equal(sink_open(&sp, &sink, NULL), 0);
    assert_int_equal(sink_write(sink, (const float *const *)w.plane, w.frames, NULL), 0);
    assert_int_equal(sink_finish(sink, NULL), 0);
    wave_done(&w);
    return sp.path;
}

static void a_track_with_a_clock_of_its_own_is_put_onto_the_common_one(void **state)
{
    (void)state;
    static const struct {
        double offset_s, drift_ppm, seconds;
    } rows[] = {{1.25, 100, 6.7493}, {-0.7505, -80, 8.7512}, {0, 200, 7.9984}};
    struct studio st = {0};
    scratch_new(st.dir);
    const struct mix_part part = {tone_file(&st, 8, 997), -1, s(8), NULL};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct mix_track track = {.parts = &part,
                                  .num_parts = 1,
                                  .offset_s = rows[i].offset_s,
                                  .drift_ppm = rows[i].drift_ppm};
        struct mix_params p = {
            .tracks = &track, .num_tracks = 1, .sample_rate = RATE, .channels = 2};
        struct wave w;
        read_mix(&p, &w);
        assert_true(fabs((double)w.frames / RATE - rows[i].seconds) < 0.001);
        for (size_t n = 100; n + 100 < w.frames; n += 37) {
            double at = (double)n / RATE * (1 + rows[i].drift_ppm / 1e6) + rows[i].offset_s;
            double want = at < 0 ? 0 : wave_linear(-6) * sin(wave_turn * 997 * at);
            if (fabs(at) > 0.01 && fabs((double)w.plane[1][n] - want) > 1e-3)
                fail_msg("row %zu, sample %zu: %f, not %f", i, n, (double)w.plane[1][n], want);
        }
        wave_done(&w);
    }
    scratch_free(st.dir);
    arena_done(&st.arena);
}

static void kept_spans_are_joined_by_cross_fades(void **state)
{
    (void)state;
    enum {
        REACH = RATE * JOIN_REACH_MS / 1000,
        FADE = RATE * JOIN_FADE_MS / 1000,
        END = RATE / 100
    };
    // ms: a long cut, one shorter than its fade, a piece that is hardly longer than two joins
    static const struct {
        int from, to;
    } rows[] = {{500, 1000}, {1700, 2000}, {2007, 2050}, {2500, 3900}};
    struct studio st = {0};
    struct wave w, got;
    scratch_new(st.dir);
    const struct mix_part part = {noise(&st, &w), -1, s(4), NULL};
    const struct mix_track track = {.parts = &part, .num_parts = 1};
    struct span kept[COUNT(rows)];
    for (size_t i = 0; i < COUNT(rows); i++)
        kept[i] = (struct span){s(rows[i].from / 1000.0), s(rows[i].to / 1000.0)};
    read_mix(&(struct mix_params){.tracks = &track,
                                  .num_tracks = 1,
                                  .sample_rate = RATE,
                                  .channels = 1,
                                  .kept = kept,
                                  .num_kept = COUNT(rows)},
             &got);
    assert_int_equal(got.frames, RATE / 1000 * (500 + 300 + 43 + 1400));
    struct wave want;
    wave_init(&want, RATE, 1);
    wave_extend(&want, got.frames);
    for (size_t i = 0, at = 0; i < COUNT(rows); i++) {
        size_t n = (size_t)(rows[i].to - rows[i].from) * (RATE / 1000);
        memcpy(want.plane[0] + at, w.plane[0] + rows[i].from * (RATE / 1000), n * sizeof(float));
        at += n;
    }
    float *end = want.plane[0];
    join_end(&end, 1, END, JOIN_IN, 0, END);
    end = want.plane[0] + want.frames - END;
    join_end(&end, 1, END, JOIN_OUT, 0, END);
    for (size_t i = 0, at = 0; i + 1 < COUNT(rows); i++) {
        size_t piece = (size_t)(rows[i].to - rows[i].from) * (RATE / 1000);
        size_t behind = (size_t)(rows[i + 1].to - rows[i + 1].from) * (RATE / 1000);
        size_t room = piece < behind ? piece : behind, reach = room / 2 < REACH ? room / 2 : REACH;
        at += piece;
        const float *a = w.plane[0] + rows[i].to * (RATE / 1000) - reach;
        const float *b = w.plane[0] + rows[i + 1].from * (RATE / 1000) - reach;
        float *out = want.plane[0] + at - reach;
        join_make(&a, &b, 1, 2 * reach, FADE, &out);
    }
    for (size_t i = 0; i < got.frames; i++)
        if (fabsf(got.plane[0][i] - want.plane[0][i]) > 1e-6f)
            fail_msg("sample %zu: %f instead of %f", i, got.plane[0][i], want.plane[0][i]);
    wave_done(&want);
    wave_done(&got);
    wave_done(&w);
    arena_done(&st.arena);
    scratch_free(st.dir);
}

static void hundreds_of_kept_spans_are_as_long_as_their_ticks(void **state)
{
    (void)state;
    struct studio st = {0};
    struct span kept[500];
    struct wave w;
    scratch_new(st.dir);
    const struct mix_part part = {constant(&st, "c.wav", RATE, 60, 0.25f), -1, s(60), NULL};
    const struct mix_track track = {.parts = &part, .num_parts = 1};
    struct mix_params p = {.tracks = &track,
                           .num_tracks = 1,
                           .sample_rate = RATE,
                           .channels = 1,
                           .kept = kept,
                           .num_kept = COUNT(kept),
                           .at = 5000};
    const tick half = TICKS_PER_SEC / RATE / 2; // each rounds up alone
    tick sum = 0;
    for (size_t i = 0; i < COUNT(kept); i++) {
        tick from = s(0.1) * (tick)i;
        kept[i] = (struct span){from, from + s(0.06) + half};
        sum += kept[i].end - kept[i].start;
    }
    read_mix(&p, &w);
    assert_int_equal(w.frames, tick_to_samples(5000 + sum, RATE) - tick_to_samples(5000, RATE));
    for (double at = 0.1; at < 29; at += 0.0101)
        near(&w, at, 0.25); // and no join is felt
    wave_done(&w);
    arena_done(&st.arena);
    scratch_free(st.dir);
}

static void a_limiter_between_adds_and_drops_nothing(void **state)
{
    (void)state;
    static const int64_t lengths[] = {0, 10, PUMP_BLOCK, 100000};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        struct counting from = {.end = lengths[i]};
        struct limiter_params p = {.sample_rate = RATE, .channels = 2, .gain_db = -160};
        struct limited *l = limited_new(&p, (struct pump_reader){read_ramp, &from});
        float left[999], right[999], *planes[] = {left, right};
        int64_t n = 0;
        for (int r; (r = limited_read(l, planes, 999, NULL)) > 0; n += r)
            ;
        assert_int_equal(n, lengths[i]);
        limited_free(l);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_takers_see_all_blocks_in_order),
        cmocka_unit_test(an_error_at_any_end_stops_the_pump),
        cmocka_unit_test(the_pump_tells_how_far_it_is_and_stops_when_told),
        cmocka_unit_test(parts_follow_each_other_on_the_clock_and_tracks_add_up),
        cmocka_unit_test(a_track_with_a_clock_of_its_own_is_put_onto_the_common_one),
        cmocka_unit_test(kept_spans_are_joined_by_cross_fades),
        cmocka_unit_test(hundreds_of_kept_spans_are_as_long_as_their_ticks),
        cmocka_unit_test(a_limiter_between_adds_and_drops_nothing),
    };
    return cmocka_run_group_tests_name("mix", tests, NULL, NULL);
}
