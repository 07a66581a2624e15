// SPDX-License-Identifier: GPL-3.0-or-later
// WebVTT and SubRip: read, move in time, write as VTT and SRT. Read tolerantly where only one
// meaning is possible (byte order marks, line ends, missing hours, comma or full stop), else
// refused with the line.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "model/tick.h"

// speaker NULL: none; text: lines by '\n', no markup
struct cue {
    tick start, end;
    const char *speaker;
    const char *text;
};
struct captions {
    struct cue *cues;
    size_t count;
    const char *encoding; // what it was turned into UTF-8 from; NULL: it was that
};

// By content, not by name. Errors: ERR_INPUT with file:line.
int captions_parse(struct arena *a, const char *text, size_t len, const char *shown,
                   struct captions *ret, struct err *e);
// A file of them, at most 16 MiB.
int captions_load(struct arena *a, const char *path, const char *shown, struct captions *ret,
                  struct err *e);
// Cues with one time and a speaker each are shown in one block, every reply behind a hyphen: how
// many cues are in the block that begins at `first`, at least 1.
size_t captions_block(const struct captions *c, size_t first);
void captions_write_vtt(struct str *out, const struct captions *c);
// SubRip has no voices: the same captions, one cue a block, with a name in front of the text where
// the speaker changes.
void captions_name_speakers(struct arena *a, const struct captions *c, struct captions *ret);
void captions_write_srt(struct str *out, const struct captions *c); // texts only
// As Facebook names the language in a file's name, "nb_NO"; NULL: it has no sure name for it.
const char *captions_facebook(const char *language);
