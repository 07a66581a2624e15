// SPDX-License-Identifier: GPL-3.0-or-later
// What a server said, as JSON, and the one rule it breaks: those that tests/cli/checkweb.bats
// cannot bring about on loopback.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/weblint.h"

#define GOOD "\"head\": {\"status\": 200, \"length\": 1000, \"type\": \"audio/mpeg\"}"
#define PART                                                                                  \
    "\"first\": {\"status\": 206, \"type\": \"audio/mpeg\", \"range\": \"bytes 0-15/1000\", " \
    "\"bytes\": 16}"

static struct json *read_json(const char *text)
{
    struct json *j = NULL;
    struct err e = {0};
    if (json_parse(text, strlen(text), "row", &j, &e) < 0)
        fail_msg("%s", e.text);
    return j;
}

static void a_file_breaks_one_rule_or_none(void **state)
{
    (void)state;
    static const struct {
        const char *url, *said, *severity, *rule; // severity NULL: nothing is found
    } rows[] = {
        {"https://example.org/a.mp3", GOOD ", " PART, NULL, NULL},
        {"http://127.0.0.1:8080/a.mp3", GOOD ", " PART, NULL, NULL},
        {"http://example.org/a.mp3", GOOD ", " PART, "warning", "Apple, https"},
        {"https://example.org/a.mp3?x=1",
         "\"head\": {\"status\": 200, \"length\": 1000, \"type\": \"audio/mpeg\", \"url\": "
         "\"http://example.org/a.mp3\", \"redirects\": [{\"status\": 302, \"to\": "
         "\"http://example.org/a.mp3\"}]}, " PART,
         "error", "Apple, https"},
        {"https://example.org/a.mp3", "\"head\": {\"failed\": \"no name\", \"why\": \"name\"}",
         "error", "Apple hosting, reachable"},
        {"https://example.org/a.mp3", "\"head\": {\"status\": 500}, \"first\": {\"status\": 500}",
         "error", "PSP-1 item/enclosure"},
        {"https://example.org/a.mp3", "\"head\": {\"failed\": \"cut\", \"why\": \"cut\"}, " PART,
         "error", "Apple hosting, HEAD"},
        // audio/mp3 is what some servers say of MP3; apps take it.
        {"https://example.org/a.mp3",
         "\"head\": {\"status\": 200, \"length\": 1000, \"type\": \"audio/mp3; charset=x\"}, " PART,
         NULL, NULL},
        {"https://example.org/a.mp3",
         "\"head\": {\"status\": 200, \"length\": 1000, \"type\": \"audio/mp\"}", "error",
         "RFC 9110 8.3, Content-Type"},
        {"https://example.org/a.mp3",
         GOOD ", \"first\": {\"status\": 206, \"type\": \"audio/mpeg\", \"bytes\": 16, "
              "\"range\": \"bytes 0-9223372036854775807/1000\"}",
         "error", "RFC 9110 14.4, Content-Range"},
        {"https://example.org/a.mp3",
         GOOD ", \"first\": {\"status\": 206, \"type\": \"audio/mpeg\", \"bytes\": 0, "
              "\"range\": \"bytes 0--1/1000\"}",
         "error", "RFC 9110 14.4, Content-Range"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct json *links = read_json(arena_printf(
            &a,
            "[{\"kind\": \"media\", \"rule\": \"PSP-1 item/enclosure\", \"url\": \"%s\", \"type\": "
            "\"audio/mpeg\", \"bytes\": 1000, \"line\": 7}]",
            rows[i].url));
        struct json *looked = read_json(arena_printf(&a, "[{%s}]", rows[i].said));
        struct json *findings = json_new_array();
        weblint_files(&a, "https://example.org/feed.xml", links, looked, findings);
        const struct json *f = json_at(findings, 0);
        assert_int_equal(json_count(findings), rows[i].severity ? 1 : 0);
        if (f) {
            assert_string_equal(json_text(f, "severity"), rows[i].severity);
            assert_string_equal(json_text(f, "rule"), rows[i].rule);
            assert_string_equal(json_text(f, "where"), "https://example.org/feed.xml:7");
            assert_non_null(strstr(json_text(f, "message"), rows[i].url));
        }
        json_free(findings);
        json_free(looked);
        json_free(links);
        arena_done(&a);
    }
}

static void only_who_did_not_answer_is_unanswered(void **state)
{
    (void)state;
    static const struct {
        const char *said;
        bool unanswered;
    } rows[] = {
        {"{\"get\": {\"failed\": \"x\", \"why\": \"time\"}}", true},
        {"{\"get\": {\"failed\": \"x\", \"why\": \"refused\"}}", true},
        {"{\"get\": {\"failed\": \"x\", \"why\": \"certificate\"}}", false},
        {"{\"get\": {\"status\": 404}}", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena a = {0};
        struct json *said = read_json(rows[i].said), *findings = json_new_array();
        weblint_feed(&a, "https://example.org/feed.xml", said, NULL, findings);
        assert_int_equal(json_count(findings), 1);
        assert_int_equal(json_bool(json_at(findings, 0), "unanswered", false), rows[i].unanswered);
        json_free(findings);
        json_free(said);
        arena_done(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_breaks_one_rule_or_none),
        cmocka_unit_test(only_who_did_not_answer_is_unanswered),
    };
    return cmocka_run_group_tests_name("weblint", tests, NULL, NULL);
}
