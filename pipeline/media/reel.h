// SPDX-License-Identifier: GPL-3.0-or-later
// The moving picture of one file: demuxed and decoded, frame by frame, on the clock that
// media/source counts for the same file's sound.
#pragma once
#include "media/av.h"
#include "media/input.h"

struct reel_params {
    const char *path;
    tick zero;      // source_facts.zero; TICK_NONE: the picture's own first time stamp
    bool keys_only; // key frames alone, for whoever only looks
    int threads;
};
struct reel_damage {
    int64_t errors; // packets or frames that could not be decoded
    tick first;     // where the first one was; TICK_NONE
};
struct reel;
// ERR_INPUT with the reason: no picture, or one that cannot be decoded here.
int reel_open(const struct reel_params *p, struct reel **ret, struct err *e);
void reel_close(struct reel *r); // NULL is fine
// The track, for facts that need no decoding; valid until reel_close.
const AVStream *reel_stream(const struct reel *r);
// Packets instead of frames, all of this track: 1 one (the caller's to unref); 0 the end.
int reel_packet(struct reel *r, AVPacket *ret, struct err *e);
// Of a packet, on the clock; TICK_NONE: it has none, or one beyond any recording.
tick reel_time(const struct reel *r, int64_t pts);
// 1: a frame, moved into ret, and where it stands; 0: the end. Damaged ones are left out and
// counted; time never runs back.
int reel_read(struct reel *r, AVFrame *ret, tick *ret_at, struct err *e);
// The next frame is that of the last key frame at or before `at`. False: the file cannot be sought;
// reading goes on where it was.
bool reel_seek(struct reel *r, tick at);
void reel_damage(const struct reel *r, struct reel_damage *ret);
