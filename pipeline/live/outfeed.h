// SPDX-License-Identifier: GPL-3.0-or-later
// The encoded streams of one feed, put into the order of their time and given to every endpoint.
#pragma once
#include "live/endpoint.h"

enum { OUTFEED_ENDPOINTS = 32 };

struct outfeed;
// feed must outlive it. latest_s: a stream that is silent for so long is not waited for.
struct outfeed *outfeed_new(const struct feed *feed, double latest_s);
void outfeed_free(struct outfeed *of);                     // its endpoints are others' to free
void outfeed_add(struct outfeed *of, struct endpoint *ep); // before the first packet
// Any thread. Time base FEED_TIME_BASE; the packet stays the caller's, its stream_index does not
// count.
void outfeed_give(struct outfeed *of, enum feed_stream stream, const AVPacket *pkt);
