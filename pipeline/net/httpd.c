// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/httpd.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/str.h"
#include "net/httprule.h"
#include "net/webroot.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
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
#define X(name) __typeof__(MHD_##name) *name;
    MHD_CALLS(X)
#undef X
};

enum { THREADS = 4, CONNECTIONS = 400, IDLE_S = 60 };

struct httpd {
    struct mhd mhd;
    struct MHD_Daemon *daemon;
    struct httpd_params p; // root and site are ours
    int port;
};

struct request {
    struct httpd *h;
    struct MHD_Connection *connection;
    const char *method, *target, *host;
};

// What is sent: a descriptor, or bytes in memory.
struct body {
    int fd;      // -1: bytes
    char *bytes; // freed with the body
    int64_t size, changed_utc_s;
    char etag[HASH_HEX + 2];
    const struct http_type *type;
};

struct header {
    const char *name, *value;
};

static const char page_policy[] =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; "
    "media-src 'self' https:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

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

static const char *header_of(const struct request *q, const char *name)
{
    return q->h->mhd.lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

// Takes the response; headers end with a NULL name, those without a value are left out.
static enum MHD_Result send_response(const struct request *q, unsigned status,
                                     struct MHD_Response *response, const struct header *headers)
{
    const struct mhd *m = &q->h->mhd;
    if (!response)
        return MHD_NO;
    for (const struct header *i = headers; i->name; i++)
        if (i->value)
            m->add_response_header(response, i->name, i->value);
    enum MHD_Result r = m->queue_response(q->connection, status, response);
    m->destroy_response(response);
    if (q->h->p.seen)
        q->h->p.seen(q->h->p.ctx, q->method, q->target, (int)status);
    return r;
}

static enum MHD_Result send_text(const struct request *q, unsigned status, const char *text,
                                 const struct header extra)
{
    const struct header headers[] = {
        {"Content-Type", "text/plain; charset=utf-8"},
        {"X-Content-Type-Options", "nosniff"},
        extra,
        {NULL, NULL},
    };
    struct MHD_Response *response = q->h->mhd.create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    return send_response(q, status, response, headers);
}

// The file's text with the server's own address in place of the site's.
static int read_page(const struct request *q, int fd, size_t size, struct str *out)
{
    const char *site = q->h->p.site;
    size_t site_len = strlen(site), have = 0;
    if (size > STR_MAX / 2)
        return -EFBIG;
    char *text = mem_alloc(size + 1);
    for (ssize_t n; (n = read(fd, text + have, size - have)) > 0;)
        have += (size_t)n;
    const char *from = text, *end = text + have;
    for (const char *at; (at = memmem(from, (size_t)(end - from), site, site_len));
         from = at + site_len) {
        str_addn(out, from, (size_t)(at - from));
        str_addf(out, "http://%s/", q->host);
    }
    str_addn(out, from, (size_t)(end - from));
    free(text);
    return have == size && !out->over ? 0 : -EIO;
}

static void body_done(struct body *b)
{
    if (b->fd >= 0)
        close(b->fd);
    free(b->bytes);
    *b = (struct body){.fd = -1};
}

// 0, or negative errno. Takes fd in any case.
static int body_of_fd(const struct request *q, int fd, const struct stat *st, const char *path,
                      struct body *ret)
{
    struct body b = {
        .fd = fd,
        .size = st->st_size,
        .changed_utc_s = st->st_mtim.tv_sec,
        .type = http_type_of(path),
    };
    if (b.type->pages && q->h->p.site && q->host) {
        struct str text;
        str_init(&text, STR_MAX);
        int r = read_page(q, fd, (size_t)b.size, &text);
        close(fd);
        if (r < 0) {
            str_done(&text);
            return r;
        }
        b.fd = -1;
        b.bytes = text.p;
        b.size = (int64_t)text.len;
        char hex[HASH_HEX];
        hash_bytes(b.bytes, text.len, hex);
        snprintf(b.etag, sizeof(b.etag), "\"%s\"", hex);
    } else {
        snprintf(b.etag, sizeof(b.etag), "\"%llx-%llx-%llx.%lx\"", (unsigned long long)st->st_ino,
                 (unsigned long long)st->st_size, (unsigned long long)st->st_mtim.tv_sec,
                 (unsigned long)st->st_mtim.tv_nsec);
    }
    *ret = b;
    return 0;
}

// 0: a file. 1: a folder that is asked for without its slash. Negative errno: nothing to show.
static int body_open(const struct request *q, const char *path, struct body *ret)
{
    char index[HTTP_PATH + 16];
    bool folder = !*path || str_ends(path, "/");
    snprintf(index, sizeof(index), "%s%s", path, folder ? "index.html" : "");
    int root = open(q->h->p.root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return -errno;
    struct stat st;
    int fd = webroot_open(root, index, &st);
    close(root);
    if (fd < 0)
        return fd;
    if (S_ISREG(st.st_mode))
        return body_of_fd(q, fd, &st, index, ret);
    close(fd);
    return folder ? -ENOENT : 1;
}

// Takes the body. first..last: the part that is sent. With 304 the library leaves the bytes out.
static enum MHD_Result send_part(const struct request *q, unsigned status, struct body *b,
                                 int64_t first, int64_t last)
{
    char range[80], changed[CLOCK_TEXT];
    bool part = status == MHD_HTTP_PARTIAL_CONTENT, found = status != MHD_HTTP_NOT_FOUND;
    snprintf(range, sizeof(range), "bytes %lld-%lld/%lld", (long long)first, (long long)last,
             (long long)b->size);
    clock_http(b->changed_utc_s, changed);
    const struct header headers[] = {
        {"Content-Type", b->type->mime},
        {"Content-Range", part ? range : NULL},
        {"Accept-Ranges", found ? "bytes" : NULL},
        {"ETag", found ? b->etag : NULL},
        {"Last-Modified", found ? changed : NULL},
        {"Cache-Control", "no-cache"},
        {"X-Content-Type-Options", "nosniff"},
        {"Access-Control-Allow-Origin", b->type->shared ? "*" : NULL},
        {"Content-Security-Policy", str_starts(b->type->mime, "text/html") ? page_policy : NULL},
        {NULL, NULL},
    };
    uint64_t len = (uint64_t)(last - first + 1);
    struct MHD_Response *response;
    if (b->fd >= 0) {
        response = q->h->mhd.create_response_from_fd_at_offset64(len, b->fd, (uint64_t)first);
        if (response)
            b->fd = -1; // closed with the response
    } else {
        response = q->h->mhd.create_response_from_buffer((size_t)len, b->bytes + first,
                                                         MHD_RESPMEM_MUST_COPY);
    }
    enum MHD_Result r = send_response(q, status, response, headers);
    body_done(b);
    return r;
}

static bool is_modified(const struct request *q, const struct body *b)
{
    const char *tags = header_of(q, "If-None-Match"), *since = header_of(q, "If-Modified-Since");
    int64_t date;
    if (tags)
        return !http_etag_listed(tags, b->etag, true);
    return !http_date_parse(since, &date) || b->changed_utc_s > date;
}

// If-Range: the part is wanted only of the very state the client knows.
static bool range_holds(const struct request *q, const struct body *b)
{
    const char *known = header_of(q, "If-Range");
    int64_t date;
    if (!known)
        return true;
    if (http_date_parse(known, &date))
        return date == b->changed_utc_s;
    return http_etag_listed(known, b->etag, false);
}

// Takes the body.
static enum MHD_Result send_body(const struct request *q, struct body *b)
{
    int64_t first = 0, last = b->size - 1;
    if (!is_modified(q, b))
        return send_part(q, MHD_HTTP_NOT_MODIFIED, b, first, last);
    enum http_range range = RANGE_NONE;
    if (strcmp(q->method, "GET") == 0 && range_holds(q, b))
        range = http_range_of(header_of(q, "Range"), b->size, &first, &last);
    if (range == RANGE_BEYOND) {
        char size[40];
        snprintf(size, sizeof(size), "bytes */%lld", (long long)b->size);
        body_done(b);
        return send_text(q, MHD_HTTP_RANGE_NOT_SATISFIABLE, "nothing there: the file is shorter\n",
                         (struct header){"Content-Range", size});
    }
    return send_part(q, range == RANGE_PART ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK, b, first,
                     last);
}

static enum MHD_Result send_missing(const struct request *q)
{
    struct body b;
    if (body_open(q, "404.html", &b) == 0)
        return send_part(q, MHD_HTTP_NOT_FOUND, &b, 0, b.size - 1);
    return send_text(q, MHD_HTTP_NOT_FOUND, "not found\n",
                     (struct header){"Cache-Control", "no-cache"});
}

static enum MHD_Result send_to_folder(const struct request *q, const char *path)
{
    struct str to;
    str_init(&to, STR_MAX);
    str_add(&to, "/");
    str_add_url(&to, path);
    str_add(&to, "/");
    enum MHD_Result r = send_text(q, MHD_HTTP_MOVED_PERMANENTLY, "it is a folder\n",
                                  (struct header){"Location", to.p});
    str_done(&to);
    return r;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *target,
                              const char *method, const char *version, const char *data,
                              size_t *data_size, void **state)
{
    (void)version, (void)data;
    struct request q = {.h = cls, .connection = connection, .method = method, .target = target};
    q.host = header_of(&q, "Host");
    if (q.host && !http_host_is_local(q.host))
        return send_text(&q, MHD_HTTP_FORBIDDEN, "only as 127.0.0.1 or localhost\n",
                         (struct header){"Cache-Control", "no-store"});
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return send_text(&q, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n",
                         (struct header){"Allow", "GET, HEAD"});
    // An answer before the request has ended would close the connection.
    if (!*state || *data_size) {
        *state = cls;
        *data_size = 0;
        return MHD_YES;
    }
    char path[HTTP_PATH];
    struct body b;
    int r = http_path(target, path) ? body_open(&q, path, &b) : -ENOENT;
    if (r < 0)
        return send_missing(&q);
    return r == 1 ? send_to_folder(&q, path) : send_body(&q, &b);
}

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

static int start_daemon(struct httpd *h, int fd, struct err *e)
{
    const struct MHD_OptionItem options[] = {
        {MHD_OPTION_LISTEN_SOCKET, fd, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, THREADS, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S, NULL},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)keep_raw, NULL},
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)keep_quiet, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    // Signals belong to the thread that waits: the server's are born with all of them blocked.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    h->daemon = h->mhd.start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, h,
                                    MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return h->daemon ? 0 : err_set(e, -EIO, "the HTTP server did not start");
}

