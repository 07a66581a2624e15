// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/webfile.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "model/cover.h"
#include "net/http.h"

enum {
    HOPS_MAX = 10,
    EDGE = 16,               // bytes asked for at either end
    EDGE_MAX = 4096,         // what of an answer without ranges is read
    PICTURE_HEAD = 256 << 10 // a JPEG may hold a preview and a colour profile before its size
};
#define TIMEOUT_S 30.0

enum wanted { LOCATION, TYPE, LENGTH, RANGE, ETAG, MODIFIED, CORS, WANTED };
static const char *const header[WANTED] = {
    "location",
    "content-type",
    "content-length",
    "content-range",
    "etag",
    "last-modified",
    "access-control-allow-origin",
};
static const char *const key[WANTED] = {NULL,   "type",     "length", "range",
                                        "etag", "modified", "cors"};

struct asking {
    const struct webfile_params *p;
    const char *method;
    const char *headers[4]; // up to a NULL
    bool compressed;
    size_t max_bytes;
    struct http_response got; // of the last hop
};

static const char *why(int code)
{
    static const struct {
        int code;
        const char *why;
    } known[] = {
        {-ETIMEDOUT, "time"},           {-EHOSTUNREACH, "name"}, {-ECONNREFUSED, "refused"},
        {-EKEYREJECTED, "certificate"}, {-EPROTO, "cut"},        {-EINVAL, "address"},
    };
    for (size_t i = 0; i < COUNT(known); i++)
        if (known[i].code == code)
            return known[i].why;
    return "cut";
}

static struct json *failed(struct json *reply, const char *text, const char *reason)
{
    json_put_text(reply, "failed", text);
    json_put_text(reply, "why", reason);
    return reply;
}

// An address that may be relative; NULL: none.
static char *resolve(struct arena *a, const char *base, const char *to)
{
    CURLU *u = curl_url();
    char *whole = NULL, *kept = NULL;
    if (!u)
        mem_fail();
    if (!curl_url_set(u, CURLUPART_URL, base, 0) &&
        !curl_url_set(u, CURLUPART_URL, to, CURLU_URLENCODE) &&
        !curl_url_get(u, CURLUPART_URL, &whole, 0))
        kept = arena_strdup(a, whole);
    curl_free(whole);
    curl_url_cleanup(u);
    return kept;
}

