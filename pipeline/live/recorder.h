// SPDX-License-Identifier: GPL-3.0-or-later
// What a source sends, kept as it came, before anything is done to it: for mastering. A new file
// whenever the source begins again. A kill costs the last second or two.
#pragma once
#include "base/json.h"
#include "media/av.h"

struct recorder_params {
    const char *stem;           // path without number and ending: "…/received"
    double queue_s;             // a disk may stand still so long
    double (*now_s)(void *ctx); // time of the broadcast, for starts_s; any thread
    void *ctx;
};
struct recorder;
struct recorder *recorder_new(const struct recorder_params *p);
void recorder_free(struct recorder *r); // NULL is fine, as everywhere here
// The source was opened, and is valid until NULL is said: it ended. From its own thread.
void recorder_source(struct recorder *r, const AVFormatContext *source);
void recorder_packet(struct recorder *r, const AVPacket *pkt);
// Appends {"kind": "received","path","bytes","seconds","starts_s"} of each file. Any thread.
void recorder_list(struct recorder *r, struct json *ret_list);
