// SPDX-License-Identifier: GPL-3.0-or-later
// From a source's packets to the broadcast's own form: upright pictures of its size, 8 bits 4:2:0
// BT.709, stereo sound at its rate, both on one clock without jumps. The source may change its
// format at any time.
#pragma once
#include "model/stampclock.h"
#include "media/av.h"

struct tuner_params {
    const AVFormatContext *source;
    int width, height; // 0: no picture is wanted
    int sample_rate;
    int threads;
    // In order of time for each stream. The frame is taken over.
    void (*picture)(void *ctx, tick at, AVFrame *frame);
    void (*sound)(void *ctx, tick at, const float *const planes[2], size_t n);
    void *ctx;
};
struct tuner;
int tuner_open(const struct tuner_params *p, struct tuner **ret, struct err *e);
void tuner_close(struct tuner *t); // NULL is fine
bool tuner_has_picture(const struct tuner *t);
bool tuner_has_sound(const struct tuner *t);
// Errors of single packets are counted and passed over; < 0 is beyond mending (no memory).
int tuner_give(struct tuner *t, const AVPacket *pkt, struct err *e);
int tuner_flush(struct tuner *t, struct err *e);
// The source's clock against ours: so many samples more (or less) a second, at most 0.2 %.
void tuner_pace(struct tuner *t, int samples);
// "h264 1280x720, aac 48000 Hz"; changes when the source does.
enum { TUNER_TEXT = 128 };
void tuner_describe(const struct tuner *t, char ret[TUNER_TEXT]);
int64_t tuner_errors(const struct tuner *t);
