// SPDX-License-Identifier: GPL-3.0-or-later
// A bucket of an S3-compatible store. An object appears whole by one PUT, or when its parts are put
// together: readers see the old bytes or the new ones, never some of each.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/str.h"
#include "net/s3call.h"
#include "net/s3parts.h"

struct bucket {
    struct s3 s;
    struct s3parts parts;
};

static int open_bucket(const struct remote_params *p, void **own, struct err *e)
{
    struct bucket *b = mem_alloc(sizeof(*b));
    int r = s3_open(p, &b->s, e);
    if (r < 0)
        free(b);
    else
        *own = b;
    return r;
}

static void close_bucket(void *own)
{
    struct bucket *b = own;
    s3parts_done(&b->s, &b->parts);
    s3_close(&b->s);
    free(b);
}

static int put_whole(struct s3 *s, const struct remote_file *f, int file, struct err *e)
{
    struct arena a = {0};
    struct http_response http = {0};
    struct s3_piece piece = {.file = file, .bytes = f->bytes};
    int r = s3_hash(s, &piece, NULL, e);
    if (r >= 0 && !str_same(piece.sha256, f->sha256))
        r = err_set(e, -ESTALE, "%s: has changed since it was made", f->from);
    if (r >= 0)
        r = s3_ask(s,
                   &(struct s3_ask){.method = "PUT",
                                    .path = s3_path(s, &a, f->path),
                                    .type = f->type,
                                    .cache = f->cache,
                                    .meta_sha256 = f->sha256,
                                    .piece = &piece},
                   &http, e);
    if (r >= 0 && s3_is_damaged(&http, piece.md5))
        r = err_remote(e, -EBADMSG, "%s: has stored other bytes than were sent", s->host);
    http_response_done(&http);
    arena_done(&a);
    return r;
}

// There is no object where there was none asked for; a bucket that is not there is an error.
static int not_there(int r, struct err *e)
{
    if (r == -ENOENT && e)
        *e = (struct err){0};
    return r;
}

static int put(void *own, const struct remote_file *f, struct err *e)
{
    struct bucket *b = own;
    int r = 0;
    b->s.gone = 0;
    if (f->bytes > s3parts_size(f->bytes, b->s.p.part_bytes)) {
        r = s3parts_put(&b->s, &b->parts, f, e);
    } else {
        int file = open(f->from, O_RDONLY | O_CLOEXEC);
        r = file < 0 ? err_errno(e, -errno, f->from) : put_whole(&b->s, f, file, e);
        if (file >= 0)
            close(file);
    }
    if (r < 0)
        s3_count(&b->s, -b->s.gone);
    return r < 0 ? err_wrap(e, "%s", f->path) : 0;
}

// What the store says about refusing a HEAD it can say only in the body of a GET.
static int ask_why(struct s3 *s, const char *path, int r, struct err *e)
{
    struct http_response http;
    struct err why = {0};
    int k = s3_ask(s, &(struct s3_ask){.method = "GET", .path = path, .range = "bytes=0-0"}, &http,
                   &why);
    http_response_done(&http);
    if (k < 0 && e)
        *e = why;
    return k < 0 ? k : r;
}

// What a server writes may end on a terminal.
static void copy_tag(char to[REMOTE_TAG], const char *from)
{
    str_fit(to, REMOTE_TAG, from);
    for (char *p = to; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
}

static int look(void *own, const char *path, struct remote_facts *ret, struct err *e)
{
    struct s3 *s = &((struct bucket *)own)->s;
    struct arena a = {0};
    struct http_response http;
    const char *at = s3_path(s, &a, path);
    int r = s3_ask(s, &(struct s3_ask){.method = "HEAD", .path = at}, &http, e);
    if (r == -EACCES || r == -EINVAL)
        r = ask_why(s, at, r, e);
    ret->there = r >= 0;
    if (r >= 0) {
        if (!str_to_int(http.header[S3_LENGTH].p, &ret->bytes))
            ret->bytes = -1;
        copy_tag(ret->type, http.header[S3_TYPE].p);
        copy_tag(ret->sha256, http.header[S3_SHA256].p);
        s3_etag(http.header[S3_ETAG].p, ret->etag);
    }
    http_response_done(&http);
    arena_done(&a);
    r = not_there(r, e);
    return r == -ENOENT ? 0 : r < 0 ? err_wrap(e, "%s", path) : 0;
}

static int get(void *own, const char *path, const char *to, size_t max, struct err *e)
{
    struct s3 *s = &((struct bucket *)own)->s;
    struct arena a = {0};
    struct http_response http;
    struct err failed = {0};
    const char *at = s3_path(s, &a, path);
    int r = s3_ask(s, &(struct s3_ask){.method = "GET", .path = at, .max = max}, &http, &failed);
    if (r >= 0) {
        r = fs_replace(to, http.body.p, http.body.len, e);
    } else if (r != -ENOENT && e) {
        *e = failed;
        err_wrap(e, "%s", path);
    }
    http_response_done(&http);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static int remove_object(void *own, const char *path, const char *const *parts, struct err *e)
{
    struct bucket *b = own;
    struct s3 *s = &b->s;
    struct arena a = {0};
    struct http_response http;
    const char *at = s3_path(s, &a, path);
    int r = not_there(s3_ask(s, &(struct s3_ask){.method = "DELETE", .path = at}, &http, e), e);
    (void)parts; // the store lists them
    http_response_done(&http);
    arena_done(&a);
    if (r >= 0 || r == -ENOENT)
        r = s3parts_remove(s, &b->parts, path, e);
    return r < 0 ? err_wrap(e, "%s", path) : 0;
}

static double asked_s(const void *own)
{
    return ((const struct bucket *)own)->s.asked_s;
}

const struct remote_kind remote_s3 = {
    "s3", open_bucket, close_bucket, put, look, get, remove_object, asked_s,
};
