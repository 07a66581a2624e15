// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "model/timeline.h"

#define S TICKS_PER_SEC

static struct timeline make(struct arena *a, tick recorded, const struct span *removed, size_t n)
{
    struct timeline t = {0};
    assert_true(timeline_make(a, recorded, removed, n, NULL, NULL, &t));
    return t;
}

static void without_a_cut_both_clocks_are_one(void **state)
{
    (void)state;
    struct arena a = {0};
    struct timeline t = make(&a, 10 * S, NULL, 0);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.length, 10 * S);
    for (tick at = 0; at < 10 * S; at += S / 3) {
        assert_int_equal(timeline_published(&t, at), at);
        assert_int_equal(timeline_recorded(&t, at), at);
    }
    assert_true(timeline_published(&t, 10 * S) == TICK_NONE);
    assert_true(timeline_recorded(&t, 10 * S) == TICK_NONE);
    assert_true(timeline_recorded(&t, -1) == TICK_NONE);
    t = make(&a, S / 100, NULL, 0); // however short it is
    assert_int_equal(t.length, S / 100);
    arena_done(&a);
}

static void moments_move_with_what_is_cut_before_them(void **state)
{
    (void)state;
    struct arena a = {0};
    // 0..1 trimmed, 3..5 and 4..6 one cut, 9..10 trimmed
    const struct span removed[] = {{4 * S, 6 * S}, {-S, S}, {9 * S, 12 * S}, {3 * S, 5 * S}};
    struct timeline t = make(&a, 10 * S, removed, 4);
    static const struct {
        int at, published; // seconds; -1: none
    } rows[] = {{0, 0}, {1, 0}, {2, 1}, {3, 2}, {4, 2}, {5, 2}, {6, 2}, {7, 3}, {8, 4}, {9, -1}};
    assert_int_equal(t.count, 2);
    assert_int_equal(t.length, 5 * S);
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_true(timeline_published(&t, rows[i].at * S) ==
                    (rows[i].published < 0 ? TICK_NONE : rows[i].published * S));
    assert_int_equal(timeline_recorded(&t, 0), S);
    assert_int_equal(timeline_recorded(&t, 2 * S - 1), 3 * S - 1);
    assert_int_equal(timeline_recorded(&t, 2 * S), 6 * S);
    assert_true(timeline_recorded(&t, 5 * S) == TICK_NONE);
    arena_done(&a);
}

