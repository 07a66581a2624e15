// SPDX-License-Identifier: GPL-3.0-or-later
// A transcript as people read it: cues joined to paragraphs, one a turn of speech.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "model/captions.h"

struct turn {
    tick start;
    const char *speaker; // NULL: the same as before, or not known
    const char *text;    // one line
};
struct turns {
    struct turn *items;
    size_t count;
};

// breaks (sorted) are times at which a new paragraph begins, such as chapters.
void transcript_turns(struct arena *a, const struct captions *c, const tick *breaks,
                      size_t num_breaks, struct turns *ret);
void transcript_text(struct str *out,
                     const struct turns *t); // plain text, an empty line between paragraphs
// A page of its own, as the podcast namespace describes it: cite, time, p. title: what it is of.
void transcript_html(struct str *out, const struct turns *t, const char *language,
                     const char *title);
// The transcript of the podcast namespace (1.0.0), with "language" and "made" beside the segments.
struct json *transcript_json(const struct captions *c, const char *language, const char *made);
int transcript_read(struct arena *a, const struct json *j, struct captions *ret, struct err *e);
