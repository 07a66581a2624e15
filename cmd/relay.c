// SPDX-License-Identifier: GPL-3.0-or-later
// dgl-episode-live: the relay. Reads its job as one line of JSON on standard input and says lines
// of JSON on standard output (pipeline/live/job.h). It goes on when whoever started it is gone.
#include "base/json.h"
#include "base/str.h"
#include "live/relay.h"
#include "media/library.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LAST_WORD_MS = 2000 };

static atomic_bool stop;
static pthread_mutex_t speaking = PTHREAD_MUTEX_INITIALIZER;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

// Nobody may be there to read, and nobody is waited for: a line that there is no room for is left
// out, but for the last ones. Half a line is finished before anything else.
static void write_line(struct str *s, bool must)
{
    static struct str left; // speaking
    if (!left.p)
        str_init(&left, STR_MAX);
    if (left.len == 0 || must)
        str_add(&left, s->p);
    for (size_t done = 0; done < left.len;) {
        ssize_t n = write(STDOUT_FILENO, left.p + done, left.len - done);
        if (n > 0)
            done += (size_t)n;
        struct pollfd room = {STDOUT_FILENO, POLLOUT, 0};
        if (n < 0 && errno == EAGAIN && must && poll(&room, 1, LAST_WORD_MS) > 0)
            continue;
        if (n < 0 && errno == EAGAIN && done) {
            memmove(left.p, left.p + done, left.len - done + 1);
            left.len -= done;
            return;
        }
        if (n < 0)
            break;
    }
    str_clear(&left);
}

static void say(void *ctx, struct json *line)
{
    struct str s;
    bool must = json_get(line, "done") || json_get(line, "error") || json_get(line, "check");
    struct json *clean = redact_json(ctx, line);
    str_init(&s, STR_MAX);
    json_write(&s, clean, false);
    str_addc(&s, '\n');
    pthread_mutex_lock(&speaking);
    write_line(&s, must);
    pthread_mutex_unlock(&speaking);
    str_done(&s);
    json_free(clean);
    json_free(line);
}

static void say_error(struct redactor *r, const struct err *e)
{
    struct json *line = json_new_object(), *error = json_new_object();
    json_put_int(error, "kind", e->kind);
    json_put_int(error, "code", e->code);
    json_put_text(error, "text", e->text);
    json_put(line, "error", error);
    say(r, line);
}

static int read_job(struct json **ret, struct err *e)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len = getline(&line, &cap, stdin);
    int r = len > 0 ? json_parse(line, (size_t)len, "the job", ret, e)
                    : err_usage(e, "no job came: start broadcasts with dgl-episode live");
    if (line)
        explicit_bzero(line, cap);
    free(line);
    return r;
}

int main(void)
{
    struct sigaction on = {.sa_handler = on_signal};
    sigaction(SIGTERM, &on, NULL);
    sigaction(SIGINT, &on, NULL);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_DUMPABLE, 0); // keys are in memory: no core file, and /proc is its owner's alone
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    fcntl(STDOUT_FILENO, F_SETFL, fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
    library_begin();
    struct redactor *redactor = redactor_new();
    struct json *job = NULL, *report = NULL;
    struct err e = {0};
    int r = read_job(&job, &e);
    if (r >= 0) {
        struct relay_params p = {job, redactor, &stop, say, redactor};
        r = relay_run(&p, &report, &e);
    }
    if (report && json_get(report, "check")) {
        say(redactor, report);
    } else if (report) {
        struct json *line = json_new_object();
        json_put(line, "done", report);
        say(redactor, line);
    }
    if (r < 0)
        say_error(redactor, &e);
    json_free(job);
    redactor_free(redactor);
    return r < 0 ? err_exit_code(&e) : 0;
}
