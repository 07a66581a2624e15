// SPDX-License-Identifier: GPL-3.0-or-later
// captions: what was said, in every form that leaves the house.
//
// settings: {"captions": [{language "nb", made "automatic" or "corrected", clock "recording" or "published",
//                          file: the name in messages}], "length_ticks", "start_ticks"}
//           start_ticks (default 0): what was trimmed off the recording's start; cues on the recording's
//           clock move by it. One entry a language.
// in:       {"caption-<language>": path} for each entry
// makes:    <language>.vtt, <language>.srt  for public/episodes/<slug>/
//           <language>.json  the transcript of the podcast namespace, read by page; may be public too
//           <language>.txt   plain text in paragraphs
// Refuses:  a cue that ends more than a second behind the end
#include "stage/stage.h"
