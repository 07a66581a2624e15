// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/httpd.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "model/filetype.h"
#include "model/gone.h"
#include "net/httprule.h"
#include "net/httpserve.h"
#include "net/webroot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 4, CONNECTIONS = 400 };
enum { GONE_HEAD = 256 }; // bytes of a folder's file that are enough to know it
enum {
    OK = 200,
    PARTIAL = 206,
    MOVED = 301,
    NOT_MODIFIED = 304,
    NOT_FOUND = 404,
    GONE = 410,
    BEYOND = 416
};

struct httpd {
    struct httpserve *server;
    struct httpd_params p; // root and site are ours
};

struct request {
    struct httpd *h;
    const struct httpserve_request *q;
};

// What is sent: a descriptor, or bytes in memory.
struct body {
    int fd;      // -1: bytes
    char *bytes; // freed with the body
    int64_t size, changed_utc_s;
    char etag[HASH_HEX + 2];
    const struct file_type *type;
};

static const char page_policy[] =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; "
    "media-src 'self' https:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// The file's text with the server's own address in place of the site's.
static int read_page(const struct request *q, int fd, size_t size, struct str *out)
{
    const char *site = q->h->p.site;
    size_t site_len = strlen(site), have = 0;
    if (size > STR_MAX / 2)
        return -EFBIG;
    char *text = mem_alloc(size + 1);
    for (ssize_t n; (n = read(fd, text + have, size - have)) > 0;)
        have += (size_t)n;
    const char *from = text, *end = text + have;
    for (const char *at; (at = memmem(from, (size_t)(end - from), site, site_len));
         from = at + site_len) {
        str_addn(out, from, (size_t)(at - from));
        str_addf(out, "http://%s/", q->q->host);
    }
    str_addn(out, from, (size_t)(end - from));
    free(text);
    return have == size && !out->over ? 0 : -EIO;
}

static void body_done(struct body *b)
{
    if (b->fd >= 0)
        close(b->fd);
    free(b->bytes);
    *b = (struct body){.fd = -1};
}

// 0, or negative errno. Takes fd in any case.
static int body_of_fd(const struct request *q, int fd, const struct stat *st, const char *path,
                      struct body *ret)
{
    struct body b = {
        .fd = fd,
        .size = st->st_size,
        .changed_utc_s = st->st_mtim.tv_sec,
        .type = file_type_of(path),
    };
    if (b.type->pages && q->h->p.site && q->q->host) {
        struct str text;
        str_init(&text, STR_MAX);
        int r = read_page(q, fd, (size_t)b.size, &text);
        close(fd);
        if (r < 0) {
            str_done(&text);
            return r;
        }
        b.fd = -1;
        b.bytes = text.p;
        b.size = (int64_t)text.len;
        char hex[HASH_HEX];
        hash_bytes(b.bytes, text.len, hex);
        snprintf(b.etag, sizeof(b.etag), "\"%s\"", hex);
    } else {
        snprintf(b.etag, sizeof(b.etag), "\"%llx-%llx-%llx.%lx\"", (unsigned long long)st->st_ino,
                 (unsigned long long)st->st_size, (unsigned long long)st->st_mtim.tv_sec,
                 (unsigned long)st->st_mtim.tv_nsec);
    }
    *ret = b;
    return 0;
}

