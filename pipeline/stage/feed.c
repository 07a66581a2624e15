// SPDX-License-Identifier: GPL-3.0-or-later
// feed: the show's feed, for public/feed.xml.
//
// settings: {"show": SHOW as in doc/facts.h, "newest_utc_s": published_utc_s of the newest item}.
//           newest_utc_s is missing where there are no items.
// in:       {"items": [item.xml …]}, newest first; may be missing or empty
// makes:    feed.xml
#include "stage/stage.h"
