// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "media/excerpt.h"
#include "media/feed.h"
#include "media/sink.h"
#include "scratch.h"

enum { RATE = 48000, SECONDS = 2, ALL = SECONDS * RATE };

static char dir[SCRATCH_MAX];
static char whole[SCRATCH_MAX + 16], part[SCRATCH_MAX + 16];

// Sample i says where it stood; the second channel is its negative.
static float sample(int i)
{
    return 0.25f + 0.5f * (float)i / ALL;
}

static int set_up(void **state)
{
    (void)state;
    static float left[ALL], right[ALL];
    const float *planes[] = {left, right};
    struct err e = {0};
    struct sink *s;
    scratch_new(dir);
    snprintf(whole, sizeof whole, "%s/whole.flac", dir);
    snprintf(part, sizeof part, "%s/part.flac", dir);
    for (int i = 0; i < ALL; i++) {
        left[i] = sample(i);
        right[i] = -left[i];
    }
    struct sink_params sp = {.path = whole,
                             .codec = "flac",
                             .container = "flac",
                             .sample_rate = RATE,
                             .channels = 2,
                             .bits = 24};
    assert_int_equal(sink_open(&sp, &s, &e), 0);
    assert_true(sink_write(s, planes, ALL, &e) >= 0);
    assert_true(sink_finish(s, &e) >= 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_free(dir);
    return 0;
}

// Every sample of the file `part`; returns how many.
static int read_part(float *left, float *right, int room)
{
    struct feed *f;
    struct err e = {0};
    int n = 0, r;
    struct feed_params fp = {.path = part, .track = -1, .threads = 1};
    assert_int_equal(feed_open(&fp, &f, &e), 0);
    float *planes[] = {left, right};
    while ((r = feed_read(f, planes, (size_t)(room - n), &e)) > 0) {
        n += r;
        planes[0] += r;
        planes[1] += r;
        assert_true(n < room);
    }
    assert_int_equal(r, 0);
    feed_close(f);
    return n;
}

static void the_part_is_there_to_the_sample_and_faded_at_its_ends(void **state)
{
    (void)state;
    static float left[ALL + 1], right[ALL + 1];
    static const struct {
        int from, to, fade; // samples
    } rows[] = {{0, ALL, 1440},     {4800, 9600, 1440}, {4801, 52345, 0},
                {9000, 9001, 1440}, {777, 1777, 1440},  {ALL - 100, ALL, 20}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        int n = rows[i].to - rows[i].from, fade = rows[i].fade < n / 2 ? rows[i].fade : n / 2;
        struct err e = {0};
        struct excerpt_params p = {
            whole,
            part,
            {tick_from_samples(rows[i].from, RATE), tick_from_samples(rows[i].to, RATE)},
            tick_from_samples(rows[i].fade, RATE),
            NULL};
        assert_int_equal(excerpt_cut(&p, &e), 0);
        assert_int_equal(read_part(left, right, ALL + 1), n);
        float before = 0;
        for (int k = 0; k < n; k++) {
            int near = k < n - 1 - k ? k : n - 1 - k;
            float share = left[k] / sample(rows[i].from + k);
            assert_true(fabsf(left[k] + right[k]) < 1e-6f);
            if (near >= fade)
                assert_true(fabsf(share - 1) < 1e-5f);
            else if (k < n / 2)
                assert_true(share > before - 1e-5f && share < 1);
            before = share;
        }
        if (fade > 100)
            assert_true(left[0] < 1e-4f && left[n - 1] < 1e-4f);
        remove(part);
    }
}

static void behind_the_end_there_is_silence(void **state)
{
    (void)state;
    static float left[ALL + 1], right[ALL + 1];
    struct err e = {0};
    struct excerpt_params p = {whole, part, {TICKS_PER_SEC * 3 / 2, TICKS_PER_SEC * 3}, 0, NULL};
    assert_int_equal(excerpt_cut(&p, &e), 0);
    assert_int_equal(read_part(left, right, ALL + 1), RATE * 3 / 2);
    assert_true(left[RATE / 2 - 1] > 0.7f);
    for (int i = RATE / 2; i < RATE * 3 / 2; i++)
        assert_true(left[i] == 0);
    remove(part);
}

static void what_cannot_be_read_leaves_no_file(void **state)
{
    (void)state;
    struct err e = {0};
    struct excerpt_params p = {"/dev/null", part, {0, TICKS_PER_SEC}, 0, NULL};
    assert_true(excerpt_cut(&p, &e) < 0);
    assert_false(fs_exists(part));
    p.from = whole;
    p.part.end = 0;
    assert_int_equal(excerpt_cut(&p, &e), -EINVAL);
    assert_false(fs_exists(part));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_part_is_there_to_the_sample_and_faded_at_its_ends),
        cmocka_unit_test(behind_the_end_there_is_silence),
        cmocka_unit_test(what_cannot_be_read_leaves_no_file),
    };
    return cmocka_run_group_tests_name("excerpt", tests, set_up, tear_down);
}
