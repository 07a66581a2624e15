// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <time.h>

#include "picture/cadence.h"

#define S TICKS_PER_SEC
#define MS (TICKS_PER_SEC / 1000)

static uint32_t random_state = 2463534242u;

static int64_t random_below(int64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return (int64_t)((uint64_t)random_state * (uint64_t)n >> 32);
}

static tick rounded(tick t, tick unit)
{
    return (t + unit / 2) / unit * unit;
}

// Frame i of a source whose rate is num / den, whose times are multiples of `unit`, and which
// differ by -jitter..jitter from where they should be.
static tick time_of(int64_t i, int num, int den, tick unit, tick jitter)
{
    tick t = i * den * S / num + (jitter ? random_below(2 * jitter) - jitter : 0);
    return rounded(t < 0 ? 0 : t, unit);
}

static void rates_are_told_from_times_however_they_are_rounded(void **state)
{
    (void)state;
    static const struct {
        int num, den;
        tick unit, jitter;
        bool constant;
        struct cadence_rate nominal, choice;
        enum cadence_family family;
    } rows[] = {
        {24000, 1001, 1, 0, true, {24000, 1001}, {24000, 1001}, CADENCE_FILM},
        {24000, 1001, MS, 0, true, {24000, 1001}, {24000, 1001}, CADENCE_FILM},
        {24, 1, MS, 0, true, {24, 1}, {24, 1}, CADENCE_FILM},
        {48, 1, MS, 0, true, {48, 1}, {24, 1}, CADENCE_FILM},
        {25, 1, 1, 0, true, {25, 1}, {25, 1}, CADENCE_PAL},
        {50, 1, MS, 0, true, {50, 1}, {25, 1}, CADENCE_PAL},
        {25, 2, MS, 0, true, {25, 2}, {25, 1}, CADENCE_PAL},
        {30000, 1001, S / 90000, 0, true, {30000, 1001}, {30000, 1001}, CADENCE_NTSC},
        {30000, 1001, MS, 0, true, {30000, 1001}, {30000, 1001}, CADENCE_NTSC},
        {60000, 1001, MS, 0, true, {60000, 1001}, {30000, 1001}, CADENCE_NTSC},
        {30, 1, MS, 0, true, {30, 1}, {30, 1}, CADENCE_NTSC},
        {60, 1, MS, 0, true, {60, 1}, {30, 1}, CADENCE_NTSC},
        {240, 1, MS, 0, true, {240, 1}, {30, 1}, CADENCE_NTSC},
        {15, 1, MS, 0, true, {15, 1}, {30, 1}, CADENCE_NTSC},
        {30, 1, MS, 6 * MS, false, {30, 1}, {30, 1}, CADENCE_NTSC}, // a phone
        {2950, 100, S / 90000, 8 * MS, false, {0, 0}, {30, 1}, CADENCE_NTSC},
        {60, 1, MS, 4 * MS, false, {60, 1}, {30, 1}, CADENCE_NTSC},
        {24, 1, MS, 8 * MS, false, {24, 1}, {24, 1}, CADENCE_FILM},
        {50, 1, MS, 4 * MS, false, {50, 1}, {25, 1}, CADENCE_PAL},
        {74, 10, MS, 20 * MS, false, {0, 0}, {25, 1}, CADENCE_PAL}, // a thermal camera
        {15, 1, MS, 15 * MS, false, {15, 1}, {30, 1}, CADENCE_NTSC},
        {10, 1, MS, 0, false, {0, 0}, {25, 1}, CADENCE_PAL}, // screens
        {12, 1, MS, 9 * MS, false, {12, 1}, {24, 1}, CADENCE_FILM},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cadence *c = cadence_new();
        struct cadence_result r;
        for (int k = 0; k < 3000; k++)
            cadence_add(c, time_of(k, rows[i].num, rows[i].den, rows[i].unit, rows[i].jitter));
        cadence_result(c, &r);
        struct cadence_rate choice = cadence_choose(&r);
        assert_int_equal(r.constant, rows[i].constant);
        assert_true(fabs(r.usual_fps / ((double)rows[i].num / rows[i].den) - 1) < 2e-3);
        assert_true(r.nominal.num == rows[i].nominal.num && r.nominal.den == rows[i].nominal.den);
        assert_true(choice.num == rows[i].choice.num && choice.den == rows[i].choice.den);
        assert_int_equal(r.family, rows[i].family);
        assert_true(r.jitter_ms < (rows[i].jitter ? 20 : 0.5));
        assert_true(r.jitter_ms > 1 || !rows[i].jitter);
        assert_true(rows[i].jitter || (r.missing == 0 && r.gaps == 0));
        cadence_free(c);
    }
}

