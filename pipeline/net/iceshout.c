// SPDX-License-Identifier: GPL-3.0-or-later
// The only place that knows libshout.
#include "net/iceway.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <shout/shout.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"

enum { STEP_MS = 10 };
static const double address_s = 2; // for one address of a host; what is left is for the next one

struct link {
    shout_t *shout;
    int fd;
    struct link *next; // idle ones
};

// shout_free of libshout 2.4 frees nothing after a shout_close: handles are used again.
static struct {
    pthread_mutex_t lock;
    struct link *idle;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

// libshout hands out no descriptor, and over TLS its shout_close must not be called before a
// shutdown of the socket: Icecast 2.4 never ends a source that takes its leave by TLS's rules, and
// spins. Looked for by its peer, the socket could be another mount's at the same server. So the
// program's connect() is this one, which notes the socket of the thread that is inside libshout.
static _Thread_local struct {
    bool on;
    int fd;                          // below 0: libshout has closed it
    int error;                       // of the last connect(); 0: none
    const struct icecast_server *to; // until when, and whether to stop
    double deadline;
    struct sockaddr_storage dead[4]; // failed, since the link is opened: libshout comes twice, as
    size_t num_dead;                 // it is asked for its login
} noted;

static bool is_over(const struct icecast_server *v, double deadline)
{
    return clock_monotonic() >= deadline || (v->stopped && v->stopped(v->stopped_ctx));
}

// libshout takes the first address whose connect() is on its way, and none after it when that one
// fails: where localhost is ::1 before it is 127.0.0.1, a server of IPv4 alone was out of reach.
static int wait_connected(int fd)
{
    double until = clock_monotonic() + address_s;
    if (until > noted.deadline)
        until = noted.deadline;
    while (!is_over(noted.to, until)) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        int error = 0;
        socklen_t len = sizeof(error);
        if (poll(&p, 1, STEP_MS) <= 0)
            continue;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && !error)
            return 0;
        errno = error;
        return -1;
    }
    errno = ETIMEDOUT;
    return -1;
}

static bool is_dead(const struct sockaddr *addr, socklen_t len)
{
    for (size_t i = 0; i < noted.num_dead; i++)
        if (memcmp(&noted.dead[i], addr, len) == 0)
            return true;
    return false;
}

static int connect_noted(int fd, const struct sockaddr *addr, socklen_t len)
{
    if (fd >= FD_SETSIZE) // libshout would write behind its fd_set
        errno = EMFILE;
    else if (is_dead(addr, len))
        errno = noted.error ? noted.error : ECONNREFUSED; // another one has answered meanwhile
    else if (syscall(SYS_connect, fd, addr, len) == 0 ||
             (errno == EINPROGRESS && wait_connected(fd) == 0))
        return 0;
    return -1;
}

// What a host's last address says, if there is no way to it, hides what the others said.
static void keep_failure(const struct sockaddr *addr, socklen_t len)
{
    bool no_way = errno == ENETUNREACH || errno == EHOSTUNREACH || errno == EADDRNOTAVAIL;
    if (!noted.error || !no_way)
        noted.error = errno;
    if (!is_dead(addr, len) && noted.num_dead < COUNT(noted.dead) && len <= sizeof(*noted.dead))
        memcpy(&noted.dead[noted.num_dead++], addr, len);
}

int connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
    if (!noted.on)
        return (int)syscall(SYS_connect, fd, addr.__sockaddr__, len);
    int r = connect_noted(fd, addr.__sockaddr__, len);
    noted.fd = r < 0 ? -1 : fd;
    if (r < 0)
        keep_failure(addr.__sockaddr__, len);
    else
        noted.error = 0;
    return r;
}

static int note(int (*step)(shout_t *), struct link *l)
{
    noted.on = true;
    noted.fd = l->fd;
    int rc = step(l->shout);
    l->fd = rc == SHOUTERR_NOCONNECT ? -1 : noted.fd;
    noted.on = false;
    return rc;
}

static struct link *from_pool(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, shout_init);
    pthread_mutex_lock(&pool.lock);
    struct link *l = pool.idle;
    if (l)
        pool.idle = l->next;
    pthread_mutex_unlock(&pool.lock);
    if (!l) {
        l = mem_alloc(sizeof(*l));
        l->shout = shout_new();
    }
    if (!l->shout)
        mem_fail();
    l->fd = -1;
    return l;
}

static void to_pool(struct link *l)
{
    shout_set_password(l->shout, "");
    pthread_mutex_lock(&pool.lock);
    l->next = pool.idle;
    pool.idle = l;
    pthread_mutex_unlock(&pool.lock);
}

// The farewell, and what still waits, which shout_close would not free, go into a socket of ours.
static void link_close(void *ctx)
{
    struct link *l = ctx;
    int sink[2] = {-1, -1};
    if (l->fd >= 0) {
        shutdown(l->fd, SHUT_RDWR);
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sink) == 0 &&
            dup3(sink[0], l->fd, O_CLOEXEC) >= 0)
            (void)!shout_send(l->shout, NULL, 0);
    }
    shout_close(l->shout);
    for (int i = 0; i < 2; i++)
        if (sink[i] >= 0)
            close(sink[i]);
    to_pool(l);
}

