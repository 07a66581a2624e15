// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "stage/seen.h"

static const struct reel_facts facts = {
    .codec = "hevc",
    .profile = "Main 10",
    .pixels = "yuv420p10le",
    .level = 93,
    .width = 1440,
    .height = 1080,
    .sar_num = 4,
    .sar_den = 3,
    .turn = "90",
    .matrix = "bt2020nc",
    .primaries = "bt2020",
    .transfer = "arib-std-b67",
    .full_range = true,
    .dynamic_range = "hlg",
    .dolby_vision = 8,
    .interlaced = true,
    .bit_rate = 9100000,
    .frames = 901,
    .first = 12345,
    .end = INT64_C(40) * TICKS_PER_SEC,
    .rate_num = 30000,
    .rate_den = 1001,
    .fps = 29.5,
    .constant = true,
    .missing = 7,
    .num_gaps = 1,
    .gap = {{TICKS_PER_SEC, 2 * TICKS_PER_SEC}},
    .suits_num = 25,
    .suits_den = 1,
    .longest_group = 3 * TICKS_PER_SEC,
    .closed_groups = true,
    .starts_with_key = true,
};

static struct json *parsed(const char *text)
{
    struct json *j;
    struct err e = {0};
    if (json_parse(text, strlen(text), "a test", &j, &e) < 0)
        fail_msg("%s", e.text);
    return j;
}

static void what_was_seen_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct arena a = {0};
    struct reel_facts got;
    struct json *first = seen_json(&facts), *second;
    seen_read(&a, first, &got);
    got.num_gaps = facts.num_gaps; // what nobody reads back
    memcpy(got.gap, facts.gap, sizeof got.gap);
    second = seen_json(&got);
    struct str x, y;
    str_init(&x, STR_MAX);
    str_init(&y, STR_MAX);
    json_write(&x, first, false);
    json_write(&y, second, false);
    assert_string_equal(x.p, y.p);
    const struct json *gap = json_at(json_get(first, "gaps"), 0);
    assert_true(json_int(gap, "to_ticks", 0) - json_int(gap, "from_ticks", 0) == TICKS_PER_SEC);
    str_done(&x);
    str_done(&y);
    json_free(first);
    json_free(second);
    arena_done(&a);
}

#define PICTURE "\"picture\": {\"width\": 4, \"first_ticks\": 9, \"turn\": \"180\"}"

static void the_first_track_with_a_picture_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *facts;
        int wanted;       // what is returned; < 0: refused
        const char *name; // of the film, or in the refusal
        double offset_s;
        size_t num_parts;
    } rows[] = {
        {"[{\"parts\": [{\"name\": \"a.wav\"}]}]", 0, NULL, 0, 0},
        {"[{\"parts\": [{\"name\": \"a.wav\"}]}, {\"parts\": [{\"name\": \"b.mp4\", " PICTURE
         "}]}]",
         1, "b.mp4", 2.5, 1},
        {"[{\"use\": \"sound\", \"parts\": [{\"name\": \"a.mp4\", " PICTURE "}]},"
         " {\"parts\": [{\"name\": \"b.mp4\", " PICTURE "}, {\"name\": \"c.mp4\", " PICTURE "}]}]",
         1, "b.mp4", 2.5, 2},
        {"[{\"parts\": [{\"name\": \"a.mp4\", \"picture_refused\": \"a.mp4: no\"}]}]", -1,
         "a.mp4: no", 0, 0},
        {"[{\"parts\": [{\"name\": \"a.mp4\", " PICTURE "}, {\"name\": \"b.wav\"}]}]", -1, "b.wav",
         0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct err e = {0};
        struct seen_track t;
        struct json *j = parsed(arena_printf(&a, "{\"tracks\": %s}", rows[i].facts));
        struct json *lies = parsed("{\"tracks\": [{}, {\"offset_s\": 2.5}]}");
        int r = seen_track(&a, "/show", j, lies, &t, &e);
        assert_int_equal(r < 0 ? -1 : r, rows[i].wanted);
        if (r < 0) {
            assert_int_equal(e.kind, ERR_INPUT);
            assert_non_null(strstr(e.text, rows[i].name));
        } else if (r > 0) {
            assert_string_equal(t.name, rows[i].name);
            assert_int_equal(t.film.num_parts, rows[i].num_parts);
            assert_int_equal(json_count(t.parts), rows[i].num_parts);
            assert_true(t.film.offset_s == rows[i].offset_s);
            assert_true(t.film.parts[0].first == 9 && t.facts.width == 4);
            assert_string_equal(t.film.parts[0].turn, "180");
        }
        json_free(j);
        json_free(lies);
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_is_read_as_it_was_written),
        cmocka_unit_test(the_first_track_with_a_picture_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
