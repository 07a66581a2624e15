// SPDX-License-Identifier: GPL-3.0-or-later
// item: one episode's entry in the feed.
//
// settings: {"show": {title, site, author, language}, "episode": EPISODE}; EPISODE as in doc/facts.h.
// in:       nothing
// makes:    item.xml       the <item>, prefixes itunes, podcast, content, psc declared by the feed
//           chapters.json  JSON chapters 1.2; only where EPISODE has chapters.
//                          Goes to public/episodes/<slug>/chapters.json
#include "stage/stage.h"
