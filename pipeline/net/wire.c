// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/str.h"
#include "net/handle.h"
#include "net/http.h"
#include "net/urlpart.h"

struct wire {
    struct handle h;
    curl_socket_t fd;
};

static const struct {
    const char *scheme;
    int port;
    bool tls;
} schemes[] = {
    {"http", 80, false}, {"https", 443, true}, {"rtmp", 1935, false}, {"rtmps", 443, true}};

bool wire_address(struct arena *a, const char *url, struct wire_params *ret)
{
    CURLU *u = curl_url();
    if (!u)
        mem_fail();
    bool is_one = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
    const char *scheme = url_part(a, u, CURLUPART_SCHEME, 0),
               *port = url_part(a, u, CURLUPART_PORT, 0);
    char *host = url_part(a, u, CURLUPART_HOST, 0);
    curl_url_cleanup(u);
    size_t i = 0, len = host ? strlen(host) : 0;
    while (i < COUNT(schemes) && !str_same(schemes[i].scheme, scheme))
        i++;
    if (!is_one || i == COUNT(schemes) || !len)
        return false;
    int64_t number = schemes[i].port;
    if (port && (!str_to_int(port, &number) || number < 1 || number > 65535))
        return false;
    ret->host = host[0] == '[' ? arena_strndup(a, host + 1, len - 2) : host;
    ret->port = (int)number;
    ret->tls = schemes[i].tls;
    return true;
}

int wire_open(const struct wire_params *p, struct wire **ret, struct err *e)
{
    char url[300];
    bool v6 = strchr(p->host, ':') != NULL;
    snprintf(url, sizeof(url), "%s://%s%s%s:%d/", p->tls ? "https" : "http", v6 ? "[" : "", p->host,
             v6 ? "]" : "", p->port);
    const struct handle_params hp = {.url = url,
                                     .plain = true,
                                     .ca_file = p->ca_file,
                                     .connect_s = p->limit_s,
                                     .stopped = p->stopped,
                                     .stopped_ctx = p->stopped_ctx};
    struct wire *w = mem_alloc(sizeof(*w));
    int r = http_init(e);
    if (r >= 0)
        r = handle_init(&w->h, &hp, e);
    if (r >= 0) {
        curl_easy_setopt(w->h.curl, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(w->h.curl, CURLOPT_NOPROXY, "*");
        r = handle_perform(&w->h, e);
    }
    if (r >= 0 && curl_easy_getinfo(w->h.curl, CURLINFO_ACTIVESOCKET, &w->fd) != CURLE_OK)
        r = err_remote(e, -EPROTO, "%s: breaks the connection", w->h.where);
    if (r < 0) {
        handle_done(&w->h);
        free(w);
        return r;
    }
    *ret = w;
    return 0;
}

int wire_send(struct wire *w, const void *data, size_t len)
{
    size_t n = 0;
    CURLcode c = curl_easy_send(w->h.curl, data, len, &n);
    return c == CURLE_OK ? (int)n : c == CURLE_AGAIN ? 0 : -EPIPE;
}

int wire_recv(struct wire *w, void *ret, size_t size)
{
    size_t n = 0;
    CURLcode c = curl_easy_recv(w->h.curl, ret, size, &n);
    if (c == CURLE_AGAIN)
        return 0;
    return c == CURLE_OK && n > 0 ? (int)n : -EPIPE;
}

bool wire_wait(const struct wire *w, bool to_send, int ms)
{
    struct pollfd p = {.fd = w->fd, .events = to_send ? POLLOUT : POLLIN};
    return poll(&p, 1, ms) > 0;
}

int wire_fd(const struct wire *w)
{
    return w->fd;
}

void wire_close(struct wire *w)
{
    if (!w)
        return;
    shutdown(w->fd, SHUT_RDWR);
    handle_done(&w->h);
    free(w);
}
