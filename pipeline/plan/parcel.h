// SPDX-License-Identifier: GPL-3.0-or-later
// What lies in public/, as it is to be brought elsewhere: what others name comes first.
#pragma once
#include "plan/session.h"

enum parcel_phase {
    PARCEL_MEDIA, // sound, films, pictures, captions, archives
    PARCEL_PAGES, // pages, lists, what they and the media's play lists are read by
    PARCEL_FEEDS, // parts of the show's feed, and of what is behind it
    PARCEL_FEED,  // feed.xml
    PARCEL_GONE,  // what makes a server answer 410: the feed must not name it any more
    PARCEL_PHASES
};
struct parcel_file {
    const char *path, *from; // below public/; absolute
    int64_t bytes;
    const char *sha256, *type, *cache;
    enum parcel_phase phase;
};
struct parcel {
    struct parcel_file *files; // by path
    size_t count;
};
// ERR_INPUT where there is no feed yet.
int parcel_make(struct session *s, struct arena *a, struct parcel *ret, struct err *e);
// Those whose paths begin with folder ("media/x/"): the first of *ret_n.
const struct parcel_file *parcel_below(const struct parcel *p, const char *folder, size_t *ret_n);
const struct parcel_file *parcel_find(const struct parcel *p, const char *path); // NULL: not there