static char *copy_of(const char *s)
{
    return s ? memcpy(mem_alloc(strlen(s) + 1), s, strlen(s)) : NULL;
}

static void httpd_free(struct httpd *h)
{
    free((char *)(uintptr_t)h->p.root);
    free((char *)(uintptr_t)h->p.site);
    free(h);
}

int httpd_start(const struct httpd_params *p, struct httpd **ret, struct err *e)
{
    struct mhd mhd;
    int r = mhd_load(&mhd, e);
    if (r < 0)
        return r;
    int port = p->port, root = open(p->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return err_errno(e, -errno, p->root);
    close(root);
    int fd = listen_on(&port, e);
    if (fd < 0)
        return fd;
    struct httpd *h = mem_alloc(sizeof(*h));
    *h = (struct httpd){.mhd = mhd, .p = *p, .port = port};
    h->p.root = copy_of(p->root);
    h->p.site = copy_of(p->site && *p->site ? p->site : NULL);
    r = start_daemon(h, fd, e);
    if (r < 0) {
        close(fd);
        httpd_free(h);
        return r;
    }
    *ret = h;
    return 0;
}

int httpd_port(const struct httpd *h)
{
    return h->port;
}

void httpd_stop(struct httpd *h)
{
    if (!h)
        return;
    h->mhd.stop_daemon(h->daemon);
    httpd_free(h);
}
