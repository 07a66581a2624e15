// SPDX-License-Identifier: GPL-3.0-or-later
// The feed: RSS 2.0 with what PSP-1 and Apple require and recommend. Same facts, same bytes.
#pragma once
#include "base/str.h"
#include "doc/channel.h"
#include "doc/facts.h"

// One <item>, indented to stand in a channel; its prefixes are declared by rss_feed(). enclosure:
// which of the files is it, the others are alternates.
int rss_item(struct str *out, const struct fact_show *s, const struct fact_episode *ep,
             size_t enclosure, struct err *e);
// One <podcast:liveItem>, in the same manner; it stands in front of the items.
int rss_live(struct str *out, const struct fact_show *s, const struct fact_live *live,
             struct err *e);

// A document of a feed. RFC 5005 knows two ways to part a long feed. In its paged feeds (section 3)
// every page moves with each new entry; in its archived feeds (section 4) an archive that is full
// never changes again. These are archived feeds, numbered from the oldest, so that a new episode
// touches the first document alone. They can be walked from new to old by rel="next" as well, which
// is what podcast apps follow; an entry may stand in the first document and in the newest archive,
// and is known by its guid. What an archive would have to take back (a link to the next newer one)
// is left out.
struct rss_document {
    const char *file;   // its own path below public/
    const char *first;  // of the document with the newest entries; the same: this is it
    const char *older;  // the archive behind this document; NULL: none
    const char *oldest; // the last archive; NULL: there are none
    const char *title, *guid, *medium;
    int64_t newest_utc_s; // INT64_MIN: it has no entry
    bool of_show;         // the show's own feed: what stands once, such as trailers, is said here
};
// items: what rss_live() and rss_item() made, newest first.
int rss_feed(struct str *out, const struct fact_show *s, const struct fact_channel *c,
             const struct rss_document *d, const char *const *items, size_t num_items,
             struct err *e);
// JSON chapters 1.2.
void chapters_json(struct str *out, const struct fact_episode *ep);
// "https://example.org/show/" + "episodes/x/": site with the path, percent-encoded.
void site_url(struct str *out, const struct fact_show *s, const char *path);