static void what_is_missing_or_comes_twice_is_counted_and_found(void **state)
{
    (void)state;
    struct cadence *c = cadence_new();
    struct cadence_result r;
    tick at = 0;
    for (int k = 0; k < 9000; k++) {
        at = time_of(k, 30000, 1001, MS, 0);
        if (k == 1000 || (k >= 5000 && k < 5150))
            continue;
        cadence_add(c, at);
        if (k == 20 || k == 7000)
            cadence_add(c, at);
        if (k == 8000)
            cadence_add(c, at - 70 * MS);
    }
    cadence_result(c, &r);
    assert_true(r.constant && r.nominal.num == 30000 && r.family == CADENCE_NTSC);
    assert_int_equal(r.frames, 9000 - 151);
    assert_int_equal(r.repeated, 2);
    assert_int_equal(r.backward, 1);
    assert_int_equal(r.missing, 151);
    assert_int_equal(r.gaps, 2);
    assert_true(r.gap[0].start == time_of(999, 30000, 1001, MS, 0));
    assert_true(r.gap[1].start == time_of(4999, 30000, 1001, MS, 0));
    assert_true(r.gap[1].end == time_of(5150, 30000, 1001, MS, 0));
    assert_true(fabs(r.usual_fps - 29.97) < 0.001 && r.fps < 29.5);
    cadence_free(c);

    // more of them than are kept
    c = cadence_new();
    for (int k = 0; k < 1000; k++)
        if (k % 10 != 5)
            cadence_add(c, time_of(k, 25, 1, MS, 0));
    cadence_result(c, &r);
    assert_int_equal(r.gaps, 100);
    assert_int_equal(r.missing, 100);
    assert_true(r.constant && r.gap[63].end == time_of(636, 25, 1, MS, 0));
    cadence_free(c);
}

