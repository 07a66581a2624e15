// SPDX-License-Identifier: GPL-3.0-or-later
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/redact.h"

static void assert_redacted(const struct redactor *r, const char *text, const char *want)
{
    struct str s;
    char buffer[1024];
    str_init(&s, sizeof buffer);
    str_add(&s, text);
    redact(r, &s);
    assert_string_equal(s.p, want);
    assert_int_equal(s.len, strlen(want));
    str_done(&s);
    strncpy(buffer, text, sizeof buffer - 1);
    buffer[sizeof buffer - 1] = '\0';
    redact_text(r, buffer, sizeof buffer);
    assert_string_equal(buffer, want);
}

static void each_way_of_writing_is_known(void **state)
{
    (void)state;
    static const struct {
        const char *secret, *text, *want;
    } rows[] = {
        {"FB-123-abc", "to FB-123-abc?", "to [secret]?"},
        {"FB-123-abc", "FB-123-abcFB-123-abc", "[secret][secret]"},
        {"FB-123-abc", "FB-123-abd FB-12", "FB-123-abd FB-12"},
        {"a b/c=d&e", "a%20b/c%3Dd%26e", "[secret]"},
        {"a b/c=d&e", "x=a+b%2fc%3dd%26e&y", "x=[secret]&y"},
        {"a b/c=d&e", "%61%20%62%2F%63%3d%64%26%65", "[secret]"},
        {"blåbær", "bl%C3%A5b%c3%A6r.", "[secret]."},
        {"blåbær", "\"bl\\u00e5b\\u00E6r\"", "\"[secret]\""},
        {"a\"b\\c\nd", "{\"k\":\"a\\\"b\\\\c\\nd\"}", "{\"k\":\"[secret]\"}"},
        {"rtmps://h/k", "rtmps:\\/\\/h\\/k", "[secret]"},
        {"key😀s", "key\\ud83d\\ude00s", "[secret]"},
        {"key\x01s", "key\\u0001s", "[secret]"},
        // what looks like a writing of itself
        {"100%25off", "100%25off", "[secret]"},
        {"100%25off", "100%2525off", "[secret]"},
        {"a\\\\b c", "a\\\\b c", "[secret]"},
        {"a\\\\b c", "a\\\\\\\\b c", "[secret]"},
        {"%%%%", "x%%%%%25%25%25%25", "x[secret]"},
        {"++ ++", "%2b%2B+%2B%2b", "[secret]"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct redactor *r = redactor_new();
        redactor_add(r, rows[i].secret);
        assert_redacted(r, rows[i].text, rows[i].want);
        redactor_free(r);
    }
}

// Whatever our own writers make of a secret is found again.
static void our_own_writers_are_known(void **state)
{
    (void)state;
    static const char *const secrets[] = {"p@ss w:rd/%", "\"quoted\"\\", "æøå\ttab", "sk_live+/=="};
    for (size_t i = 0; i < COUNT(secrets); i++) {
        struct redactor *r = redactor_new();
        struct str s;
        redactor_add(r, secrets[i]);
        str_init(&s, 1000);
        str_add_url(&s, secrets[i]);
        str_addc(&s, ' ');
        struct json *j = json_new_text(secrets[i]);
        json_write(&s, j, false);
        json_free(j);
        redact(r, &s);
        assert_string_equal(s.p, "[secret] \"[secret]\"");
        str_done(&s);
        redactor_free(r);
    }
}

static void logins_are_known_as_http_sends_them(void **state)
{
    (void)state;
    struct redactor *r = redactor_new();
    redactor_add_login(r, "source", "hack?me");
    assert_redacted(r, "Authorization: Basic c291cmNlOmhhY2s/bWU=\r\n",
                    "Authorization: Basic [secret]\r\n");
    assert_redacted(r, "auth=c291cmNlOmhhY2s%2FbWU%3D", "auth=[secret]");
    assert_redacted(r, "icecast://source:hack%3Fme@host/x", "icecast://source:[secret]@host/x");
    redactor_free(r);
}

static void of_secrets_that_overlap_nothing_is_left(void **state)
{
    (void)state;
    struct redactor *r = redactor_new();
    redactor_add(r, "abcdef");
    redactor_add(r, "defghi");
    redactor_add(r, "cdef");
    redactor_add(r, "zzzz");
    assert_redacted(r, "-abcdefghi-", "-[secret]-");
    assert_redacted(r, "-cdefghi-", "-[secret]-");
    assert_redacted(r, "-zzzzzz-", "-[secret]-");
    assert_redacted(r, "-abcdeghi-", "-abcdeghi-");
    redactor_free(r);
}

static void short_ones_are_left_out(void **state)
{
    (void)state;
    struct redactor *r = redactor_new();
    redactor_add(r, "");
    redactor_add(r, "abc");
    redactor_add_login(r, "u", "p");
    assert_redacted(r, "abc p dTpw", "abc p [secret]");
    assert_redacted(NULL, "abc", "abc");
    redactor_free(r);
}

// All sizes of a buffer: nothing is written behind it, and a secret that it cut off does not show.
static void in_place_nothing_leaves_its_buffer(void **state)
{
    (void)state;
    static const char secret[] = "QWxh-ZGRp", whole[] = "å key QWxh-ZGRp øQWxh-ZGRpæ";
    struct redactor *r = redactor_new();
    redactor_add(r, secret);
    for (size_t size = 1; size <= sizeof whole + 8; size++) {
        char *text = malloc(size);
        assert_non_null(text);
        snprintf(text, size, "%s", whole);
        size_t n = strlen(text);
        while (n && !str_is_utf8(text, n, NULL))
            n--;
        text[n] = '\0';
        redact_text(r, text, size);
        assert_true(strlen(text) < size);
        assert_true(str_is_utf8(text, strlen(text), NULL));
        assert_null(strstr(text, "QWxh"));
        free(text);
    }
    char unended[4] = {'a', 'b', 'c', 'd'};
    redact_text(r, unended, sizeof unended);
    assert_string_equal(unended, "abc");
    redact_text(r, unended, 0);
    redactor_free(r);
}

static void a_cut_text_hides_the_beginning_of_a_secret(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"rtmp://h/app/k\xc3\xb8y-1234%", "rtmp://h/app/[secret]"},
        {"rtmp://h/app/k%C3%B8y-1234%2", "rtmp://h/app/[secret]"},
        {"{\"a\":\"k\\u00f8y-1234%\\u00", "{\"a\":\"[secret]"},
        {"rtmp://h/app/k\xc3\xb8y", "rtmp://h/app/"}, // the sign itself has no room
        {"rtmp://h/app/k\xc3\xb8", "rtmp://h/app/k\xc3\xb8"},
    };
    struct redactor *r = redactor_new();
    redactor_add(r, "køy-1234%ø");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str s;
        str_init(&s, strlen(rows[i].text));
        str_add(&s, rows[i].text);
        redact(r, &s);
        assert_string_equal(s.p, rows[i].text); // it is whole
        str_addc(&s, '!');
        assert_true(s.over);
        redact(r, &s);
        assert_string_equal(s.p, rows[i].want);
        assert_true(s.over);
        str_done(&s);
    }
    redactor_free(r);
}

