// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/s3call.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/redact.h"
#include "base/str.h"
#include "net/s3fault.h"
#include "net/urlpart.h"

enum { HEADERS = 12, LINE_MAX_BYTES = 16 << 10, ROOM = 1 << 20, WAIT_MOST_S = 3600 };
#define CONNECT_S 10.0
#define STILL_S 30.0
#define DAY_S 86400.0
#define EMPTY_SHA256 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define URL_FORM "the url of an S3 target is like https://s3.example.org/bucket/"

static bool has_dots(const char *path)
{
    for (const char *p = path; *p; p += strcspn(p, "/"), p += *p == '/')
        if ((p[0] == '.' && strchr("/", p[1])) || (p[0] == '.' && p[1] == '.' && strchr("/", p[2])))
            return true;
    return false;
}

static int read_url(struct s3 *s, const char *url, struct err *e)
{
    CURLU *u = curl_url();
    if (!u)
        mem_fail();
    int r = curl_url_set(u, CURLUPART_URL, url, CURLU_PATH_AS_IS) ? -EINVAL : 0;
    const char *scheme = url_part(&s->a, u, CURLUPART_SCHEME, 0);
    const char *host = url_part(&s->a, u, CURLUPART_HOST, 0);
    const char *port = url_part(&s->a, u, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT);
    const char *path = url_part(&s->a, u, CURLUPART_PATH, CURLU_URLDECODE);
    bool more = url_part(&s->a, u, CURLUPART_QUERY, 0) ||
                url_part(&s->a, u, CURLUPART_FRAGMENT, 0) || url_part(&s->a, u, CURLUPART_USER, 0);
    curl_url_cleanup(u);
    if (r < 0 || !scheme || !host || !path || path[0] != '/')
        return err_input(e, "the url is none: " URL_FORM);
    if (more || has_dots(path))
        return err_input(e, "%s: " URL_FORM ", with nothing like ?, #, @ or .. in it", host);
    s->host = port ? arena_printf(&s->a, "%s:%s", host, port) : host;
    s->origin = arena_printf(&s->a, "%s://%s", scheme, s->host);
    s->base = path + 1;
    if (*s->base && !str_ends(s->base, "/"))
        s->base = arena_printf(&s->a, "%s/", s->base);
    return 0;
}

// "KEY:SECRET" or "KEY:SECRET:TOKEN"; nothing in it may end a line of HTTP.
static int read_secret(struct s3 *s, const char *secret, struct err *e)
{
    static const char want[] = "the secret of an S3 target is KEY:SECRET, the access key and its "
                               "secret as the store shows them";
    char *id = arena_strdup(&s->a, secret ? secret : ""), *second = strchr(id, ':');
    for (const char *p = id; *p; p++)
        if (*p <= ' ' || *p > '~')
            return err_input(e, "%s: %s, without blanks or other signs", s->host, want);
    if (!second || second == id || !second[1] || second[1] == ':')
        return err_input(e, "%s: %s", s->host, want);
    *second++ = '\0';
    char *token = strchr(second, ':');
    if (token)
        *token++ = '\0';
    s->key.id = id;
    s->key.secret = second;
    s->token = token && *token ? token : NULL;
    redactor_add(s->redactor, second);
    if (s->token)
        redactor_add(s->redactor, s->token);
    return 0;
}

int s3_open(const struct remote_params *p, struct s3 *ret, struct err *e)
{
    *ret = (struct s3){.p = *p, .redactor = redactor_new()};
    ret->key.service = "s3";
    ret->key.region = arena_strdup(&ret->a, p->region ? p->region : "us-east-1");
    ret->p.ca_file = arena_strdup(&ret->a, p->ca_file);
    int r = http_init(e);
    if (r >= 0)
        r = read_url(ret, p->url, e);
    if (r >= 0)
        r = read_secret(ret, p->secret, e);
    if (r >= 0)
        ret->keep = http_keep_new();
    else
        s3_close(ret);
    return r;
}

void s3_close(struct s3 *s)
{
    http_keep_free(s->keep);
    redactor_free(s->redactor);
    arena_done(&s->a);
}

const char *s3_path(const struct s3 *s, struct arena *a, const char *path)
{
    return arena_printf(a, "/%s%s", s->base, path);
}

void s3_count(void *ctx, int64_t bytes)
{
    struct s3 *s = ctx;
    s->gone += bytes;
    if (s->p.sent && bytes != 0)
        s->p.sent(s->p.ctx, bytes);
}

struct lines {
    struct arena a;
    struct sigv4_pair signed_ones[HEADERS];
    const char *all[HEADERS + 3];
    size_t n_signed, n;
};

