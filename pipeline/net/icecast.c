// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/icecast.h"

#include <curl/curl.h>
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/str.h"
#include "net/icestatus.h"
#include "net/iceway.h"
#include "net/urlpart.h"
#include "net/wire.h"

#define AHEAD_S 2.0
enum { AHEAD_MIN = 32 << 10 };

struct icecast {
    struct icecast_params params;
    const struct iceway *way;
    void *link;
    size_t ahead;    // bytes that may wait
    size_t given;    // to the way, in all
    size_t arrived;  // of these, confirmed by the other end
    double moved_at; // when `arrived` last grew, or nothing waited
};

static int refuse_url(struct err *e, const char *what)
{
    return err_input(e, "%s; an Icecast address is like https://stream.example.org:8443/show.mp3",
                     what);
}

static int split(struct arena *a, CURLU *u, const char *url, struct icecast_server *ret,
                 struct err *e)
{
    int64_t port = 0;
    if (curl_url_set(u, CURLUPART_URL, url, 0))
        return refuse_url(e, "the endpoint's address cannot be understood");
    if (url_part(a, u, CURLUPART_USER, 0) || url_part(a, u, CURLUPART_PASSWORD, 0))
        return refuse_url(e, "the address holds a login: put the password into the secrets file");
    const char *scheme = url_part(a, u, CURLUPART_SCHEME, 0);
    const char *host = url_part(a, u, CURLUPART_HOST, 0);
    ret->mount = url_part(a, u, CURLUPART_PATH, 0);
    if (!str_same(scheme, "https") && !str_same(scheme, "http"))
        return refuse_url(e, "the address begins with neither https:// nor http://");
    if (!ret->mount || strlen(ret->mount) < 2 || url_part(a, u, CURLUPART_QUERY, 0))
        return refuse_url(e, "the address names no mount behind the host");
    str_to_int(url_part(a, u, CURLUPART_PORT, CURLU_DEFAULT_PORT), &port);
    size_t len = strlen(host);
    bool v6 = host[0] == '[';
    ret->host = v6 ? arena_strndup(a, host + 1, len - 2) : host;
    ret->port = (int)port;
    ret->tls = str_same(scheme, "https");
    return 0;
}

int icecast_server_parse(struct arena *a, const char *url, struct icecast_server *ret,
                         struct err *e)
{
    CURLU *u = curl_url();
    if (!u)
        mem_fail();
    *ret = (struct icecast_server){0};
    int r = split(a, u, url, ret, e);
    curl_url_cleanup(u);
    return r;
}

static bool is_stopped(const struct icecast_params *p)
{
    return p->server.stopped && p->server.stopped(p->server.stopped_ctx);
}

int iceway_wire(const struct icecast_server *s, struct wire **ret, struct err *e)
{
    return wire_open(&(struct wire_params){.host = s->host,
                                           .port = s->port,
                                           .tls = s->tls,
                                           .ca_file = s->ca_file,
                                           .limit_s = ICECAST_LIMIT_S,
                                           .stopped = s->stopped,
                                           .stopped_ctx = s->stopped_ctx},
                     ret, e);
}

// Name, connection and certificate by libcurl first: it looks a name up within a time limit, which
// libshout does not, and says what is wrong with a certificate.
static int reach(const struct icecast_params *p, struct err *e)
{
    struct wire *w = NULL;
    int r = iceway_wire(&p->server, &w, e);
    wire_close(w);
    if (r == -EKEYREJECTED && e) {
        err_input(e,
                  "%s\nthe password was not sent; the server needs a certificate that is valid "
                  "for %s, or name the file of its authority as ca_file",
                  e->text, p->server.host);
        e->code = r;
    }
    return r;
}

