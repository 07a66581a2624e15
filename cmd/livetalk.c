// SPDX-License-Identifier: GPL-3.0-or-later
#include "livetalk.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_S = 3, ANSWER_MAX = 1 << 20, PLACES = 2, HASH_LETTERS = 16 };

// NULL: there is none.
static char *place(struct arena *a, int i, const char *show_dir)
{
    char hex[HASH_HEX];
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    hash_bytes(show_dir, strlen(show_dir), hex);
    char *folder =
        i == 0 ? arena_printf(a, "%s/dgl-episode", runtime && *runtime == '/' ? runtime : "")
               : arena_printf(a, "/tmp/dgl-episode-%lu", (unsigned long)geteuid());
    if (i == 0 && (!runtime || !fs_is_dir(runtime)))
        return NULL;
    char *path = arena_printf(a, "%s/live-%.*s.sock", folder, HASH_LETTERS, hex);
    return strlen(path) < sizeof((struct sockaddr_un *)0)->sun_path ? path : NULL;
}

// In /tmp anybody may have put something of that name.
static bool is_ours(const char *folder)
{
    struct stat st;
    return lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
           (st.st_mode & 0777) == 0700;
}

int talk_place(struct arena *a, const char *show_dir, char **ret, struct err *e)
{
    char *path = NULL;
    for (int i = 0; !path && i < PLACES; i++)
        path = place(a, i, show_dir);
    char *folder = fs_dirname(a, path);
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return err_errno(e, -errno, folder);
    if (!is_ours(folder))
        return err_set(
            e, -EPERM,
            "%s: the folder is not yours alone, so what listens there could be another's\n"
            "remove it, or: chmod 700 %s",
            folder, folder);
    *ret = path;
    return 0;
}

static int reach(const char *path)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = ANSWER_S};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    int r = -errno;
    close(fd);
    return r;
}

char *talk_find(struct arena *a, const char *show_dir)
{
    for (int i = 0; i < PLACES; i++) {
        char *path = place(a, i, show_dir);
        int fd = path && is_ours(fs_dirname(a, path)) ? reach(path) : -1;
        if (fd < 0)
            continue;
        close(fd);
        return path;
    }
    return NULL;
}

struct json *talk_question(const char *what, const char *title)
{
    struct json *q = json_new_object();
    json_put_text(q, "do", what);
    json_put_text(q, "title", title);
    return q;
}

static int send_all(int fd, const char *p, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        p += n;
        len -= (size_t)n;
    }
    return 0;
}

// Up to the line's end, or the connection's.
static int take_line(int fd, struct str *ret)
{
    char chunk[4096];
    for (;;) {
        ssize_t n = recv(fd, chunk, sizeof chunk, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n > 0)
            str_addn(ret, chunk, (size_t)n);
        if (n == 0 || memchr(chunk, '\n', (size_t)n))
            return ret->over ? -EFBIG : ret->len ? 0 : -EPIPE;
    }
}

static int exchange(int fd, const struct json *question, struct json **ret, struct err *e)
{
    struct str s;
    str_init(&s, ANSWER_MAX);
    json_write(&s, question, false);
    str_addc(&s, '\n');
    int r = send_all(fd, s.p, s.len);
    str_clear(&s);
    if (r == 0)
        r = take_line(fd, &s);
    if (r < 0)
        err_set(e, r, "the broadcast does not answer: %s", strerror(-r));
    else
        r = json_parse(s.p, s.len, "the broadcast's answer", ret, e);
    str_done(&s);
    return r;
}

int talk_ask(const char *path, struct json *question, struct json **ret, struct err *e)
{
    struct json *answer = NULL;
    int fd = reach(path);
    int r = fd < 0 ? err_set(e, fd, "the broadcast cannot be reached: %s", strerror(-fd))
                   : exchange(fd, question, &answer, e);
    if (fd >= 0)
        close(fd);
    json_free(question);
    if (r >= 0 && !json_bool(answer, "ok", true))
        r = err_input(e, "%s", json_text_or(answer, "error", "the broadcast refuses"));
    if (r < 0)
        json_free(answer);
    else
        *ret = answer;
    return r;
}
