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
    const char *self;   // the address the feed gives itself; NULL: none
    const char **guids; // of its entries that have one, without broadcasts
    size_t num_guids;
};

// FEED_COVER: itunes:image, whose size and shape are prescribed.
enum feed_link {
    FEED_ENCLOSURE,
    FEED_COVER,
    FEED_IMAGE,
    FEED_TRANSCRIPT,
    FEED_CHAPTERS,
    FEED_OTHER
};
struct feed_ref {
    enum feed_link kind;
    const char *rule, *url;
    const char *type;        // as the feed says; NULL: it does not
    int64_t bytes;           // the same; -1: it does not
    int64_t published_utc_s; // of the entry it stands in; INT64_MAX: of the channel, or not dated
    int line;
};
struct feedlint {
    const char *shown; // the feed's name in messages of the parser
    const struct json
        *categories; // "categories" of presets/apple-categories.json; NULL: not compared
    // Asked about each address of a file that the feed names. NULL: fine, or not ours.
    const char *(*look)(void *ctx, const struct feed_ref *ref);
    void *ctx;
};
// Not XML, not a feed: findings too. Negative only where checking itself fails.
int feedlint(struct arena *a, const struct feedlint *p, const char *bytes, size_t len,
             struct findings *ret, struct err *e);
