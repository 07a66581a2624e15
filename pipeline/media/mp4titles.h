// SPDX-License-Identifier: GPL-3.0-or-later
// Chapters in an MP4: a QuickTime text track, which the other tracks refer to as their `chap`, and
// Nero's list, which holds the first 255. Titles as tagparts_title cuts them.
#pragma once
#include "media/m4abox.h"
#include "media/tagfile.h"

struct mp4_titles {
    const struct tag_chapter *chapters; // sorted by start, all before the end
    size_t count;
    const char *language; // ISO 639-2, NULL: none
    int64_t end_ms;
    uint32_t movie_rate, track;
    int64_t at; // where their bytes lie, without a gap
    bool large; // offsets of 64 bits
};
void mp4titles_put_bytes(struct boxes *b, const struct mp4_titles *t);
void mp4titles_put_track(struct boxes *b, const struct mp4_titles *t);
void mp4titles_put_reference(struct boxes *b, const struct mp4_titles *t); // nothing without any
void mp4titles_put_nero(struct boxes *b, const struct mp4_titles *t);
