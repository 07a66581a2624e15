// SPDX-License-Identifier: GPL-3.0-or-later
// The feeds that hold a part of the show: of a theme, a goal, a municipality, a season, of trailers
// and of films. Each has an address for life below public/feeds/ and a podcast:guid made of it,
// which episodes/feeds.json writes down and nothing changes later. One that loses its last episode
// stays, empty: whoever subscribed to it is told of the next. Each holds the newest of its kind, as
// many as feed.xml; all that ever was stands in the archives of the show's own feed.
#pragma once
#include "plan/publish.h"

enum feeds_kind {
    FEEDS_THEME,
    FEEDS_GOAL,
    FEEDS_MUNICIPALITY,
    FEEDS_SEASON,
    FEEDS_TRAILERS,
    FEEDS_VIDEO,
};
struct subfeed {
    enum feeds_kind kind;
    const char *key;  // theme's id, goal's or municipality's number, year; NULL: there is one alone
    const char *id;   // "theme-trivsel"
    const char *file; // below public/: "feeds/theme-trivsel.xml"
    const char *title, *guid;
    size_t *items; // which entries of the catalogue, newest first
    size_t count, cap;
};

// All that there are, or ever were.
int feeds_make(struct session *s, struct arena *a, const struct catalog *c, struct subfeeds *ret,
               struct err *e);
// Settings and inputs of the stage feed.
int feeds_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
// Its inputs: their content is in the settings already, so they are not read to be compared; and
// what it made before. Writes .dgl/feed.items and .dgl/feed.videos.
int feeds_put_paths(struct plan *p, const struct step *step, struct json *in, struct err *e);
// Into public/, the show's own feed last; feeds.json first.
int feeds_place(struct plan *show, struct err *e);
