// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/worker.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 100, LINE_MAX_BYTES = 64 << 20 };

struct worker {
    char *path;
    struct proc proc;
    bool running;
    struct str in; // bytes read and not yet used
};

static atomic_bool some_died;

bool worker_died(void)
{
    return atomic_load(&some_died);
}

struct worker *worker_new(const char *path)
{
    struct worker *w = mem_alloc(sizeof *w);
    w->path = strdup(path);
    str_init(&w->in, LINE_MAX_BYTES);
    return w;
}

struct worker *worker_another(const struct worker *w)
{
    return worker_new(w->path);
}

static int worker_end(struct worker *w, int *ret_status)
{
    w->running = false;
    str_clear(&w->in);
    return proc_wait(&w->proc, ret_status);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    if (w->running)
        worker_end(w, NULL);
    str_done(&w->in);
    free(w->path);
    free(w);
}

static int worker_start(struct worker *w, struct err *e)
{
    if (w->running)
        return 0;
    if (!fs_exists(w->path))
        return err_set(e, -ENOENT, "%s is missing: the program is not installed completely",
                       w->path);
    const char *argv[] = {w->path, NULL};
    int r = proc_start(argv, &w->proc, e);
    w->running = r >= 0;
    return r;
}

void worker_begin(struct worker *w)
{
    worker_start(w, NULL);
}

static int died(struct worker *w, struct err *e)
{
    int status = 0;
    worker_end(w, &status);
    atomic_store(&some_died, true);
    if (WIFSIGNALED(status))
        return err_set(e, -EPIPE, "the worker was ended by signal %d (%s); nothing was changed",
                       WTERMSIG(status), strsignal(WTERMSIG(status)));
    return err_set(e, -EPIPE, "the worker ended with %d; nothing was changed",
                   WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static int interrupted(struct worker *w, struct err *e)
{
    kill(w->proc.pid, SIGTERM);
    worker_end(w, NULL);
    err_set(e, -ECANCELED, "interrupted");
    if (e)
        e->kind = ERR_INTERRUPTED;
    return -ECANCELED;
}

// The next whole line, without its end; valid until the next call.
static int read_line(struct worker *w, const struct progress *p, char **ret, struct err *e)
{
    int fd = fileno(w->proc.out);
    for (;;) {
        char *end = w->in.p ? memchr(w->in.p, '\n', w->in.len) : NULL;
        if (end) {
            *end = '\0';
            *ret = w->in.p;
            return 0;
        }
        if (progress_stopped(p))
            return interrupted(w, e);
        struct pollfd pfd = {fd, POLLIN, 0};
        int n = poll(&pfd, 1, POLL_MS);
        if (n == 0 || (n < 0 && errno == EINTR))
            continue;
        char chunk[65536];
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return died(w, e);
        str_addn(&w->in, chunk, (size_t)got);
        if (w->in.over)
            return err_set(e, -EFBIG, "the worker sent a line that is too long");
    }
}

static void line_done(struct worker *w, const char *line)
{
    size_t used = strlen(line) + 1;
    memmove(w->in.p, w->in.p + used, w->in.len - used);
    w->in.len -= used;
    w->in.p[w->in.len] = '\0';
}

static int take_error(const struct json *answer, struct err *e)
{
    int64_t code = json_int(answer, "code", -EIO), kind = json_int(answer, "kind", ERR_FAILED);
    int r = code < 0 && code > INT_MIN ? (int)code : -EIO;
    err_set(e, r, "%s", json_text_or(answer, "text", "unknown error"));
    if (e && kind >= 0 && kind <= ERR_INTERRUPTED)
        e->kind = (enum err_kind)kind;
    return r;
}

static int take_answer(const struct json *a, const struct progress *p, struct json **ret,
                       struct err *e)
{
    if (json_get(a, "error"))
        return take_error(json_get(a, "error"), e);
    if (json_text(a, "warning"))
        progress_warn(p, "%s", json_text(a, "warning"));
    if (json_get(a, "frames"))
        progress_frames(p, json_int(a, "frames", 0));
    if (json_get(a, "progress"))
        progress_update(p, json_text(a, "what"), json_number(a, "progress", 0),
                        json_number(a, "media_s", -1));
    if (!json_get(a, "done"))
        return 0;
    *ret = json_keep(json_get(a, "done"));
    return 1;
}

int worker_take(const char *line, size_t len, const struct progress *p, struct json **ret,
                struct err *e)
{
    struct json *answer;
    int r = json_parse(line, len, "the worker's answer", &answer, e);
    if (r < 0)
        return r;
    r = take_answer(answer, p, ret, e);
    json_free(answer);
    return r;
}

static int send_job(struct worker *w, const struct json *job, struct err *e)
{
    struct str line;
    str_init(&line, LINE_MAX_BYTES);
    json_write(&line, job, false);
    str_addc(&line, '\n');
    bool ok = fwrite(line.p, 1, line.len, w->proc.in) == line.len && fflush(w->proc.in) == 0;
    str_done(&line);
    return ok ? 0 : died(w, e);
}

int worker_run(struct worker *w, const struct json *job, const struct progress *p,
               struct json **ret, struct err *e)
{
    int r = worker_start(w, e);
    if (r >= 0)
        r = send_job(w, job, e);
    while (r == 0) {
        char *line;
        r = read_line(w, p, &line, e);
        if (r < 0)
            return r;
        r = worker_take(line, strlen(line), p, ret, e);
        line_done(w, line);
    }
    return r < 0 ? r : 0;
}
