// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/beside.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/workers.h"
#include "plan/worker.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct beside {
    struct worker *worker;
    const struct json *job;
    struct json *done;
    double seconds;
    struct task *task;
    struct progress progress;
    atomic_bool stop, finished;

    pthread_mutex_t lock; // what it said and has not been told yet
    char what[100];
    double part, media_s;
    int64_t frames;
    bool news;
    struct json *warnings;
};

static void keep_update(void *ctx, const char *what, double done, double media_s)
{
    struct beside *b = ctx;
    pthread_mutex_lock(&b->lock);
    snprintf(b->what, sizeof b->what, "%s", what ? what : "");
    b->part = done;
    b->media_s = media_s;
    b->news = true;
    pthread_mutex_unlock(&b->lock);
}

static void keep_frames(void *ctx, int64_t n)
{
    struct beside *b = ctx;
    pthread_mutex_lock(&b->lock);
    b->frames = n;
    pthread_mutex_unlock(&b->lock);
}

static void keep_warning(void *ctx, const char *text)
{
    struct beside *b = ctx;
    pthread_mutex_lock(&b->lock);
    json_push_text(b->warnings, text);
    pthread_mutex_unlock(&b->lock);
}

// The worker begins and ends in this thread: a child is ended together with the thread that began
// it.
static int work(void *ctx, struct err *e)
{
    struct beside *b = ctx;
    double began = clock_monotonic();
    int r = worker_run(b->worker, b->job, &b->progress, &b->done, e);
    worker_free(b->worker);
    b->seconds = clock_monotonic() - began;
    atomic_store(&b->finished, true);
    return r;
}

struct beside *beside_begin(const struct worker *like, const struct json *job)
{
    struct beside *b = mem_alloc(sizeof *b);
    b->worker = worker_another(like);
    b->job = job;
    b->progress = (struct progress){&b->stop, keep_update, keep_warning, b, keep_frames};
    b->warnings = json_new_array();
    pthread_mutex_init(&b->lock, NULL);
    b->task = task_begin(work, b);
    return b;
}

static void tell(struct beside *b, const struct progress *p)
{
    pthread_mutex_lock(&b->lock);
    if (b->news && b->frames > 0)
        progress_frames(p, b->frames);
    if (b->news)
        progress_update(p, b->what, b->part, b->media_s);
    b->news = false;
    for (size_t i = 0; i < json_count(b->warnings); i++)
        progress_warn(p, "%s", json_as_text(json_at(b->warnings, i)));
    json_free(b->warnings);
    b->warnings = json_new_array();
    pthread_mutex_unlock(&b->lock);
}

int beside_end(struct beside *b, bool give_up, const struct progress *p, struct json **ret,
               double *ret_seconds, struct err *e)
{
    while (!atomic_load(&b->finished)) {
        if (give_up || progress_stopped(p))
            atomic_store(&b->stop, true);
        if (!give_up)
            tell(b, p);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    int r = task_end(b->task, e);
    if (!give_up)
        tell(b, p);
    *ret = b->done;
    *ret_seconds = b->seconds;
    json_free(b->warnings);
    pthread_mutex_destroy(&b->lock);
    free(b);
    return r;
}