static void a_few_uneven_intervals_make_no_rate_variable(void **state)
{
    (void)state;
    static const struct {
        int frames, uneven;
        bool constant;
    } rows[] = {{60, 1, true}, {60, 2, false}, {3000, 15, true}, {3000, 18, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cadence *c = cadence_new();
        struct cadence_result r;
        // each makes the interval before it longer and the one behind it shorter
        for (int k = 0; k < rows[i].frames; k++)
            cadence_add(c, time_of(k, 25, 1, MS, 0) +
                               (k % 20 == 10 && k / 20 < rows[i].uneven ? 5 * MS : 0));
        cadence_result(c, &r);
        assert_int_equal(r.constant, rows[i].constant);
        cadence_free(c);
    }
}

static void fewer_than_two_frames_have_no_rate(void **state)
{
    (void)state;
    for (int n = 0; n < 2; n++) {
        struct cadence *c = cadence_new();
        struct cadence_result r;
        for (int i = 0; i < n; i++)
            cadence_add(c, S);
        cadence_result(c, &r);
        struct cadence_rate choice = cadence_choose(&r);
        assert_true(r.frames == n && !r.constant && r.fps == 0 && r.nominal.num == 0);
        assert_true(choice.num == 25 && choice.den == 1 && r.family == CADENCE_PAL);
        cadence_free(c);
    }
}

// The source frame of each output frame, -1: none.
struct shown {
    int64_t n, *source;
};

static void show(struct shown *s, int64_t source, int64_t times)
{
    assert_true(times >= 0);
    for (; times > 0; times--)
        s->source[s->n++] = source;
}

static struct shown pick(const struct timeline *t, struct cadence_rate rate, const tick *at,
                         int64_t n)
{
    struct cadence_pick *p = cadence_pick_new(t, rate);
    int64_t count = cadence_pick_count(p);
    struct shown s = {0, mem_alloc((size_t)(count + 1) * sizeof(int64_t))};
    for (int64_t i = 0; i < n; i++) {
        int64_t times = cadence_pick_push(p, at[i]);
        assert_true(times <= count - s.n);
        show(&s, i - 1, times);
    }
    show(&s, n - 1, cadence_pick_end(p));
    assert_int_equal(s.n, count);
    assert_int_equal(cadence_pick_end(p), 0);
    cadence_pick_free(p);
    return s;
}

static struct timeline whole(struct arena *a, tick length)
{
    struct timeline t;
    assert_true(timeline_make(a, length, NULL, 0, NULL, NULL, &t));
    return t;
}

static void a_source_of_the_same_rate_is_taken_frame_by_frame(void **state)
{
    (void)state;
    static const struct {
        int num, den;
        tick unit;
    } rows[] = {{30000, 1001, MS}, {30000, 1001, S / 90000}, {24000, 1001, MS},
                {25, 1, MS},       {60000, 1001, MS},        {30, 1, MS}};
    struct arena a = {0};
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int phase = -16; phase <= 16; phase++) { // where its frames begin, in 32nds of one
            tick length = (i ? 600 : phase % 16 ? 1200 : 3 * 3600) * S;
            tick frame = rows[i].den * S / rows[i].num;
            int64_t n = length / frame;
            tick *at = mem_alloc((size_t)n * sizeof(*at));
            for (int64_t k = 0; k < n; k++) {
                tick t = k * frame + frame * phase / 32;
                at[k] = t < 0 ? 0 : rounded(t, rows[i].unit);
            }
            struct timeline t = whole(&a, length);
            struct shown s = pick(&t, (struct cadence_rate){rows[i].num, rows[i].den}, at, n);
            assert_true(s.n >= n && s.n <= n + 1);
            int64_t first = s.source[1] - 1; // the first output frame may have no other choice
            assert_true(first == 0 || first == -1 || first == 1);
            for (int64_t k = 1; k < n - 1; k++)
                assert_int_equal(s.source[k], k + first);
            free(at);
            free(s.source);
        }
    arena_done(&a);
}

static void a_clock_that_drifts_costs_one_frame_each_time_it_has_drifted_by_one(void **state)
{
    (void)state;
    struct arena a = {0};
    struct timeline t = whole(&a, 3600 * S);
    for (int way = -1; way <= 1; way += 2) { // 300 ppm: 32 frames in an hour
        int64_t n = 108000 + way * 32, repeats = 0, drops = 0;
        tick *at = mem_alloc((size_t)n * sizeof(*at));
        for (int64_t k = 0; k < n; k++)
            at[k] = rounded((tick)((double)k * (double)S / 30 * (1 - way * 300e-6)), MS);
        struct shown s = pick(&t, (struct cadence_rate){30, 1}, at, n);
        for (int64_t k = 1; k < s.n; k++) {
            repeats += s.source[k] == s.source[k - 1];
            drops += s.source[k] == s.source[k - 1] + 2;
            assert_true(s.source[k] <= s.source[k - 1] + 2);
        }
        assert_true(way > 0 ? repeats <= 1 && drops >= 31 && drops <= 33
                            : drops == 0 && repeats >= 31 && repeats <= 34);
        free(at);
        free(s.source);
    }
    arena_done(&a);
}

struct source {
    struct cadence_rate rate, out;
    tick unit, jitter;
};

// What of a recording is kept, at random, with an intro and an outro.
static void random_timeline(struct arena *a, tick recorded, struct timeline *ret)
{
    struct span removed[12];
    size_t n = (size_t)random_below(12);
    for (size_t i = 0; i < n; i++) {
        removed[i].start = random_below(recorded);
        removed[i].end = removed[i].start + random_below(recorded / 12);
    }
    struct jingle in = {.length = random_below(3) * random_below(3 * S)}, out = in;
    in.overlap = timeline_overlap(S, in.length, S);
    if (!timeline_make(a, recorded, removed, n, &in, &out, ret))
        *ret = whole(a, recorded);
}

