// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/endpoint.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "live/backlog.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const double first_wait_s = 1, longest_wait_s = 30, growth = 1.7, jitter = 0.2;
static const double healthy_s = 30;         // after that the next failure is a first one
static const tick held = 2 * TICKS_PER_SEC; // waits while there is no connection, at most
enum { RATE_S = 5 };

const char *const endpoint_states[] = {"waiting", "connecting", "live", "refused", "ended"};

struct endpoint {
    struct endpoint_params p;
    char *name;
    pthread_t thread;
    bool joined;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct backlog backlog;       // lock
    struct endpoint_stats stats;  // lock
    bool finishing;               // lock
    double finish_by;             // lock
    double connected_at;          // lock; 0: no connection
    double try_at;                // lock
    double wait_s;                // before the next try, without its jitter
    tick base;                    // dts that is 0 for this connection; TICK_NONE: nothing sent
    int64_t second_bytes[RATE_S]; // lock; by second
    int64_t second_now;           // lock
};

static void changed(struct endpoint *ep, enum endpoint_state state, const char *why)
{
    pthread_mutex_lock(&ep->lock);
    bool news = ep->stats.state != state;
    ep->stats.state = state;
    if (why)
        snprintf(ep->stats.why, sizeof ep->stats.why, "%.*s", (int)sizeof ep->stats.why - 1, why);
    pthread_mutex_unlock(&ep->lock);
    if (news && ep->p.changed)
        ep->p.changed(ep->p.changed_ctx, ep->name, state, why ? why : "");
}

// ---- waiting; all with the lock held

static void sleep_until(struct endpoint *ep, double when)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    double left = when - clock_monotonic(), whole;
    double part = modf(left > 0 ? left : 0, &whole);
    t.tv_sec += (time_t)whole;
    t.tv_nsec += (long)(part * 1e9);
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&ep->wake, &ep->lock, &t);
}

static bool is_over(const struct endpoint *ep)
{
    return ep->finishing && (!ep->backlog.count || clock_monotonic() >= ep->finish_by);
}

// False: the broadcast is over.
static bool wait_for_try(struct endpoint *ep)
{
    pthread_mutex_lock(&ep->lock);
    while (!ep->finishing && clock_monotonic() < ep->try_at)
        sleep_until(ep, ep->try_at);
    bool go = !ep->finishing;
    pthread_mutex_unlock(&ep->lock);
    return go;
}

// The next packet; NULL: the broadcast is over.
static AVPacket *next_packet(struct endpoint *ep)
{
    AVPacket *pkt = NULL;
    pthread_mutex_lock(&ep->lock);
    while (!is_over(ep) && !(pkt = backlog_take(&ep->backlog)))
        sleep_until(ep, clock_monotonic() + 1);
    pthread_mutex_unlock(&ep->lock);
    return pkt;
}

// ---- connections

static void failed(struct endpoint *ep, const struct err *e)
{
    pthread_mutex_lock(&ep->lock);
    double now = clock_monotonic();
    if (ep->connected_at > 0 && now - ep->connected_at >= healthy_s)
        ep->wait_s = 0;
    bool hopeless = e->kind == ERR_INPUT;
    ep->wait_s = hopeless          ? longest_wait_s
                 : ep->wait_s <= 0 ? first_wait_s
                                   : fmin(ep->wait_s * growth, longest_wait_s);
    double shake = 2.0 * rand_r(&ep->p.seed) / RAND_MAX - 1;
    ep->try_at = now + ep->wait_s * (1 + jitter * shake);
    ep->connected_at = 0;
    ep->stats.failures++;
    ep->backlog.limit = held;
    pthread_mutex_unlock(&ep->lock);
    changed(ep, hopeless ? ENDPOINT_REFUSED : ENDPOINT_WAITING, e->text);
}

static int connect_once(struct endpoint *ep, struct err *e)
{
    changed(ep, ENDPOINT_CONNECTING, NULL);
    int r = ep->p.outlet->open(ep->p.ctx, ep->p.feed, e);
    if (r < 0)
        return r;
    pthread_mutex_lock(&ep->lock);
    ep->stats.connections++;
    ep->connected_at = clock_monotonic();
    ep->base = TICK_NONE;
    ep->backlog.limit = (tick)(ep->p.queue_s * (double)TICKS_PER_SEC);
    backlog_trim(&ep->backlog, 0);
    backlog_to_key(&ep->backlog);
    pthread_mutex_unlock(&ep->lock);
    changed(ep, ENDPOINT_LIVE, NULL);
    return 0;
}

static void count(struct endpoint *ep, const AVPacket *pkt)
{
    pthread_mutex_lock(&ep->lock);
    int64_t second = (int64_t)clock_monotonic();
    for (; ep->second_now < second; ep->second_now++)
        if (second - ep->second_now <= RATE_S)
            ep->second_bytes[(ep->second_now + 1) % RATE_S] = 0;
    ep->second_bytes[second % RATE_S] += pkt->size;
    ep->stats.bytes += pkt->size;
    if (pkt->stream_index == FEED_AUDIO)
        ep->stats.delivered_s += tick_to_s(pkt->duration);
    pthread_mutex_unlock(&ep->lock);
}

static int send_one(struct endpoint *ep, AVPacket *pkt, struct err *e)
{
    if (ep->base == TICK_NONE)
        ep->base = pkt->dts;
    if (pkt->dts < ep->base) // sound that belongs to what came before the key frame
        return 0;
    pkt->dts -= ep->base;
    pkt->pts -= ep->base;
    int r = ep->p.outlet->send(ep->p.ctx, pkt, e);
    if (r >= 0)
        count(ep, pkt);
    return r;
}

