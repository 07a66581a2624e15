// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/to_facebook.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/str.h"
#include "live/muxer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double look_s = 0.2; // between two looks at whether to stop
static const double again_s = 10; // a title that could not be set is tried again

struct facebook_outlet {
    struct facebook_params p;
    bool resume;
    const char *ca_file;
    pthread_mutex_t lock;
    struct facebook *video; // lock; NULL: not made yet
    void *muxer;            // of the connection; NULL: none
    const struct outlet *rtmp;
    char title[1024]; // lock; "": none waits to be set
    pthread_t watcher;
    bool watched;
    atomic_bool stop;
};

static bool stopped(const void *ctx)
{
    return atomic_load(&((const struct facebook_outlet *)ctx)->stop);
}

void *to_facebook_new(const struct facebook_params *p, bool resume, const char *rtmp_ca_file)
{
    struct facebook_outlet *o = mem_alloc(sizeof *o);
    o->p = *p;
    o->p.api.stopped = stopped;
    o->p.api.stopped_ctx = o;
    o->resume = resume;
    o->ca_file = rtmp_ca_file;
    o->rtmp = muxer_outlet(MUXER_RTMP);
    pthread_mutex_init(&o->lock, NULL);
    return o;
}

static struct facebook *video_of(struct facebook_outlet *o)
{
    pthread_mutex_lock(&o->lock);
    struct facebook *v = o->video;
    pthread_mutex_unlock(&o->lock);
    return v;
}

// False: Facebook is to be asked again.
static bool set_title(struct facebook_outlet *o)
{
    char title[sizeof o->title];
    struct err e = {0};
    pthread_mutex_lock(&o->lock);
    memcpy(title, o->title, sizeof title);
    pthread_mutex_unlock(&o->lock);
    if (!title[0])
        return true;
    if (facebook_title(o->video, title, &e) < 0 && e.kind == ERR_REMOTE)
        return false;
    pthread_mutex_lock(&o->lock);
    if (str_same(o->title, title)) // else there is a newer one
        o->title[0] = '\0';
    pthread_mutex_unlock(&o->lock);
    return true;
}

static void *watch(void *arg)
{
    struct facebook_outlet *o = arg;
    double next = 0, next_title = 0;
    while (!atomic_load(&o->stop)) {
        struct err e = {0};
        double wait_s = look_s, now = clock_monotonic();
        if (now >= next) {
            (void)facebook_poll(o->video, clock_now(), &wait_s, &e); // its word is in the JSON
            next = clock_monotonic() + wait_s;
        }
        if (now >= next_title && !set_title(o))
            next_title = now + again_s;
        usleep((useconds_t)(look_s * 1e6));
    }
    return NULL;
}

static int make_video(struct facebook_outlet *o, struct err *e)
{
    struct facebook *made = NULL;
    int r = (o->resume ? facebook_resume : facebook_begin)(&o->p, clock_now(), &made, e);
    if (r < 0)
        return r;
    pthread_mutex_lock(&o->lock);
    o->video = made;
    pthread_mutex_unlock(&o->lock);
    o->watched = pthread_create(&o->watcher, NULL, watch, o) == 0;
    return 0;
}

static int connect_to(void *ctx, const struct feed *feed, struct err *e)
{
    struct facebook_outlet *o = ctx;
    int r = o->video ? 0 : make_video(o, e);
    if (r < 0)
        return r;
    const struct stream_address *to = facebook_address(o->video);
    void *muxer =
        muxer_new(&(struct muxer_params){MUXER_RTMP, to->server, to->key, o->ca_file, NULL});
    r = o->rtmp->open(muxer, feed, e);
    if (r < 0) {
        o->rtmp->free(muxer);
        return r;
    }
    pthread_mutex_lock(&o->lock);
    o->muxer = muxer;
    pthread_mutex_unlock(&o->lock);
    return 0;
}

static int send_to(void *ctx, const AVPacket *pkt, struct err *e)
{
    struct facebook_outlet *o = ctx;
    return o->rtmp->send(o->muxer, pkt, e);
}

static void close_to(void *ctx, bool broken)
{
    struct facebook_outlet *o = ctx;
    o->rtmp->close(o->muxer, broken);
    pthread_mutex_lock(&o->lock);
    void *muxer = o->muxer;
    o->muxer = NULL;
    pthread_mutex_unlock(&o->lock);
    o->rtmp->free(muxer);
}

static void interrupt(void *ctx)
{
    struct facebook_outlet *o = ctx;
    atomic_store(&o->stop, true);
    pthread_mutex_lock(&o->lock);
    if (o->muxer)
        o->rtmp->interrupt(o->muxer);
    pthread_mutex_unlock(&o->lock);
}

static int end_video(void *ctx, struct err *e)
{
    struct facebook_outlet *o = ctx;
    atomic_store(&o->stop, true);
    if (o->watched)
        pthread_join(o->watcher, NULL);
    o->watched = false;
    return o->video ? facebook_end(o->video, clock_now(), e) : 0;
}

static void free_all(void *ctx)
{
    struct facebook_outlet *o = ctx;
    if (!o)
        return;
    atomic_store(&o->stop, true);
    if (o->watched)
        pthread_join(o->watcher, NULL);
    facebook_free(o->video);
    pthread_mutex_destroy(&o->lock);
    free(o);
}

struct json *to_facebook_json(void *ctx)
{
    struct facebook *v = video_of(ctx);
    struct json *all = v ? facebook_json(v) : NULL, *o = json_new_object();
    const char *why = json_text_or(all, "why", "");
    json_put_text(o, "warning", *why ? why : NULL);
    for (size_t i = 0; i < json_count(all); i++) {
        const char *key = json_key_at(all, i);
        if (!str_same(key, "why")) // of the endpoint, that is why there is no connection
            json_put(o, key, json_keep(json_get(all, key)));
    }
    json_free(all);
    return o;
}

void to_facebook_title(void *ctx, const char *title)
{
    struct facebook_outlet *o = ctx;
    pthread_mutex_lock(&o->lock);
    str_fit(o->title, sizeof o->title, title);
    pthread_mutex_unlock(&o->lock);
}

const struct outlet to_facebook = {"facebook", connect_to, send_to,  close_to,
                                   NULL,       interrupt,  free_all, end_video};
