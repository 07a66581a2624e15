// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a podcast feed as directories and apps do: PSP-1, Apple, Spotify, the podcast namespace.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

struct finding {
    bool error;       // else a warning
    const char *rule; // "PSP-1 channel/itunes:image"
    int line;         // 0: the file as a whole
    const char *message;
};
struct findings {
    struct finding *items;
    size_t count, cap;
};

enum feed_link { FEED_ENCLOSURE, FEED_IMAGE, FEED_OTHER };
struct feedlint {
    const char *shown; // the feed's name in messages of the parser
    const struct json
        *categories; // "categories" of presets/apple-categories.json; NULL: not compared
    // Asked about each address the feed names. bytes: as the feed says, -1: it does not. NULL:
    // fine, or not ours.
    const char *(*look)(void *ctx, enum feed_link kind, const char *url, int64_t bytes);
    void *ctx;
};
// Not XML, not a feed: findings too. Negative only where checking itself fails.
int feedlint(struct arena *a, const struct feedlint *p, const char *bytes, size_t len,
             struct findings *ret, struct err *e);
