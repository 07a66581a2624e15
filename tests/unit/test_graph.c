// SPDX-License-Identifier: GPL-3.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "graphserver.h"
#include "net/graphtoken.h"
#include "net/livevideo.h"
#include "net/streamaddress.h"

static const struct graph_patience hasty = {
    .first_s = 0.02, .most_s = 0.05, .later_s = 0.05, .total_s = 1, .settle_s = 0.02};

static void each_error_has_its_class(void **state)
{
    (void)state;
    static const struct {
        const char *error; // behind {"error":
        int status;
        enum graph_class want;
        bool undone;
        const char *says;
    } rows[] = {
        {"{\"code\":1}", 500, GRAPH_AGAIN, false, "fault of its own"},
        {"{\"code\":2}", 503, GRAPH_AGAIN, false, "down"},
        {"{\"code\":4}", 400, GRAPH_LATER, true, "pause"},
        {"{\"code\":17}", 400, GRAPH_LATER, true, "pause"},
        {"{\"code\":32}", 400, GRAPH_LATER, true, "pause"},
        {"{\"code\":341}", 400, GRAPH_LATER, true, "pause"},
        {"{\"code\":613}", 400, GRAPH_LATER, true, "pause"},
        {"{\"code\":80001}", 400, GRAPH_LATER, true, "pause"},
        {"{\"code\":3}", 400, GRAPH_STOP, true, "review"},
        {"{\"code\":10}", 403, GRAPH_STOP, true, "pages_manage_posts"},
        {"{\"code\":200}", 403, GRAPH_STOP, true, "pages_manage_posts"},
        {"{\"code\":299}", 403, GRAPH_STOP, true, "pages_manage_posts"},
        {"{\"code\":200,\"error_subcode\":1363120}", 403, GRAPH_STOP, true, "60 days"},
        {"{\"code\":200,\"error_subcode\":1363144}", 403, GRAPH_STOP, true, "100 followers"},
        {"{\"code\":100}", 400, GRAPH_STOP, true, "value"},
        {"{\"code\":102}", 401, GRAPH_STOP, true, "new token"},
        {"{\"code\":190}", 401, GRAPH_STOP, true, "new token"},
        {"{\"code\":190,\"error_subcode\":458}", 401, GRAPH_STOP, true, "app was removed"},
        {"{\"code\":190,\"error_subcode\":459}", 401, GRAPH_STOP, true, "log in"},
        {"{\"code\":190,\"error_subcode\":460}", 401, GRAPH_STOP, true, "password"},
        {"{\"code\":190,\"error_subcode\":463}", 401, GRAPH_STOP, true, "has expired"},
        {"{\"code\":190,\"error_subcode\":464}", 401, GRAPH_STOP, true, "not confirmed"},
        {"{\"code\":190,\"error_subcode\":467}", 401, GRAPH_STOP, true, "withdrawn"},
        {"{\"code\":368}", 400, GRAPH_STOP, true, "blocked"},
        {"{\"code\":506}", 400, GRAPH_STOP, true, "same post"},
        {"{\"code\":1000}", 400, GRAPH_STOP, true, "seven days"},
        {"{\"code\":1005}", 400, GRAPH_STOP, true, "picture"},
        {"{\"code\":6000}", 400, GRAPH_AGAIN, false, "could not take"},
        {"{\"code\":-1,\"error_subcode\":1363103}", 400, GRAPH_STOP, true, "crossposting"},
        {"{\"code\":803}", 404, GRAPH_GONE, true, "not there"},
        {"{\"code\":100,\"message\":\"LIVE_VIDEO__NOT_EXIST\"}", 400, GRAPH_GONE, true, "there"},
        {"{\"code\":7777}", 400, GRAPH_STOP, true, "refuses"},
        {"{\"code\":7777}", 200, GRAPH_STOP, false, "not known"},
        {"{\"code\":7777}", 500, GRAPH_AGAIN, false, "fault"},
        {"{\"code\":7777,\"is_transient\":true}", 400, GRAPH_AGAIN, false, "passes"},
        {"\"a word\"", 403, GRAPH_STOP, true, "a word"},
        {"{\"code\":\"190\"}", 429, GRAPH_LATER, true, "pause"},
        {"[]", 502, GRAPH_AGAIN, false, "HTTP 502"},
        {"{\"code\":368,\"error_user_title\":\"T\",\"error_user_msg\":\"M\\u001b[1m\\nN\","
         "\"message\":\"inner\",\"fbtrace_id\":\"AbC\"}",
         400, GRAPH_STOP, true, "says: T: M [1m N (code 368, fbtrace_id AbC)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str text, said;
        struct json *j = NULL;
        struct graph_error x;
        str_init(&text, 1000);
        str_init(&said, 1000);
        str_addf(&text, "{\"error\":%s}", rows[i].error);
        assert_int_equal(json_parse(text.p, text.len, "row", &j, NULL), 0);
        assert_true(graph_error_read(j, &x));
        const struct graph_fault *f = graph_fault_of(&x, rows[i].status);
        graph_fault_say(&said, f, &x, rows[i].status);
        if (f->kind != rows[i].want || f->undone != rows[i].undone || !strstr(said.p, rows[i].says))
            fail_msg("%s: %d %d %s", rows[i].error, f->kind, f->undone, said.p);
        json_free(j);
        str_done(&text);
        str_done(&said);
    }
}

static void addresses_are_split_at_the_last_slash_of_the_path(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool plain;
        const char *server, *key; // NULL: refused
    } rows[] = {
        {"rtmps://h:443/rtmp/12?s_bl=1&a=Ab/c", false, "rtmps://h:443/rtmp", "12?s_bl=1&a=Ab/c"},
        {"rtmps://h/rtmp/12?a=Ab%2Fc/d/", false, "rtmps://h/rtmp", "12?a=Ab%2Fc/d/"},
        {"RTMPS://h/rtmp/12", false, "RTMPS://h/rtmp", "12"},
        {"rtmps://h/a/b/12", false, "rtmps://h/a/b", "12"},
        {"rtmps://[::1]:443/rtmp/12", false, "rtmps://[::1]:443/rtmp", "12"},
        {"rtmp://h/rtmp/12", true, "rtmp://h/rtmp", "12"},
        {"rtmp://h/rtmp/12", false, NULL, NULL},
        {"https://h/rtmp/12", true, NULL, NULL},
        {"rtmps://h/rtmp/", false, NULL, NULL},
        {"rtmps://h/rtmp/?a=b", false, NULL, NULL},
        {"rtmps://h/12", false, NULL, NULL},
        {"rtmps://h", false, NULL, NULL},
        {"rtmps://h?a=/b/c", false, NULL, NULL},
        {"rtmps:///rtmp/12", false, NULL, NULL},
        {"rtmps://h/rtmp/1 2", false, NULL, NULL},
        {"rtmps://h/rtmp/12\n", false, NULL, NULL},
        {"", false, NULL, NULL},
    };
    struct arena a = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stream_address got = {0};
        struct err e = {0};
        int r = stream_address_split(&a, rows[i].url, rows[i].plain, &got, &e);
        if ((r == 0) != (rows[i].server != NULL) || !str_same(got.server, rows[i].server) ||
            !str_same(got.key, rows[i].key))
            fail_msg("%s: %d %s %s", rows[i].url, r, got.server, got.key);
        assert_int_equal(e.kind, r == 0 ? ERR_FAILED : ERR_INPUT);
        assert_null(strstr(e.text, "12"));
    }
    arena_done(&a);
}