// 0: a file. 1: a folder that is asked for without its slash. Negative errno: nothing to show.
static int body_open(const struct request *q, const char *path, struct body *ret)
{
    char index[HTTP_PATH + 16];
    bool folder = !*path || str_ends(path, "/");
    snprintf(index, sizeof(index), "%s%s", path, folder ? "index.html" : "");
    int root = open(q->h->p.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return -errno;
    struct stat st;
    int fd = webroot_open(root, index, &st);
    close(root);
    if (fd < 0)
        return fd;
    if (S_ISREG(st.st_mode))
        return body_of_fd(q, fd, &st, index, ret);
    close(fd);
    return folder ? -ENOENT : 1;
}

// Takes the body. first..last: the part that is sent. With 304 the library leaves the bytes out.
static bool send_part(const struct request *q, int status, struct body *b, int64_t first,
                      int64_t last)
{
    char range[80], changed[CLOCK_TEXT];
    bool part = status == PARTIAL, found = status != NOT_FOUND && status != GONE;
    snprintf(range, sizeof(range), "bytes %lld-%lld/%lld", (long long)first, (long long)last,
             (long long)b->size);
    clock_http(b->changed_utc_s, changed);
    const struct httpserve_header headers[] = {
        {"Content-Type", b->type->mime},
        {"Content-Range", part ? range : NULL},
        {"Accept-Ranges", found ? "bytes" : NULL},
        {"ETag", found ? b->etag : NULL},
        {"Last-Modified", found ? changed : NULL},
        {"Cache-Control", "no-cache"},
        {"X-Content-Type-Options", "nosniff"},
        {"Access-Control-Allow-Origin", b->type->shared ? "*" : NULL},
        {"Content-Security-Policy", str_starts(b->type->mime, "text/html") ? page_policy : NULL},
        {NULL, NULL},
    };
    int64_t len = last - first + 1;
    bool r = b->fd >= 0 ? httpserve_fd(q->q, status, &b->fd, first, len, headers)
                        : httpserve_bytes(q->q, status, b->bytes + first, (size_t)len, headers);
    body_done(b);
    return r;
}

static bool is_modified(const struct request *q, const struct body *b)
{
    const char *tags = httpserve_header(q->q, "If-None-Match"),
               *since = httpserve_header(q->q, "If-Modified-Since");
    int64_t date;
    if (tags)
        return !http_etag_listed(tags, b->etag, true);
    return !http_date_parse(since, &date) || b->changed_utc_s > date;
}

// If-Range: the part is wanted only of the very state the client knows.
static bool range_holds(const struct request *q, const struct body *b)
{
    const char *known = httpserve_header(q->q, "If-Range");
    int64_t date;
    if (!known)
        return true;
    if (http_date_parse(known, &date))
        return date == b->changed_utc_s;
    return http_etag_listed(known, b->etag, false);
}

// Takes the body.
static bool send_body(const struct request *q, struct body *b)
{
    int64_t first = 0, last = b->size - 1;
    if (!is_modified(q, b))
        return send_part(q, NOT_MODIFIED, b, first, last);
    enum http_range range = RANGE_NONE;
    if (strcmp(q->q->method, "GET") == 0 && range_holds(q, b))
        range = http_range_of(httpserve_header(q->q, "Range"), b->size, &first, &last);
    if (range == RANGE_BEYOND) {
        char size[40];
        snprintf(size, sizeof(size), "bytes */%lld", (long long)b->size);
        body_done(b);
        return httpserve_line(q->q, BEYOND, "nothing there: the file is shorter\n",
                              (struct httpserve_header){"Content-Range", size});
    }
    return send_part(q, range == RANGE_PART ? PARTIAL : OK, b, first, last);
}

static bool send_missing(const struct request *q)
{
    struct body b;
    if (body_open(q, "404.html", &b) == 0)
        return send_part(q, NOT_FOUND, &b, 0, b.size - 1);
    return httpserve_line(q->q, NOT_FOUND, "not found\n",
                          (struct httpserve_header){"Cache-Control", "no-cache"});
}

// Whether the folder, "" or with its slash, says that everything in it is gone.
static bool says_gone(const struct request *q, const char *folder)
{
    char path[HTTP_PATH + 16], text[GONE_HEAD] = "";
    struct stat st;
    int root = open(q->h->p.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    snprintf(path, sizeof path, "%s%s", folder, gone_file);
    int fd = root < 0 ? -1 : webroot_open(root, path, &st);
    if (root >= 0)
        close(root);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    return n > 0 && gone_is_ours(text);
}

// The folder on the way to path that is gone, into ret. No folder holds both it and others' files.
static bool find_gone(const struct request *q, const char *path, char ret[HTTP_PATH + 2])
{
    for (const char *end = path; *end;) {
        end += strcspn(end, "/");
        snprintf(ret, HTTP_PATH + 2, "%.*s/", (int)(end - path), path);
        if (says_gone(q, ret))
            return true;
        end += *end == '/';
    }
    return false;
}

// The page that says so, where the folder has one.
static bool send_gone(const struct request *q, const char *folder)
{
    struct body b;
    if (body_open(q, folder, &b) == 0)
        return send_part(q, GONE, &b, 0, b.size - 1);
    return httpserve_line(q->q, GONE, "withdrawn: it is gone for good\n",
                          (struct httpserve_header){"Cache-Control", "no-cache"});
}

static bool send_to_folder(const struct request *q, const char *path)
{
    struct str to;
    str_init(&to, STR_MAX);
    str_add(&to, "/");
    str_add_url(&to, path);
    str_add(&to, "/");
    bool r = httpserve_line(q->q, MOVED, "it is a folder\n",
                            (struct httpserve_header){"Location", to.p});
    str_done(&to);
    return r;
}

static bool answer(void *ctx, const struct httpserve_request *asked)
{
    struct request q = {ctx, asked};
    char path[HTTP_PATH], gone[HTTP_PATH + 2];
    struct body b;
    bool valid = http_path(asked->target, path);
    if (valid && find_gone(&q, path, gone))
        return send_gone(&q, gone);
    int r = valid ? body_open(&q, path, &b) : -ENOENT;
    if (r < 0)
        return send_missing(&q);
    return r == 1 ? send_to_folder(&q, path) : send_body(&q, &b);
}

static void seen(void *ctx, const char *method, const char *target, int status)
{
    const struct httpd_params *p = &((struct httpd *)ctx)->p;
    if (p->seen)
        p->seen(p->ctx, method, target, status);
}

static char *copy_of(const char *s)
{
    return s ? memcpy(mem_alloc(strlen(s) + 1), s, strlen(s)) : NULL;
}

static void httpd_free(struct httpd *h)
{
    free((char *)(uintptr_t)h->p.root);
    free((char *)(uintptr_t)h->p.site);
    free(h);
}

int httpd_start(const struct httpd_params *p, struct httpd **ret, struct err *e)
{
    int root = open(p->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return err_errno(e, -errno, p->root);
    close(root);
    struct httpd *h = mem_alloc(sizeof(*h));
    h->p = *p;
    h->p.root = copy_of(p->root);
    h->p.site = copy_of(p->site && *p->site ? p->site : NULL);
    struct httpserve_params server = {.port = p->port,
                                      .threads = THREADS,
                                      .connections = CONNECTIONS,
                                      .answer = answer,
                                      .seen = seen,
                                      .ctx = h};
    int r = httpserve_start(&server, &h->server, e);
    if (r < 0) {
        httpd_free(h);
        return r;
    }
    *ret = h;
    return 0;
}

int httpd_port(const struct httpd *h)
{
    return httpserve_port(h->server);
}

void httpd_stop(struct httpd *h)
{
    if (!h)
        return;
    httpserve_stop(h->server);
    httpd_free(h);
}