static void a_span_across_cuts_is_shortened_and_one_inside_is_gone(void **state)
{
    (void)state;
    struct arena a = {0};
    const struct span removed[] = {{3 * S, 5 * S}, {7 * S, 8 * S}};
    struct timeline t = make(&a, 10 * S, removed, 2);
    static const struct {
        struct span recorded, published; // seconds
        bool left;
    } rows[] = {
        {{1, 2}, {1, 2}, true},  {{2, 4}, {2, 3}, true},  {{3, 5}, {0, 0}, false},
        {{4, 6}, {3, 4}, true},  {{2, 9}, {2, 6}, true},  {{5, 7}, {3, 5}, true},
        {{7, 8}, {0, 0}, false}, {{9, 99}, {6, 7}, true}, {{10, 11}, {0, 0}, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span got = {-1, -1}, from = {rows[i].recorded.start * S, rows[i].recorded.end * S};
        assert_int_equal(timeline_span(&t, from, &got), rows[i].left);
        if (!rows[i].left)
            continue;
        assert_int_equal(got.start, rows[i].published.start * S);
        assert_int_equal(got.end, rows[i].published.end * S);
    }
    arena_done(&a);
}

static void slivers_between_cuts_go_and_nothing_left_is_told(void **state)
{
    (void)state;
    struct arena a = {0};
    const struct span removed[] = {{S, 2 * S}, {2 * S + TIMELINE_LEAST - 1, 3 * S}};
    struct timeline t = make(&a, 4 * S, removed, 2);
    assert_int_equal(t.count, 2);
    assert_int_equal(t.kept[1].from, 3 * S);
    const struct span all[] = {{TIMELINE_LEAST / 2, 4 * S}};
    assert_false(timeline_make(&a, 4 * S, all, 1, NULL, NULL, &t));
    arena_done(&a);
}

static void intro_and_outro_lie_around_what_is_kept(void **state)
{
    (void)state;
    struct arena a = {0};
    struct jingle intro = {8 * S, 2 * S, -20, -3}, outro = {4 * S, S, -18, -1};
    const struct span removed[] = {{0, S}};
    struct timeline t;
    assert_true(timeline_make(&a, 11 * S, removed, 1, &intro, &outro, &t));
    assert_int_equal(t.kept[0].at, 6 * S);
    assert_int_equal(t.length, 8 * S - 2 * S + 10 * S + 4 * S - S);
    assert_int_equal(timeline_published(&t, 0), 6 * S);
    assert_int_equal(timeline_published(&t, 3 * S), 8 * S);
    assert_true(timeline_recorded(&t, 6 * S - 1) == TICK_NONE);
    assert_int_equal(timeline_recorded(&t, 6 * S), S);

    struct json *j = json_new_object();
    struct timeline back;
    timeline_put(&t, j);
    assert_true(timeline_read(&a, j, &back));
    assert_int_equal(back.count, 1);
    assert_int_equal(back.kept[0].from, S);
    assert_int_equal(back.kept[0].to, 11 * S);
    assert_int_equal(back.kept[0].at, 6 * S);
    assert_int_equal(back.length, t.length);
    assert_int_equal(back.recorded, 11 * S);
    assert_int_equal(back.intro.overlap, 2 * S);
    assert_true(back.outro.integrated_lufs == -18 && back.outro.true_peak_dbtp == -1);
    json_free(j);
    j = json_new_object();
    assert_false(timeline_read(&a, j, &back));
    json_free(j);

    static const struct {
        int intended, bumper, kept, want;
    } rows[] = {{3, 40, 100, 3}, {3, 8, 100, 2}, {3, 40, 4, 2}};
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(
            timeline_overlap(rows[i].intended * S, rows[i].bumper * S, rows[i].kept * S),
            rows[i].want * S);
    arena_done(&a);
}

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 4;
}

// Random cuts at the coarsest and finest grids: both maps are each other's inverse, and samples
// taken from absolute ticks are off by less than one wherever one looks.
static void a_thousand_cuts_add_up_to_the_tick_and_to_the_sample(void **state)
{
    (void)state;
    struct arena a = {0};
    uint32_t seed = 7;
    const tick recorded = 3600 * S + 12345;
    struct span removed[1000];
    for (size_t i = 0; i < COUNT(removed); i++) {
        tick from = (tick)(dice(&seed) % 3600000) * (S / 1000) + (tick)(dice(&seed) % 705600);
        removed[i] = (struct span){from, from + 1 + (tick)dice(&seed) * 3};
    }
    struct timeline t = make(&a, recorded, removed, COUNT(removed));
    assert_true(t.count > 500);
    tick sum = 0;
    int64_t samples = 0;
    for (size_t i = 0; i < t.count; i++) {
        const struct kept *k = &t.kept[i];
        assert_true(k->at == sum && k->to - k->from >= TIMELINE_LEAST);
        assert_true(i == 0 || k->from > t.kept[i - 1].to);
        sum += k->to - k->from;
        int64_t own = tick_to_samples(sum, 48000) - tick_to_samples(k->at, 48000);
        int64_t apart = own - (tick_to_samples(k->to, 48000) - tick_to_samples(k->from, 48000));
        assert_true(apart >= -1 && apart <= 1);
        samples += own;
        for (int n = 0; n < 4; n++) {
            tick at = k->from + (tick)dice(&seed) % (k->to - k->from);
            assert_true(timeline_recorded(&t, timeline_published(&t, at)) == at);
        }
    }
    assert_true(sum == t.length);
    assert_true(samples == tick_to_samples(t.length, 48000));
    arena_done(&a);
}