int icecast_open(const struct icecast_params *p, struct icecast **ret, struct err *e)
{
    const double deadline = clock_monotonic() + ICECAST_LIMIT_S;
    const double ahead = AHEAD_S * p->bitrate_kbps * 1000 / 8;
    const struct iceway *way = p->format == ICECAST_AAC ? &iceway_put : &iceway_shout;
    void *link = NULL;
    int r = reach(p, e);
    if (r >= 0)
        r = way->open(p, deadline, &link, e);
    if (r == -EPERM)
        return icestatus_refusal(&p->server, e);
    if (r < 0)
        return r;
    struct icecast *ic = mem_alloc(sizeof(*ic));
    *ic = (struct icecast){.params = *p,
                           .way = way,
                           .link = link,
                           .ahead = ahead > AHEAD_MIN ? (size_t)ahead : AHEAD_MIN,
                           .moved_at = clock_monotonic()};
    *ret = ic;
    return 0;
}

size_t icecast_backlog(struct icecast *ic)
{
    int unconfirmed = 0;
    if (ioctl(ic->way->fd(ic->link), SIOCOUTQ, &unconfirmed) < 0)
        unconfirmed = 0;
    return ic->way->queued(ic->link) + (size_t)unconfirmed;
}

// The system takes megabytes for a server that has long stopped reading: what counts is what the
// other end has confirmed.
static void look(struct icecast *ic)
{
    size_t waits = icecast_backlog(ic);
    // TLS adds bytes of its own.
    size_t arrived = ic->given > waits ? ic->given - waits : 0;
    if (arrived > ic->arrived || waits == 0) {
        ic->arrived = arrived;
        ic->moved_at = clock_monotonic();
    }
}

static int broken(struct icecast *ic, int code, struct err *e)
{
    const struct icecast_server *s = &ic->params.server;
    if (code == -ETIMEDOUT)
        return err_remote(e, code, "%s:%d%s: the server has taken nothing for %.0f s", s->host,
                          s->port, s->mount, ICECAST_LIMIT_S);
    if (code == -ECANCELED)
        return err_remote(e, code, "%s:%d%s: stopped", s->host, s->port, s->mount);
    return err_remote(e, code, "%s:%d%s: the server has ended the connection", s->host, s->port,
                      s->mount);
}

static int give(struct icecast *ic, const char **data, size_t *len)
{
    int n = ic->way->give(ic->link, *data, *len);
    if (n < 0)
        return n;
    *data += n;
    *len -= (size_t)n;
    ic->given += (size_t)n;
    look(ic);
    return 0;
}

int icecast_send(struct icecast *ic, const void *data, size_t len, struct err *e)
{
    const char *p = data;
    look(ic); // nothing may have been sent for a while
    int r = give(ic, &p, &len);
    while (r >= 0 && (len > 0 || icecast_backlog(ic) > ic->ahead)) {
        struct pollfd fd = {.fd = ic->way->fd(ic->link), .events = POLLOUT};
        if (is_stopped(&ic->params))
            return broken(ic, -ECANCELED, e);
        if (clock_monotonic() - ic->moved_at > ICECAST_LIMIT_S)
            return broken(ic, -ETIMEDOUT, e);
        // What the system takes is not yet what arrives: no wait for POLLOUT alone.
        poll(&fd, len > 0 ? 1 : 0, ICEWAY_WAIT_MS);
        r = give(ic, &p, &len);
    }
    if (r >= 0 && clock_monotonic() - ic->moved_at > ICECAST_LIMIT_S)
        r = -ETIMEDOUT;
    return r < 0 ? broken(ic, r, e) : 0;
}

void icecast_close(struct icecast *ic, double limit_s)
{
    if (!ic)
        return;
    const double deadline = clock_monotonic() + limit_s;
    while (limit_s > 0 && icecast_backlog(ic) > 0 && clock_monotonic() < deadline &&
           !is_stopped(&ic->params) && ic->way->give(ic->link, NULL, 0) >= 0)
        poll(NULL, 0, ICEWAY_WAIT_MS);
    // Unread answers would make the system reset the connection, and what it still holds be lost.
    char rest[1024];
    int fd = ic->way->fd(ic->link);
    while (recv(fd, rest, sizeof(rest), MSG_DONTWAIT) > 0)
        ;
    ic->way->close(ic->link);
    free(ic);
}
