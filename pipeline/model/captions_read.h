// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of captions_parse: what it does in front of the cues, within and behind them.
#pragma once
#include "model/captions.h"

// Text that is not UTF-8 is turned into it where it can only be one thing: UTF-16 with its byte
// order mark, and SubRip in Windows-1252, which has no encoding of its own and is written so by
// many programs. All else stays as it is. Result: the encoding's name; NULL: nothing was done.
const char *captions_decode(struct arena *a, const char **text, size_t *len);
// What stands at p, where an & is: "&amp;", "&#248;" and their like; what is none of them stays as
// it stands. Result: bytes that were read.
size_t captions_entity(struct str *out, const char *p, size_t len);
// "Kari Nordmann: text" becomes text of that speaker, in captions without any voices, and only
// where such names return: two of them at least twice each, or on half of all lines that begin a
// cue. Everything else that ends in a colon stays text.
void captions_find_speakers(struct arena *a, struct captions *c);
