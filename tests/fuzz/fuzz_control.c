// SPDX-License-Identifier: GPL-3.0-or-later
// Lines at the socket of a running broadcast: each gets one line of JSON back.
#include "fuzz.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "live/control.h"

static struct json *answer(void *ctx, const struct json *asked)
{
    (void)ctx;
    struct json *o = json_new_object();
    json_put_bool(o, "ok", true);
    json_put_text(o, "do", json_text_or(asked, "do", ""));
    return o;
}

FUZZ(control)
{
    static struct control *c;
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct err e = {0};
    char said[70000];
    ssize_t n, all = 0;
    snprintf(at.sun_path, sizeof at.sun_path, "%s/socket", fuzz_dir());
    if (!c && control_start(at.sun_path, answer, NULL, &c, &e) < 0)
        abort();
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FUZZ_HOLD(connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    // What comes behind the line is not read: then sending it may fail.
    send(fd, data, size < 60000 ? size : 60000, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    while (all < (ssize_t)sizeof said && (n = read(fd, said + all, sizeof said - (size_t)all)) > 0)
        all += n;
    close(fd);
    if (!memchr(data ? data : (const uint8_t *)"", '\n', size) || all > 0) {
        struct json *j = NULL;
        FUZZ_HOLD(all > 0 && said[all - 1] == '\n');
        FUZZ_HOLD(json_parse(said, (size_t)all, "answer", &j, &e) >= 0);
        json_free(j);
    }
    return 0;
}
