// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/workers.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

struct crew {
    int (*fn)(void *ctx, size_t i, struct err *e);
    void *ctx;
    size_t n;
    atomic_size_t next;
    atomic_bool failed;
    pthread_mutex_t lock;
    int code;      // lock; of the first error
    struct err *e; // lock
};

int workers_cpus(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN); // more processors than cpu_set_t holds
    return online > 0 ? (int)online : 1;
}

static void crew_fail(struct crew *c, int code, const struct err *e)
{
    pthread_mutex_lock(&c->lock);
    if (c->code == 0) {
        c->code = code;
        if (c->e)
            *c->e = *e;
    }
    pthread_mutex_unlock(&c->lock);
    atomic_store(&c->failed, true);
}

static void *crew_work(void *arg)
{
    struct crew *c = arg;
    while (!atomic_load(&c->failed)) {
        size_t i = atomic_fetch_add(&c->next, 1);
        if (i >= c->n)
            break;
        struct err e = {0};
        int r = c->fn(c->ctx, i, &e);
        if (r < 0)
            crew_fail(c, r, &e);
    }
    return NULL;
}

int workers_run(size_t n, int threads, int (*fn)(void *ctx, size_t i, struct err *e), void *ctx,
                struct err *e)
{
    struct crew c = {.fn = fn, .ctx = ctx, .n = n, .e = e, .lock = PTHREAD_MUTEX_INITIALIZER};
    size_t most = threads > 0 ? (size_t)threads : (size_t)workers_cpus();
    if (most > n)
        most = n;
    pthread_t *ids = mem_alloc(most * sizeof(*ids));
    size_t started = 0;
    // the caller is one of them; where no more threads are to be had, fewer do the work
    while (started + 1 < most && pthread_create(&ids[started], NULL, crew_work, &c) == 0)
        started++;
    crew_work(&c);
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    free(ids);
    pthread_mutex_destroy(&c.lock);
    return c.code;
}

// Nobody begins before all are there: the lock is held until then.
static void *crew_wait(void *arg)
{
    struct crew *c = arg;
    pthread_mutex_lock(&c->lock);
    pthread_mutex_unlock(&c->lock);
    return crew_work(c);
}

int workers_together(size_t n, int (*fn)(void *ctx, size_t i, struct err *e), void *ctx,
                     struct err *e)
{
    struct crew c = {.fn = fn, .ctx = ctx, .n = n, .e = e, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t *ids = mem_alloc((n + 1) * sizeof(*ids));
    size_t started = 0;
    pthread_mutex_lock(&c.lock);
    while (started + 1 < n && pthread_create(&ids[started], NULL, crew_wait, &c) == 0)
        started++;
    if (started + 1 < n) {
        c.code = err_set(e, -EAGAIN, "the system gives no more threads");
        atomic_store(&c.failed, true);
    }
    pthread_mutex_unlock(&c.lock);
    crew_work(&c);
    for (size_t i = 0; i < started; i++)
        pthread_join(ids[i], NULL);
    free(ids);
    pthread_mutex_destroy(&c.lock);
    return c.code;
}

struct task {
    int (*fn)(void *ctx, struct err *e);
    void *ctx;
    pthread_t id;
    bool beside;
    int result;
    struct err e;
};

static void *task_work(void *arg)
{
    struct task *t = arg;
    t->result = t->fn(t->ctx, &t->e);
    return NULL;
}

struct task *task_begin(int (*fn)(void *ctx, struct err *e), void *ctx)
{
    struct task *t = mem_alloc(sizeof *t);
    t->fn = fn;
    t->ctx = ctx;
    t->beside = pthread_create(&t->id, NULL, task_work, t) == 0;
    if (!t->beside)
        task_work(t);
    return t;
}

int task_end(struct task *t, struct err *e)
{
    if (t->beside)
        pthread_join(t->id, NULL);
    int r = t->result;
    if (r < 0 && e)
        *e = t->e;
    free(t);
    return r;
}
