// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"

struct queue {
    void (*drop)(void *item);
    size_t room;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t first, count;            // lock
    bool finished, closed, aborted; // lock
    void *items[];                  // lock; a ring
};

struct queue *queue_new(size_t room, void (*drop)(void *item))
{
    room = room ? room : 1;
    struct queue *q = mem_alloc(sizeof(*q) + room * sizeof(q->items[0]));
    q->drop = drop;
    q->room = room;
    if (pthread_mutex_init(&q->lock, NULL) != 0 || pthread_cond_init(&q->changed, NULL) != 0)
        mem_fail();
    return q;
}

void queue_free(struct queue *q)
{
    if (!q)
        return;
    for (size_t i = 0; q->drop && i < q->count; i++)
        q->drop(q->items[(q->first + i) % q->room]);
    pthread_cond_destroy(&q->changed);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

int queue_send(struct queue *q, void *item)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == q->room && !q->closed && !q->aborted && !q->finished)
        pthread_cond_wait(&q->changed, &q->lock);
    int r = q->closed || q->aborted || q->finished ? -EPIPE : 0;
    if (r == 0) {
        q->items[(q->first + q->count) % q->room] = item;
        q->count++;
        pthread_cond_broadcast(&q->changed);
    }
    pthread_mutex_unlock(&q->lock);
    return r;
}

int queue_recv(struct queue *q, void **item)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == 0 && !q->finished && !q->closed && !q->aborted)
        pthread_cond_wait(&q->changed, &q->lock);
    int r = 0;
    if (q->aborted) {
        r = -ECANCELED;
    } else if (q->count > 0 && !q->closed) {
        *item = q->items[q->first];
        q->first = (q->first + 1) % q->room;
        q->count--;
        r = 1;
        pthread_cond_broadcast(&q->changed);
    }
    pthread_mutex_unlock(&q->lock);
    return r;
}

static void set(struct queue *q, bool *flag)
{
    pthread_mutex_lock(&q->lock);
    *flag = true;
    pthread_cond_broadcast(&q->changed);
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
