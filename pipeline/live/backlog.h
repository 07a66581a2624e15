// SPDX-License-Identifier: GPL-3.0-or-later
// Packets that wait for one endpoint, in order, bounded by the time they cover. What is too old is
// dropped so that a decoder behind it goes on cleanly: with a picture whole groups of pictures and
// the sound beside them, without one whole sounds. Not thread-safe.
#pragma once
#include "live/feed.h"

struct backlog {
    AVPacket **items; // ring
    size_t room, head, count;
    bool has_video;
    bool needs_key; // what comes next has no beginning: everything up to a key frame is dropped
    bool begun;     // what comes before the first beginning is no loss
    tick limit;     // time that may wait
    int64_t dropped;
    tick dropped_time;
};
void backlog_init(struct backlog *b, bool has_video, tick limit);
void backlog_done(struct backlog *b);
void backlog_put(struct backlog *b, AVPacket *pkt);    // taken over
AVPacket *backlog_take(struct backlog *b);             // the oldest; NULL: none
const AVPacket *backlog_peek(const struct backlog *b); // the same, and it stays
// Lets go of all that is older than `keep`, but for what belongs to the newest key frame.
void backlog_trim(struct backlog *b, tick keep);
// For a connection that begins: drops up to the first key frame. False: there is none yet.
bool backlog_to_key(struct backlog *b);
tick backlog_span(const struct backlog *b); // from the oldest dts to the newest
