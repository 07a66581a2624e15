// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/http.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <stdlib.h>
#include <strings.h>

#include "base/arena.h"
#include "net/handle.h"

enum { BODY_MAX = 1 << 20, HEADER_MAX = 16 << 10 };
#define CONNECT_S 5.0
#define TOTAL_S 15.0
#define STILL_S 30.0

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode init_code;

static void init(void)
{
    init_code = curl_global_init(CURL_GLOBAL_DEFAULT);
}

int http_init(struct err *e)
{
    pthread_once(&once, init);
    if (init_code)
        return err_set(e, -ENOSYS, "libcurl: %s", curl_easy_strerror(init_code));
    return 0;
}

struct call {
    const struct http_request *q;
    struct http_response *a;
    struct curl_slist *headers;
    bool head_ended;
    struct handle_piece piece;
};

struct http_keep {
    CURL *curl;
};

struct http_keep *http_keep_new(void)
{
    struct http_keep *k = mem_alloc(sizeof(*k));
    k->curl = curl_easy_init();
    if (!k->curl)
        mem_fail();
    return k;
}

void http_keep_free(struct http_keep *k)
{
    if (k)
        curl_easy_cleanup(k->curl);
    free(k);
}

static size_t take_body(char *data, size_t size, size_t n, void *ctx)
{
    struct call *c = ctx;
    str_addn(&c->a->body, data, size * n);
    return c->a->body.over ? 0 : size * n;
}

static void keep_header(struct str *s, const char *value, size_t len)
{
    while (len > 0 && strchr(" \t", value[0]))
        value++, len--;
    while (len > 0 && strchr(" \t\r\n", value[len - 1]))
        len--;
    if (s->len > 0)
        str_add(s, ", ");
    str_addn(s, value, len);
}

static size_t take_header(char *line, size_t size, size_t n, void *ctx)
{
    struct call *c = ctx;
    const char *colon = memchr(line, ':', size * n);
    c->head_ended = size * n <= 2;
    for (int i = 0; i < HTTP_WANTED && c->q->wanted[i]; i++) {
        size_t len = strlen(c->q->wanted[i]);
        if (colon && (size_t)(colon - line) == len && !strncasecmp(line, c->q->wanted[i], len))
            keep_header(&c->a->header[i], colon + 1, size * n - len - 1);
    }
    return size * n;
}

static void add_header(struct call *c, const char *line)
{
    struct curl_slist *l = curl_slist_append(c->headers, line);
    if (!l)
        mem_fail();
    c->headers = l;
}

static void set_file(CURL *curl, struct call *c)
{
    const struct http_request *q = c->q;
    c->piece = (struct handle_piece){q->file, q->file_from, q->file_len, q->sent, q->sent_ctx, 0};
    handle_send(curl, &c->piece);
    add_header(c, "Expect:");
}

static void set_body(CURL *curl, struct call *c)
{
    const struct http_request *q = c->q;
    struct str type;
    if (!q->body)
        return;
    str_init(&type, HEADER_MAX);
    str_add(&type, "Content-Type: ");
    str_add(&type, q->body_type ? q->body_type : "application/x-www-form-urlencoded");
    add_header(c, type.p);
    str_done(&type);
    // Servers that do not know it would cost a second.
    add_header(c, "Expect:");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, q->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_len);
}

static void set_request(CURL *curl, struct call *c)
{
    const struct http_request *q = c->q;
    set_body(curl, c);
    if (q->file > 0)
        set_file(curl, c);
    for (const char *const *h = q->headers; h && *h; h++)
        add_header(c, *h);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, c->headers);
    if (str_same(q->method, "HEAD"))
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (q->method)
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, q->method);
    if (q->bearer) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, q->bearer);
    } else if (q->user) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH,
                         (long)(q->digest ? CURLAUTH_DIGEST : CURLAUTH_BASIC));
        curl_easy_setopt(curl, CURLOPT_USERNAME, q->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, q->password ? q->password : "");
    }
    if (q->compressed)
        curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "dgl-episode/" DGL_VERSION);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
}

static void look_back(CURL *curl, struct http_response *a)
{
    long status = 0, head = 0;
    curl_off_t us = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &head);
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &us);
    a->status = (int)status;
    a->sent = head > 0;
    a->seconds = (double)us / 1e6;
}

int http_do(const struct http_request *q, struct http_response *ret, struct err *e)
{
    struct handle h;
    struct call c = {.q = q, .a = ret};
    const struct handle_params p = {
        .url = q->url,
        .plain = q->plain,
        .ca_file = q->ca_file,
        .connect_s = q->connect_s > 0 ? q->connect_s : CONNECT_S,
        .total_s = q->total_s > 0 ? q->total_s : (q->file > 0 ? 0 : TOTAL_S),
        .still_s = q->still_s > 0 ? q->still_s : (q->file > 0 ? STILL_S : 0),
        .keep = q->keep ? q->keep->curl : NULL,
        .stopped = q->stopped,
        .stopped_ctx = q->stopped_ctx,
    };
    *ret = (struct http_response){0};
    str_init(&ret->body, q->max_bytes ? q->max_bytes : BODY_MAX);
    for (int i = 0; i < HTTP_WANTED; i++)
        str_init(&ret->header[i], HEADER_MAX);
    int r = http_init(e);
    if (r < 0 || (r = handle_init(&h, &p, e)) < 0)
        return r;
    set_request(h.curl, &c);
    r = handle_perform(&h, e);
    look_back(h.curl, ret);
    // libcurl is content with half a head.
    if (r >= 0 && !c.head_ended)
        r = err_remote(e, -EPROTO, "%s: breaks the connection before the answer is whole", h.where);
    if (r < 0 && ret->body.over)
        r = err_remote(e, -EFBIG, "%s: the answer is too long", h.where);
    handle_done(&h);
    curl_slist_free_all(c.headers);
    return r;
}

void http_response_done(struct http_response *r)
{
    str_done(&r->body);
    for (int i = 0; i < HTTP_WANTED; i++)
        str_done(&r->header[i]);
}

void http_form_add(struct str *s, const char *key, const char *value)
{
    if (s->len > 0 && s->p[s->len - 1] != '?')
        str_addc(s, '&');
    str_add_url_part(s, key);
    str_addc(s, '=');
    str_add_url_part(s, value);
}
