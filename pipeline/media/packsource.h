// SPDX-License-Identifier: GPL-3.0-or-later
// The packets of H.264 in one file, those of a range, in the order of decoding: the first half of
// media/packpicture.
#pragma once
#include "media/input.h"
#include "media/packpicture.h"

struct packsource {
    struct picture_range range;
    struct input in;
    AVStream *stream; // borrowed from in.format
    AVPacket *packet; // the last one
    tick zero;        // time stamp where the file starts
    bool start_codes; // to be replaced by lengths
    uint8_t *buffer;
    size_t room;
    bool begun;     // the range's first packet was met
    int64_t begin;  // its time stamp
    tick nearest;   // key frame to the range's start so far; TICK_NONE
    tick last_seen; // latest time stamp of any track that is read
};
// On error packsource_close is still due. The range's path must live as long.
int packsource_open(const struct picture_range *range, struct packsource *ret, struct err *e);
void packsource_close(struct packsource *p); // zeroed is fine
// 1: a packet of the range, or behind it; 0: the end of the file. What is decoded after the first
// one but shown before it needs what was in front, and is left out.
int packsource_next(struct packsource *p, struct err *e);
// Its bytes as an MP4 holds them, until the next call of either.
size_t packsource_bytes(struct packsource *p, const uint8_t **ret);
tick packsource_time(const struct packsource *p, int64_t shown); // on the picture's own clock
