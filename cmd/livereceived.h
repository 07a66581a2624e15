// SPDX-License-Identifier: GPL-3.0-or-later
// What a broadcast received, in as many parts as its source began again or a crash made of it, and
// the chapters in them. A part: {"path","seconds","marks": [{"at_s": of the part,"title"}]}.
#pragma once
#include "base/str.h"
#include "live.h"

// Of the broadcast that was interrupted, for the job of live/job.h; new, empty where there is none.
struct json *received_before(struct broadcast *b);
// Of a report: those before, then its own; new. Without a recording there is one without path.
struct json *received_all(const struct json *report);
size_t received_marked(const struct json *parts); // chapters in them
// As episode.yaml has them, counted from the start of the first part.
void received_chapters(const struct json *parts, struct str *out);
