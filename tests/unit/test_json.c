// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "scratch.h"

typedef void writer(struct str *s, const struct json *j);

static void write_plain(struct str *s, const struct json *j)
{
    json_write(s, j, false);
}

static void write_pretty(struct str *s, const struct json *j)
{
    json_write(s, j, true);
}

static void assert_written(const struct json *j, writer *write, const char *want)
{
    struct str s;
    str_init(&s, STR_MAX);
    write(&s, j);
    assert_string_equal(s.p, want);
    str_done(&s);
}

static struct json *parsed(const char *text)
{
    struct json *j = NULL;
    struct err e = {0};
    if (json_parse(text, strlen(text), "test", &j, &e) < 0)
        fail_msg("%s", e.text);
    return j;
}

static void objects_keep_their_order_and_canonical_sorts(void **state)
{
    (void)state;
    struct json *o = json_new_object(), *list = json_new_array(), *inner = json_new_object();
    json_put_int(inner, "y", -1);
    json_put_bool(inner, "x", true);
    json_push(list, inner);
    json_push_text(list, "æ");
    json_put_text(o, "zulu", "a\"b\\c\n\x01/");
    json_put(o, "list", list);
    json_put_real(o, "alpha", -16.0);
    json_put(o, "empty", json_new_object());
    assert_written(o, write_plain,
                   "{\"zulu\":\"a\\\"b\\\\c\\n\\u0001/\",\"list\":[{\"y\":-1,\"x\":true},\"æ\"],"
                   "\"alpha\":-16.0,\"empty\":{}}");
    assert_written(o, json_canonical,
                   "{\"alpha\":-16.0,\"empty\":{},\"list\":[{\"x\":true,\"y\":-1},\"æ\"],"
                   "\"zulu\":\"a\\\"b\\\\c\\n\\u0001/\"}");
    assert_written(o, write_pretty,
                   "{\n  \"zulu\": \"a\\\"b\\\\c\\n\\u0001/\",\n  \"list\": [\n    {\n"
                   "      \"y\": -1,\n      \"x\": true\n    },\n    \"æ\"\n  ],\n"
                   "  \"alpha\": -16.0,\n  \"empty\": {}\n}");
    assert_string_equal(json_key_at(o, 0), "zulu");
    assert_string_equal(json_key_at(o, 3), "empty");
    assert_null(json_key_at(o, 4));
    json_put_text(o, "zulu", "again"); // keeps its place
    assert_string_equal(json_key_at(o, 0), "zulu");
    json_free(o);
}

static void reals_are_short_and_read_back_the_same(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *want;
    } rows[] = {
        {0.1, "0.1"},
        {-16, "-16.0"},
        {0, "0.0"},
        {-1.0 / 3, "-0.3333333333333333"},
        {1.0000000000000002, "1.0000000000000002"},
        {44100.5, "44100.5"},
        {1e300, "1e+300"},
        {5e-324, "4.94065645841247e-324"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {NAN, "null"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json *j = json_new_real(rows[i].v);
        assert_written(j, write_plain, rows[i].want);
        struct json *back = parsed(rows[i].want);
        assert_true(json_same(j, back));
        json_free(back);
        json_free(j);
    }
}

static void every_real_survives(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double v;
        memcpy(&v, &bits, sizeof(v));
        if (!isfinite(v))
            continue;
        struct json *j = json_new_real(v);
        struct str s;
        str_init(&s, 100);
        json_write(&s, j, false);
        struct json *back = parsed(s.p);
        assert_true(json_as_real(back, 0) == v);
        json_free(back);
        json_free(j);
        str_done(&s);
    }
}

static void wrong_utf8_is_repaired(void **state)
{
    (void)state;
    struct json *j = json_new_text("Mel\xf8y");
    assert_string_equal(json_as_text(j), "Mel\xef\xbf\xbdy");
    json_free(j);
    assert_null(json_new_text(NULL));
}

