// SPDX-License-Identifier: GPL-3.0-or-later
// Judges what servers said of a feed and of the files it names (net/webfile.h), by the rules of
// directories and of HTTP. Nothing is fetched here.
#pragma once
#include "base/arena.h"
#include "base/json.h"

// The feed: what webfile_feed said, and the address it gives itself (NULL: none). Findings go to
// the array, those that say that a server did not answer at all with "unanswered": true.
void weblint_feed(struct arena *a, const char *url, const struct json *fetched, const char *self,
                  struct json *findings);
// The files: "links" of stage/check.c, and what was said of each, in the same order.
void weblint_files(struct arena *a, const char *feed, const struct json *links,
                   const struct json *looked, struct json *findings);
// For the job `look` of cmd/net.c.
struct json *weblint_asks(const struct json *links);
