// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/to_icecast.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/str.h"
#include "live/framer.h"
#include "net/icecast.h"
#include "net/icestatus.h"

enum { ASK_EACH_S = 10, ASK_AGAIN_S = 1, TITLE_MAX = 256 };
#define LAST_S 2.0 // for what waits at an orderly end

struct caster {
    struct arena arena;
    struct icecast_params to;
    struct icecast *ic; // NULL: not connected
    struct framer *framer;
    bool worked; // a connection stood, so the server is not set up wrongly
    atomic_bool stopped;
    atomic_int listeners;

    pthread_t herald; // tells titles, asks for listeners: requests that may take 5 s
    pthread_mutex_t lock;
    pthread_cond_t wake;
    char title[TITLE_MAX]; // lock
    bool told;             // lock; the server has this title, or takes none
    bool connected;        // lock
    bool news;             // lock; for the herald
};

static bool is_stopped(const void *ctx)
{
    return atomic_load(&((struct caster *)ctx)->stopped);
}

// False: to be tried again soon, as a mount that has just begun is not known to all of the server.
static bool tell_title(struct caster *c)
{
    char title[TITLE_MAX];
    pthread_mutex_lock(&c->lock);
    bool told = c->told || !*c->title;
    snprintf(title, sizeof(title), "%s", c->title);
    c->told = true; // unless it fails; another one may come meanwhile
    pthread_mutex_unlock(&c->lock);
    int r = told ? 0 : icestatus_title(&c->to.server, title, NULL);
    if (r >= 0 || r == -EOPNOTSUPP)
        return true;
    pthread_mutex_lock(&c->lock);
    c->told = false;
    pthread_mutex_unlock(&c->lock);
    return false;
}

static bool ask_listeners(struct caster *c)
{
    struct icestatus s;
    int r = icestatus_get(&c->to.server, &s, NULL);
    bool known = r >= 0 && s.up;
    atomic_store(&c->listeners, known ? s.listeners : -1);
    return known;
}

