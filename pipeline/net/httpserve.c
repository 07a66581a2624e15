// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/httpserve.h"

#include "base/arena.h"
#include "base/err.h"
#include "net/httprule.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// Loaded when a server starts instead of linked: it brings gnutls and nine more libraries along,
// which would cost every start of the program 4 ms.
#define MHD_LIBRARY "libmicrohttpd.so.12"
#define MHD_CALLS(X)                       \
    X(start_daemon)                        \
    X(stop_daemon)                         \
    X(lookup_connection_value)             \
    X(create_response_from_buffer)         \
    X(create_response_from_fd_at_offset64) \
    X(add_response_header)                 \
    X(queue_response)                      \
    X(destroy_response)

struct mhd {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a name that is declared
#define X(name) __typeof__(MHD_##name) *name;
    MHD_CALLS(X)
#undef X
};

enum { IDLE_S = 60 };

struct httpserve {
    struct mhd mhd;
    struct MHD_Daemon *daemon;
    struct httpserve_params p;
    int port;
};

static int mhd_load(struct mhd *m, struct err *e)
{
    static const struct {
        const char *name;
        size_t at;
    } calls[] = {
#define X(name) {"MHD_" #name, offsetof(struct mhd, name)},
        MHD_CALLS(X)
#undef X
    };
    // Never closed: its threads and gnutls do not expect to be unmapped.
    void *library = dlopen(MHD_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return err_set(e, -ENOENT, "serving needs libmicrohttpd: %s", dlerror());
    for (size_t i = 0; i < COUNT(calls); i++) {
        void *call = dlsym(library, calls[i].name);
        if (!call)
            return err_set(e, -ENOENT, "%s lacks %s", MHD_LIBRARY, calls[i].name);
        memcpy((char *)m + calls[i].at, &call, sizeof(call));
    }
    return 0;
}

const char *httpserve_header(const struct httpserve_request *q, const char *name)
{
    return q->server->mhd.lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

// ---- answers

// Takes the response.
static bool send_response(const struct httpserve_request *q, int status,
                          struct MHD_Response *response, const struct httpserve_header *headers)
{
    const struct httpserve *s = q->server;
    if (!response)
        return false;
    s->mhd.add_response_header(response, "X-Content-Type-Options", "nosniff");
    s->mhd.add_response_header(response, "Referrer-Policy", "no-referrer");
    for (const struct httpserve_header *i = headers; i->name; i++)
        if (i->value)
            s->mhd.add_response_header(response, i->name, i->value);
    enum MHD_Result r = s->mhd.queue_response(q->connection, (unsigned)status, response);
    s->mhd.destroy_response(response);
    if (s->p.seen)
        s->p.seen(s->p.ctx, q->method, q->target, status);
    return r == MHD_YES;
}

bool httpserve_bytes(const struct httpserve_request *q, int status, const void *bytes, size_t len,
                     const struct httpserve_header *headers)
{
    void *from = (void *)(uintptr_t)bytes;
    struct MHD_Response *response =
        q->server->mhd.create_response_from_buffer(len, from, MHD_RESPMEM_MUST_COPY);
    return send_response(q, status, response, headers);
}

bool httpserve_fd(const struct httpserve_request *q, int status, int *fd, int64_t first,
                  int64_t len, const struct httpserve_header *headers)
{
    struct MHD_Response *response =
        q->server->mhd.create_response_from_fd_at_offset64((uint64_t)len, *fd, (uint64_t)first);
    if (response)
        *fd = -1; // closed with the response
    return send_response(q, status, response, headers);
}

bool httpserve_line(const struct httpserve_request *q, int status, const char *text,
                    struct httpserve_header extra)
{
    const struct httpserve_header headers[] = {
        {"Content-Type", "text/plain; charset=utf-8"},
        extra,
        {NULL, NULL},
    };
    return httpserve_bytes(q, status, text, strlen(text), headers);
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *target,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **state)
{
    (void)version, (void)data;
    struct httpserve *s = cls;
    struct httpserve_request q = {s, connection, method, target, NULL};
    q.host = httpserve_header(&q, "Host");
    bool sent;
    if (q.host && !http_host_is_local(q.host)) {
        sent = httpserve_line(&q, MHD_HTTP_FORBIDDEN, "only as 127.0.0.1 or localhost\n",
                              (struct httpserve_header){"Cache-Control", "no-store"});
    } else if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
        sent = httpserve_line(&q, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n",
                              (struct httpserve_header){"Allow", "GET, HEAD"});
    } else if (!*state || *data_size) {
        // An answer before the request has ended would close the connection.
        *state = cls;
        *data_size = 0;
        return MHD_YES;
    } else {
        sent = s->p.answer(s->p.ctx, &q);
    }
    return sent ? MHD_YES : MHD_NO;
}

// ---- the server

// Paths are decoded by http_path, which must see what was really sent.
static size_t keep_raw(void *cls, struct MHD_Connection *connection, char *s)
{
    (void)cls, (void)connection;
    return strlen(s);
}

static void keep_quiet(void *cls, const char *fmt, va_list ap)
{
    (void)cls, (void)fmt, (void)ap;
}

// A listening socket; *port becomes the real one.
static int listen_on(int *port, struct err *e)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(e, -errno, "socket");
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, SOMAXCONN) < 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
        int r = -errno;
        close(fd);
        if (r == -EADDRINUSE)
            return err_set(e, r, "port %d is in use: name another, or 0 for one that is free",
                           *port);
        if (r == -EACCES)
            return err_set(e, r, "port %d is reserved: name one above 1023", *port);
        return err_errno(e, r, "127.0.0.1");
    }
    *port = ntohs(at.sin_port);
    return fd;
}

static int start_daemon(struct httpserve *s, int fd, struct err *e)
{
    const struct MHD_OptionItem options[] = {
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, s->p.threads > 1 ? s->p.threads : 0, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, s->p.connections, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, NULL},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_raw, NULL},
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)keep_quiet, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    // Signals belong to the thread that waits: the server's are born with all of them blocked.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    s->daemon = s->mhd.start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, s,
                                    MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return s->daemon ? 0 : err_set(e, -EIO, "the HTTP server did not start");
}

int httpserve_start(const struct httpserve_params *p, struct httpserve **ret, struct err *e)
{
    struct mhd mhd;
    int r = mhd_load(&mhd, e), port = p->port;
    if (r < 0)
        return r;
    int fd = listen_on(&port, e);
    if (fd < 0)
        return fd;
    struct httpserve *s = mem_alloc(sizeof(*s));
    *s = (struct httpserve){.mhd = mhd, .p = *p, .port = port};
    r = start_daemon(s, fd, e);
    if (r < 0) {
        close(fd);
        free(s);
        return r;
    }
    *ret = s;
    return 0;
}

int httpserve_port(const struct httpserve *s)
{
    return s->port;
}

void httpserve_stop(struct httpserve *s)
{
    if (!s)
        return;
    s->mhd.stop_daemon(s->daemon);
    free(s);
}
