// SPDX-License-Identifier: GPL-3.0-or-later
// The only place that knows libshout.
#include "net/iceway.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <shout/shout.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"

enum { STEP_MS = 10 };

struct link {
    shout_t *shout;
    int fd;
};

// libshout hands out no descriptor, and over TLS its shout_close must not be called before a
// shutdown of the socket: Icecast 2.4 never ends a source that takes its leave by TLS's rules, and
// spins. Looked for by its peer, the socket could be another mount's at the same server. So the
// program's connect() is this one, which notes the socket of the thread that is inside libshout.
static _Thread_local struct {
    bool on;
    int fd;
} noted;

int connect(int fd, __CONST_SOCKADDR_ARG addr, socklen_t len)
{
    if (noted.on) {
        if (fd >= FD_SETSIZE) { // libshout would write behind its fd_set
            errno = EMFILE;
            return -1;
        }
        noted.fd = fd;
    }
    return (int)syscall(SYS_connect, fd, addr.__sockaddr__, len);
}

static int note(int (*step)(shout_t *), struct link *l)
{
    noted.on = true;
    noted.fd = l->fd;
    int rc = step(l->shout);
    l->fd = noted.fd;
    noted.on = false;
    return rc;
}

static void link_close(void *ctx)
{
    struct link *l = ctx;
    if (l->fd >= 0)
        shutdown(l->fd, SHUT_RDWR);
    shout_close(l->shout);
    shout_free(l->shout);
    free(l);
}

static void say(shout_t *s, int (*set)(shout_t *, const char *, const char *), const char *name,
                const char *value)
{
    if (value && *value && set(s, name, value) != SHOUTERR_SUCCESS)
        mem_fail();
}

static void say_number(shout_t *s, const char *name, int value)
{
    char text[16];
    snprintf(text, sizeof(text), "%d", value);
    say(s, shout_set_audio_info, name, value > 0 ? text : NULL);
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
    return shout_set_host(s, v->host) || shout_set_port(s, (unsigned short)v->port) ||
           shout_set_mount(s, v->mount) || shout_set_user(s, v->user ? v->user : "source") ||
           shout_set_password(s, v->password ? v->password : "") ||
           shout_set_agent(s, "dgl-episode/" DGL_VERSION) ||
           shout_set_protocol(s, SHOUT_PROTOCOL_HTTP) ||
           shout_set_tls(s, v->tls ? SHOUT_TLS_RFC2818 : SHOUT_TLS_DISABLED) ||
           (v->ca_file && shout_set_ca_file(s, v->ca_file)) ||
           shout_set_content_format(s, format, SHOUT_USAGE_AUDIO, NULL) ||
           shout_set_public(s, p->listed) || shout_set_nonblocking(s, SHOUT_BLOCKING_NONE);
}

static int refused(const struct icecast_params *p, struct link *l, int rc, struct err *e)
{
    const struct icecast_server *v = &p->server;
    if (rc == SHOUTERR_NOLOGIN)
        return -EPERM;
    if (rc == SHOUTERR_TLSBADCERT) {
        err_input(e,
                  "%s:%d: the certificate is not good for this host, by its name; the password "
                  "was not sent",
                  v->host, v->port);
        return e ? e->code = -EKEYREJECTED : -EKEYREJECTED;
    }
    if (rc == SHOUTERR_BUSY)
        return err_remote(e, -ETIMEDOUT, "%s:%d: does not answer in time", v->host, v->port);
    return err_remote(e, -ECONNREFUSED, "%s:%d: %s", v->host, v->port, shout_get_error(l->shout));
}

static int link_open(const struct icecast_params *p, double deadline, void **ret, struct err *e)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, shout_init);
    struct link *l = mem_alloc(sizeof(*l));
    *l = (struct link){.shout = shout_new(), .fd = -1};
    if (!l->shout)
        mem_fail();
    int rc = set_up(l->shout, p) ? SHOUTERR_INSANE : note(shout_open, l);
    while (rc == SHOUTERR_BUSY && clock_monotonic() < deadline &&
           !(p->server.stopped && p->server.stopped(p->server.stopped_ctx))) {
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
