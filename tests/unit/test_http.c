// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"
#include "base/clock.h"
#include "net/http.h"
#include "net/wire.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <cmocka.h>

#include "unit/servers.h"

#define SECRET "EAAtromme7b1f"

enum { HEARD_MAX = 64 << 10 };

// A server of one connection after the other, which answers by the path.
struct server {
    int fd, port;
    pthread_t thread;
    atomic_bool ends;
    pthread_mutex_t lock;
    char heard[HEARD_MAX]; // the last request; last_request() tells it
};

static const struct {
    const char *path, *answer; // answer NULL: nothing until the client has gone
} pages[] = {
    {"/ok", "HTTP/1.1 200 OK\r\nX-App-Usage: {\"call_count\":95}\r\nx-two: a\r\nX-Two:  b \r\n"
            "Content-Length: 5\r\n\r\nhello"},
    {"/post", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"},
    {"/none", "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nnothing"},
    {"/moved", "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n"},
    {"/empty", "HTTP/1.1 204 No Content\r\n\r\n"},
    {"/closed", ""},
    {"/cut", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhel"},
    {"/other", "220 smtp.example.org ready\r\n"},
    {"/silent", NULL},
    {"/half", "HTTP/1.1 200 OK\r\nX-App-Us"},
};

static void hear(struct server *s, int fd)
{
    size_t len = 0, body = 0;
    const char *head_end = NULL;
    while (len < HEARD_MAX - 1 && (!head_end || strlen(head_end + 4) < body)) {
        ssize_t n = read(fd, s->heard + len, HEARD_MAX - 1 - len);
        if (n <= 0)
            break;
        len += (size_t)n;
        s->heard[len] = '\0';
        head_end = strstr(s->heard, "\r\n\r\n");
        const char *length = strcasestr(s->heard, "Content-Length: ");
        body = length ? strtoul(length + 16, NULL, 10) : 0;
    }
    s->heard[len] = '\0';
}

static void answer(struct server *s, int fd)
{
    char path[64] = "", rest[100];
    pthread_mutex_lock(&s->lock);
    hear(s, fd);
    sscanf(s->heard, "%*s %63[^ ?]", path);
    pthread_mutex_unlock(&s->lock);
    for (size_t i = 0; i < COUNT(pages); i++) {
        if (strcmp(path, pages[i].path) != 0)
            continue;
        if (pages[i].answer)
            (void)!write(fd, pages[i].answer, strlen(pages[i].answer));
        else
            (void)!read(fd, rest, sizeof(rest));
    }
}

static void *serve(void *ctx)
{
    struct server *s = ctx;
    for (;;) {
        int fd = accept(s->fd, NULL, NULL);
        if (atomic_load(&s->ends))
            return NULL;
        answer(s, fd);
        close(fd);
    }
}

static struct server server = {.lock = PTHREAD_MUTEX_INITIALIZER};

// Once it is answered; until the next one.
static const char *last_request(void)
{
    static char copy[HEARD_MAX];
    pthread_mutex_lock(&server.lock);
    memcpy(copy, server.heard, sizeof(copy));
    pthread_mutex_unlock(&server.lock);
    return copy;
}

static char dir[SCRATCH_MAX];

static int set_up(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    scratch_new(dir);
    server.fd = listen_local(&server.port);
    return pthread_create(&server.thread, NULL, serve, &server);
}

static int tear_down(void **state)
{
    (void)state;
    atomic_store(&server.ends, true);
    wait_port(server.port);
    pthread_join(server.thread, NULL);
    close(server.fd);
    scratch_free(dir);
    return 0;
}

static const char *url_of(const char *path)
{
    static char url[200];
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", server.port, path);
    return url;
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int want, status;
        const char *body;
    } rows[] = {
        {"/ok", 0, 200, "hello"},   {"/none", 0, 404, "nothing"},   {"/moved", 0, 302, ""},
        {"/empty", 0, 204, ""},     {"/closed", -EPROTO, 0, ""},    {"/cut", -EPROTO, 200, "hel"},
        {"/other", -EPROTO, 0, ""}, {"/silent", -ETIMEDOUT, 0, ""}, {"/half", -EPROTO, 200, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[64];
        struct http_response a;
        struct err e = {0};
        snprintf(path, sizeof(path), "%s?access_token=" SECRET, rows[i].path);
        double begin = clock_monotonic();
        int r = http_do(&(struct http_request){.url = url_of(path), .total_s = 1}, &a, &e);
        if (r != rows[i].want || a.status != rows[i].status || strcmp(a.body.p, rows[i].body) != 0)
            fail_msg("%s: %d %s, status %d, '%s'", rows[i].path, r, e.text, a.status, a.body.p);
        assert_true(a.sent);
        assert_true(clock_monotonic() - begin < 1.5 && a.seconds < 1.5);
        assert_null(strstr(e.text, SECRET));
        if (r < 0)
            assert_int_equal(e.kind, ERR_REMOTE);
        http_response_done(&a);
    }
}

static void headers(void **state)
{
    (void)state;
    struct http_response a;
    struct err e = {0};
    const struct http_request q = {.url = url_of("/ok"),
                                   .wanted = {"x-app-usage", "X-Two", "X-Not"}};
    assert_int_equal(http_do(&q, &a, &e), 0);
    assert_string_equal(a.header[0].p, "{\"call_count\":95}");
    assert_string_equal(a.header[1].p, "a, b");
    assert_string_equal(a.header[2].p, "");
    http_response_done(&a);
}

static void requests(void **state)
{
    (void)state;
    static const char *const more[] = {"X-One: 1", "X-Three: 3", "X-Bad: a\r\nX-Evil: 1\x7f", NULL};
    struct http_response a;
    struct err e = {0};
    struct http_request q = {.url = url_of("/post"),
                             .bearer = SECRET,
                             .headers = more,
                             .body = "a=1&b=%C3%B8",
                             .body_len = 12};
    assert_int_equal(http_do(&q, &a, &e), 0);
    assert_true(str_starts(last_request(), "POST /post HTTP/1.1\r\n"));
    assert_non_null(strstr(last_request(), "\r\nAuthorization: Bearer " SECRET "\r\n"));
    assert_non_null(
        strstr(last_request(), "\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
    assert_non_null(strstr(last_request(), "\r\nX-One: 1\r\n"));
    assert_non_null(strstr(last_request(), "\r\nX-Three: 3\r\n"));
    assert_non_null(strstr(last_request(), "\r\nX-Bad: a  X-Evil: 1"));
    assert_null(strstr(last_request(), "\nX-Evil"));
    assert_null(strstr(last_request(), "Expect"));
    assert_true(str_ends(last_request(), "\r\n\r\na=1&b=%C3%B8"));
    http_response_done(&a);

    q = (struct http_request){.url = url_of("/post"),
                              .method = "PUT",
                              .user = "source",
                              .password = "hackme",
                              .body = "{}",
                              .body_len = 2,
                              .body_type = "application/json"};
    assert_int_equal(http_do(&q, &a, &e), 0);
    assert_true(str_starts(last_request(), "PUT /post HTTP/1.1\r\n"));
    assert_non_null(strstr(last_request(), "\r\nAuthorization: Basic c291cmNlOmhhY2ttZQ==\r\n"));
    assert_non_null(strstr(last_request(), "\r\nContent-Type: application/json\r\n"));
    http_response_done(&a);
}

static void too_long(void **state)
{
    (void)state;
    struct http_response a;
    struct err e = {0};
    for (size_t max = 4; max <= 5; max++) {
        const struct http_request q = {.url = url_of("/ok"), .max_bytes = max};
        assert_int_equal(http_do(&q, &a, &e), max < 5 ? -EFBIG : 0);
        http_response_done(&a);
    }
    assert_int_equal(e.kind, ERR_REMOTE);
}

static void nobody_there(void **state)
{
    (void)state;
    char url[100];
    struct http_response a;
    struct err e = {0};
    snprintf(url, sizeof(url), "http://127.0.0.1:%d/", free_port());
    assert_int_equal(http_do(&(struct http_request){.url = url}, &a, &e), -ECONNREFUSED);
    assert_int_equal(e.kind, ERR_REMOTE);
    assert_false(a.sent);
    http_response_done(&a);
    double begin = clock_monotonic();
    int r = http_do(
        &(struct http_request){.url = "https://radio.invalid/x?t=" SECRET, .connect_s = 2}, &a, &e);
    assert_true(r == -EHOSTUNREACH || r == -ETIMEDOUT); // a name server may be missing
    assert_true(clock_monotonic() - begin < 3);
    assert_false(a.sent);
    assert_null(strstr(e.text, SECRET));
    http_response_done(&a);
}

static void addresses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "http://graph.example.org/x?t=" SECRET, "http://127.0.0.1.example.org/x?t=" SECRET,
        "http://10.0.0.1/?t=" SECRET,           "ftp://127.0.0.1/x?t=" SECRET,
        "file:///etc/passwd?t=" SECRET,         "://?t=" SECRET,
        "https://exa mple.org/?t=" SECRET,      "",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct http_response a;
        struct err e = {0};
        int r = http_do(&(struct http_request){.url = bad[i]}, &a, &e);
        if (r != -EINVAL || e.kind != ERR_INPUT)
            fail_msg("%s: %d %s", bad[i], r, e.text);
        assert_null(strstr(e.text, SECRET));
        assert_false(a.sent);
        http_response_done(&a);
    }
}

static void places_to_connect_to(void **state)
{
    (void)state;
    static const struct {
        const char *url, *host; // NULL: it is none
        int port;
        bool tls;
    } rows[] = {
        {"https://stream.example.org/dgl.mp3", "stream.example.org", 443, true},
        {"http://127.0.0.1:8000/a", "127.0.0.1", 8000, false},
        {"rtmps://live.example.org:443/app", "live.example.org", 443, true},
        {"rtmps://live.example.org/app?x=:1", "live.example.org", 443, true},
        {"rtmp://[::1]/live", "::1", 1935, false},
        {"rtmp://user:" SECRET "@[::1]:19350/live", "::1", 19350, false},
        {"public/live", NULL, 0, false},
        {"srt://example.org:9000", NULL, 0, false},
        {"https://", NULL, 0, false},
        {"rtmp://example.org:99999/live", NULL, 0, false},
    };
    struct arena a = {0};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct wire_params p = {0};
        if (wire_address(&a, rows[i].url, &p) != (rows[i].host != NULL))
            fail_msg("%s", rows[i].url);
        if (!rows[i].host)
            continue;
        assert_string_equal(p.host, rows[i].host);
        assert_int_equal(p.port, rows[i].port);
        assert_int_equal(p.tls, rows[i].tls);
    }
    arena_done(&a);
}

static bool after_half_a_second(const void *begin)
{
    return clock_monotonic() - *(const double *)begin > 0.5;
}

static void stopped(void **state)
{
    (void)state;
    struct http_response a;
    struct err e = {0};
    double begin = clock_monotonic();
    const struct http_request q = {
        .url = url_of("/silent"), .stopped = after_half_a_second, .stopped_ctx = &begin};
    assert_int_equal(http_do(&q, &a, &e), -ECANCELED);
    assert_int_equal(e.kind, ERR_INTERRUPTED);
    assert_true(clock_monotonic() - begin < 2.5);
    http_response_done(&a);
}

// Nothing is said to a server whose certificate is not good.
static void certificates(void **state)
{
    (void)state;
    static const char *const names[] = {"unknown", "expired", "other", "good"};
    char ca[300], url[100], told[4000];
    make_certificates(dir);
    snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct recorder t;
        struct http_response a;
        struct err e = {0};
        bool good = i == 3;
        recorder_start(&t, dir, names[i]);
        snprintf(url, sizeof(url), "https://localhost:%d/", t.port);
        const struct http_request q = {.url = url, .bearer = SECRET, .ca_file = ca, .total_s = 2};
        int r = http_do(&q, &a, &e);
        assert_int_equal(r, good ? -ETIMEDOUT : -EKEYREJECTED);
        assert_int_equal(e.kind, ERR_REMOTE);
        assert_int_equal(a.sent, good);
        recorder_stop(&t, told, sizeof(told));
        assert_int_equal(strstr(told, SECRET) != NULL, good);
        assert_true(good || !*told);
        http_response_done(&a);
    }
}

static void forms(void **state)
{
    (void)state;
    struct str s;
    str_init(&s, 1000);
    http_form_add(&s, "title", "Trivsel & ro = 100%/år +1");
    http_form_add(&s, "status", "LIVE_NOW");
    assert_string_equal(s.p,
                        "title=Trivsel%20%26%20ro%20%3D%20100%25%2F%C3%A5r%20%2B1&status=LIVE_NOW");
    str_clear(&s);
    str_add(&s, "/x?");
    http_form_add(&s, "a", "");
    http_form_add(&s, "b", "1");
    assert_string_equal(s.p, "/x?a=&b=1");
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(headers),
        cmocka_unit_test(requests),
        cmocka_unit_test(too_long),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(addresses),
        cmocka_unit_test(places_to_connect_to),
        cmocka_unit_test(stopped),
        cmocka_unit_test(certificates),
        cmocka_unit_test(forms),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