static void getters_answer_their_default_elsewhere(void **state)
{
    (void)state;
    struct json *o = parsed("{\"t\":\"x\",\"i\":7,\"r\":1.5,\"b\":true,\"n\":null,\"l\":[1,2]}");
    assert_string_equal(json_text(o, "t"), "x");
    assert_null(json_text(o, "i"));
    assert_null(json_text(o, "none"));
    assert_null(json_text(NULL, "t"));
    assert_string_equal(json_text_or(o, "i", "else"), "else");
    assert_int_equal(json_int(o, "i", -1), 7);
    assert_int_equal(json_int(o, "r", -1), -1);
    assert_int_equal(json_int(o, "t", -1), -1);
    assert_int_equal(json_int_in(o, "i", 0, 7, -1), 7);
    assert_int_equal(json_int_in(o, "i", 0, 6, -1), -1);
    assert_int_equal(json_int_in(o, "i", 8, 9, -1), -1);
    assert_true(json_number_in(o, "r", 1, 2, -1) == 1.5);
    assert_true(json_number_in(o, "r", 0, 1, -1) == -1);
    assert_true(json_number_in(o, "t", 0, 1, 9) == 9);
    assert_true(json_number(o, "r", -1) == 1.5);
    assert_true(json_number(o, "i", -1) == 7);
    assert_true(json_number(o, "n", -1) == -1);
    assert_true(json_bool(o, "b", false));
    assert_true(json_bool(o, "i", true));
    assert_int_equal(json_count(o), 6);
    assert_int_equal(json_count(json_get(o, "l")), 2);
    assert_int_equal(json_count(json_get(o, "t")), 0);
    assert_int_equal(json_count(NULL), 0);
    assert_true(json_as_real(json_at(json_get(o, "l"), 1), -1) == 2);
    assert_null(json_at(json_get(o, "l"), 2));
    assert_null(json_at(o, 0));
    json_free(o);
    json_free(NULL);
}

static void null_puts_nothing(void **state)
{
    (void)state;
    struct json *o = json_new_object(), *list = json_new_array();
    json_put_text(o, "a", NULL);
    json_put(o, "b", NULL);
    json_push(list, NULL);
    json_push_text(list, NULL);
    assert_int_equal(json_count(o), 0);
    assert_int_equal(json_count(list), 0);
    json_put(o, "list", json_keep(list));
    json_put(NULL, "list", list); // taken over, and released
    assert_int_equal(json_count(json_get(o, "list")), 0);
    json_free(o);
}

static void equality_is_of_values(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", true},
        {"[1,2]", "[2,1]", false},
        {"1", "1.0", false},
        {"null", "null", true},
        {"\"a\"", "\"b\"", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json *a = parsed(rows[i].a), *b = parsed(rows[i].b);
        assert_int_equal(json_same(a, b), rows[i].same);
        assert_false(json_same(a, NULL));
        json_free(a);
        json_free(b);
    }
    assert_true(json_same(NULL, NULL));
}

static void bad_json_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *begins;
    } rows[] = {
        {"{\n  \"a\": nope\n}", "published.json:2:"},
        {"{\"a\":1,\"a\":2}", "published.json:1:"},
        {"", "published.json:1:"},
        {"[1] 2", "published.json:1:"},
        {"[\"\xff\"]", "published.json:1:"},
        {"[\"\\u0000\"]", "published.json:1:"},
        {"[1,\n2,\n", "published.json:"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json *j = NULL;
        struct err e = {0};
        const char *text = rows[i].text;
        assert_int_equal(json_parse(text, strlen(text), "published.json", &j, &e), -EINVAL);
        assert_int_equal(e.kind, ERR_INPUT);
        assert_null(j);
        if (!str_starts(e.text, rows[i].begins))
            fail_msg("%s", e.text);
    }
}

static void saving_twice_changes_nothing(void **state)
{
    (void)state;
    char dir[SCRATCH_MAX];
    struct arena a = {0};
    struct err e = {0};
    struct json *o = json_new_object(), *back = NULL;
    scratch_new(dir);
    const char *path = fs_join(&a, dir, "deep/published.json");
    assert_int_equal(json_load(path, &back, &e), -ENOENT);
    assert_string_equal(e.text, "");
    json_put_text(o, "title", "Trivsel i Meløy");
    assert_int_equal(json_save(path, o, &e), 1);
    assert_int_equal(json_save(path, o, &e), 0);
    char *text = NULL;
    assert_int_equal(fs_read(&a, path, 1000, &text, NULL, &e), 0);
    assert_string_equal(text, "{\n  \"title\": \"Trivsel i Meløy\"\n}\n");
    assert_int_equal(json_load(path, &back, &e), 0);
    assert_true(json_same(o, back));
    json_put_int(o, "number", 2);
    assert_int_equal(json_save(path, o, &e), 1);
    json_free(o);
    json_free(back);
    scratch_free(dir);
    arena_done(&a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_keep_their_order_and_canonical_sorts),
        cmocka_unit_test(reals_are_short_and_read_back_the_same),
        cmocka_unit_test(every_real_survives),
        cmocka_unit_test(wrong_utf8_is_repaired),
        cmocka_unit_test(getters_answer_their_default_elsewhere),
        cmocka_unit_test(null_puts_nothing),
        cmocka_unit_test(equality_is_of_values),
        cmocka_unit_test(bad_json_is_refused_with_its_place),
        cmocka_unit_test(saving_twice_changes_nothing),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