static void what_grows_above_the_most_is_cut(void **state)
{
    (void)state;
    struct redactor *r = redactor_new();
    struct str s;
    redactor_add(r, "abcd");
    str_init(&s, 12);
    str_add(&s, "12345678abcd");
    redact(r, &s);
    assert_true(s.over && !strstr(s.p, "abcd"));
    assert_true(s.len <= 12 && s.len == strlen(s.p));
    str_done(&s);
    struct str empty = {0};
    redact(r, &empty);
    redactor_free(r);
    redactor_free(NULL);
}

enum { THREADS = 4, SECRETS = 40 };

static void *add_and_redact(void *ctx)
{
    struct redactor *r = ctx;
    char text[64];
    const char *result = NULL;
    for (int i = 0; i < SECRETS && !result; i++) {
        snprintf(text, sizeof text, "secret-%02d-", i);
        redactor_add(r, text);
        snprintf(text, sizeof text, "<secret-%02d->", i);
        redact_text(r, text, sizeof text);
        if (strcmp(text, "<[secret]>") != 0)
            result = "a secret that was added is shown";
    }
    return (void *)result;
}

static void any_thread_may_add_and_ask(void **state)
{
    (void)state;
    struct redactor *r = redactor_new();
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, add_and_redact, r), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(thread[i], &result);
        assert_null(result);
    }
    for (int i = 0; i < SECRETS; i++) {
        char text[32];
        snprintf(text, sizeof text, "secret-%02d-", i);
        assert_redacted(r, text, "[secret]");
    }
    redactor_free(r);
}

static void of_a_document_the_texts_alone_are_redacted(void **state)
{
    (void)state;
    static const char was[] =
        "{\"true\":true,\"n\":1234,\"list\":[\"it is true\",12345.5,[],{},null,{\"a\":\"1234\"}],"
        "\"why\":\"key canary\\\"/x: refused\"}";
    static const char want[] =
        "{\"true\":true,\"n\":1234,\"list\":[\"it is [secret]\",12345.5,[],{},null,"
        "{\"a\":\"[secret]\"}],\"why\":\"key [secret]: refused\"}";
    struct redactor *r = redactor_new();
    struct json *j, *clean;
    struct str s;
    struct err e = {0};
    redactor_add(r, "true");
    redactor_add(r, "1234");
    redactor_add(r, "canary\"/x");
    assert_int_equal(json_parse(was, strlen(was), "a document", &j, &e), 0);
    clean = redact_json(r, j);
    str_init(&s, STR_MAX);
    json_write(&s, clean, false);
    assert_string_equal(s.p, want);
    str_done(&s);
    json_free(clean);
    clean = redact_json(NULL, j);
    assert_true(json_same(clean, j));
    json_free(clean);
    json_free(j);
    redactor_free(r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_of_writing_is_known),
        cmocka_unit_test(our_own_writers_are_known),
        cmocka_unit_test(logins_are_known_as_http_sends_them),
        cmocka_unit_test(of_secrets_that_overlap_nothing_is_left),
        cmocka_unit_test(short_ones_are_left_out),
        cmocka_unit_test(in_place_nothing_leaves_its_buffer),
        cmocka_unit_test(a_cut_text_hides_the_beginning_of_a_secret),
        cmocka_unit_test(what_grows_above_the_most_is_cut),
        cmocka_unit_test(of_a_document_the_texts_alone_are_redacted),
        cmocka_unit_test(any_thread_may_add_and_ask),
    };
    return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
