// SPDX-License-Identifier: GPL-3.0-or-later
// tests/live/s3.py, started for a test. Include behind cmocka.h.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
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
