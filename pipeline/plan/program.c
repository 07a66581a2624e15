// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/program.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 100, TAIL_BYTES = 2048, TAIL_LINES = 4, LEFT_READS = 64 };

static bool may_run(const char *path)
{
    return access(path, X_OK) == 0 && !fs_is_dir(path);
}

char *program_find(struct arena *a, const char *name, const char *dir)
{
    if (strchr(name, '/')) {
        char *path = fs_join(a, dir, name);
        return may_run(path) ? path : NULL;
    }
    const char *p = getenv("PATH");
    while (p && *p) {
        size_t len = strcspn(p, ":");
        char *path = fs_join(a, arena_strndup(a, p, len), name);
        if (len && may_run(path))
            return path;
        p += len + (p[len] == ':');
    }
    return NULL;
}

struct running {
    struct proc proc;
    int fd; // -1: it closed its output
    char tail[TAIL_BYTES];
    size_t len;
};

static void keep(struct running *x, const char *p, size_t n)
{
    if (n > sizeof x->tail) {
        p += n - sizeof x->tail;
        n = sizeof x->tail;
    }
    size_t drop = x->len + n > sizeof x->tail ? x->len + n - sizeof x->tail : 0;
    memmove(x->tail, x->tail + drop, x->len - drop);
    memcpy(x->tail + x->len - drop, p, n);
    x->len += n - drop;
}

// Waits so long for something it says. True: it said something.
static bool hear(struct running *x, int wait_ms)
{
    char chunk[4096];
    struct pollfd pfd = {x->fd, POLLIN, 0};
    if (poll(&pfd, 1, wait_ms) <= 0)
        return false;
    ssize_t n = read(x->fd, chunk, sizeof chunk);
    if (n > 0)
        keep(x, chunk, (size_t)n);
    else if (n == 0 || errno != EINTR)
        x->fd = -1;
    return n > 0;
}

// The last lines that say something, each behind a line end and two blanks. Progress bars begin
// lines with \\r.
static void add_tail(struct str *out, struct running *x)
{
    char text[TAIL_BYTES + 1];
    size_t lines = 0, line = 0;
    for (size_t i = 0; i < x->len; i++)
        text[i] = x->tail[i] == '\r' || x->tail[i] == '\0' ? '\n' : x->tail[i];
    text[x->len] = '\0';
    for (const char *p = text + strspn(text, "\n"); *p; p += strspn(p, "\n")) {
        p += strcspn(p, "\n");
        lines++;
    }
    for (char *p = text + strspn(text, "\n"); *p; p += strspn(p, "\n"), line++) {
        size_t len = strcspn(p, "\n");
        bool ends = p[len] == '\0';
        p[len] = '\0';
        if (line + TAIL_LINES >= lines) {
            str_add(out, "\n  ");
            str_add_utf8(out, p);
        }
        p += len + !ends;
    }
}

static int failed(struct running *x, const char *name, int status, struct err *e)
{
    struct str said;
    str_init(&said, TAIL_BYTES * 2);
    add_tail(&said, x);
    const char *words = said.p ? said.p : "", *colon = said.len ? "; its last words:" : "";
    int r = WIFSIGNALED(status)
                ? err_set(e, -EPIPE, "%s was ended by signal %d (%s)%s%s", name, WTERMSIG(status),
                          strsignal(WTERMSIG(status)), colon, words)
                : err_set(e, -EPIPE, "%s ended with %d%s%s", name,
                          WIFEXITED(status) ? WEXITSTATUS(status) : -1, colon, words);
    str_done(&said);
    return r;
}

static int too_slow(struct running *x, const char *name, double limit_s, struct err *e)
{
    struct str said;
    str_init(&said, TAIL_BYTES * 2);
    add_tail(&said, x);
    int r = err_set(e, -ETIMEDOUT, "%s had not ended after %.0f s and was stopped%s%s", name,
                    limit_s, said.len ? "; its last words:" : "", said.p ? said.p : "");
    str_done(&said);
    return r;
}

int program_run(const struct program_params *p, struct err *e)
{
    struct running x = {0};
    const char *name = fs_basename(p->argv[0]);
    int status = 0, r = proc_start_heard(p->argv, &x.proc, e);
    if (r < 0)
        return r;
    x.fd = fileno(x.proc.out);
    double began = clock_monotonic();
    for (;;) {
        double spent = clock_monotonic() - began;
        progress_update(p->progress, p->what, spent / p->limit_s, -1);
        hear(&x, LOOK_MS);
        if (proc_ended(&x.proc))
            break;
        if (progress_check(p->progress, e) < 0 || spent > p->limit_s) {
            proc_end(&x.proc);
            return progress_check(p->progress, e) < 0 ? -ECANCELED
                                                      : too_slow(&x, name, p->limit_s, e);
        }
    }
    for (int i = 0; i < LEFT_READS && x.fd >= 0 && hear(&x, 0); i++)
        ;
    r = proc_wait(&x.proc, &status);
    return r < 0 ? err_errno(e, r, name) : status ? failed(&x, name, status, e) : 0;
}
