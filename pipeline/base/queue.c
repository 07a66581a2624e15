// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"

struct queue {
    void (*drop)(void *item);
    size_t room, batch;
    pthread_mutex_t lock;
    pthread_cond_t emptier, fuller;
    bool writer_waits, reader_waits; // lock
    size_t first, count;             // lock
    bool finished, closed, aborted;  // lock
    void *items[];                   // lock; a ring
};

struct queue *queue_new(size_t room, size_t batch, void (*drop)(void *item))
{
    room = room ? room : 1;
    struct queue *q = mem_alloc(sizeof(*q) + room * sizeof(q->items[0]));
    q->drop = drop;
    q->room = room;
    q->batch = batch < room ? batch : room;
    if (pthread_mutex_init(&q->lock, NULL) != 0 || pthread_cond_init(&q->emptier, NULL) != 0 ||
        pthread_cond_init(&q->fuller, NULL) != 0)
        mem_fail();
    return q;
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    for (size_t i = 0; q->drop && i < q->count; i++)
        q->drop(q->items[(q->first + i) % q->room]);
    pthread_cond_destroy(&q->emptier);
    pthread_cond_destroy(&q->fuller);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

static int send(struct queue *q, void *item, bool wait)
{
    pthread_mutex_lock(&q->lock);
    while (wait && q->count == q->room && !q->closed && !q->aborted && !q->finished) {
        q->writer_waits = true;
        pthread_cond_wait(&q->emptier, &q->lock);
    }
    q->writer_waits = false;
    int r = q->closed || q->aborted || q->finished ? -EPIPE : q->count == q->room ? -EAGAIN : 0;
    if (r == 0) {
        q->items[(q->first + q->count) % q->room] = item;
        q->count++;
        if (q->reader_waits && q->count >= q->batch)
            pthread_cond_signal(&q->fuller);
    }
    pthread_mutex_unlock(&q->lock);
    return r;
}

int queue_send(struct queue *q, void *item)
{
    return send(q, item, true);
}

int queue_try(struct queue *q, void *item)
{
    return send(q, item, false);
}

int queue_recv(struct queue *q, void **item)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == 0 && !q->finished && !q->closed && !q->aborted) {
        q->reader_waits = true;
        pthread_cond_wait(&q->fuller, &q->lock);
    }
    q->reader_waits = false;
    int r = 0;
    if (q->aborted) {
        r = -ECANCELED;
    } else if (q->count > 0 && !q->closed) {
        *item = q->items[q->first];
        q->first = (q->first + 1) % q->room;
        q->count--;
        r = 1;
        if (q->writer_waits && q->count <= q->room / 2)
            pthread_cond_signal(&q->emptier);
    }
    pthread_mutex_unlock(&q->lock);
    return r;
}

static void set(struct queue *q, bool *flag)
{
    pthread_mutex_lock(&q->lock);
    *flag = true;
    pthread_cond_broadcast(&q->emptier);
    pthread_cond_broadcast(&q->fuller);
    pthread_mutex_unlock(&q->lock);
}

void queue_finish(struct queue *q)
{
    set(q, &q->finished);
}

void queue_close(struct queue *q)
{
    set(q, &q->closed);
}

void queue_abort(struct queue *q)
{
    set(q, &q->aborted);
}