// `unit` so often, then `end`.
static char *repeated(struct arena *a, const char *unit, int times, const char *end)
{
    struct str s;
    str_init(&s, 10000);
    for (int i = 0; i < times; i++)
        str_add(&s, unit);
    str_add(&s, end);
    char *ret = arena_strdup(a, s.p);
    str_done(&s);
    return ret;
}

static void titles_are_cut_behind_a_word(void **state)
{
    (void)state;
    struct arena a = {0};
    const struct {
        const char *title, *want;
    } rows[] = {
        {"Trivsel i Meløy", "Trivsel i Meløy"},
        {"", ""},
        {repeated(&a, "x", 254, ""), repeated(&a, "x", 254, "")},
        {repeated(&a, "ø", 254, ""), repeated(&a, "ø", 254, "")},
        {repeated(&a, "x", 255, ""), repeated(&a, "x", 253, "…")},
        {repeated(&a, "ø", 255, ""), repeated(&a, "ø", 253, "…")},
        // 128 of two units each are 256
        {repeated(&a, "\xF0\x9F\x8E\x99", 127, ""), repeated(&a, "\xF0\x9F\x8E\x99", 127, "")},
        {repeated(&a, "\xF0\x9F\x8E\x99", 128, ""), repeated(&a, "\xF0\x9F\x8E\x99", 126, "…")},
        {repeated(&a, "abcd ", 60, ""), repeated(&a, "abcd ", 49, "abcd…")},
        {repeated(&a, "abc, ", 60, ""), repeated(&a, "abc, ", 49, "abc…")},
        {repeated(&a, "y", 300, ""), repeated(&a, "y", 253, "…")},
        {repeated(&a, "To ord ", 1, repeated(&a, "y", 300, "")),
         repeated(&a, "To ord ", 1, repeated(&a, "y", 246, "…"))},
        {"a\xFFz", "a\xEF\xBF\xBDz"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct str got;
        str_init(&got, 10000);
        live_video_title(&got, rows[i].title);
        assert_string_equal(got.p, rows[i].want);
        str_done(&got);
    }
    arena_done(&a);
}

// What a certificate that is not the server's lets through: nothing.
static void a_wrong_certificate_never_sees_the_token(void **state)
{
    struct far_side *f = *state;
    static const char *const wrong[] = {"expired", "other-name", "stranger"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct far_side other = *f;
        struct graph_answer answer;
        struct err e = {0};
        server_start(&other, wrong[i]);
        struct graph_api api = far_side_api(&other, "ok");
        struct graph_call ask = {.path = "me", .fields = "id"};
        assert_int_equal(graph_insist(&api, &ask, &hasty, &answer, &e), -EKEYREJECTED);
        assert_int_equal(answer.kind, GRAPH_STOP);
        assert_false(answer.unsure);
        graph_answer_done(&answer);
        assert_int_equal(logged(&other, "accept", ""), 1);
        assert_int_equal(logged(&other, "GET", "") + logged(&other, "POST", ""), 0);
        assert_null(strstr(log_read(&other), TOKEN));
        server_stop(&other);
        f->arena = other.arena;
    }
}

static void tokens_are_looked_through(void **state)
{
    struct far_side *f = *state;
    static const struct {
        const char *scenario, *page;
        bool of_page, known;
        int64_t expires;
        const char *missing, *refused; // NULL: accepted
    } rows[] = {
        {"token", "1234567890", true, true, 1798761600, NULL, NULL},
        {"token", NULL, true, true, 1798761600, NULL, NULL},
        {"token", "42", true, false, 0, NULL, "the token belongs to the Page \"Nordland\""},
        {"weak", "1234567890", true, true, 0, "pages_manage_posts", NULL},
        {"person", NULL, false, true, 1798761600, "publish_video", NULL},
        {"closed", NULL, true, false, 0, NULL, NULL},
        {"expired", NULL, false, false, 0, NULL, "the token has expired: make a new token"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct graph_api api = far_side_api(f, rows[i].scenario);
        struct graph_token t = {0};
        struct err e = {0};
        int r = graph_token_check(&api, &f->arena, rows[i].page, &hasty, &t, &e);
        if (rows[i].refused) {
            assert_int_equal(e.kind, ERR_INPUT);
            assert_non_null(strstr(e.text, rows[i].refused));
            assert_null(strstr(e.text, TOKEN));
            continue;
        }
        if (r < 0)
            fail_msg("%s: %s", rows[i].scenario, e.text);
        assert_int_equal(t.of_page, rows[i].of_page);
        assert_int_equal(t.known, rows[i].known);
        assert_int_equal(t.expires_utc_s, rows[i].expires);
        assert_true(str_same(t.missing, rows[i].missing));
    }
    assert_int_equal(calls(f, "POST", "token", "debug_token", TOKEN_IN_FORM), 2);
}

static bool at_once(const void *ctx)
{
    (void)ctx;
    return true;
}

static void what_cannot_be_asked_is_refused_here(void **state)
{
    struct far_side *f = *state;
    static const struct {
        const char *version, *token;
        bool stopped;
        int code;
        enum err_kind kind;
    } rows[] = {
        {"v26", TOKEN, false, -EINVAL, ERR_INPUT},
        {"26.0", TOKEN, false, -EINVAL, ERR_INPUT},
        {"v26.0/../x", TOKEN, false, -EINVAL, ERR_INPUT},
        {NULL, "", false, -EINVAL, ERR_INPUT},
        {NULL, NULL, false, -EINVAL, ERR_INPUT},
        {NULL, TOKEN, true, -ECANCELED, ERR_INTERRUPTED},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct graph_api api = far_side_api(f, "refused");
        struct graph_answer answer;
        struct err e = {0};
        api.version = rows[i].version;
        api.token = rows[i].token;
        api.stopped = rows[i].stopped ? at_once : NULL;
        struct graph_call ask = {.path = "me", .fields = "id"};
        assert_int_equal(graph_insist(&api, &ask, &hasty, &answer, &e), rows[i].code);
        assert_int_equal(e.kind, rows[i].kind);
        graph_answer_done(&answer);
    }
    assert_int_equal(calls(f, "GET", "refused", "", ""), 0);
}

static void who_may_see_it_is_one_of_three_words(void **state)
{
    struct far_side *f = *state;
    static const struct {
        const char *word, *sent; // NULL: refused
    } rows[] = {
        {"everyone", "&privacy=%7B%22value%22%3A%22EVERYONE%22%7D&"},
        {"friends", "&privacy=%7B%22value%22%3A%22ALL_FRIENDS%22%7D&"},
        {"self", "&privacy=%7B%22value%22%3A%22SELF%22%7D&"},
        {"SELF\"}", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct graph_api api = far_side_api(f, "privacy");
        struct live_video v;
        struct graph_answer answer;
        struct live_video_params p = {.title = "t", .privacy = rows[i].word};
        int r = live_video_create(&api, &f->arena, &p, &v, &answer, NULL);
        assert_int_equal(r, rows[i].sent ? 0 : -EINVAL);
        if (rows[i].sent)
            assert_int_equal(calls(f, "POST", "privacy", "me/live_videos", rows[i].sent), 1);
        graph_answer_done(&answer);
    }
    assert_int_equal(calls(f, "POST", "privacy", "me/live_videos", ""), 3);
}

static void a_page_is_a_number(void **state)
{
    struct far_side *f = *state;
    static const char *const wrong[] = {"nordland", "12/..", "1 2",
                                        "123456789012345678901234567890123"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct graph_api api = far_side_api(f, "wrong-page");
        struct live_video v;
        struct graph_answer answer;
        struct err e = {0};
        struct live_video_params p = {.page = wrong[i], .title = "t"};
        assert_int_equal(live_video_create(&api, &f->arena, &p, &v, &answer, &e), -EINVAL);
        assert_int_equal(e.kind, ERR_INPUT);
        graph_answer_done(&answer);
    }
    assert_int_equal(calls(f, "POST", "wrong-page", "", ""), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_error_has_its_class),
        cmocka_unit_test(addresses_are_split_at_the_last_slash_of_the_path),
        cmocka_unit_test(titles_are_cut_behind_a_word),
        cmocka_unit_test(a_wrong_certificate_never_sees_the_token),
        cmocka_unit_test(tokens_are_looked_through),
        cmocka_unit_test(what_cannot_be_asked_is_refused_here),
        cmocka_unit_test(who_may_see_it_is_one_of_three_words),
        cmocka_unit_test(a_page_is_a_number),
    };
    return cmocka_run_group_tests_name("graph", tests, far_side_begin, far_side_end);
}
