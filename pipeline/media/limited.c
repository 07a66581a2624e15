// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/limited.h"

#include "base/arena.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct limited {
    struct pump_reader from;
    struct limiter *limiter;
    int channels;
    float *in[PUMP_MAX_CHANNELS], *out[PUMP_MAX_CHANNELS];
    size_t used, frames; // of out: what is not yet handed on
    bool ended;
};

struct limited *limited_new(const struct limiter_params *p, struct pump_reader from)
{
    struct limited *l = mem_alloc(sizeof *l);
    l->from = from;
    l->channels = p->channels;
    l->limiter = limiter_new(p);
    if (!l->limiter)
        mem_fail();
    size_t out = PUMP_BLOCK + limiter_delay(l->limiter);
    for (int c = 0; c < p->channels; c++) {
        l->in[c] = mem_alloc(PUMP_BLOCK * sizeof(float));
        l->out[c] = mem_alloc(out * sizeof(float));
    }
    return l;
}

void limited_free(struct limited *l)
{
    if (!l)
        return;
    limiter_free(l->limiter);
    for (int c = 0; c < PUMP_MAX_CHANNELS; c++) {
        free(l->in[c]);
        free(l->out[c]);
    }
    free(l);
}

void limited_stats(const struct limited *l, struct limiter_stats *ret)
{
    limiter_stats(l->limiter, ret);
}

static int refill(struct limited *l, struct err *e)
{
    int r = l->from.read(l->from.ctx, l->in, PUMP_BLOCK, e);
    if (r < 0)
        return r;
    l->used = 0;
    l->ended = r == 0;
    if (l->ended)
        l->frames = limiter_flush(l->limiter, l->out);
    else
        l->frames = limiter_run(l->limiter, (const float *const *)l->in, (size_t)r, l->out);
    return 0;
}

int limited_read(void *limited, float *const *planes, size_t room, struct err *e)
{
    struct limited *l = limited;
    while (l->used == l->frames) {
        if (l->ended)
            return 0;
        int r = refill(l, e);
        if (r < 0)
            return r;
    }
    size_t n = l->frames - l->used < room ? l->frames - l->used : room;
    for (int c = 0; c < l->channels; c++)
        memcpy(planes[c], l->out[c] + l->used, n * sizeof(float));
    l->used += n;
    return (int)n;
}
