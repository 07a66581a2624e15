// SPDX-License-Identifier: GPL-3.0-or-later
// Sound packets into what goes over the wire of a radio stream: Ogg pages for Opus and Vorbis, ADTS
// frames for AAC, the frames themselves for MP3.
#pragma once
#include "media/av.h"

struct framer_params {
    const AVCodecParameters *codec;
    const char *title, *artist; // in the Ogg tags; NULL: none
    // Gets the bytes in order; its error is the caller's.
    int (*out)(void *ctx, const void *data, size_t len, struct err *e);
    void *ctx;
};
struct framer;
// Gives the headers, where there are some. Another codec: ERR_INPUT.
int framer_open(const struct framer_params *p, struct framer **ret, struct err *e);
// Time stamps in FEED_TIME_BASE. The packet stays the caller's.
int framer_write(struct framer *f, const AVPacket *pkt, struct err *e);
int framer_finish(struct framer *f, struct err *e); // the last page; nothing may be written after
void framer_free(struct framer *f);                 // NULL is fine
