// SPDX-License-Identifier: GPL-3.0-or-later
// tests/live/graph_server, started for a test with certificates made for it. Include behind
// cmocka.h.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/proc.h"
#include "base/redact.h"
#include "net/graph.h"
#include "scratch.h"

#define TOKEN "canary-token-EAAB/x+y"
#define TOKEN_IN_FORM "canary-token-EAAB%2Fx%2By"
#define KEY_CANARY "canary-stream-key" // STREAM_CANARY of graph_scenarios.h

struct far_side {
    char dir[SCRATCH_MAX], log[SCRATCH_MAX + 40], ca[SCRATCH_MAX + 40];
    struct proc server;
    int port;
    struct redactor *redactor;
    struct arena arena; // of urls and texts
};

static inline void certificates_make(const char *dir)
{
    struct proc p = {0};
    int status = -1;
    char line[400];
    const char *const argv[] = {"/bin/sh", "tests/live/certificates.sh", dir, NULL};
    assert_int_equal(proc_start_heard(argv, &p, NULL), 0);
    while (fgets(line, sizeof(line), p.out))
        print_error("%s", line);
    assert_int_equal(proc_wait(&p, &status), 0);
    assert_int_equal(status, 0);
}

// certificate: "good", "expired", "other-name" or "stranger".
static inline void server_start(struct far_side *f, const char *certificate)
{
    char self[SCRATCH_MAX], path[SCRATCH_MAX + 40], pem[SCRATCH_MAX + 40], key[SCRATCH_MAX + 40];
    char line[40] = "";
    assert_int_equal(proc_self_dir(self, sizeof(self)), 0);
    snprintf(path, sizeof(path), "%s/../live/graph_server", self);
    snprintf(pem, sizeof(pem), "%s/%s.pem", f->dir, certificate);
    snprintf(key, sizeof(key), "%s/%s.key", f->dir, certificate);
    snprintf(f->ca, sizeof(f->ca), "%s/ca.pem", f->dir);
    snprintf(f->log, sizeof(f->log), "%s/%s.log", f->dir, certificate);
    struct err e = {0};
    if (proc_start((const char *const[]){path, pem, key, f->log, NULL}, &f->server, &e) < 0)
        fail_msg("%s", e.text);
    assert_non_null(fgets(line, sizeof(line), f->server.out));
    assert_int_equal(sscanf(line, "%d", &f->port), 1);
}

static inline void far_side_start(struct far_side *f)
{
    *f = (struct far_side){.redactor = redactor_new()};
    redactor_add(f->redactor, TOKEN);
    scratch_new(f->dir);
    certificates_make(f->dir);
    server_start(f, "good");
}

static inline void server_stop(struct far_side *f)
{
    proc_wait(&f->server, NULL);
}

static inline void far_side_stop(struct far_side *f)
{
    server_stop(f);
    redactor_free(f->redactor);
    arena_done(&f->arena);
    scratch_free(f->dir);
}

static inline struct graph_api far_side_api(struct far_side *f, const char *scenario)
{
    return (struct graph_api){
        .url = arena_printf(&f->arena, "https://localhost:%d/%s", f->port, scenario),
        .token = TOKEN,
        .ca_file = f->ca,
        .redactor = f->redactor,
        .total_s = strstr(scenario, "timeout") ? 1 : 10,
    };
}

static inline char *log_read(struct far_side *f)
{
    char *text = NULL;
    assert_int_equal(fs_read(&f->arena, f->log, STR_MAX, &text, NULL, NULL), 0);
    return text;
}

// Lines of the log that begin with `begins` and hold `holds`.
static inline int logged(struct far_side *f, const char *begins, const char *holds)
{
    int n = 0;
    char *text = log_read(f), *end;
    for (char *line = text; *line; line = end + (*end != '\0')) {
        end = line + strcspn(line, "\n");
        const char *at = strncmp(line, begins, strlen(begins)) == 0 ? strstr(line, holds) : NULL;
        n += at && at <= end;
    }
    return n;
}

// Requests of a scenario: calls(f, "POST", "ok", "me/live_videos", "").
static inline int calls(struct far_side *f, const char *method, const char *scenario,
                        const char *path, const char *holds)
{
    char begins[300];
    snprintf(begins, sizeof(begins), "%s /%s/v26.0/%s", method, scenario, path);
    return logged(f, begins, holds);
}

// For cmocka's groups: *state is a struct far_side.
static inline int far_side_begin(void **state)
{
    struct far_side *f = mem_alloc(sizeof(*f));
    far_side_start(f);
    *state = f;
    return 0;
}

static inline int far_side_end(void **state)
{
    far_side_stop(*state);
    free(*state);
    return 0;
}
