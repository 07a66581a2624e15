// SPDX-License-Identifier: GPL-3.0-or-later
// The elements of a podcast feed as tables: who asks for each, how often, what it may hold.
#pragma once
#include "doc/feedvalue.h"

#define ITUNES "http://www.itunes.com/dtds/podcast-1.0.dtd"
#define PODCAST "https://podcastindex.org/namespace/1.0"
#define PODCAST_OLD "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
#define ATOM "http://www.w3.org/2005/Atom"
#define MEDIA "http://search.yahoo.com/mrss/"
#define PSC "http://podlove.org/simple-chapters"

enum feed_level { FEED_OPTIONAL, FEED_RECOMMENDED, FEED_REQUIRED };

struct feed_rule {
    const char *ns, *name;
    enum feed_level level;
    bool many;
    enum feed_kind kind;
    const char *attr;  // NULL: the value is the element's text
    const char *label; // source and path, as a finding names it
};
struct feed_attr_rule { // attributes beside the one a feed_rule looks at
    const char *ns, *name, *attr;
    bool required;
    enum feed_kind kind;
    const char *label;
};
// Each ends with a row without name.
extern const struct feed_rule feed_channel_rules[], feed_item_rules[], feed_live_rules[];
extern const struct feed_attr_rule feed_attr_rules[];
// Of a liveItem, and of what is in it: a stream has no length.
extern const struct feed_attr_rule feed_live_attr_rules[];
// Of an element of Apple's or the podcast namespace: why its name is none, or is read by nobody any
// more. NULL: fine, or another namespace.
const char *feed_name_fault(const char *ns, const char *name);
