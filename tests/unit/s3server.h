// SPDX-License-Identifier: GPL-3.0-or-later
// tests/live/s3.py, started for a test. Include behind cmocka.h.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/proc.h"
#include "net/http.h"
#include "net/remote.h"

#include "unit/servers.h"

// As in s3.py. The secret is a canary: no message may hold it.
#define S3_KEY "AKDGLEPISODETEST0001"
#define S3_SECRET "canary/secret+of+the+store/0123456789abc"
#define S3_BOTH S3_KEY ":" S3_SECRET

struct s3_house {
    struct proc p;
    int port;
    const char *ca; // PEM; NULL: it speaks http
};

// options: of s3.py, up to NULL.
static inline void s3_start(struct s3_house *h, const char *const options[])
{
    char python[PROGRAM_PATH], line[40] = "";
    const char *argv[12] = {python, "tests/live/s3.py"};
    struct err e = {0};
    assert_true(program_find("python3", python));
    for (size_t i = 0; options && options[i]; i++)
        argv[2 + i] = options[i];
    if (proc_start(argv, &h->p, &e) < 0)
        fail_msg("%s", e.text);
    assert_non_null(fgets(line, sizeof(line), h->p.out));
    assert_int_equal(sscanf(line, "%d", &h->port), 1);
}

static inline void s3_stop(struct s3_house *h)
{
    proc_wait(&h->p, NULL);
}

static inline const char *s3_url(const struct s3_house *h, const char *path)
{
    static _Thread_local char url[400];
    snprintf(url, sizeof(url), "%s://localhost:%d%s", h->ca ? "https" : "http", h->port, path);
    return url;
}

// Tells the store what to do, and what it has seen: to free.
static inline struct json *s3_control(const struct s3_house *h, const char *json)
{
    struct http_response a;
    struct json *ret = NULL;
    struct err e = {0};
    int r = http_do(&(struct http_request){.url = s3_url(h, "/-/control"),
                                           .body = json,
                                           .body_len = strlen(json),
                                           .ca_file = h->ca},
                    &a, &e);
    if (r < 0 || a.status != 200 || json_parse(a.body.p, a.body.len, "state", &ret, &e) < 0)
        fail_msg("the store does not take %s: %d %s", json, a.status, e.text);
    http_response_done(&a);
    return ret;
}

static inline void s3_tell(const struct s3_house *h, const char *json)
{
    json_free(s3_control(h, json));
}

// A number of what was seen: ("calls", "PutObject"), ("body_bytes", NULL).
static inline int64_t s3_seen(const struct s3_house *h, const char *what, const char *name)
{
    struct json *j = s3_control(h, "{}");
    int64_t n = name ? json_int(json_get(j, what), name, 0) : json_int(j, what, 0);
    json_free(j);
    return n;
}

// What is delivered.
struct bytes {
    char path[SCRATCH_MAX + 40], sha256[HASH_HEX];
    int64_t n;
};
// Bytes that do not repeat, so that a part in a wrong place is found.
static inline void make(const char *dir, struct bytes *b, const char *name, int64_t n,
                        uint32_t seed)
{
    struct hash *h = hash_new();
    snprintf(b->path, sizeof(b->path), "%s/%s", dir, name);
    b->n = n;
    FILE *f = fopen(b->path, "wb");
    assert_non_null(f);
    for (int64_t done = 0; done < n;) {
        uint32_t block[1024];
        size_t some = n - done < (int64_t)sizeof(block) ? (size_t)(n - done) : sizeof(block);
        for (size_t i = 0; i < COUNT(block); i++)
            block[i] = seed = seed * 1664525u + 1013904223u;
        assert_int_equal(fwrite(block, 1, some, f), some);
        hash_add(h, block, some);
        done += (int64_t)some;
    }
    assert_int_equal(fclose(f), 0);
    hash_finish(h, b->sha256);
}

// What p.sent was told.
struct told {
    int64_t now, most, step; // step: the largest at once
    bool stop;
    int64_t stop_at; // 0: never
};

static inline void on_sent(void *ctx, int64_t bytes)
{
    struct told *t = ctx;
    t->now += bytes;
    t->step = bytes > t->step ? bytes : t->step;
    t->most = t->now > t->most ? t->now : t->most;
    if (t->stop_at && t->now >= t->stop_at)
        t->stop = true;
}

static inline bool on_stopped(const void *ctx)
{
    return ((const struct told *)ctx)->stop;
}

static inline struct remote *connect_with(const struct remote_params *p)
{
    struct remote *r;
    struct err e = {0};
    if (remote_open(p, &r, &e) < 0)
        fail_msg("%s", e.text);
    return r;
}

static inline struct remote_file file_of(const struct bytes *b, const char *path)
{
    return (struct remote_file){
        .from = b->path,
        .path = path,
        .bytes = b->n,
        .sha256 = b->sha256,
        .type = "audio/mpeg",
        .cache = "public, max-age=31536000, immutable",
    };
}

static inline void check_words(const struct err *e)
{
    if (strstr(e->text, "canary") || !str_is_utf8(e->text, strlen(e->text), NULL))
        fail_msg("%s", e->text);
}

// As net/delivering does, with the same remote: again while that may mend it. Returns the tries, or
// the error.
static inline int put_insisting(struct remote *r, const struct remote_file *f, int most,
                                struct err *e)
{
    for (int i = 1; i <= most; i++) {
        *e = (struct err){0};
        int k = remote_put(r, f, e);
        check_words(e);
        if (k >= 0)
            return i;
        assert_int_equal(k, e->code);
        if (!remote_may_mend(e))
            return k;
    }
    return e->code;
}

static inline void check_there(const char *dir, struct remote *r, const char *path,
                               const struct bytes *b)
{
    struct remote_facts there;
    struct err e = {0};
    char to[SCRATCH_MAX + 40], sha256[HASH_HEX];
    snprintf(to, sizeof(to), "%s/got", dir);
    assert_int_equal(remote_look(r, path, &there, &e), 0);
    assert_true(there.there);
    assert_int_equal(there.bytes, b->n);
    assert_string_equal(there.type, "audio/mpeg");
    assert_string_equal(there.sha256, b->sha256);
    assert_true(*there.etag && !strchr(there.etag, '"'));
    assert_int_equal(remote_get(r, path, to, 64 << 20, &e), 0);
    assert_int_equal(hash_file(to, sha256, NULL, NULL, NULL, &e), 0);
    assert_string_equal(sha256, b->sha256);
}
