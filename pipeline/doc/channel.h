// SPDX-License-Identifier: GPL-3.0-or-later
// What a feed says of itself, read from a stage's settings.
//
// CHANNEL: funding [{url, text}], verify [{purpose, text}], block ["all" or a service],
//   podroll [{guid, url, title}], publisher {guid, url, title}, hubs [url], moved_to, complete,
//   trailers [{title, path, type, bytes, published_utc_s, season}], newest first
//   Keys that do not apply are left out.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct fact_funding {
    const char *url, *text;
};
struct fact_txt {
    const char *purpose, *text;
};
struct fact_other { // another podcast; url, title NULL: not said
    const char *guid, *url, *title;
};
struct fact_trailer {
    const char *title, *path, *type;
    int64_t bytes, published_utc_s, season; // season 0: none
};

struct fact_channel {
    struct fact_funding *funding;
    struct fact_txt *verify;
    struct fact_other *podroll, publisher; // publisher.guid NULL: none
    struct fact_trailer *trailers;
    const char **block, **hubs;
    size_t num_funding, num_verify, num_podroll, num_trailers, num_block, num_hubs;
    const char *moved_to; // NULL: it is where it was
    bool complete;
};

// The strings stay the JSON's, arrays are in the arena. j NULL: nothing is said.
int channel_read(struct arena *a, const struct json *j, struct fact_channel *ret, struct err *e);
