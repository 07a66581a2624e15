// SPDX-License-Identifier: GPL-3.0-or-later
// Opens what a broadcast is taken from: a file, standard input, a device, an address that is
// pulled, or one that is listened at. Every wait ends: by a time limit, or when `stop` is set.
#pragma once
#include "base/redact.h"
#include "media/av.h"

#include <stdatomic.h>
#include <stdbool.h>

struct inlet_params {
    const char *url;     // path, "-", "pattern:", "alsa:default", "srt://…", "rtmp://…", …
    const char *format;  // libavformat's name; "": found out
    bool listen;         // srt:// and rtmp:// alone: waits for whoever pushes
    const char *secret;  // SRT's passphrase, or the key an RTMP push must have; NULL: none
    const char *ca_file; // NULL: the system's
    int width, height, rate_num, rate_den, sample_rate; // of the broadcast
    const atomic_bool *stop;
};
struct inlet {
    AVFormatContext *format;
    const struct inlet_params *p;
    struct libav_log log;
    double deadline; // clock_monotonic
    bool paced;      // read as fast as it is needed: a file, a pattern, a list of segments
    bool live_list;  // segments that are still being written; its end is a loss, else of what is
                     // paced it is the end
};
// Waits for a push as long as it takes, for an answer 10 s. ERR_REMOTE: may be tried again;
// ERR_INPUT: no retry mends it, or a wrong key (-EACCES). No text names the secret.
int inlet_open(const struct inlet_params *p, struct inlet *ret, struct err *e);
void inlet_close(struct inlet *in);
bool inlet_is_paced(const char *url);
// 1: a packet; 0: the end; ERR_REMOTE: the connection broke, or nothing came for `patience_s`.
int inlet_read(struct inlet *in, AVPacket *ret, double patience_s, struct err *e);
