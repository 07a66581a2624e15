// SPDX-License-Identifier: GPL-3.0-or-later
// WebVTT and SubRip: read strictly, move in time, write as VTT, SRT and plain text.
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
};

// By content, not by name. Errors: ERR_INPUT with file:line.
int captions_parse(struct arena *a, const char *text, size_t len, const char *shown,
                   struct captions *ret, struct err *e);
void captions_write_vtt(struct str *out, const struct captions *c);
void captions_write_srt(struct str *out, const struct captions *c);
