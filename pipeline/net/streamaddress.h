// SPDX-License-Identifier: GPL-3.0-or-later
// Where an RTMP stream is sent: the server, which may be shown, and the stream key, which may not.
#pragma once
#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"

// In the arena.
struct stream_address {
    const char *server; // rtmps://live-api-s.facebook.com:443/rtmp
    const char *key;    // 123?s_bl=1&a=…: the last part of the path, and the query
};
// plain: rtmp:// is taken, too. Nothing of the address stands in the error.
int stream_address_split(struct arena *a, const char *url, bool plain, struct stream_address *ret,
                         struct err *e);
