// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/ring.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

// Time stamps tremble; only more than that is a gap. Less is brought in slowly: a source whose
// clock is brought to ours gives more samples, or fewer, than its time.
static const tick slack = TICKS_PER_SEC / 25;
enum { CALM = 16 };

void ring_init(struct ring *r, int rate, double seconds)
{
    *r = (struct ring){.rate = rate, .room = (size_t)(seconds * rate), .end = TICK_NONE};
    for (int c = 0; c < 2; c++)
        r->side[c] = mem_alloc(r->room * sizeof(float));
}

void ring_done(struct ring *r)
{
    free(r->side[0]);
    free(r->side[1]);
    *r = (struct ring){0};
}

tick ring_begin(const struct ring *r)
{
    return r->end == TICK_NONE ? TICK_NONE : r->end - tick_from_samples((int64_t)r->count, r->rate);
}

void ring_keep(struct ring *r, size_t n)
{
    if (n >= r->count)
        return;
    r->head = (r->head + r->count - n) % r->room;
    r->count = n;
}

// planes NULL: silence.
static void append(struct ring *r, const float *const *planes, size_t from, size_t n)
{
    if (n > r->room) {
        from += n - r->room;
        n = r->room;
    }
    ring_keep(r, r->room - n);
    while (n) {
        size_t at = (r->head + r->count) % r->room;
        size_t part = n < r->room - at ? n : r->room - at;
        for (int c = 0; c < 2; c++)
            if (planes)
                memcpy(r->side[c] + at, planes[c] + from, part * sizeof(float));
            else
                memset(r->side[c] + at, 0, part * sizeof(float));
        r->count += part;
        from += part;
        n -= part;
    }
}

void ring_silence(struct ring *r, tick until)
{
    int64_t n = r->end == TICK_NONE ? 0 : tick_to_samples(until - r->end, r->rate);
    if (r->end == TICK_NONE || n > (int64_t)r->room)
        n = r->end == TICK_NONE ? 0 : (int64_t)r->room;
    if (n > 0) {
        append(r, NULL, 0, (size_t)n);
        r->filled += n;
    }
    if (r->end == TICK_NONE || until > r->end)
        r->end = until;
}

void ring_put(struct ring *r, tick at, const float *const *planes, size_t n)
{
    if (r->end == TICK_NONE)
        r->end = at;
    if (at > r->end + slack)
        ring_silence(r, at);
    size_t skip = 0;
    if (at < r->end - slack) {
        int64_t late = tick_to_samples(r->end - at, r->rate);
        skip = late < (int64_t)n ? (size_t)late : n;
    }
    append(r, planes, skip, n - skip);
    tick length = tick_from_samples((int64_t)n, r->rate), off = at - r->end;
    r->end = skip ? at + length : r->end + length + off / CALM;
}

size_t ring_take(struct ring *r, float *const out[2], size_t n)
{
    n = n < r->count ? n : r->count;
    for (size_t done = 0; done < n;) {
        size_t part = n - done < r->room - r->head ? n - done : r->room - r->head;
        for (int c = 0; c < 2; c++)
            memcpy(out[c] + done, r->side[c] + r->head, part * sizeof(float));
        r->head = (r->head + part) % r->room;
        r->count -= part;
        done += part;
    }
    return n;
}
