// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/iceway.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/wire.h"

enum { HEAD_MAX = 16 << 10 };

static void line(struct str *s, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    str_addf(s, "%s: ", name);
    for (; *value; value++) // a line feed would begin a header of its own
        str_addc(s, (unsigned char)*value < ' ' ? ' ' : *value);
    str_add(s, "\r\n");
}

static void add_login(struct str *s, const struct icecast_server *v)
{
    struct str login;
    str_init(&login, HEAD_MAX);
    str_addf(&login, "%s:%s", v->user ? v->user : "source", v->password ? v->password : "");
    str_add(s, "Authorization: Basic ");
    str_add_base64(s, login.p, login.len);
    str_add(s, "\r\n");
    explicit_bzero(login.p, login.len);
    str_done(&login);
}

static void add_head(struct str *s, const struct icecast_params *p)
{
    const struct icecast_server *v = &p->server;
    bool v6 = strchr(v->host, ':') != NULL;
    str_addf(s, "PUT %s HTTP/1.1\r\nHost: %s%s%s:%d\r\n", v->mount, v6 ? "[" : "", v->host,
             v6 ? "]" : "", v->port);
    add_login(s, v);
    line(s, "User-Agent", "dgl-episode/" DGL_VERSION);
    line(s, "Content-Type", "audio/aac");
    line(s, "Ice-Name", p->name);
    line(s, "Ice-Description", p->description);
    line(s, "Ice-Genre", p->genre);
    line(s, "Ice-URL", p->site);
    line(s, "Ice-Public", p->listed ? "1" : "0");
    str_addf(s, "Ice-Audio-Info: bitrate=%d;samplerate=%d;channels=%d\r\n", p->bitrate_kbps,
             p->sample_rate, p->channels);
    str_add(s, "Expect: 100-continue\r\n\r\n");
}

static int late(const struct icecast_params *p, double deadline, struct err *e)
{
    const struct icecast_server *v = &p->server;
    if (p->server.stopped && p->server.stopped(p->server.stopped_ctx))
        return err_remote(e, -ECANCELED, "%s:%d: stopped", v->host, v->port);
    if (clock_monotonic() > deadline)
        return err_remote(e, -ETIMEDOUT, "%s:%d: does not answer in time", v->host, v->port);
    return 0;
}

static int send_head(const struct icecast_params *p, struct wire *w, double deadline, struct err *e)
{
    struct str head;
    int r = 0;
    str_init(&head, HEAD_MAX);
    add_head(&head, p);
    for (size_t at = 0; r >= 0 && at < head.len; at += (size_t)r) {
        r = wire_send(w, head.p + at, head.len - at);
        if (r < 0)
            err_remote(e, r, "%s:%d: breaks the connection", p->server.host, p->server.port);
        else if (r == 0 && !wire_wait(w, true, ICEWAY_WAIT_MS))
            r = late(p, deadline, e);
    }
    explicit_bzero(head.p, head.len);
    str_done(&head);
    return r < 0 ? r : 0;
}

// The first line of the answer: 100 or 200 lets us go on.
static int read_answer(const struct icecast_params *p, struct wire *w, double deadline,
                       struct err *e)
{
    const struct icecast_server *v = &p->server;
    char got[256] = "";
    size_t len = 0;
    while (len < sizeof(got) - 1 && !memchr(got, '\n', len)) {
        int r = wire_recv(w, got + len, 1);
        if (r < 0)
            return err_remote(e, r, "%s:%d: ends the connection without an answer", v->host,
                              v->port);
        if (r == 0 && !wire_wait(w, false, ICEWAY_WAIT_MS) && (r = late(p, deadline, e)) < 0)
            return r;
        len += (size_t)r;
    }
    got[len] = '\0';
    if (str_starts(got, "HTTP/1.") && strlen(got) > 12 &&
        (str_starts(got + 9, "100") || str_starts(got + 9, "200")))
        return 0;
    return -EPERM;
}

static void link_close(void *wire)
{
    wire_close(wire);
}

static int link_open(const struct icecast_params *p, double deadline, void **ret, struct err *e)
{
    struct wire *w = NULL;
    int r = iceway_wire(&p->server, &w, e);
    if (r >= 0)
        r = send_head(p, w, deadline, e);
    if (r >= 0)
        r = read_answer(p, w, deadline, e);
    if (r < 0) {
        wire_close(w);
        return r;
    }
    *ret = w;
    return 0;
}

static int link_give(void *wire, const void *data, size_t len)
{
    char rest[512];
    int r;
    while ((r = wire_recv(wire, rest, sizeof(rest))) > 0) // the rest of its answer
        ;
    if (r < 0 || len == 0)
        return r;
    return wire_send(wire, data, len);
}

static size_t link_queued(void *wire)
{
    (void)wire;
    return 0;
}

static int link_fd(void *wire)
{
    return wire_fd(wire);
}

const struct iceway iceway_put = {
    .open = link_open,
    .give = link_give,
    .queued = link_queued,
    .fd = link_fd,
    .close = link_close,
};
