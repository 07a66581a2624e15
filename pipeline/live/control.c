// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/control.h"

#include "base/arena.h"
#include "base/str.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { LINE_BYTES = 65536, PATIENCE_MS = 2000, LOOK_MS = 200 };

struct control {
    int fd;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    struct json *(*answer)(void *ctx, const struct json *asked);
    void *ctx;
    pthread_t thread;
    atomic_bool stop;
};

// The line without its end; NULL: none came in time.
static char *read_line(int fd, char line[LINE_BYTES])
{
    size_t len = 0;
    while (len + 1 < LINE_BYTES) {
        struct pollfd wait = {fd, POLLIN, 0};
        if (poll(&wait, 1, PATIENCE_MS) <= 0)
            return NULL;
        ssize_t n = recv(fd, line + len, LINE_BYTES - 1 - len, 0);
        if (n <= 0)
            return NULL;
        char *end = memchr(line + len, '\n', (size_t)n);
        len += (size_t)n;
        if (end) {
            *end = '\0';
            return line;
        }
    }
    return NULL;
}

static void send_all(int fd, const char *text, size_t len)
{
    while (len) {
        struct pollfd wait = {fd, POLLOUT, 0};
        if (poll(&wait, 1, PATIENCE_MS) <= 0)
            return;
        ssize_t n = send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return;
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
}

static struct json *refusal(const char *why)
{
    struct json *o = json_new_object();
    json_put_bool(o, "ok", false);
    json_put_text(o, "error", why);
    return o;
}

static void talk(struct control *c, int fd, char line[LINE_BYTES])
{
    struct json *asked = NULL, *said;
    struct err e = {0};
    struct str text;
    if (!read_line(fd, line))
        said = refusal("one line of JSON is expected");
    else if (json_parse(line, strlen(line), "the request", &asked, &e) < 0)
        said = refusal(e.text);
    else
        said = c->answer(c->ctx, asked);
    str_init(&text, STR_MAX);
    json_write(&text, said, false);
    str_addc(&text, '\n');
    send_all(fd, text.p, text.len);
    str_done(&text);
    json_free(asked);
    json_free(said);
}

static void *run(void *arg)
{
    struct control *c = arg;
    char *line = mem_alloc(LINE_BYTES);
    while (!atomic_load(&c->stop)) {
        struct pollfd wait = {c->fd, POLLIN, 0};
        if (poll(&wait, 1, LOOK_MS) <= 0)
            continue;
        int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        talk(c, fd, line);
        close(fd);
    }
    free(line);
    return NULL;
}

static bool somebody_listens(const struct sockaddr_un *at)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool listens = fd >= 0 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;
    if (fd >= 0)
        close(fd);
    return listens;
}

static int bind_here(int fd, const struct sockaddr_un *at, struct err *e)
{
    mode_t mask = umask(0177);
    int r = bind(fd, (const struct sockaddr *)at, sizeof *at);
    int code = errno;
    umask(mask);
    if (r < 0 && code == EADDRINUSE) {
        if (somebody_listens(at))
            return err_set(e, -EADDRINUSE, "a broadcast of this show is running already");
        unlink(at->sun_path);
        mask = umask(0177);
        r = bind(fd, (const struct sockaddr *)at, sizeof *at);
        code = errno;
        umask(mask);
    }
    return r < 0 || listen(fd, 8) < 0 ? err_errno(e, -(r < 0 ? code : errno), at->sun_path) : 0;
}

int control_start(const char *path, struct json *(*answer)(void *ctx, const struct json *asked),
                  void *ctx, struct control **ret, struct err *e)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof at.sun_path)
        return err_set(e, -ENAMETOOLONG, "%s: a socket's path has at most %zu bytes", path,
                       sizeof at.sun_path - 1);
    strcpy(at.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return err_errno(e, -errno, path);
    int r = bind_here(fd, &at, e);
    if (r < 0) {
        close(fd);
        return r;
    }
    struct control *c = mem_alloc(sizeof *c);
    c->fd = fd;
    c->answer = answer;
    c->ctx = ctx;
    strcpy(c->path, path);
    r = pthread_create(&c->thread, NULL, run, c);
    if (r) {
        unlink(path);
        close(fd);
        free(c);
        return err_set(e, -r, "no thread for the control socket can be had");
    }
    *ret = c;
    return 0;
}

void control_stop(struct control *c)
{
    if (!c)
        return;
    atomic_store(&c->stop, true);
    pthread_join(c->thread, NULL);
    unlink(c->path);
    close(c->fd);
    free(c);
}