static const struct kept *kept_at(const struct timeline *t, tick published)
{
    const struct kept *k = t->kept;
    for (size_t i = 0; i < t->count; i++, k++)
        if (published >= k->at && published < k->at + k->to - k->from)
            return k;
    return NULL;
}

// Output frame i of that length shows what it should.
static void check_frame(const struct timeline *t, const struct shown *s, int64_t i, tick length,
                        tick interval, const tick *at, int64_t n)
{
    tick published = i * length, recorded = timeline_recorded(t, published);
    int64_t k = s->source[i];
    assert_true(i == 0 || k >= s->source[i - 1]);
    if (published < t->kept[0].at) {
        assert_int_equal(k, -1);
        return;
    }
    if (recorded == TICK_NONE) {
        assert_true(i == 0 || k == s->source[i - 1]);
        return;
    }
    const struct kept *span = kept_at(t, published);
    assert_true(k >= 0 && at[k] < span->to);
    if (at[k] < span->from) // only where there is none that begins soon
        assert_true(k + 1 == n || at[k + 1] > recorded + length || at[k + 1] >= span->to);
    tick late = recorded - at[k], middle = recorded + length / 2, close = length / 8;
    bool next_is_in = k + 1 < n && at[k + 1] < span->to;
    // half of both, but a slow source's frame stays until the next one comes or the span ends
    tick most = length / 2 + interval / 2;
    tick slow = next_is_in ? interval - length / 2 + close : interval;
    assert_true(-late <= most || k == 0);
    assert_true(late <= most || late <= slow || k == n - 1);
    assert_true(!next_is_in || at[k + 1] > middle - close);
    assert_true(at[k] <= middle + close || k == 0 || at[k - 1] < span->from);
}

static void every_output_frame_shows_what_was_on_the_screen(void **state)
{
    (void)state;
    static const struct source rows[] = {
        {{30000, 1001}, {30000, 1001}, MS, 0},
        {{25, 1}, {25, 1}, MS, 0},
        {{60000, 1001}, {30000, 1001}, MS, 0},
        {{50, 1}, {25, 1}, 1, 0},
        {{24000, 1001}, {25, 1}, MS, 0},
        {{30, 1}, {25, 1}, MS, 0},
        {{15, 1}, {30, 1}, MS, 0},
        {{74, 10}, {25, 1}, MS, 0},
        {{240, 1}, {30, 1}, MS, 0},
        {{30, 1}, {30, 1}, MS, 5 * MS},
    };
    for (int turn = 0; turn < 1000; turn++) {
        const struct source *r = &rows[turn % (int)COUNT(rows)];
        struct arena a = {0};
        struct timeline t;
        tick recorded = 10 * S + random_below(20 * S), offset = random_below(S / 30);
        random_timeline(&a, recorded, &t);
        tick interval = r->rate.den * S / r->rate.num, length = r->out.den * S / r->out.num;
        int64_t n = recorded / interval;
        tick *at = arena_array(&a, tick, (size_t)n + 1);
        for (int64_t i = 0; i < n; i++)
            at[i] = offset + time_of(i, r->rate.num, r->rate.den, r->unit, r->jitter);
        struct shown s = pick(&t, r->out, at, n);
        assert_int_equal(s.n, llround(tick_to_s(t.length) * r->out.num / r->out.den));
        for (int64_t i = 0; i < s.n; i++)
            check_frame(&t, &s, i, length, interval + 2 * r->jitter + MS, at, n);
        free(s.source);
        arena_done(&a);
    }
}

