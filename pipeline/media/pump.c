// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/pump.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/queue.h"
#include "base/workers.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { DEFAULT_ROOM = 64, ALIGN = 64, BATCH = 8 };

struct block {
    atomic_int refs;
    size_t frames;
    float *planes[PUMP_MAX_CHANNELS];
};

struct pump {
    const struct pump_params *p;
    struct queue *queue[PUMP_MAX_TAKERS];
    atomic_int_least64_t taken[PUMP_MAX_TAKERS]; // frames
    double told;                                 // reader: share last told
};

static struct block *block_new(int channels)
{
    size_t head = (sizeof(struct block) + ALIGN - 1) / ALIGN * ALIGN;
    size_t plane = PUMP_BLOCK * sizeof(float);
    struct block *b = aligned_alloc(ALIGN, head + (size_t)channels * plane);
    if (!b)
        mem_fail();
    atomic_init(&b->refs, 1);
    b->frames = 0;
    for (int c = 0; c < channels; c++)
        b->planes[c] = (float *)(void *)((char *)b + head + (size_t)c * plane);
    return b;
}

static void block_drop(void *item)
{
    struct block *b = item;
    if (b && atomic_fetch_sub(&b->refs, 1) == 1)
        free(b);
}

static void abort_all(struct pump *u)
{
    for (size_t i = 0; i < u->p->num_takers; i++)
        queue_abort(u->queue[i]);
}

// How far the slowest taker is: the reader runs ahead of them.
static void tell(struct pump *u)
{
    const struct pump_params *p = u->p;
    int64_t least = INT64_MAX;
    for (size_t i = 0; i < p->num_takers; i++) {
        int64_t n = atomic_load_explicit(&u->taken[i], memory_order_relaxed);
        least = n < least ? n : least;
    }
    double share = p->total_frames > 0 ? (double)least / (double)p->total_frames : 0;
    share = share > 1 ? 1 : share;
    if (share < u->told + 0.002)
        return;
    u->told = share;
    double from = p->from, to = p->to > p->from ? p->to : 1;
    progress_update(p->progress, p->what, from + share * (to - from),
                    (double)least / (double)p->sample_rate);
}

static int fill(struct pump *u, struct block *b, struct err *e)
{
    const struct pump_params *p = u->p;
    while (b->frames < PUMP_BLOCK) {
        float *at[PUMP_MAX_CHANNELS];
        for (int c = 0; c < p->channels; c++)
            at[c] = b->planes[c] + b->frames;
        int r = p->reader.read(p->reader.ctx, at, PUMP_BLOCK - b->frames, e);
        if (r <= 0)
            return r;
        b->frames += (size_t)r;
    }
    return 1;
}

// -EPIPE: a taker failed, and has said why.
static int send(struct pump *u, struct block *b)
{
    for (size_t i = 0; i < u->p->num_takers; i++) {
        atomic_fetch_add(&b->refs, 1);
        int r = queue_send(u->queue[i], b);
        if (r < 0) {
            block_drop(b);
            return r;
        }
    }
    return 0;
}

static int read_all(struct pump *u, struct err *e)
{
    for (int more = 1; more > 0;) {
        int r = progress_check(u->p->progress, e);
        if (r < 0)
            return r;
        struct block *b = block_new(u->p->channels);
        more = fill(u, b, e);
        if (more >= 0 && b->frames && send(u, b) < 0) {
            // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): send dropped what it took, one is left
            block_drop(b);
            return 0; // without an end: it would look whole
        }
        block_drop(b);
        if (more < 0)
            return more;
        tell(u);
    }
    for (size_t i = 0; i < u->p->num_takers; i++)
        queue_finish(u->queue[i]);
    return 0;
}

static int take_all(struct pump *u, size_t i, struct err *e)
{
    const struct pump_taker *t = &u->p->takers[i];
    for (;;) {
        void *item = NULL;
        int r = queue_recv(u->queue[i], &item);
        if (r < 0)
            return 0; // another one failed and has said why
        if (r == 0)
            return t->take(t->ctx, NULL, 0, e);
        struct block *b = item;
        r = t->take(t->ctx, (const float *const *)b->planes, b->frames, e);
        atomic_fetch_add_explicit(&u->taken[i], (int64_t)b->frames, memory_order_relaxed);
        block_drop(b);
        if (r < 0)
            return r;
    }
}

static int run_one(void *ctx, size_t i, struct err *e)
{
    struct pump *u = ctx;
    int r = i == 0 ? read_all(u, e) : take_all(u, i - 1, e);
    if (r < 0)
        abort_all(u);
    return r;
}

int pump_run(const struct pump_params *p, struct err *e)
{
    if (p->channels < 1 || p->channels > PUMP_MAX_CHANNELS || p->num_takers > PUMP_MAX_TAKERS)
        return err_set(e, -EINVAL, "%d channels to %zu takers is more than the pump can do",
                       p->channels, p->num_takers);
    struct pump u = {.p = p};
    for (size_t i = 0; i < p->num_takers; i++) {
        u.queue[i] = queue_new(p->room_blocks ? p->room_blocks : DEFAULT_ROOM, BATCH, block_drop);
        atomic_init(&u.taken[i], 0);
    }
    int r = workers_together(p->num_takers + 1, run_one, &u, e);
    for (size_t i = 0; i < p->num_takers; i++)
        queue_free(u.queue[i]);
    return r < 0 ? r : 0;
}
