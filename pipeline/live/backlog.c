// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/backlog.h"

#include "base/arena.h"

#include <stdlib.h>

enum { FIRST_ROOM = 256 };

void backlog_init(struct backlog *b, bool has_video, tick limit)
{
    *b = (struct backlog){.has_video = has_video, .needs_key = has_video, .limit = limit};
    b->room = FIRST_ROOM;
    b->items = mem_alloc(b->room * sizeof *b->items);
}

void backlog_done(struct backlog *b)
{
    for (AVPacket *p; (p = backlog_take(b));)
        av_packet_free(&p);
    free(b->items);
    *b = (struct backlog){0};
}

static AVPacket *at(const struct backlog *b, size_t i)
{
    return b->items[(b->head + i) % b->room];
}

static bool begins(const struct backlog *b, const AVPacket *p)
{
    return !b->has_video || (p->stream_index == FEED_VIDEO && p->flags & AV_PKT_FLAG_KEY);
}

static void grow(struct backlog *b)
{
    AVPacket **more = mem_alloc(2 * b->room * sizeof *more);
    for (size_t i = 0; i < b->count; i++)
        more[i] = at(b, i);
    free(b->items);
    b->items = more;
    b->head = 0;
    b->room *= 2;
}

AVPacket *backlog_take(struct backlog *b)
{
    if (!b->count)
        return NULL;
    AVPacket *p = at(b, 0);
    b->head = (b->head + 1) % b->room;
    b->count--;
    return p;
}

const AVPacket *backlog_peek(const struct backlog *b)
{
    return b->count ? at(b, 0) : NULL;
}

tick backlog_span(const struct backlog *b)
{
    return b->count ? at(b, b->count - 1)->dts - at(b, 0)->dts : 0;
}

// One stream's time is counted, not that of both.
static void drop(struct backlog *b, AVPacket *p)
{
    b->dropped++;
    if (p->stream_index == FEED_AUDIO)
        b->dropped_time += p->duration;
    av_packet_free(&p);
}

static void drop_first(struct backlog *b, size_t n)
{
    while (n--)
        drop(b, backlog_take(b));
}

// Where the next stretch begins that can be decoded alone; count: nowhere.
static size_t next_begin(const struct backlog *b, size_t from)
{
    while (from < b->count && !begins(b, at(b, from)))
        from++;
    return from;
}

void backlog_trim(struct backlog *b, tick keep)
{
    while (b->count && backlog_span(b) > keep) {
        size_t next = next_begin(b, 1);
        if (next == b->count)
            return;
        drop_first(b, next);
    }
}

bool backlog_to_key(struct backlog *b)
{
    drop_first(b, next_begin(b, 0));
    b->needs_key = b->has_video && !b->count;
    return b->count > 0;
}

void backlog_put(struct backlog *b, AVPacket *pkt)
{
    if (b->needs_key && !begins(b, pkt)) {
        if (b->begun)
            drop(b, pkt);
        else
            av_packet_free(&pkt);
        return;
    }
    b->needs_key = false;
    b->begun = true;
    if (b->count == b->room)
        grow(b);
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): room is doubled, never 0
    b->items[(b->head + b->count++) % b->room] = pkt;
    backlog_trim(b, b->limit);
    if (backlog_span(b) > b->limit) { // one group alone is longer than what may wait
        drop_first(b, b->count);
        b->needs_key = b->has_video;
    }
}