static void add_line(struct lines *l, const char *name, const char *value)
{
    if (value)
        l->all[l->n++] = arena_printf(&l->a, "%s: %s", name, value);
}

static void add_signed(struct lines *l, const char *name, const char *value)
{
    if (!value)
        return;
    l->signed_ones[l->n_signed++] = (struct sigv4_pair){name, value};
    add_line(l, name, value);
}

static const char *base64(struct arena *a, const unsigned char *bytes, size_t n)
{
    struct str s;
    str_init(&s, LINE_MAX_BYTES);
    str_add_base64(&s, bytes, n);
    const char *ret = arena_strdup(a, s.p);
    str_done(&s);
    return ret;
}

static void make_lines(const struct s3 *s, const struct s3_ask *q, struct lines *l)
{
    char now[SIGV4_TIME], sha256[HASH_HEX] = EMPTY_SHA256;
    struct str authorization;
    // The store compares it with its own clock, so it is the true time, whatever a test says.
    sigv4_time(time(NULL), now);
    if (q->body)
        hash_bytes(q->body, strlen(q->body), sha256);
    *l = (struct lines){.n = 0};
    const char *payload = q->piece ? q->piece->sha256 : arena_strdup(&l->a, sha256);
    add_signed(l, "Host", s->host);
    add_signed(l, "x-amz-date", arena_strdup(&l->a, now));
    add_signed(l, "x-amz-content-sha256", payload);
    add_signed(l, "x-amz-security-token", s->token);
    add_signed(l, "x-amz-meta-sha256", q->meta_sha256);
    add_signed(l, "Content-MD5", q->piece ? base64(&l->a, q->piece->md5, MD5_BYTES) : NULL);
    add_signed(l, "Content-Type", q->type);
    if (q->type && q->body) // net/http adds it itself
        l->n--;
    // Machines on the way may change these.
    add_line(l, "Cache-Control", q->cache);
    add_line(l, "Range", q->range);
    str_init(&authorization, LINE_MAX_BYTES);
    sigv4_authorization(&authorization, &s->key, now,
                        &(struct sigv4_request){
                            .method = q->method,
                            .path = q->path,
                            .query = q->query,
                            .headers = l->signed_ones,
                            .payload_sha256 = payload,
                        });
    add_line(l, "Authorization", authorization.p);
    str_done(&authorization);
}

static int perform(struct s3 *s, const struct s3_ask *q, const struct lines *l, const char *url,
                   struct http_response *ret, struct err *e)
{
    double still_s = s->p.timeout_s > 0 ? s->p.timeout_s : STILL_S;
    return http_do(
        &(struct http_request){
            .method = q->method,
            .url = url,
            .headers = l->all,
            .body = q->body,
            .body_len = q->body ? strlen(q->body) : 0,
            .body_type = q->type,
            .file = q->piece ? q->piece->file : 0,
            .file_from = q->piece ? q->piece->from : 0,
            .file_len = q->piece ? q->piece->bytes : 0,
            .sent = s3_count,
            .sent_ctx = s,
            .keep = s->keep,
            .ca_file = s->p.ca_file,
            .connect_s = still_s < CONNECT_S ? still_s : CONNECT_S,
            .total_s = q->piece ? 0 : DAY_S,
            .still_s = q->still_s > 0 ? q->still_s : still_s,
            .max_bytes = q->max ? q->max : S3ANSWER_MAX,
            .wanted = {[S3_ETAG] = "ETag",
                       [S3_LENGTH] = "Content-Length",
                       [S3_TYPE] = "Content-Type",
                       [S3_CACHE] = "Cache-Control",
                       [S3_SHA256] = "x-amz-meta-sha256",
                       [S3_CRYPT] = "x-amz-server-side-encryption",
                       [S3_CRYPT_KEY] = "x-amz-server-side-encryption-customer-algorithm",
                       [S3_RETRY] = "Retry-After",
                       [S3_REGION] = "x-amz-bucket-region"},
            .stopped = s->p.stopped,
            .stopped_ctx = s->p.ctx,
        },
        ret, e);
}

static int fault(const struct s3 *s, const struct http_response *r, struct err *e)
{
    return s3fault_say(&(struct s3fault){.host = s->host,
                                         .status = r->status,
                                         .body = r->body.p,
                                         .len = r->body.len,
                                         .region = r->header[S3_REGION].p,
                                         .asked = s->key.region},
                       e);
}