static int send_all(struct endpoint *ep, struct err *e)
{
    int r = 0;
    for (AVPacket *pkt; r >= 0 && (pkt = next_packet(ep));) {
        r = send_one(ep, pkt, e);
        av_packet_free(&pkt);
    }
    return r;
}

static void *run(void *arg)
{
    struct endpoint *ep = arg;
    while (wait_for_try(ep)) {
        struct err e = {0};
        int r = connect_once(ep, &e);
        if (r >= 0) {
            r = send_all(ep, &e);
            ep->p.outlet->close(ep->p.ctx, r < 0);
        }
        if (r < 0)
            failed(ep, &e);
        else
            break;
    }
    struct err e = {0};
    bool ended = !ep->p.outlet->end || ep->p.outlet->end(ep->p.ctx, &e) >= 0;
    changed(ep, ENDPOINT_ENDED, ended ? NULL : e.text);
    return NULL;
}

// ---- from outside

int endpoint_start(const struct endpoint_params *p, struct endpoint **ret, struct err *e)
{
    struct endpoint *ep = mem_alloc(sizeof *ep);
    ep->p = *p;
    ep->name = strdup(p->name);
    ep->base = TICK_NONE;
    pthread_mutex_init(&ep->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&ep->wake, &attr);
    pthread_condattr_destroy(&attr);
    backlog_init(&ep->backlog, p->feed->codec[FEED_VIDEO] != NULL, held);
    int r = pthread_create(&ep->thread, NULL, run, ep);
    if (r) {
        backlog_done(&ep->backlog);
        pthread_cond_destroy(&ep->wake);
        pthread_mutex_destroy(&ep->lock);
        free(ep->name);
        free(ep);
        return err_set(e, -r, "%s: no thread can be had", p->name);
    }
    *ret = ep;
    return 0;
}

void endpoint_give(struct endpoint *ep, const AVPacket *pkt)
{
    AVPacket *own = av_packet_clone(pkt);
    if (!own)
        mem_fail();
    pthread_mutex_lock(&ep->lock);
    if (ep->finishing)
        av_packet_free(&own);
    else
        backlog_put(&ep->backlog, own);
    pthread_cond_signal(&ep->wake);
    pthread_mutex_unlock(&ep->lock);
}

void endpoint_finish(struct endpoint *ep, double grace_s)
{
    pthread_mutex_lock(&ep->lock);
    ep->finishing = true;
    ep->finish_by = clock_monotonic() + grace_s;
    pthread_cond_signal(&ep->wake);
    pthread_mutex_unlock(&ep->lock);
}

void endpoint_wait(struct endpoint *ep)
{
    if (ep->joined)
        return;
    pthread_mutex_lock(&ep->lock);
    while (ep->stats.state != ENDPOINT_ENDED && clock_monotonic() < ep->finish_by)
        sleep_until(ep, fmin(ep->finish_by, clock_monotonic() + 0.05));
    bool ended = ep->stats.state == ENDPOINT_ENDED;
    pthread_mutex_unlock(&ep->lock);
    if (!ended && ep->p.outlet->interrupt)
        ep->p.outlet->interrupt(ep->p.ctx);
    pthread_join(ep->thread, NULL);
    ep->joined = true;
}

void endpoint_free(struct endpoint *ep)
{
    if (!ep)
        return;
    endpoint_finish(ep, 0);
    endpoint_wait(ep);
    ep->p.outlet->free(ep->p.ctx);
    backlog_done(&ep->backlog);
    pthread_cond_destroy(&ep->wake);
    pthread_mutex_destroy(&ep->lock);
    free(ep->name);
    free(ep);
}

void endpoint_stats(struct endpoint *ep, struct endpoint_stats *ret)
{
    pthread_mutex_lock(&ep->lock);
    double now = clock_monotonic();
    *ret = ep->stats;
    ret->connected_s = ep->connected_at > 0 ? now - ep->connected_at : 0;
    ret->queue_s = tick_to_s(backlog_span(&ep->backlog));
    ret->dropped = ep->backlog.dropped;
    ret->dropped_s = tick_to_s(ep->backlog.dropped_time);
    ret->next_try_s = ret->connected_s > 0 || ep->finishing ? 0 : fmax(ep->try_at - now, 0);
    int64_t bytes = 0;
    for (int i = 0; i < RATE_S && (int64_t)now - ep->second_now < RATE_S; i++)
        bytes += ep->second_bytes[i];
    ret->kbps = (double)bytes * 8 / 1000 / RATE_S;
    pthread_mutex_unlock(&ep->lock);
}

struct json *endpoint_json(struct endpoint *ep)
{
    struct endpoint_stats s;
    struct json *o = json_new_object();
    endpoint_stats(ep, &s);
    json_put_text(o, "name", ep->name);
    json_put_text(o, "kind", ep->p.outlet->kind);
    json_put_text(o, "state", endpoint_states[s.state]);
    json_put_text(o, "feed", ep->p.feed->name);
    json_put_real(o, "connected_s", s.connected_s);
    json_put_real(o, "delivered_s", s.delivered_s);
    json_put_real(o, "queue_s", s.queue_s);
    json_put_int(o, "bytes", s.bytes);
    json_put_real(o, "kbps", s.kbps);
    json_put_int(o, "dropped", s.dropped);
    json_put_real(o, "dropped_s", s.dropped_s);
    json_put_int(o, "connections", s.connections);
    json_put_int(o, "failures", s.failures);
    json_put_real(o, "next_try_s", s.next_try_s);
    json_put_text(o, "why", s.why);
    return o;
}
