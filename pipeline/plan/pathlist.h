// SPDX-License-Identifier: GPL-3.0-or-later
// Many paths in few words, for published.json: an hour's stream has thousands of segments.
#pragma once
#include "base/json.h"

// An array of paths → a new one in their order, each once, where a run of numbers is one entry, as
// a shell would expand it: "hls/720/{00000..00599}.m4s".
struct json *pathlist_fold(const struct json *paths);
// The other way, in order; what is no run stays as it is. Entries that do not lead down (fs.h),
// that are no text, or runs of more than 100 000 are left out.
struct json *pathlist_unfold(const struct json *folded);