int s3_ask(struct s3 *s, const struct s3_ask *q, struct http_response *ret, struct err *e)
{
    struct lines l;
    struct str url;
    int64_t wait_s;
    make_lines(s, q, &l);
    str_init(&url, LINE_MAX_BYTES);
    str_add(&url, s->origin);
    str_add_url(&url, q->path);
    if (q->query[0].name) {
        str_addc(&url, '?');
        sigv4_query(&url, q->query);
    }
    int r = perform(s, q, &l, url.p, ret, e);
    s->asked_s = 0;
    if (r >= 0 && str_to_int(ret->header[S3_RETRY].p, &wait_s) && wait_s > 0)
        s->asked_s = (double)(wait_s < WAIT_MOST_S ? wait_s : WAIT_MOST_S);
    if (r >= 0 && ret->status / 100 != 2)
        r = fault(s, ret, e);
    if (r == -ENOENT && (str_same(q->method, "PUT") || str_same(q->method, "POST")))
        r = err_remote(e, -EINVAL, "%s: nothing there takes files: look at the url", s->host);
    // A store may repeat what it was sent.
    if (r < 0 && e)
        redact_text(s->redactor, e->text, sizeof(e->text));
    str_done(&url);
    arena_done(&l.a);
    return r;
}

int s3_ask_for(struct s3 *s, const struct s3_ask *q, const char *root, struct arena *a,
               struct s3answer *ret, struct err *e)
{
    struct http_response http;
    int r = s3_ask(s, q, &http, e);
    if (r >= 0 && s3answer_read(a, http.body.p, http.body.len, ret) < 0)
        r = err_remote(e, -ENOMSG, "%s: answers with something that is no answer of an S3 store",
                       s->host);
    else if (r >= 0 && str_same(ret->root, "Error"))
        r = fault(s, &http, e);
    else if (r >= 0 && !str_same(ret->root, root))
        r = err_remote(e, -ENOMSG, "%s: answers with <%s> where <%s> belongs", s->host, ret->root,
                       root);
    if (r < 0 && e)
        redact_text(s->redactor, e->text, sizeof(e->text));
    http_response_done(&http);
    return r;
}

void s3_etag(const char *header, char ret[REMOTE_TAG])
{
    size_t n = 0;
    header += str_starts(header, "W/") ? 2 : 0;
    for (; *header && n < REMOTE_TAG - 1; header++)
        if (*header != '"')
            ret[n++] = *header;
    ret[n] = '\0';
}

bool s3_etag_is_md5(const char *etag)
{
    return strlen(etag) == (size_t)2 * MD5_BYTES &&
           strspn(etag, "0123456789abcdefABCDEF") == (size_t)2 * MD5_BYTES;
}

bool s3_is_opaque(const struct http_response *r)
{
    return str_starts(r->header[S3_CRYPT].p, "aws:kms") || r->header[S3_CRYPT_KEY].len > 0;
}

bool s3_is_damaged(const struct http_response *r, const unsigned char *md5)
{
    char hex[2 * MD5_BYTES + 1], tag[REMOTE_TAG];
    hash_hex(md5, MD5_BYTES, hex);
    s3_etag(r->header[S3_ETAG].p, tag);
    return s3_etag_is_md5(tag) && !s3_is_opaque(r) && strcasecmp(tag, hex) != 0;
}

static int add_bytes(const struct s3_piece *p, int64_t done, char *room, struct err *e)
{
    int64_t left = p->bytes - done;
    ssize_t n;
    do
        n = pread(p->file, room, left < ROOM ? (size_t)left : ROOM, p->from + done);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_errno(e, -errno, "the file to send");
    return n > 0 ? (int)n : err_set(e, -ENODATA, "the file to send has become shorter");
}

int s3_hash(const struct s3 *s, struct s3_piece *p, struct hash *whole, struct err *e)
{
    struct hash *const hashes[] = {hash_new(), hash_new_md5(), whole};
    char *room = mem_alloc(ROOM);
    int r = 0;
    for (int64_t done = 0; r >= 0 && done < p->bytes; done += r) {
        r = add_bytes(p, done, room, e);
        for (size_t i = 0; r > 0 && i < COUNT(hashes); i++)
            if (hashes[i])
                hash_add(hashes[i], room, (size_t)r);
        if (r >= 0 && s->p.stopped && s->p.stopped(s->p.ctx)) {
            r = err_set(e, -ECANCELED, "stopped");
            if (e)
                e->kind = ERR_INTERRUPTED;
        }
    }
    free(room);
    hash_finish(hashes[0], p->sha256);
    hash_finish_md5(hashes[1], p->md5);
    return r < 0 ? r : 0;
}