// "" takes back what the handle said for another mount. Line feeds are refused by libshout.
static void say(shout_t *s, int (*set)(shout_t *, const char *, const char *), const char *name,
                const char *value)
{
    struct str line;
    str_init(&line, STR_MAX);
    for (; value && *value; value++)
        str_addc(&line, (unsigned char)*value < ' ' ? ' ' : *value);
    if (set(s, name, line.p) != SHOUTERR_SUCCESS)
        mem_fail();
    str_done(&line);
}

static void say_number(shout_t *s, const char *name, int value)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", value);
    say(s, shout_set_audio_info, name, value > 0 ? text : "");
}

static int set_up(shout_t *s, const struct icecast_params *p)
{
    const struct icecast_server *v = &p->server;
    const unsigned format = p->format == ICECAST_MP3 ? SHOUT_FORMAT_MP3 : SHOUT_FORMAT_OGG;
    say(s, shout_set_meta, SHOUT_META_NAME, p->name);
    say(s, shout_set_meta, SHOUT_META_DESCRIPTION, p->description);
    say(s, shout_set_meta, SHOUT_META_GENRE, p->genre);
    say(s, shout_set_meta, SHOUT_META_URL, p->site);
    say_number(s, SHOUT_AI_BITRATE, p->bitrate_kbps);
    say_number(s, SHOUT_AI_SAMPLERATE, p->sample_rate);
    say_number(s, SHOUT_AI_CHANNELS, p->channels);
    // Its result is an error for no file.
    if (shout_set_ca_file(s, v->ca_file) && v->ca_file)
        mem_fail();
    return shout_set_host(s, v->host) || shout_set_port(s, (unsigned short)v->port) ||
           shout_set_mount(s, v->mount) || shout_set_user(s, v->user ? v->user : "source") ||
           shout_set_password(s, v->password ? v->password : "") ||
           shout_set_agent(s, "dgl-episode/" DGL_VERSION) ||
           shout_set_protocol(s, SHOUT_PROTOCOL_HTTP) ||
           shout_set_tls(s, v->tls ? SHOUT_TLS_RFC2818 : SHOUT_TLS_DISABLED) ||
           shout_set_content_format(s, format, SHOUT_USAGE_AUDIO, NULL) ||
           shout_set_public(s, p->listed) || shout_set_nonblocking(s, SHOUT_BLOCKING_NONE);
}

static int refused(const struct icecast_params *p, struct link *l, int rc, struct err *e)
{
    const struct icecast_server *v = &p->server;
    // A full server may hang up before its refusal is read.
    if (rc == SHOUTERR_NOLOGIN || (rc == SHOUTERR_SOCKET && l->fd >= 0 && !noted.error))
        return -EPERM;
    if (rc == SHOUTERR_TLSBADCERT) {
        err_input(e,
                  "%s:%d: the certificate is not good for this host, by its name; the password "
                  "was not sent",
                  v->host, v->port);
        return e ? e->code = -EKEYREJECTED : -EKEYREJECTED;
    }
    if (rc == SHOUTERR_BUSY || noted.error == ETIMEDOUT)
        return err_remote(e, -ETIMEDOUT, "%s:%d: does not answer in time", v->host, v->port);
    return err_remote(e, -ECONNREFUSED, "%s:%d: %s", v->host, v->port,
                      noted.error ? strerror(noted.error) : shout_get_error(l->shout));
}

static int link_open(const struct icecast_params *p, double deadline, void **ret, struct err *e)
{
    struct link *l = from_pool();
    noted.to = &p->server;
    noted.deadline = deadline;
    noted.error = 0;
    noted.num_dead = 0;
    int rc = set_up(l->shout, p) ? SHOUTERR_INSANE : note(shout_open, l);
    while (rc == SHOUTERR_BUSY && !is_over(&p->server, deadline)) {
        poll(NULL, 0, STEP_MS);
        rc = note(shout_get_connected, l);
    }
    if ((rc == SHOUTERR_SUCCESS || rc == SHOUTERR_CONNECTED) && l->fd >= 0) {
        *ret = l;
        return 0;
    }
    int r = refused(p, l, rc, e);
    link_close(l);
    return r;
}

static int link_give(void *ctx, const void *data, size_t len)
{
    struct link *l = ctx;
    int rc = shout_send(l->shout, data, len);
    return rc == SHOUTERR_SUCCESS || rc == SHOUTERR_BUSY ? (int)len : -EPIPE;
}

static size_t link_queued(void *ctx)
{
    struct link *l = ctx;
    ssize_t n = shout_queuelen(l->shout);
    return n > 0 ? (size_t)n : 0;
}

static int link_fd(void *ctx)
{
    return ((struct link *)ctx)->fd;
}

const struct iceway iceway_shout = {
    .open = link_open,
    .give = link_give,
    .queued = link_queued,
    .fd = link_fd,
    .close = link_close,
};
