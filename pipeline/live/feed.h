// SPDX-License-Identifier: GPL-3.0-or-later
// What endpoints are given: the encoded streams of the broadcast, made once, shared by reference.
#pragma once
#include "media/av.h"

// Time stamps of every packet in the relay: ticks since the broadcast began (model/tick.h).
#define FEED_TIME_BASE ((AVRational){1, (int)TICKS_PER_SEC})

enum feed_stream { FEED_VIDEO, FEED_AUDIO, FEED_STREAMS };

// Set before the first packet and never changed: Facebook ends a broadcast whose settings change.
struct feed {
    const char *name;                             // "h264+aac", "mp3 128 kbit/s"
    const AVCodecParameters *codec[FEED_STREAMS]; // NULL: the feed has no such stream
    const int32_t *turned; // display matrix of a picture that lies turned, 9 numbers; NULL: upright
    double bitrate_kbps;   // of all streams together
};
// A packet's stream_index is its enum feed_stream.
