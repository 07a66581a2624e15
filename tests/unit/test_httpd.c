// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"
#include "base/err.h"
#include "net/httpd.h"
#include "model/filetype.h"
#include "net/httprule.h"
#include "net/webroot.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define SITE "https://example.org/detgodeliv/"

enum { MP3_BYTES = 1000, BIG_BYTES = 8 << 20, REPLY_MAX = 16 << 20 };

struct place {
    char dir[64], root[80];
    struct httpd *own, *as_is;
};

struct reply {
    int status;
    char *text, *body; // head and body in one block, the head NUL-terminated
    size_t body_len;
};

static void path_rules(void **state)
{
    (void)state;
    static const struct {
        const char *raw, *want;
    } rows[] = {
        {"/", ""},
        {"/feed.xml", "feed.xml"},
        {"/media/2026-02-trivsel/a.mp3", "media/2026-02-trivsel/a.mp3"},
        {"/episodes/", "episodes/"},
        {"/Mel%C3%B8y%20kyst.html", "Meløy kyst.html"},
        {"/a..b/c.d", "a..b/c.d"},
        {"/a%2Bb", "a+b"},
        {"", NULL},
        {"feed.xml", NULL},
        {"http://127.0.0.1/feed.xml", NULL},
        {"*", NULL},
        {"//etc/passwd", NULL},
        {"/a//b", NULL},
        {"/..", NULL},
        {"/../x", NULL},
        {"/a/../../x", NULL},
        {"/%2e%2e/x", NULL},
        {"/%2E./x", NULL},
        {"/./x", NULL},
        {"/.git/config", NULL},
        {"/a/.hidden", NULL},
        {"/%2ehidden", NULL},
        {"/a%2fb", NULL},
        {"/..%2f..%2fetc/passwd", NULL},
        {"/a%2Fb", NULL},
        {"/a%5cb", NULL},
        {"/a\\..\\b", NULL},
        {"/a%00.html", NULL},
        {"/a%0d%0ab", NULL},
        {"/a%7f", NULL},
        {"/a%", NULL},
        {"/a%4", NULL},
        {"/a%g1", NULL},
        {"/a%1g", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char got[HTTP_PATH];
        bool ok = http_path(rows[i].raw, got);
        if (ok != (rows[i].want != NULL))
            fail_msg("%s: %s", rows[i].raw, ok ? got : "refused");
        if (ok)
            assert_string_equal(got, rows[i].want);
    }
    char longest[HTTP_PATH + 2];
    char got[HTTP_PATH];
    memset(longest, 'a', sizeof(longest));
    longest[0] = '/';
    longest[HTTP_PATH] = '\0';
    assert_true(http_path(longest, got));
    longest[HTTP_PATH] = 'a';
    longest[HTTP_PATH + 1] = '\0';
    assert_false(http_path(longest, got));
}

static void range_rules(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        int64_t size;
        enum http_range want;
        int64_t first, last;
    } rows[] = {
        {"bytes=0-0", 1000, RANGE_PART, 0, 0},
        {"bytes=0-999", 1000, RANGE_PART, 0, 999},
        {"bytes=10-", 1000, RANGE_PART, 10, 999},
        {"bytes=999-", 1000, RANGE_PART, 999, 999},
        {"bytes=-1", 1000, RANGE_PART, 999, 999},
        {"bytes=-5000", 1000, RANGE_PART, 0, 999},
        {"bytes=500-99999999999999999999999", 1000, RANGE_PART, 500, 999},
        {"Bytes=1-2", 1000, RANGE_PART, 1, 2},
        {"bytes=1000-", 1000, RANGE_BEYOND, 0, 0},
        {"bytes=1000-2000", 1000, RANGE_BEYOND, 0, 0},
        {"bytes=99999999999999999999999-", 1000, RANGE_BEYOND, 0, 0},
        {"bytes=-0", 1000, RANGE_BEYOND, 0, 0},
        {"bytes=0-", 0, RANGE_BEYOND, 0, 0},
        {"bytes=-1", 0, RANGE_BEYOND, 0, 0},
        {NULL, 1000, RANGE_NONE, 0, 0},
        {"", 1000, RANGE_NONE, 0, 0},
        {"bytes=", 1000, RANGE_NONE, 0, 0},
        {"bytes=-", 1000, RANGE_NONE, 0, 0},
        {"bytes=2-1", 1000, RANGE_NONE, 0, 0},
        {"bytes=a-b", 1000, RANGE_NONE, 0, 0},
        {"bytes=1-2x", 1000, RANGE_NONE, 0, 0},
        {"bytes=0-1,5-6", 1000, RANGE_NONE, 0, 0},
        {"seconds=0-1", 1000, RANGE_NONE, 0, 0},
        {"bytes=+1-2", 1000, RANGE_NONE, 0, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t first = 0, last = 0;
        if (http_range_of(rows[i].header, rows[i].size, &first, &last) != rows[i].want ||
            first != rows[i].first || last != rows[i].last)
            fail_msg("%s of %d: %d-%d", rows[i].header, (int)rows[i].size, (int)first, (int)last);
    }
}

static void date_rules(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t want;
    } rows[] = {
        {"Thu, 12 Feb 2026 08:00:00 GMT", 1770883200},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Thu, 12 Feb 2026 08:00:00 GMTx", -1},
        {"Thu, 12 Feb 2026 08:00:00 +0100", -1},
        {"Thu, 12 anF 2026 08:00:00 GMT", -1},
        {"Thu, 32 Feb 2026 08:00:00 GMT", -1},
        {"Thu, 12 Feb 2026 25:00:00 GMT", -1},
        {"yesterday", -1},
        {"", -1},
        {NULL, -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t got = -1;
        if (http_date_parse(rows[i].text, &got) != (rows[i].want >= 0) || got != rows[i].want)
            fail_msg("%s: %lld", rows[i].text, (long long)got);
    }
}

static void etag_rules(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool strong, weak;
    } rows[] = {
        {"\"a\"", true, true},   {"\"b\", \"a\"", true, true}, {"\"b\",\"a\"", true, true},
        {"*", true, true},       {"W/\"a\"", false, true},     {"\"b\", W/\"a\"", false, true},
        {"\"b\"", false, false}, {"a", false, false},          {"\"ab\"", false, false},
        {"\"b", false, false},   {"", false, false},           {NULL, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (http_etag_listed(rows[i].list, "\"a\"", false) != rows[i].strong ||
            http_etag_listed(rows[i].list, "\"a\"", true) != rows[i].weak)
            fail_msg("%s", rows[i].list);
}

static void only_names_of_this_machine(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        bool local;
    } rows[] = {
        {"127.0.0.1", true},
        {"127.0.0.1:8080", true},
        {"localhost:8080", true},
        {"LocalHost", true},
        {"[::1]:80", true},
        {"example.org", false},
        {"localhost.example.org", false},
        {"127.0.0.1.example.org:80", false},
        {"127.0.0.1@example.org", false},
        {"localhost:80x", false},
        {"localhost:123456", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (http_host_is_local(rows[i].host) != rows[i].local)
            fail_msg("%s", rows[i].host);
}

static void type_rules(void **state)
{
    (void)state;
    static const struct {
        const char *path, *mime;
    } rows[] = {
        {"feed.xml", "application/rss+xml; charset=utf-8"},
        {"sitemap.xml", "application/xml; charset=utf-8"},
        {"a/index.html", "text/html; charset=utf-8"},
        {"a/a.mp3", "audio/mpeg"},
        {"a/chapters.json", "application/json+chapters"},
        {"a/a-1a2b3c4d.chapters.json", "application/json+chapters"},
        {"a/facts.json", "application/json"},
        {"a/a.nb.vtt", "text/vtt; charset=utf-8"},
        {"a/a.nb.srt", "application/x-subrip; charset=utf-8"},
        {"calendar.ics", "text/calendar; charset=utf-8"},
        {"cover.png", "image/png"},
        {"kit.zip", "application/zip"},
        {"a/mp3", "application/octet-stream"},
        {"", "application/octet-stream"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_string_equal(file_type_of(rows[i].path)->mime, rows[i].mime);
}

static void put_bytes(const struct place *p, const char *name, const void *bytes, size_t len)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", p->dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void put(const struct place *p, const char *name, const char *text)
{
    put_bytes(p, name, text, strlen(text));
}

static void in_place(const struct place *p, int (*make)(const char *path), const char *name)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", p->dir, name);
    assert_int_equal(make(path), 0);
}

static int make_dir(const char *path)
{
    return mkdir(path, 0755);
}

static int make_fifo(const char *path)
{
    return mkfifo(path, 0644);
}

static int link_to_etc(const char *path)
{
    return symlink("/etc", path);
}

static int link_to_secret(const char *path)
{
    return symlink("../secret.txt", path);
}

static char mp3_byte(size_t i)
{
    return (char)(i * 7 + i / 256);
}

static int start(void **state)
{
    struct place *p = calloc(1, sizeof(*p));
    snprintf(p->dir, sizeof(p->dir), "%s", "/tmp/dgl-httpd-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    snprintf(p->root, sizeof(p->root), "%s/public", p->dir);
    static const char *const dirs[] = {"public",           "public/media", "public/page",
                                       "public/empty",     "public/.git",  "public/gone",
                                       "public/gone/deep", "public/bare",  "public/others"};
    for (size_t i = 0; i < COUNT(dirs); i++)
        in_place(p, make_dir, dirs[i]);
    char *big = calloc(1, BIG_BYTES), mp3[MP3_BYTES];
    for (size_t i = 0; i < MP3_BYTES; i++)
        mp3[i] = mp3_byte(i);
    put_bytes(p, "public/media/a.mp3", mp3, sizeof(mp3));
    put_bytes(p, "public/media/big.mp3", big, BIG_BYTES);
    free(big);
    put(p, "secret.txt", "not for the web");
    put(p, "public/.git/config", "hidden");
    put(p, "public/nothing.txt", "");
    put(p, "public/gone/.htaccess", "# taken down, written by dgl-episode\n");
    put(p, "public/gone/index.html", "<p>borte");
    put(p, "public/gone/deep/a.txt", "left over");
    put(p, "public/bare/.htaccess", "# taken down, written by dgl-episode\n");
    put(p, "public/others/.htaccess", "Options -Indexes\n");
    put(p, "public/others/a.txt", "here");
    put(p, "public/404.html", "<p>Ikke her: <a href=\"" SITE "\">til forsiden</a>");
    put(p, "public/index.html", "<p>Hei <a href=\"" SITE "feed.xml\">feed</a>");
    put(p, "public/page/index.html", "<p>side");
    put(p, "public/feed.xml",
        "<rss><link>" SITE "</link><url>" SITE "media/a.mp3</url>https://example.org/x</rss>");
    put(p, "public/facts.json", "{\"page\": \"" SITE "page/\"}");
    put(p, "public/media/a.nb.vtt", "WEBVTT\n\nNOTE " SITE "\n");
    in_place(p, make_fifo, "public/pipe.mp3");
    in_place(p, link_to_etc, "public/etc");
    in_place(p, link_to_secret, "public/secret.txt");
    struct err e = {0};
    assert_int_equal(
        httpd_start(&(struct httpd_params){.root = p->root, .site = SITE}, &p->own, &e), 0);
    assert_int_equal(httpd_start(&(struct httpd_params){.root = p->root}, &p->as_is, &e), 0);
    *state = p;
    return 0;
}

static int stop(void **state)
{
    struct place *p = *state;
    httpd_stop(p->own);
    httpd_stop(p->as_is);
    char path[200];
    static const char *const files[] = {
        "secret.txt",
        "public/media/a.mp3",
        "public/media/big.mp3",
        "public/.git/config",
        "public/nothing.txt",
        "public/gone/.htaccess",
        "public/gone/index.html",
        "public/gone/deep/a.txt",
        "public/gone/deep",
        "public/gone",
        "public/bare/.htaccess",
        "public/bare",
        "public/others/.htaccess",
        "public/others/a.txt",
        "public/others",
        "public/404.html",
        "public/index.html",
        "public/page/index.html",
        "public/feed.xml",
        "public/facts.json",
        "public/media/a.nb.vtt",
        "public/pipe.mp3",
        "public/etc",
        "public/secret.txt",
        "public/media",
        "public/page",
        "public/empty",
        "public/.git",
        "public",
        "",
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        snprintf(path, sizeof(path), "%s/%s", p->dir, files[i]);
        assert_int_equal(remove(path), 0);
    }
    free(p);
    return 0;
}

static int dial(const struct httpd *h)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)httpd_port(h))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    // A server that never answers fails the test instead of stopping it.
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 20},
               sizeof(struct timeval));
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static struct reply hear(int fd)
{
    struct reply r = {.text = malloc(REPLY_MAX + 1)};
    size_t len = 0;
    for (ssize_t n = 1; n > 0 && len<REPLY_MAX; len += n> 0 ? (size_t)n : 0)
        n = recv(fd, r.text + len, REPLY_MAX - len, 0);
    r.text[len] = '\0';
    close(fd);
    r.body = strstr(r.text, "\r\n\r\n");
    assert_non_null(r.body);
    assert_int_equal(sscanf(r.text, "HTTP/1.1 %d", &r.status), 1);
    r.body[2] = '\0';
    r.body += 4;
    r.body_len = len - (size_t)(r.body - r.text);
    return r;
}

// `what`: "GET /feed.xml", then more header lines, each with its line end.
static struct reply ask(const struct httpd *h, const char *what, const char *more)
{
    char text[2048];
    snprintf(text, sizeof(text), "%s HTTP/1.1\r\n%s%sConnection: close\r\n\r\n", what,
             strstr(more, "Host:") ? "" : "Host: 127.0.0.1\r\n", more);
    int fd = dial(h);
    say(fd, text);
    return hear(fd);
}

// Value of a header of the reply; NULL: not there.
static const char *value(const struct reply *r, const char *name)
{
    static char ret[400];
    size_t len = strlen(name);
    for (const char *line = strstr(r->text, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':') {
            snprintf(ret, sizeof(ret), "%.*s", (int)strcspn(line + 4 + len, "\r"), line + 4 + len);
            return ret;
        }
    return NULL;
}

static void every_request_gets_its_status(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *what, *more;
        int status;
        const char *header, *value;
    } rows[] = {
        {"GET /", "", 200, "Content-Type", "text/html; charset=utf-8"},
        {"GET /index.html?x=1", "", 200, "X-Content-Type-Options", "nosniff"},
        {"GET /page/", "", 200, "Content-Length", "7"},
        {"GET /page", "", 301, "Location", "/page/"},
        {"GET /empty/", "", 404, "Content-Type", "text/html; charset=utf-8"},
        {"GET /empty", "", 301, "Location", "/empty/"},
        {"GET /gone/", "", 410, "Content-Type", "text/html; charset=utf-8"},
        {"HEAD /gone/", "", 410, "Content-Type", "text/html; charset=utf-8"},
        {"GET /gone", "", 410, NULL, NULL},
        {"GET /gone/index.html", "Range: bytes=0-1\r\n", 410, NULL, NULL},
        {"GET /gone/deep/a.txt", "", 410, NULL, NULL},
        {"GET /bare/x.mp3", "", 410, "Content-Type", "text/plain; charset=utf-8"},
        {"HEAD /bare/x.mp3", "", 410, NULL, NULL},
        {"GET /others/a.txt", "", 200, NULL, NULL},
        {"GET /goner", "", 404, NULL, NULL},
        {"GET /missing", "", 404, "Content-Type", "text/html; charset=utf-8"},
        {"GET /feed.xml/", "", 404, NULL, NULL},
        {"GET /media/a.mp3", "", 200, "Content-Type", "audio/mpeg"},
        {"GET /media/a.mp3", "", 200, "Accept-Ranges", "bytes"},
        {"GET /media/a.mp3", "", 200, "Content-Range", NULL},
        {"GET /media/a.mp3", "", 200, "Access-Control-Allow-Origin", NULL},
        {"GET /media/a.mp3", "Range: bytes=10-19\r\n", 206, "Content-Range", "bytes 10-19/1000"},
        {"GET /media/a.mp3", "Range: bytes=10-19\r\n", 206, "Content-Length", "10"},
        {"GET /media/a.mp3", "Range: bytes=10-19\r\n", 206, "Content-Type", "audio/mpeg"},
        {"GET /media/a.mp3", "Range: bytes=1000-\r\n", 416, "Content-Range", "bytes */1000"},
        {"GET /media/a.mp3", "Range: bytes=0-1,3-4\r\n", 200, "Content-Length", "1000"},
        {"GET /media/a.mp3", "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n", 200, "Content-Length",
         "1000"},
        {"HEAD /media/a.mp3", "", 200, "Content-Length", "1000"},
        {"HEAD /media/a.mp3", "Range: bytes=10-19\r\n", 200, "Content-Length", "1000"},
        {"HEAD /missing", "", 404, NULL, NULL},
        {"GET /nothing.txt", "", 200, "Content-Length", "0"},
        {"GET /nothing.txt", "Range: bytes=0-\r\n", 416, "Content-Range", "bytes */0"},
        {"GET /media/a.nb.vtt", "", 200, "Access-Control-Allow-Origin", "*"},
        {"GET /facts.json", "", 200, "Access-Control-Allow-Origin", "*"},
        {"POST /feed.xml", "Content-Length: 0\r\n", 405, "Allow", "GET, HEAD"},
        {"PUT /x", "Content-Length: 0\r\n", 405, "Allow", "GET, HEAD"},
        {"DELETE /feed.xml", "", 405, "Allow", "GET, HEAD"},
        {"OPTIONS /feed.xml", "", 405, "Allow", "GET, HEAD"},
        {"GET /", "Host: evil.example\r\n", 403, NULL, NULL},
        {"GET /", "Host: localhost:8080\r\n", 200, NULL, NULL},
        {"GET /../secret.txt", "", 404, NULL, NULL},
        {"GET /%2e%2e/secret.txt", "", 404, NULL, NULL},
        {"GET /..%2fsecret.txt", "", 404, NULL, NULL},
        {"GET /page/..\\..\\secret.txt", "", 404, NULL, NULL},
        {"GET /secret.txt", "", 404, NULL, NULL},
        {"GET /etc/passwd", "", 404, NULL, NULL},
        {"GET //etc/passwd", "", 404, NULL, NULL},
        {"GET /etc/", "", 404, NULL, NULL},
        {"GET /etc", "", 404, NULL, NULL},
        {"GET /feed.xml%00.html", "", 404, NULL, NULL},
        {"GET /.git/config", "", 404, NULL, NULL},
        {"GET /pipe.mp3", "", 404, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reply r = ask(p->own, rows[i].what, rows[i].more);
        const char *got = rows[i].header ? value(&r, rows[i].header) : NULL;
        bool same = rows[i].value ? got && strcmp(got, rows[i].value) == 0 : !got;
        if (r.status != rows[i].status || !same)
            fail_msg("%s %s: %s", rows[i].what, rows[i].more, r.text);
        if (strstr(r.body, "not for the web") || strstr(r.body, "root:"))
            fail_msg("%s left the folder", rows[i].what);
        if (rows[i].what[0] == 'H' && r.body_len)
            fail_msg("%s has a body", rows[i].what);
        free(r.text);
    }
}

static void parts_are_the_very_bytes(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *range;
        size_t first, len;
    } rows[] = {
        {"0-0", 0, 1}, {"0-", 0, 1000}, {"999-", 999, 1}, {"-3", 997, 3}, {"250-760", 250, 511},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char more[80];
        snprintf(more, sizeof(more), "Range: bytes=%s\r\n", rows[i].range);
        struct reply r = ask(p->own, "GET /media/a.mp3", more);
        assert_int_equal(r.status, 206);
        assert_int_equal(r.body_len, rows[i].len);
        for (size_t k = 0; k < r.body_len; k++)
            assert_int_equal(r.body[k], mp3_byte(rows[i].first + k));
        free(r.text);
    }
    struct reply r = ask(p->own, "GET /media/big.mp3", "");
    assert_int_equal(r.body_len, BIG_BYTES);
    free(r.text);
}

static void what_the_client_knows_is_not_sent_again(void **state)
{
    struct place *p = *state;
    static const char *const targets[] = {"GET /media/a.mp3", "GET /feed.xml", "GET /"};
    for (size_t i = 0; i < COUNT(targets); i++) {
        char tag[128], date[64], more[400];
        struct reply r = ask(p->own, targets[i], "");
        snprintf(tag, sizeof(tag), "%s", value(&r, "ETag"));
        snprintf(date, sizeof(date), "%s", value(&r, "Last-Modified"));
        assert_int_equal(tag[0], '"');
        free(r.text);
        const struct {
            const char *name, *value, *more;
            int status;
        } rows[] = {
            {"If-None-Match", tag, "", 304},
            {"If-None-Match", "*", "", 304},
            {"If-None-Match", "\"other\"", "", 200},
            {"If-Modified-Since", date, "", 304},
            {"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", "", 304},
            {"If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT", "", 200},
            {"If-Modified-Since", date, "If-None-Match: \"other\"\r\n", 200},
            {"If-Range", tag, "Range: bytes=1-2\r\n", 206},
            {"If-Range", date, "Range: bytes=1-2\r\n", 206},
            {"If-Range", "Thu, 01 Jan 1970 00:00:00 GMT", "Range: bytes=1-2\r\n", 200},
        };
        for (size_t k = 0; k < COUNT(rows); k++) {
            snprintf(more, sizeof(more), "%s: %s\r\n%s", rows[k].name, rows[k].value, rows[k].more);
            r = ask(p->own, targets[i], more);
            if (r.status != rows[k].status)
                fail_msg("%s %s: %s", targets[i], more, r.text);
            if (r.status == 304)
                assert_int_equal(r.body_len, 0);
            free(r.text);
        }
    }
}

static void its_own_address_stands_in_feeds_and_pages(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *what, *own, *as_is;
    } rows[] = {
        {"GET /feed.xml",
         "<rss><link>http://127.0.0.1:99/</link><url>http://127.0.0.1:99/media/a.mp3</url>https://"
         "example.org/x</rss>",
         "<rss><link>" SITE "</link><url>" SITE "media/a.mp3</url>https://example.org/x</rss>"},
        {"GET /", "<p>Hei <a href=\"http://127.0.0.1:99/feed.xml\">feed</a>",
         "<p>Hei <a href=\"" SITE "feed.xml\">feed</a>"},
        {"GET /facts.json", "{\"page\": \"http://127.0.0.1:99/page/\"}",
         "{\"page\": \"" SITE "page/\"}"},
        {"GET /404", "<p>Ikke her: <a href=\"http://127.0.0.1:99/\">til forsiden</a>",
         "<p>Ikke her: <a href=\"" SITE "\">til forsiden</a>"},
        {"GET /media/a.nb.vtt", "WEBVTT\n\nNOTE " SITE "\n", "WEBVTT\n\nNOTE " SITE "\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int as_is = 0; as_is < 2; as_is++) {
            struct reply r = ask(as_is ? p->as_is : p->own, rows[i].what, "Host: 127.0.0.1:99\r\n");
            assert_string_equal(r.body, as_is ? rows[i].as_is : rows[i].own);
            assert_int_equal(strtol(value(&r, "Content-Length"), NULL, 10), r.body_len);
            free(r.text);
        }
    struct reply part =
        ask(p->own, "GET /feed.xml", "Host: localhost:99\r\nRange: bytes=11-30\r\n");
    assert_string_equal(part.body, "http://localhost:99/");
    free(part.text);
}

static void a_changed_file_has_another_tag(void **state)
{
    struct place *p = *state;
    char before[128], after[128];
    struct reply r = ask(p->own, "GET /page/", "");
    snprintf(before, sizeof(before), "%s", value(&r, "ETag"));
    free(r.text);
    put(p, "public/page/new.html", "<p>SIDE");
    char from[200], to[200];
    snprintf(from, sizeof(from), "%s/page/new.html", p->root);
    snprintf(to, sizeof(to), "%s/page/index.html", p->root);
    assert_int_equal(rename(from, to), 0);
    r = ask(p->own, "GET /page/", "");
    snprintf(after, sizeof(after), "%s", value(&r, "ETag"));
    free(r.text);
    assert_string_not_equal(before, after);
}

static void slow_clients_block_nobody(void **state)
{
    struct place *p = *state;
    enum { SLOW = 200 };
    int fd[SLOW];
    for (int i = 0; i < SLOW; i++) {
        fd[i] = dial(p->own);
        say(fd[i],
            i % 2 ? "GET /feed.x" : "GET /media/big.mp3 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
    for (int i = 0; i < 20; i++) {
        struct reply r = ask(p->own, "GET /media/a.mp3", "");
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body_len, MP3_BYTES);
        free(r.text);
    }
    for (int i = 0; i < SLOW; i++)
        close(fd[i]);
}

static void one_connection_carries_many_requests(void **state)
{
    struct place *p = *state;
    int fd = dial(p->own);
    say(fd, "GET /page/ HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /page/ HTTP/1.1\r\nHost: "
            "localhost\r\n\r\n"
            "GET /nothing.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    struct reply r = hear(fd);
    int answers = 0;
    for (const char *s = r.body; (s = strstr(s, "HTTP/1.1 200 OK")); s++)
        answers++;
    assert_int_equal(answers, 2); // behind the first one's head
    free(r.text);
}

static void a_port_in_use_is_named(void **state)
{
    struct place *p = *state;
    struct httpd *second = NULL;
    struct err e = {0};
    struct httpd_params params = {.root = p->root, .port = httpd_port(p->own)};
    assert_int_equal(httpd_start(&params, &second, &e), -EADDRINUSE);
    char want[40];
    snprintf(want, sizeof(want), "port %d is in use", params.port);
    assert_non_null(strstr(e.text, want));
    assert_null(second);
    assert_int_equal(httpd_start(&(struct httpd_params){.root = "/nowhere"}, &second, &e), -ENOENT);
}

static void stopping_frees_the_port_and_ends_transfers(void **state)
{
    struct place *p = *state;
    struct httpd *h = NULL;
    struct err e = {0};
    struct httpd_params params = {.root = p->root};
    assert_int_equal(httpd_start(&params, &h, &e), 0);
    params.port = httpd_port(h);
    int fd = dial(h);
    say(fd, "GET /media/big.mp3 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    char c;
    assert_int_equal(recv(fd, &c, 1, 0), 1);
    httpd_stop(h);
    close(fd);
    assert_int_equal(httpd_start(&params, &h, &e), 0);
    httpd_stop(h);
    httpd_stop(NULL);
}

static void both_ways_of_opening_stay_below_the_root(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *path;
        bool there;
    } rows[] = {
        {"", true},
        {"feed.xml", true},
        {"media", true},
        {"media/a.mp3", true},
        {"media/", true},
        {"feed.xml/", false},
        {"feed.xml/x", false},
        {"missing", false},
        {"..", false},
        {"../secret.txt", false},
        {"media/../../secret.txt", false},
        {"/etc/passwd", false},
        {"secret.txt", false},
        {"etc", false},
        {"etc/passwd", false},
        {"pipe.mp3", false},
    };
    int root = open(p->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int walk = 0; walk < 2; walk++) {
            struct stat st;
            int fd = (walk ? webroot_walk : webroot_open)(root, rows[i].path, &st);
            if ((fd >= 0) != rows[i].there)
                fail_msg("%s %s: %d", walk ? "walk" : "open", rows[i].path, fd);
            if (fd >= 0)
                close(fd);
        }
    close(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path_rules),
        cmocka_unit_test(range_rules),
        cmocka_unit_test(date_rules),
        cmocka_unit_test(etag_rules),
        cmocka_unit_test(only_names_of_this_machine),
        cmocka_unit_test(type_rules),
        cmocka_unit_test(every_request_gets_its_status),
        cmocka_unit_test(parts_are_the_very_bytes),
        cmocka_unit_test(what_the_client_knows_is_not_sent_again),
        cmocka_unit_test(its_own_address_stands_in_feeds_and_pages),
        cmocka_unit_test(slow_clients_block_nobody),
        cmocka_unit_test(one_connection_carries_many_requests),
        cmocka_unit_test(a_port_in_use_is_named),
        cmocka_unit_test(stopping_frees_the_port_and_ends_transfers),
        cmocka_unit_test(both_ways_of_opening_stay_below_the_root),
        cmocka_unit_test(a_changed_file_has_another_tag),
    };
    return cmocka_run_group_tests_name("httpd", tests, start, stop);
}
