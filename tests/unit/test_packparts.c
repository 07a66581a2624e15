// SPDX-License-Identifier: GPL-3.0-or-later
// What media/pack is made of, without any file.
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "media/avc.h"
#include "media/packcues.h"
#include "media/packlane.h"
#include "media/packtimes.h"

static int set_up(void **state)
{
    *state = mem_alloc(sizeof(struct arena));
    return 0;
}

static int tear_down(void **state)
{
    arena_done(*state);
    free(*state);
    return 0;
}

// ---- times

enum { MOST = 12 };
struct times_row {
    const char *why;
    int64_t shown[MOST];
    size_t n;
    struct packrate unit, frames;
    int64_t last;
    // what is wanted
    uint32_t rate, lengths[MOST], shifts[MOST];
    int64_t end;
};

static const struct times_row times_rows[] = {
    {"in order", {0, 40, 80}, 3, {1, 20000}, {0, 1}, 40, 20000, {40, 40, 40}, {0, 0, 0}, 120},
    {"an offset, a pause",
     {-500, -460, 100, 140},
     4,
     {1, 20000},
     {0, 1},
     0,
     20000,
     {40, 560, 40, 40},
     {0, 0, 0, 0},
     680},
    {"held back by one",
     {0, 120, 40, 80},
     4,
     {1, 90000},
     {0, 1},
     40,
     90000,
     {40, 40, 40, 40},
     {40, 120, 0, 0},
     200},
    {"a pyramid",
     {0, 160, 80, 40, 120},
     5,
     {1, 90000},
     {0, 1},
     40,
     90000,
     {40, 40, 40, 40, 40},
     {80, 200, 80, 0, 40},
     280},
    {"held back over a pause",
     {0, 1000, 40, 1040},
     4,
     {1, 90000},
     {0, 1},
     40,
     90000,
     {40, 40, 960, 40},
     {40, 1000, 0, 40},
     1120},
    {"30 frames a second in milliseconds",
     {7, 40, 74, 107},
     4,
     {1, 1000},
     {30, 1},
     33,
     15360,
     {512, 512, 512, 512},
     {0, 0, 0, 0},
     2048},
    {"29.97 in milliseconds",
     {0, 33, 67, 100, 133},
     5,
     {1, 1000},
     {30000, 1001},
     33,
     30000,
     {1001, 1001, 1001, 1001, 1001},
     {0, 0, 0, 0, 0},
     5005},
    {"one is missing",
     {0, 33, 100},
     3,
     {1, 1000},
     {30, 1},
     33,
     15360,
     {512, 1024, 1024},
     {0, 0, 0},
     2560},
    {"no constant rate",
     {0, 33, 81},
     3,
     {1, 1000},
     {30, 1},
     33,
     1000,
     {33, 48, 33},
     {0, 0, 0},
     114},
    {"a rate that is none",
     {0, 33, 67},
     3,
     {1, 1000},
     {1000, 1},
     33,
     1000,
     {33, 34, 33},
     {0, 0, 0},
     100},
    {"nanoseconds",
     {0, 40000000},
     2,
     {1, 1000000000},
     {25, 1},
     40000000,
     1000000,
     {40000, 40000},
     {0, 0},
     80000},
    {"a clock that counts frames",
     {0, 1, 2},
     3,
     {1001, 30000},
     {30000, 1001},
     1,
     30000,
     {1001, 1001, 1001},
     {0, 0, 0},
     3003},
    {"one frame", {9}, 1, {1, 90000}, {25, 1}, 0, 90000, {3600}, {0}, 3600},
};

static void times_are_those_of_a_decoder_that_waits_as_short_as_it_can(void **state)
{
    struct err e;
    for (size_t i = 0; i < COUNT(times_rows); i++) {
        const struct times_row *row = &times_rows[i];
        struct packtimes_given g = {row->shown, row->n, row->unit, row->frames, row->last};
        struct packtimes t;
        int64_t decoded = 0;
        if (packtimes_make(*state, &g, &t, &e) < 0)
            fail_msg("%s: %s", row->why, e.text);
        if (t.rate != row->rate || t.end != row->end)
            fail_msg("%s: %d a second, ends at %d", row->why, (int)t.rate, (int)t.end);
        for (size_t k = 0; k < row->n; k++) {
            if (t.lengths[k] != row->lengths[k] || t.shifts[k] != row->shifts[k])
                fail_msg("%s: packet %zu: %d, %d", row->why, k, (int)t.lengths[k],
                         (int)t.shifts[k]);
            decoded += t.lengths[k];
        }
        assert_int_equal(t.decoded, decoded);
    }
}

