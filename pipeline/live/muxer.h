// SPDX-License-Identifier: GPL-3.0-or-later
// Ways of sending that libavformat knows: RTMP and RTMPS, HLS into a folder or by HTTP PUT, a file
// that survives a kill, AAC to Icecast. See struct outlet.
#pragma once
#include "live/endpoint.h"

enum muxer_kind { MUXER_RTMP, MUXER_HLS, MUXER_FILE };

struct muxer_params {
    enum muxer_kind kind;
    const char *url;     // RTMP: without its key; HLS: of the playlist; FILE: a path that ends in
                         // ".mkv"; a second connection writes "…-2.mkv": nothing is overwritten.
                         // What lies turned becomes ".mov": Matroska cannot say so
    const char *key;     // RTMP; NULL: none. No text names it
    const char *ca_file; // NULL: the system's
    const char *user;    // HLS by HTTP PUT, with key as its password; NULL: none
};
// The strings are copied. The result is ctx for muxer_outlet's functions.
void *muxer_new(const struct muxer_params *p);
const struct outlet *muxer_outlet(enum muxer_kind kind);
// FILE: the path it writes now; "" before the first. Any thread.
void muxer_path(void *ctx, char *ret, size_t size);
