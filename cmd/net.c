// SPDX-License-Identifier: GPL-3.0-or-later
// dgl-episode-net: what has to do with servers far away, for plan/worker.h to start. It knows no
// media library, and its input is never trusted by the rest. One job a line on standard input,
// {"do": name, …}; lines on standard output: {"progress","what"}, {"warning"}, and at last
// {"done": {…}} or {"error":{"kind","code","text"}}.
//
// fetch: {"url", "to": path, "max_bytes"} → the feed into the file, and what webfile_feed says.
// look:  {"links": [{"url", "kind": "media"|"image"|"text"}]} → {"links": [what webfile.h says of
//        each]}, four at a time.
// fetch and look: "timeout_s" of a request, "ca": PEM; default: the system's.
// deliver, get: net/delivering.h.
// ask:   {"requests": [{"method", "url", "body", "type", "bearer", "authorization"}]} → {"answers":
//        [{"status"} or {"failed": why}]}
#include "answer.h"
#include "base/arena.h"
#include "base/str.h"
#include "base/workers.h"
#include "net/delivering.h"
#include "net/http.h"
#include "net/webfile.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_A_TIME = 4, FEED_MAX = 64 << 20 };

static atomic_bool stop;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

static bool stopped(const void *ctx)
{
    (void)ctx;
    return atomic_load(&stop);
}

static struct webfile_params params(const struct json *job, const char *url)
{
    return (struct webfile_params){
        .url = url,
        .ca_file = json_text(job, "ca"),
        .timeout_s = json_number(job, "timeout_s", 0),
        .stopped = stopped,
    };
}

static int fetch(const struct json *job, const struct progress *progress, struct json **ret,
                 struct err *e)
{
    const char *url = json_text(job, "url"), *to = json_text(job, "to");
    if (!url || !to)
        return err_set(e, -EINVAL, "fetch needs url and to");
    progress_update(progress, "fetch the feed", 0, -1);
    struct webfile_params p = params(job, url);
    return webfile_feed(&p, to, (size_t)json_int(job, "max_bytes", FEED_MAX), ret, e);
}

typedef struct json *look_fn(const struct webfile_params *p);
static const struct {
    const char *kind;
    look_fn *look;
} kinds[] = {
    {"media", webfile_media},
    {"image", webfile_image},
    {"text", webfile_text},
};

struct looking {
    const struct json *job, *links;
    struct json **found;
    const struct progress *progress;
    pthread_mutex_t lock;
    size_t done; // lock
};

static int look_at(void *ctx, size_t i, struct err *e)
{
    struct looking *l = ctx;
    const struct json *link = json_at(l->links, i);
    const char *kind = json_text_or(link, "kind", ""), *url = json_text_or(link, "url", "");
    look_fn *look = NULL;
    for (size_t k = 0; k < COUNT(kinds); k++)
        if (str_same(kinds[k].kind, kind))
            look = kinds[k].look;
    if (!look)
        return err_set(e, -EINVAL, "there is no kind of link '%s'", kind);
    struct webfile_params p = params(l->job, url);
    l->found[i] = look(&p);
    pthread_mutex_lock(&l->lock);
    l->done++;
    progress_update(l->progress, "look at the files",
                    (double)l->done / (double)json_count(l->links), -1);
    pthread_mutex_unlock(&l->lock);
    return atomic_load(&stop) ? err_set(e, -ECANCELED, "stopped") : 0;
}

static int look(const struct json *job, const struct progress *progress, struct json **ret,
                struct err *e)
{
    struct arena a = {0};
    struct looking l = {.job = job,
                        .links = json_get(job, "links"),
                        .progress = progress,
                        .lock = PTHREAD_MUTEX_INITIALIZER};
    size_t n = json_count(l.links);
    l.found = arena_array(&a, struct json *, n + 1);
    int r = workers_run(n, AT_A_TIME, look_at, &l, e);
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++)
        if (l.found[i])
            json_push(list, l.found[i]);
    *ret = json_new_object();
    json_put(*ret, "links", list);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static int deliver(const struct json *job, const struct progress *progress, struct json **ret,
                   struct err *e)
{
    return delivering(job, &stop, progress, ret, e);
}

static int get(const struct json *job, const struct progress *progress, struct json **ret,
               struct err *e)
{
    return delivering_get(job, &stop, progress, ret, e);
}

static struct json *ask_one(const struct json *job, const struct json *q)
{
    struct arena a = {0};
    struct http_response answer;
    struct err e = {0};
    struct json *o = json_new_object();
    const char *body = json_text(q, "body"), *authorization = json_text(q, "authorization");
    const char *headers[2] = {NULL};
    if (authorization)
        headers[0] = arena_printf(&a, "Authorization: %s", authorization);
    struct http_request request = {
        .method = json_text(q, "method"),
        .url = json_text_or(q, "url", ""),
        .bearer = json_text(q, "bearer"),
        .headers = headers,
        .body = body,
        .body_len = body ? strlen(body) : 0,
        .body_type = json_text(q, "type"),
        .ca_file = json_text(job, "ca"),
        .total_s = json_number(job, "timeout_s", 0),
        .stopped = stopped,
    };
    int r = http_do(&request, &answer, &e);
    json_put_int(o, "status", answer.status);
    json_put_text(o, "failed", r < 0 ? e.text : NULL);
    http_response_done(&answer);
    arena_done(&a);
    return o;
}

static int ask(const struct json *job, const struct progress *progress, struct json **ret,
               struct err *e)
{
    const struct json *requests = json_get(job, "requests");
    struct json *answers = json_new_array();
    for (size_t i = 0; i < json_count(requests) && !atomic_load(&stop); i++) {
        progress_update(progress, "tell others", (double)i / (double)json_count(requests), -1);
        json_push(answers, ask_one(job, json_at(requests, i)));
    }
    *ret = json_new_object();
    json_put(*ret, "answers", answers);
    return progress_check(progress, e);
}

// What this program can do. Another kind of work is one more row.
static const struct {
    const char *name;
    int (*run)(const struct json *job, const struct progress *progress, struct json **ret,
               struct err *e);
} jobs[] = {
    {"fetch", fetch}, {"look", look}, {"deliver", deliver}, {"get", get}, {"ask", ask},
};

static int run_job(const struct json *job, struct json **ret, struct err *e)
{
    struct answer_teller teller;
    struct progress progress = answer_progress(&teller, &stop);
    const char *name = json_text_or(job, "do", "");
    for (size_t i = 0; i < COUNT(jobs); i++)
        if (str_same(jobs[i].name, name))
            return jobs[i].run(job, &progress, ret, e);
    return err_set(e, -EINVAL, "there is no job '%s'", name);
}

static void handle_line(const char *text, size_t len)
{
    struct err e = {0};
    struct json *job = NULL, *done = NULL;
    int r = json_parse(text, len, "the job", &job, &e);
    if (r >= 0)
        r = run_job(job, &done, &e);
    if (r < 0) {
        answer_error(&e);
        json_free(done);
    } else {
        struct json *line = json_new_object();
        json_put(line, "done", done);
        answer_line(line);
    }
    json_free(job);
}

int main(void)
{
    struct sigaction on = {.sa_handler = on_signal};
    sigaction(SIGTERM, &on, NULL);
    sigaction(SIGINT, &on, NULL);
    signal(SIGPIPE, SIG_IGN);
    struct err e = {0};
    if (http_init(&e) < 0) {
        answer_error(&e);
        return err_exit_code(&e);
    }
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    while (!atomic_load(&stop) && (len = getline(&line, &cap, stdin)) > 0)
        handle_line(line, (size_t)len);
    free(line);
    return 0;
}