static int ask_once(struct asking *q, const char *url, struct err *e)
{
    struct http_request r = {
        .method = q->method,
        .url = url,
        .plain = true,
        .compressed = q->compressed,
        .headers = q->headers,
        .ca_file = q->p->ca_file,
        .total_s = q->p->timeout_s > 0 ? q->p->timeout_s : TIMEOUT_S,
        .max_bytes = q->max_bytes ? q->max_bytes : EDGE_MAX,
        .stopped = q->p->stopped,
        .stopped_ctx = q->p->stopped_ctx,
    };
    r.connect_s = r.total_s;
    for (int i = 0; i < WANTED; i++)
        r.wanted[i] = header[i];
    http_response_done(&q->got);
    return http_do(&r, &q->got, e);
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void put_headers(const struct http_response *got, struct json *reply)
{
    int64_t length;
    for (int i = TYPE; i < WANTED; i++) {
        if (!got->header[i].len)
            continue;
        if (i == LENGTH && str_to_int(got->header[i].p, &length))
            json_put_int(reply, key[i], length);
        else if (i != LENGTH)
            json_put_text(reply, key[i], got->header[i].p);
    }
}

// Follows where it is sent. What was read stays in q->got, for http_response_done.
static struct json *ask(struct asking *q, const char *url)
{
    struct json *reply = json_new_object(), *hops = NULL;
    struct arena a = {0};
    struct err e = {0};
    int r = ask_once(q, url, &e);
    for (int i = 0; r >= 0 && is_redirect(q->got.status) && q->got.header[LOCATION].len; i++) {
        url = i < HOPS_MAX ? resolve(&a, url, q->got.header[LOCATION].p) : NULL;
        if (!url) {
            failed(reply,
                   i < HOPS_MAX ? "it sends to an address that is none"
                                : "it sends from one address to the next without an end",
                   "redirects");
            break;
        }
        struct json *hop = json_new_object();
        json_put_int(hop, "status", q->got.status);
        json_put_text(hop, "to", url);
        hops = hops ? hops : json_new_array();
        json_push(hops, hop);
        r = ask_once(q, url, &e);
    }
    json_put_text(reply, "url", url);
    json_put(reply, "redirects", hops);
    // What is longer than was asked for has answered all the same.
    if (r < 0 && !(r == -EFBIG && q->got.status))
        failed(reply, e.text, why(r));
    json_put_int(reply, "status", q->got.status);
    json_put_int(reply, "bytes", (int64_t)q->got.body.len);
    put_headers(&q->got, reply);
    arena_done(&a);
    return reply;
}

static const struct {
    size_t at;
    const char *bytes;
    const char *looks;
} marks[] = {
    {0, "ID3", "audio"},
    {0, "\xff\xfb", "audio"},
    {0, "\xff\xf3", "audio"},
    {0, "\xff\xfa", "audio"},
    {0, "\xff\xf1", "audio"},
    {0, "\xff\xf9", "audio"},
    {4, "ftypM4A", "audio"},
    {4, "ftypM4B", "audio"},
    {4, "ftyp", "video"},
    {0, "OggS", "audio"},
    {0, "fLaC", "audio"},
    {0, "RIFF", "audio"},
    {0, "\x89PNG", "image"},
    {0, "\xff\xd8\xff", "image"},
    {0, "GIF8", "image"},
    {0, "<!DOCTYPE html", "html"},
    {0, "<!doctype html", "html"},
    {0, "<html", "html"},
    {0, "<HTML", "html"},
    {0, "WEBVTT", "text"},
    {0, "{", "text"},
    {0, "\x1a\x45\xdf\xa3", "video"},
};

static const char *looks(const struct str *body)
{
    size_t skip = body->p ? strspn(body->p, " \t\r\n") : 0;
    for (size_t i = 0; body->p && i < COUNT(marks); i++) {
        size_t n = strlen(marks[i].bytes), at = marks[i].at ? marks[i].at : skip;
        if (body->len >= at + n && memcmp(body->p + at, marks[i].bytes, n) == 0)
            return marks[i].looks;
    }
    return NULL;
}

static const char *as_it_is = "Accept-Encoding: identity";

static struct json *head(const struct webfile_params *p, const char *origin)
{
    struct asking q = {.p = p, .method = "HEAD", .headers = {as_it_is, origin}};
    struct json *reply = ask(&q, p->url);
    http_response_done(&q.got);
    return reply;
}

// Part of the file, "bytes=0-15".
static struct json *part(const struct webfile_params *p, const char *url, const char *bytes,
                         size_t max, struct str *ret_body)
{
    struct arena a = {0};
    struct asking q = {.p = p,
                       .headers = {as_it_is, arena_printf(&a, "Range: bytes=%s", bytes)},
                       .max_bytes = max};
    struct json *reply = ask(&q, url);
    if (ret_body)
        str_addn(ret_body, q.got.body.p, q.got.body.len);
    http_response_done(&q.got);
    arena_done(&a);
    return reply;
}

// Where a failed HEAD may be the server's way with HEAD alone, the file itself is still asked for.
static bool goes_on(const struct json *reply)
{
    const char *reason = json_text(reply, "why");
    return !reason || str_same(reason, "cut");
}

static bool is_there(const struct json *reply)
{
    int64_t status = json_int(reply, "status", 0);
    return status >= 200 && status < 300;
}

static const char *found_at(const struct webfile_params *p, const struct json *reply)
{
    return is_there(reply) ? json_text_or(reply, "url", p->url) : p->url;
}

struct json *webfile_media(const struct webfile_params *p)
{
    struct json *o = json_new_object(), *first;
    struct arena a = {0};
    struct str body;
    str_init(&body, EDGE_MAX);
    struct json *h = head(p, NULL);
    json_put(o, "head", h);
    if (goes_on(h)) {
        const char *url = found_at(p, h);
        int64_t length = is_there(h) ? json_int(h, "length", -1) : -1;
        first = part(p, url, arena_printf(&a, "0-%d", EDGE - 1), EDGE_MAX, &body);
        json_put(o, "first", first);
        json_put_text(o, "looks", looks(&body));
        bool ranges = json_int(first, "status", 0) == 206;
        if (ranges)
            json_put(o, "last", part(p, url, arena_printf(&a, "-%d", EDGE), EDGE_MAX, NULL));
        if (ranges && length > 0)
            json_put(o, "beyond",
                     part(p, url, arena_printf(&a, "%lld-", (long long)length), EDGE_MAX, NULL));
    }
    str_done(&body);
    arena_done(&a);
    return o;
}

static struct json *picture(const struct str *body)
{
    struct cover_head h;
    cover_read(body->p, body->len, &h);
    if (!h.facts.type)
        return NULL;
    struct json *o = json_new_object();
    json_put_text(o, "type", h.facts.type);
    json_put_int(o, "width", h.facts.width);
    json_put_int(o, "height", h.facts.height);
    json_put_bool(o, "alpha", h.alpha);
    json_put_int(o, "channels", h.channels);
    return o;
}

struct json *webfile_image(const struct webfile_params *p)
{
    struct json *o = json_new_object(), *h = head(p, NULL);
    struct arena a = {0};
    struct str body;
    str_init(&body, PICTURE_HEAD);
    json_put(o, "head", h);
    if (goes_on(h)) {
        json_put(o, "first",
                 part(p, found_at(p, h), arena_printf(&a, "0-%d", PICTURE_HEAD - 1), PICTURE_HEAD,
                      &body));
        json_put_text(o, "looks", looks(&body));
        json_put(o, "picture", picture(&body));
    }
    str_done(&body);
    arena_done(&a);
    return o;
}

struct json *webfile_text(const struct webfile_params *p)
{
    struct json *o = json_new_object(), *h = head(p, "Origin: https://player.example.org");
    struct str body;
    str_init(&body, EDGE_MAX);
    json_put(o, "head", h);
    if (goes_on(h)) {
        json_put(o, "first", part(p, found_at(p, h), "0-511", EDGE_MAX, &body));
        json_put_text(o, "looks", looks(&body));
    }
    str_done(&body);
    return o;
}

static struct json *once_more(const struct webfile_params *p, const struct json *get)
{
    const char *etag = json_text(get, "etag"), *modified = json_text(get, "modified");
    struct arena a = {0};
    struct asking q = {.p = p, .compressed = true};
    size_t n = 0;
    if (!etag && !modified)
        return NULL;
    if (etag)
        q.headers[n++] = arena_printf(&a, "If-None-Match: %s", etag);
    if (modified)
        q.headers[n++] = arena_printf(&a, "If-Modified-Since: %s", modified);
    struct json *reply = ask(&q, json_text_or(get, "url", p->url));
    http_response_done(&q.got);
    arena_done(&a);
    return reply;
}

int webfile_feed(const struct webfile_params *p, const char *to, size_t max_bytes,
                 struct json **ret, struct err *e)
{
    struct asking q = {.p = p, .compressed = true, .max_bytes = max_bytes};
    struct json *o = json_new_object(), *get = ask(&q, p->url);
    int r = 0;
    json_put(o, "get", get);
    if (q.got.body.over)
        failed(get, "the feed is too long", "long");
    if (!json_text(get, "failed") && q.got.status == 200) {
        r = fs_replace(to, q.got.body.p, q.got.body.len, e);
        json_put(o, "again", once_more(p, get));
    }
    http_response_done(&q.got);
    if (r < 0)
        json_free(o);
    else
        *ret = o;
    return r < 0 ? r : 0;
}