static void spans_are_sets(void **state)
{
    (void)state;
    struct arena a = {0};
    struct span x[] = {{5, 9}, {1, 3}, {3, 4}, {7, 7}, {8, 12}, {20, 15}}, *both;
    assert_int_equal(spans_unite(x, COUNT(x)), 2);
    assert_true(x[0].start == 1 && x[0].end == 4 && x[1].start == 5 && x[1].end == 12);
    const struct span y[] = {{0, 2}, {4, 6}, {7, 8}, {11, 30}};
    assert_int_equal(spans_common(&a, x, 2, y, COUNT(y), &both), 4);
    static const struct span want[] = {{1, 2}, {5, 6}, {7, 8}, {11, 12}};
    for (size_t i = 0; i < COUNT(want); i++)
        assert_true(both[i].start == want[i].start && both[i].end == want[i].end);
    assert_int_equal(spans_common(&a, x, 2, y, 0, &both), 0);
    arena_done(&a);
}

static void a_part_is_a_timeline_of_its_own(void **state)
{
    (void)state;
    struct arena a = {0};
    const struct span removed[] = {{3 * S, 5 * S}, {7 * S, 8 * S}};
    struct jingle intro = {.length = 4 * S, .overlap = S}, outro = {.length = 2 * S};
    struct timeline t, part;
    assert_true(timeline_make(&a, 10 * S, removed, 2, &intro, &outro, &t));
    // published: intro 0..4, kept 0..3 from 3, 5..7 from 6, 8..10 from 8, outro 10..12
    static const struct {
        struct span part;
        int count, length;
        struct kept kept[3];
    } rows[] = {
        {{4, 5}, 1, 1, {{1, 2, 0}}},
        {{5, 7}, 2, 2, {{2, 3, 0}, {5, 6, 1}}},
        {{3, 10}, 3, 7, {{0, 3, 0}, {5, 7, 3}, {8, 10, 5}}},
        {{1, 4}, 1, 3, {{0, 1, 2}}},                           // out of the intro
        {{9, 99}, 1, 3, {{9, 10, 0}}},                         // into the outro, and past the end
        {{-5, 99}, 3, 12, {{0, 3, 3}, {5, 7, 6}, {8, 10, 8}}}, // all of it
        {{0, 3}, 0, 3, {{0, 0, 0}}},
        {{10, 12}, 0, 2, {{0, 0, 0}}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct span of = {rows[i].part.start * S, rows[i].part.end * S};
        assert_int_equal(timeline_part(&a, &t, of, &part), rows[i].count > 0);
        assert_int_equal(part.count, rows[i].count);
        assert_int_equal(part.length, rows[i].length * S);
        assert_int_equal(part.recorded, t.recorded);
        assert_int_equal(part.intro.length + part.outro.length, 0);
        for (size_t k = 0; k < part.count; k++) {
            const struct kept *want = &rows[i].kept[k];
            assert_true(part.kept[k].from == want->from * S && part.kept[k].to == want->to * S &&
                        part.kept[k].at == want->at * S);
            // the same moment of the recording on both clocks
            tick at = part.kept[k].at + S / 7, from = of.start > 0 ? of.start : 0;
            assert_int_equal(timeline_recorded(&part, at), timeline_recorded(&t, from + at));
        }
    }
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_cut_both_clocks_are_one),
        cmocka_unit_test(moments_move_with_what_is_cut_before_them),
        cmocka_unit_test(a_span_across_cuts_is_shortened_and_one_inside_is_gone),
        cmocka_unit_test(slivers_between_cuts_go_and_nothing_left_is_told),
        cmocka_unit_test(intro_and_outro_lie_around_what_is_kept),
        cmocka_unit_test(a_thousand_cuts_add_up_to_the_tick_and_to_the_sample),
        cmocka_unit_test(spans_are_sets),
        cmocka_unit_test(a_part_is_a_timeline_of_its_own),
    };
    return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