static void ends_are_held_and_the_intro_has_no_frame(void **state)
{
    (void)state;
    struct arena a = {0};
    struct timeline t;
    const struct span cut = {0, 2 * S};
    const struct jingle in = {.length = 3 * S, .overlap = S}, out = {.length = 2 * S};
    assert_true(timeline_make(&a, 10 * S, &cut, 1, &in, &out, &t));
    tick at[100]; // 25 a second, from 1 s to 5
    for (int i = 0; i < 100; i++)
        at[i] = S + i * (S / 25);
    struct shown s = pick(&t, (struct cadence_rate){25, 1}, at, 100);
    assert_int_equal(s.n, 25 * (2 + 8 + 2));
    for (int64_t i = 0; i < s.n; i++)
        assert_int_equal(s.source[i], i < 50 ? -1 : i < 125 ? i - 50 + 25 : 99);
    free(s.source);

    at[0] = 6 * S; // a picture that starts late, and two frames at one time, and one that is late
    at[1] = 7 * S;
    at[2] = 7 * S;
    at[3] = 7 * S - 5 * MS;
    s = pick(&t, (struct cadence_rate){25, 1}, at, 4);
    for (int64_t i = 0; i < s.n; i++)
        assert_int_equal(s.source[i], i < 50 ? -1 : i < 175 ? 0 : 3);
    free(s.source);

    s = pick(&t, (struct cadence_rate){25, 1}, NULL, 0); // no picture at all
    for (int64_t i = 0; i < s.n; i++)
        assert_int_equal(s.source[i], -1);
    free(s.source);
    assert_null(cadence_pick_new(&t, (struct cadence_rate){0, 0}));
    arena_done(&a);
}

static void what_is_cut_out_is_not_seen(void **state)
{
    (void)state;
    // the scene changes where the cut begins and where it ends, at any place within a frame
    for (int i = 0; i < 200; i++) {
        struct arena a = {0};
        struct timeline t;
        tick frame = S / 25, phase = random_below(frame);
        const struct span cut = {5 * S + random_below(frame), 8 * S + random_below(frame)};
        assert_true(timeline_make(&a, 12 * S, &cut, 1, NULL, NULL, &t));
        tick at[300];
        for (int k = 0; k < 300; k++)
            at[k] = k * frame + phase;
        struct shown s = pick(&t, (struct cadence_rate){25, 1}, at, 300);
        for (int64_t k = 0; k < s.n; k++) {
            tick seen = at[s.source[k]];
            assert_true(seen < cut.start || seen >= cut.end);
        }
        free(s.source);
        arena_done(&a);
    }
}

static void it_costs_nothing(void **state)
{
    (void)state;
    struct arena a = {0};
    struct timeline t = whole(&a, 3 * 3600 * S);
    struct cadence *c = cadence_new();
    struct cadence_pick *p = cadence_pick_new(&t, (struct cadence_rate){30000, 1001});
    struct cadence_result r;
    enum { FRAMES = 323676 };
    clock_t from = clock();
    for (int i = 0; i < FRAMES; i++) {
        cadence_add(c, time_of(i, 30000, 1001, MS, 0));
        cadence_pick_push(p, time_of(i, 30000, 1001, MS, 0));
    }
    cadence_result(c, &r);
    double ms = (double)(clock() - from) * 1000 / CLOCKS_PER_SEC;
    print_message("# three hours of frames: %.0f ms, %.5f ms each\n", ms, ms / FRAMES);
    assert_int_equal(cadence_pick_end(p), 1);
    assert_true(r.constant && r.frames == FRAMES);
    cadence_free(c);
    cadence_pick_free(p);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_are_told_from_times_however_they_are_rounded),
        cmocka_unit_test(what_is_missing_or_comes_twice_is_counted_and_found),
        cmocka_unit_test(a_few_uneven_intervals_make_no_rate_variable),
        cmocka_unit_test(fewer_than_two_frames_have_no_rate),
        cmocka_unit_test(a_source_of_the_same_rate_is_taken_frame_by_frame),
        cmocka_unit_test(a_clock_that_drifts_costs_one_frame_each_time_it_has_drifted_by_one),
        cmocka_unit_test(every_output_frame_shows_what_was_on_the_screen),
        cmocka_unit_test(ends_are_held_and_the_intro_has_no_frame),
        cmocka_unit_test(what_is_cut_out_is_not_seen),
        cmocka_unit_test(it_costs_nothing),
    };
    return cmocka_run_group_tests_name("cadence", tests, NULL, NULL);
}
