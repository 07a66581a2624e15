// SPDX-License-Identifier: GPL-3.0-or-later
// The feed: RSS 2.0 with what PSP-1 and Apple require and recommend. Same facts, same bytes.
#pragma once
#include "base/str.h"
#include "doc/facts.h"

// One <item>, indented to stand in a channel; its prefixes are declared by rss_feed().
int rss_item(struct str *out, const struct fact_show *s, const struct fact_episode *ep,
             struct err *e);
// One <podcast:liveItem>, in the same manner; it stands in front of the items.
int rss_live(struct str *out, const struct fact_show *s, const struct fact_live *live,
             struct err *e);
// items: what rss_live() and rss_item() made, newest first. newest_utc_s: INT64_MIN where there are
// none.
int rss_feed(struct str *out, const struct fact_show *s, const char *const *items, size_t num_items,
             int64_t newest_utc_s, struct err *e);
// JSON chapters 1.2.
void chapters_json(struct str *out, const struct fact_episode *ep);
// "https://example.org/show/" + "episodes/x/": site with the path, percent-encoded.
void site_url(struct str *out, const struct fact_show *s, const char *path);
