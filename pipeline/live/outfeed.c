// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/outfeed.h"

#include "base/arena.h"
#include "live/backlog.h"

#include <pthread.h>
#include <stdlib.h>

struct outfeed {
    const struct feed *feed;
    pthread_mutex_t lock;
    struct backlog waiting[FEED_STREAMS]; // lock
    tick latest;
    struct endpoint *endpoints[OUTFEED_ENDPOINTS];
    size_t num_endpoints;
};

struct outfeed *outfeed_new(const struct feed *feed, double latest_s)
{
    struct outfeed *of = mem_alloc(sizeof *of);
    of->feed = feed;
    of->latest = (tick)(latest_s * (double)TICKS_PER_SEC);
    pthread_mutex_init(&of->lock, NULL);
    for (int i = 0; i < FEED_STREAMS; i++)
        backlog_init(&of->waiting[i], false, INT64_MAX);
    return of;
}

void outfeed_free(struct outfeed *of)
{
    if (!of)
        return;
    for (int i = 0; i < FEED_STREAMS; i++)
        backlog_done(&of->waiting[i]);
    pthread_mutex_destroy(&of->lock);
    free(of);
}

void outfeed_add(struct outfeed *of, struct endpoint *ep)
{
    if (of->num_endpoints < OUTFEED_ENDPOINTS)
        of->endpoints[of->num_endpoints++] = ep;
}

// The stream whose packet is next; -1: one has to be waited for.
static int next(const struct outfeed *of)
{
    int first = -1;
    bool all = true;
    for (int i = 0; i < FEED_STREAMS; i++) {
        if (!of->feed->codec[i])
            continue;
        const AVPacket *p = backlog_peek(&of->waiting[i]);
        all &= p != NULL;
        if (p && (first < 0 || p->dts < backlog_peek(&of->waiting[first])->dts))
            first = i;
    }
    bool late = first >= 0 && backlog_span(&of->waiting[first]) > of->latest;
    return all || late ? first : -1;
}

void outfeed_give(struct outfeed *of, enum feed_stream stream, const AVPacket *pkt)
{
    AVPacket *own = av_packet_clone(pkt);
    if (!own)
        mem_fail();
    own->stream_index = stream;
    pthread_mutex_lock(&of->lock);
    backlog_put(&of->waiting[stream], own);
    for (int i; (i = next(of)) >= 0;) {
        AVPacket *p = backlog_take(&of->waiting[i]);
        for (size_t k = 0; k < of->num_endpoints; k++)
            endpoint_give(of->endpoints[k], p);
        av_packet_free(&p);
    }
    pthread_mutex_unlock(&of->lock);
}