static void times_that_no_player_follows_are_refused(void **state)
{
    static const int64_t twice[] = {0, 40, 40}, far[] = {0, INT64_C(5000000000)};
    int64_t back[20];
    for (int i = 0; i < 20; i++)
        back[i] = (i + 10) % 20 * 40 + (i < 10 ? 9000 : 0);
    back[19] = -1;
    const struct {
        struct packtimes_given given;
        const char *words;
    } rows[] = {
        {{twice, 3, {1, 90000}, {0, 1}, 0}, "two of its frames"},
        {{far, 2, {1, 90000}, {0, 1}, 0}, "too long"},
        {{back, 20, {1, 90000}, {0, 1}, 0}, "jump back"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct packtimes t;
        struct err e;
        assert_int_equal(packtimes_make(*state, &rows[i].given, &t, &e), -EINVAL);
        assert_non_null(strstr(e.text, rows[i].words));
    }
}

// ---- captions

enum { CUES = 4, SAMPLES = 9 };
static void captions_become_samples_without_a_gap(void **state)
{
    static const tick s = TICKS_PER_SEC;
    const struct {
        struct cue cues[CUES];
        size_t n;
        struct {
            uint32_t length;
            const char *text;
        } want[SAMPLES];
        size_t samples;
    } rows[] = {
        {{{0, 0, NULL, NULL}}, 0, {{10000, ""}}, 1},
        {{{s, 2 * s, NULL, "å"}}, 1, {{1000, ""}, {1000, "å"}, {8000, ""}}, 3},
        {{{0, 10 * s, "Kari", "en\nto"}}, 1, {{10000, "Kari: en\nto"}}, 1},
        {{{0, 9 * s, NULL, "en\nto\ntre\nfire"}}, 1, {{9000, "en\nto tre fire"}, {1000, ""}}, 2},
        {{{s, 3 * s, "A", "a\nb"}, {2 * s, 4 * s, "B", "c\nd"}},
         2,
         {{1000, ""}, {1000, "A: a\nb"}, {1000, "A: a b\nB: c d"}, {1000, "B: c\nd"}, {6000, ""}},
         5},
        {{{0, s, NULL, "1"}, {0, s, NULL, "2"}, {0, s, NULL, "3"}},
         3,
         {{1000, "1\n2 3"}, {9000, ""}},
         2},
        {{{5 * s, 6 * s, NULL, "b"}, {s, 2 * s, NULL, "a"}},
         2,
         {{1000, ""}, {1000, "a"}, {3000, ""}, {1000, "b"}, {4000, ""}},
         5},
        {{{-2 * s, s, NULL, "x"},
          {8 * s, 20 * s, "", "y"},
          {11 * s, 12 * s, NULL, "z"},
          {5, 5, NULL, "n"}},
         4,
         {{1000, "x"}, {7000, ""}, {2000, "y"}},
         3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct captions c = {(struct cue *)rows[i].cues, rows[i].n, NULL};
        struct packcues got;
        packcues_make(*state, &c, 10 * s, &got);
        assert_int_equal(got.count, rows[i].samples);
        const char *at = got.bytes;
        for (size_t k = 0; k < got.count; k++) {
            const char *text = rows[i].want[k].text;
            size_t len = strlen(text);
            assert_int_equal(got.lengths[k], rows[i].want[k].length);
            assert_int_equal(got.sizes[k], 2 + len);
            assert_int_equal((unsigned char)at[0] << 8 | (unsigned char)at[1], len);
            assert_memory_equal(at + 2, text, len);
            at += 2 + len;
        }
    }
}

static void a_text_without_end_is_cut_not_written_over(void **state)
{
    char *text = arena_alloc(*state, 100001);
    memset(text, 'o', 100000);
    struct cue cue = {0, TICKS_PER_SEC, NULL, text};
    struct captions c = {&cue, 1, NULL};
    struct packcues got;
    packcues_make(*state, &c, TICKS_PER_SEC, &got);
    assert_int_equal(got.count, 1);
    size_t len = (size_t)((unsigned char)got.bytes[0] << 8 | (unsigned char)got.bytes[1]);
    assert_int_equal(got.sizes[0], 2 + len);
}

// ---- H.264

#define SPS "\x67\x64\x00\x1f\xac\xd9"
#define BASE "\x67\x42\xc0\x1f\xac"
#define PPS "\x68\xeb\xe3\xcb"

static void start_codes_become_lengths(void **state)
{
    (void)state;
#define ROW(in, out)                           \
    {                                          \
        in, sizeof in - 1, out, sizeof out - 1 \
    }
    static const struct {
        const char *in;
        size_t in_size;
        const char *out;
        size_t out_size;
    } rows[] = {
        ROW("", ""),
        ROW("\0\0\1", ""),
        ROW("\0\0\1\x41", "\0\0\0\1\x41"),
        ROW("\0\0\0\1\x41\x02", "\0\0\0\2\x41\x02"),
        ROW("\0\0\0\1\x09\xf0\0\0\0\1\x65\x88\0\0\3\1", "\0\0\0\2\x09\xf0\0\0\0\6\x65\x88\0\0\3\1"),
        ROW("\0\0\1\x41\1\1\0\0\1\x42\0\0\0\0\0\1\x43", "\0\0\0\3\x41\1\1\0\0\0\1\x42\0\0\0\1\x43"),
        ROW("\0\0\1\0\0\1\x41", "\0\0\0\1\x41"),
        ROW("\0\0\1\x41\0\0", "\0\0\0\1\x41"),
        ROW("\xff\xff\xff", ""),
    };
#undef ROW
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t out[64];
        assert_true(avc_room(rows[i].in_size) >= rows[i].out_size);
        size_t n = avc_lengths((const uint8_t *)rows[i].in, rows[i].in_size, out);
        assert_int_equal(n, rows[i].out_size);
        assert_memory_equal(out, rows[i].out, n);
    }
}

static void parameter_sets_become_a_box(void **state)
{
    (void)state;
    static const char high[] = "\0\0\0\1" SPS "\0\0\0\1" PPS, base[] = "\0\0\1" BASE "\0\0\1" PPS;
    static const char want_high[] = "\1\x64\0\x1f\xff\xe1\0\6" SPS "\1\0\4" PPS "\xfe\xfa\xfa\0";
    static const char want_base[] = "\1\x42\xc0\x1f\xff\xe1\0\5" BASE "\1\0\4" PPS;
    uint8_t out[64];
    size_t n = avc_config((const uint8_t *)high, sizeof high - 1, (struct avc_depth){2, 10}, out);
    assert_int_equal(n, sizeof want_high - 1);
    assert_memory_equal(out, want_high, n);
    assert_true(avc_config_whole(out, n));
    for (size_t k = 0; k < 21; k++)
        assert_false(avc_config_whole(out, k < 15 ? k : 14));
    n = avc_config((const uint8_t *)base, sizeof base - 1, (struct avc_depth){1, 8}, out);
    assert_int_equal(n, sizeof want_base - 1);
    assert_memory_equal(out, want_base, n);
    assert_int_equal(avc_config((const uint8_t *)base, 8, (struct avc_depth){1, 8}, out), 0);
    assert_int_equal(avc_config((const uint8_t *)base + 8, 7, (struct avc_depth){1, 8}, out), 0);
    assert_true(avc_has_start_codes((const uint8_t *)base, sizeof base));
    assert_true(avc_has_start_codes((const uint8_t *)high, sizeof high));
    assert_false(avc_has_start_codes((const uint8_t *)want_high, sizeof want_high));
}

// ---- where samples lie

static void a_second_of_each_lies_beside_the_other(void **state)
{
    static const uint32_t big[] = {100, 10, 10, 10}, lengths[] = {500, 500, 1500, 500};
    static const uint16_t little[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct packlane lanes[] = {
        {.rate = 1000, .start = -TICKS_PER_SEC / 10, .count = 4, .sizes = big, .lengths = lengths},
        {.rate = 48000, .count = 8, .short_sizes = little, .each = 16000},
    };
    static const struct {
        int lane;
        uint32_t samples;
        int64_t at;
    } want[] = {{0, 3, 1000}, {1, 3, 1120}, {1, 3, 1126}, {0, 1, 1141}, {1, 2, 1151}};
    for (int i = 0; i < 2; i++)
        packlane_cut(*state, &lanes[i]);
    for (int again = 0; again < 2; again++) {
        size_t n = 0;
        assert_int_equal(packlane_place(lanes, 2, 1000), 1166);
        for (struct packlane *l; (l = packlane_turn(lanes, 2)); n++) {
            assert_ptr_equal(l, &lanes[want[n].lane]);
            assert_int_equal(l->chunks[l->turn - 1].samples, want[n].samples);
            assert_int_equal(l->chunks[l->turn - 1].at, want[n].at);
        }
        assert_int_equal(n, COUNT(want));
    }
}

#define DESK(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        DESK(times_are_those_of_a_decoder_that_waits_as_short_as_it_can),
        DESK(times_that_no_player_follows_are_refused),
        DESK(captions_become_samples_without_a_gap),
        DESK(a_text_without_end_is_cut_not_written_over),
        DESK(start_codes_become_lengths),
        DESK(parameter_sets_become_a_box),
        DESK(a_second_of_each_lies_beside_the_other),
    };
    return cmocka_run_group_tests_name("packparts", tests, NULL, NULL);
}