static void *herald(void *ctx)
{
    struct caster *c = ctx;
    pthread_mutex_lock(&c->lock);
    while (!is_stopped(c)) {
        bool connected = c->connected, known = true;
        c->news = false;
        pthread_mutex_unlock(&c->lock);
        if (connected) {
            bool told = tell_title(c);
            known = ask_listeners(c) && told;
        } else {
            atomic_store(&c->listeners, -1);
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += known ? ASK_EACH_S : ASK_AGAIN_S;
        pthread_mutex_lock(&c->lock);
        while (!is_stopped(c) && !c->news &&
               pthread_cond_clockwait(&c->wake, &c->lock, CLOCK_MONOTONIC, &until) == 0)
            ;
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void wake(struct caster *c, bool connected)
{
    pthread_mutex_lock(&c->lock);
    if (connected && !c->connected)
        c->told = false;
    c->connected = connected;
    c->news = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

static int out(void *ctx, const void *data, size_t len, struct err *e)
{
    struct caster *c = ctx;
    return icecast_send(c->ic, data, len, e);
}

static void hang_up(struct caster *c, double limit_s)
{
    framer_free(c->framer);
    c->framer = NULL;
    icecast_close(c->ic, limit_s);
    c->ic = NULL;
    wake(c, false);
}

static int start_framer(struct caster *c, const AVCodecParameters *codec, struct err *e)
{
    char title[TITLE_MAX];
    pthread_mutex_lock(&c->lock);
    snprintf(title, sizeof(title), "%s", c->title);
    pthread_mutex_unlock(&c->lock);
    return framer_open(
        &(struct framer_params){
            .codec = codec, .title = title, .artist = c->to.name, .out = out, .ctx = c},
        &c->framer, e);
}

static int caster_open(void *ctx, const struct feed *feed, struct err *e)
{
    struct caster *c = ctx;
    const AVCodecParameters *codec = feed->codec[FEED_AUDIO];
    if (!codec)
        return err_input(e, "an Icecast mount needs sound, and this broadcast has none");
    const int64_t rate = codec->bit_rate;
    c->to.format = codec->codec_id == AV_CODEC_ID_MP3   ? ICECAST_MP3
                   : codec->codec_id == AV_CODEC_ID_AAC ? ICECAST_AAC
                                                        : ICECAST_OGG;
    c->to.bitrate_kbps = rate > 0 ? (int)(rate / 1000) : (int)feed->bitrate_kbps;
    c->to.sample_rate = codec->sample_rate;
    c->to.channels = codec->ch_layout.nb_channels;
    int r = icecast_open(&c->to, &c->ic, e);
    if (r < 0) {
        // Full by connections of our own that broke off, perhaps.
        if (r == -EUSERS && c->worked && e)
            e->kind = ERR_REMOTE;
        return r;
    }
    r = start_framer(c, codec, e);
    if (r < 0) {
        hang_up(c, 0);
        return r;
    }
    c->worked = true;
    wake(c, true);
    return 0;
}

static int caster_send(void *ctx, const AVPacket *pkt, struct err *e)
{
    struct caster *c = ctx;
    return pkt->stream_index == FEED_AUDIO ? framer_write(c->framer, pkt, e) : 0;
}

static void caster_close(void *ctx, bool broken)
{
    struct caster *c = ctx;
    if (!broken)
        framer_finish(c->framer, NULL);
    hang_up(c, broken ? 0 : LAST_S);
}

static size_t caster_backlog(void *ctx)
{
    struct caster *c = ctx;
    return c->ic ? icecast_backlog(c->ic) : 0;
}

static void caster_interrupt(void *ctx)
{
    struct caster *c = ctx;
    atomic_store(&c->stopped, true);
    pthread_mutex_lock(&c->lock);
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

static void wipe(const char *secret)
{
    if (secret)
        explicit_bzero((char *)secret, strlen(secret));
}

static void caster_free(void *ctx)
{
    struct caster *c = ctx;
    if (!c)
        return;
    caster_interrupt(c);
    pthread_join(c->herald, NULL);
    if (c->ic)
        hang_up(c, 0);
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    wipe(c->to.server.password);
    arena_done(&c->arena);
    free(c);
}

const struct outlet to_icecast = {
    .kind = "icecast",
    .open = caster_open,
    .send = caster_send,
    .close = caster_close,
    .backlog = caster_backlog,
    .interrupt = caster_interrupt,
    .free = caster_free,
};

static int set_up(struct caster *c, const struct to_icecast_params *p, struct err *e)
{
    struct arena *a = &c->arena;
    struct icecast_server *s = &c->to.server;
    const char *title = p->title ? p->title : p->name;
    int r = icecast_server_parse(a, p->url, s, e);
    if (r < 0)
        return r;
    s->user = arena_strdup(a, p->user);
    s->password = arena_strdup(a, p->password);
    s->ca_file = arena_strdup(a, p->ca_file);
    s->stopped = is_stopped;
    s->stopped_ctx = c;
    c->to.name = arena_strdup(a, p->name);
    c->to.description = arena_strdup(a, p->description);
    c->to.genre = arena_strdup(a, p->genre);
    c->to.site = arena_strdup(a, p->site);
    c->to.listed = p->listed;
    str_fit(c->title, sizeof(c->title), title ? title : "");
    return 0;
}

int to_icecast_new(const struct to_icecast_params *p, void **ret_ctx, struct err *e)
{
    struct caster *c = mem_alloc(sizeof(*c));
    int r = set_up(c, p, e);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
    atomic_store(&c->listeners, -1);
    if (r >= 0 && (r = -pthread_create(&c->herald, NULL, herald, c)) < 0)
        err_errno(e, r, "starting a thread");
    if (r < 0) {
        arena_done(&c->arena);
        free(c);
        return r;
    }
    *ret_ctx = c;
    return 0;
}

void to_icecast_title(void *ctx, const char *title)
{
    struct caster *c = ctx;
    pthread_mutex_lock(&c->lock);
    str_fit(c->title, sizeof(c->title), title);
    c->told = false;
    c->news = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

int to_icecast_listeners(void *ctx)
{
    struct caster *c = ctx;
    return atomic_load(&c->listeners);
}
