// SPDX-License-Identifier: GPL-3.0-or-later
// One encode of the broadcast, in a thread of its own, for every feed that carries it. Whoever
// broadcasts never waits for it: pictures that it cannot keep up with are left out and counted.
#pragma once
#include "live/outfeed.h"

enum { ENCODER_FEEDS = 8 };

struct encoder_picture { // H.264
    int width, height, rate_num, rate_den;
    int bitrate_kbps;
    const char *speed; // libx264's preset
    double gop_s;
    int threads;
};
struct encoder_sound {
    const char *codec;             // "aac", "libmp3lame", "libopus"
    int sample_rate, bitrate_kbps; // stereo
};
struct encoder;
int encoder_picture(const struct encoder_picture *p, struct encoder **ret, struct err *e);
int encoder_sound(const struct encoder_sound *p, struct encoder **ret, struct err *e);
const AVCodecParameters *encoder_codec(const struct encoder *en); // valid as long as it is
void encoder_feed(struct encoder *en, struct outfeed *of);        // before encoder_begin
int encoder_begin(struct encoder *en, struct err *e);
// n-th picture of the broadcast; taken over.
void encoder_give_picture(struct encoder *en, AVFrame *frame, int64_t n);
void encoder_give_sound(struct encoder *en, const float *const planes[2], size_t n);
void encoder_finish(struct encoder *en); // what was given comes out; waits
void encoder_free(struct encoder *en);   // NULL is fine
int64_t encoder_left_out(const struct encoder *en);
