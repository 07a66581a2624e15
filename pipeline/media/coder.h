// SPDX-License-Identifier: GPL-3.0-or-later
// One encoder: planar float of any block size in, packets out to whoever asked for them.
#pragma once
#include "media/av.h"
#include "media/sink.h"
#include <stdbool.h>

struct coder_params {
    const struct sink_params *sink; // codec, rate, channels, bits, bit rate, options
    bool global_header;             // as the container wants it
    int (*packet)(void *ctx, AVPacket *pkt, struct err *e); // may take the packet's reference
    void *ctx;
};
struct coder;
int coder_open(const struct coder_params *p, struct coder **ret, struct err *e);
void coder_close(struct coder *c); // NULL is fine
int coder_write(struct coder *c, const float *const *planes, size_t frames, struct err *e);
// Gives the last packets; nothing may be written after.
int coder_flush(struct coder *c, struct err *e);
const AVCodecContext *coder_context(const struct coder *c);
