// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/s3partlist.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "net/s3call.h"
#include "net/s3parts.h"

enum { PAGES_MOST = 200 };

static bool is_more(const struct s3answer *s)
{
    return str_same(s3answer_text(s, "IsTruncated"), "true");
}

static int take_parts(const struct s3answer *s, struct s3part *parts, int n)
{
    struct s3part one = {0};
    int64_t number = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct s3answer_item *x = &s->items[i];
        int64_t *to = str_same(x->path, "Part/Size")         ? &one.bytes
                      : str_same(x->path, "Part/PartNumber") ? &number
                                                             : NULL;
        if (str_same(x->path, "Part/ETag") && x->text)
            s3_etag(x->text, one.etag);
        if (to && x->text && !str_to_int(x->text, to))
            return -ERANGE;
        if (!str_same(x->path, "Part"))
            continue;
        if (number < 1 || number > n)
            return -ERANGE;
        one.there = true;
        parts[number - 1] = one;
        one = (struct s3part){0};
        number = 0;
    }
    return 0;
}

int s3partlist_parts(struct s3 *s, const char *path, const char *id, struct s3part *parts, int n,
                     struct err *e)
{
    struct arena a = {0};
    int64_t marker = 0, next = 0;
    int r = 0;
    memset(parts, 0, sizeof(*parts) * (size_t)n);
    for (bool more = true; r >= 0 && more; marker = next) {
        struct s3answer answer;
        struct s3_ask q = {.method = "GET", .path = path};
        q.query[0] = (struct sigv4_pair){"uploadId", id};
        if (marker > 0)
            q.query[1] = (struct sigv4_pair){"part-number-marker",
                                             arena_printf(&a, "%lld", (long long)marker)};
        r = s3_ask_for(s, &q, "ListPartsResult", &a, &answer, e);
        if (r >= 0)
            r = take_parts(&answer, parts, n);
        if (r < 0 || !(more = is_more(&answer)))
            continue;
        const char *text = s3answer_text(&answer, "NextPartNumberMarker");
        if (!text || !str_to_int(text, &next) || next <= marker)
            r = err_remote(e, -EPROTO, "%s: lists parts without an end", s->host);
    }
    arena_done(&a);
    return r;
}

struct search {
    const char *bucket, *key; // "/bucket", "prefix/media/a.mp3"
    struct arena *a;
    char **ids;
    size_t n, cap;
};

static void take_uploads(struct search *w, const struct s3answer *s)
{
    const char *key = NULL, *id = NULL;
    for (size_t i = 0; i < s->n; i++) {
        const struct s3answer_item *x = &s->items[i];
        if (str_same(x->path, "Upload/Key"))
            key = x->text;
        else if (str_same(x->path, "Upload/UploadId"))
            id = x->text;
        if (!str_same(x->path, "Upload"))
            continue;
        if (id && str_same(key, w->key)) { // others begin with the same letters
            w->ids = arena_grow(w->a, w->ids, w->n, &w->cap, sizeof(*w->ids));
            w->ids[w->n++] = arena_strdup(w->a, id);
        }
        key = id = NULL;
    }
}

static int search(struct s3 *s, struct search *w, struct err *e)
{
    const char *key = NULL, *id = NULL;
    for (int page = 0; page < PAGES_MOST; page++) {
        struct s3answer answer;
        struct s3_ask q = {.method = "GET", .path = w->bucket};
        q.query[0] = (struct sigv4_pair){"uploads", ""};
        q.query[1] = (struct sigv4_pair){"prefix", w->key};
        if (key)
            q.query[2] = (struct sigv4_pair){"key-marker", key};
        if (key && id)
            q.query[3] = (struct sigv4_pair){"upload-id-marker", id};
        int r = s3_ask_for(s, &q, "ListMultipartUploadsResult", w->a, &answer, e);
        if (r < 0)
            return r;
        take_uploads(w, &answer);
        key = s3answer_text(&answer, "NextKeyMarker");
        id = s3answer_text(&answer, "NextUploadIdMarker");
        if (!is_more(&answer) || !key)
            return 0;
    }
    return err_remote(e, -EPROTO, "%s: lists uploads without an end", s->host);
}

static bool set_search(struct search *w, enum s3_style style, const char *full)
{
    const char *slash = strchr(full, '/');
    if (style == S3_HOST) {
        w->bucket = "/";
        w->key = full;
        return true;
    }
    if (!slash || slash == full)
        return false;
    w->bucket = arena_printf(w->a, "/%.*s", (int)(slash - full), full);
    w->key = slash + 1;
    return true;
}

// The usual names of hosts: BUCKET.s3.REGION.example.org.
static enum s3_style guess(const struct s3 *s)
{
    bool host = strstr(s->host, ".s3.") || strstr(s->host, ".s3-") || !strchr(s->base, '/');
    return host ? S3_HOST : S3_PATH;
}

int s3partlist_uploads(struct s3 *s, struct s3parts *p, const char *path, struct arena *a,
                       char ***ret_ids, size_t *ret_n, struct err *e)
{
    enum s3_style first = p->style != S3_UNKNOWN ? p->style : guess(s);
    const enum s3_style styles[] = {first, first == S3_HOST ? S3_PATH : S3_HOST};
    const char *full = s3_path(s, a, path) + 1;
    *ret_n = 0;
    if (p->listless)
        return 0;
    for (size_t i = 0; i < (p->style != S3_UNKNOWN ? 1 : COUNT(styles)); i++) {
        struct search w = {.a = a};
        struct err failed = {0};
        int r = set_search(&w, styles[i], full) ? search(s, &w, &failed) : -ENOENT;
        if (r >= 0) {
            p->style = styles[i];
            *ret_ids = w.ids;
            *ret_n = w.n;
            return 0;
        }
        // What is no list at all may be a page that happens to lie where a bucket was looked for.
        bool other = r == -ENOMSG && p->style == S3_UNKNOWN;
        if (!other && r != -ENOENT &&
            (failed.kind == ERR_INTERRUPTED || remote_may_mend(&failed))) {
            if (e)
                *e = failed;
            return r;
        }
    }
    p->listless = true;
    return 0;
}
