// SPDX-License-Identifier: GPL-3.0-or-later
// The one bounded queue between two threads; it can be finished from either end.
#pragma once
#include <stddef.h>

struct queue;
// drop (NULL: nothing) releases what is left at queue_free. A reader that found nothing is woken
// when `batch` items are there, or the end; a writer that found no room, when half of it is free:
// waking a thread costs more than an item. batch 1: at once.
struct queue *queue_new(size_t room, size_t batch, void (*drop)(void *item));
void queue_free(struct queue *q); // NULL is fine; both threads are done with it
// Waits for room. 0: the queue owns item. -EPIPE: you still do.
int queue_send(struct queue *q, void *item);
int queue_try(struct queue *q, void *item);   // the same without waiting; -EAGAIN: there is no room
int queue_recv(struct queue *q, void **item); // 1 an item, 0 the end, -ECANCELED after abort
void queue_finish(struct queue *q);           // the writer has no more
void queue_close(struct queue *q);            // the reader wants no more
void queue_abort(struct queue *q);            // both sides stop now
