// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/mp4titles.h"

#include "media/mp4box.h"
#include "media/tagparts.h"

#include <string.h>

enum {
    TITLE_RATE = 1000,
    NERO_RATE = 10000, // ticks a millisecond
    NERO_MOST = 255,
    TITLE_FRAME = 2 + 12, // its length, and the box that says UTF-8
};

static int64_t chapter_ms(const struct mp4_titles *t, size_t i)
{
    if (i == t->count)
        return t->end_ms;
    tick start = t->chapters[i].start;
    return start < 0 ? 0 : start / (TICKS_PER_SEC / TITLE_RATE);
}

static int64_t movie_time(const struct mp4_titles *t, int64_t ms)
{
    return ms * t->movie_rate / TITLE_RATE;
}

static size_t chapter_title(const struct mp4_titles *t, size_t i, char ret[TAG_TITLE + 1])
{
    tagparts_title(t->chapters[i].title, ret);
    return strlen(ret);
}

void mp4titles_put_bytes(struct boxes *b, const struct mp4_titles *t)
{
    char title[TAG_TITLE + 1];
    for (size_t i = 0; i < t->count; i++) {
        size_t n = chapter_title(t, i, title);
        box_u16(b, (unsigned)n);
        box_bytes(b, title, n);
        box_open(b, "encd");
        box_u32(b, 0x100); // Unicode
        box_close(b);
    }
}

static void put_format(struct boxes *b)
{
    mp4_open_stsd(b, "text");
    box_zeros(b, 4 + 4 + 6 + 8 + 8); // how it is drawn, which nobody does
    box_zeros(b, 2 + 2 + 1 + 2 + 6); // font
    box_u8(b, 0);                    // its name
    box_close(b);
    box_close(b);
}

static void put_times(struct boxes *b, const struct mp4_titles *t)
{
    box_open_full(b, "stts", 0, 0);
    box_u32(b, (uint32_t)t->count);
    for (size_t i = 0; i < t->count; i++) {
        box_u32(b, 1);
        box_u32(b, (uint32_t)(chapter_ms(t, i + 1) - chapter_ms(t, i)));
    }
    box_close(b);
}

static void put_table(struct boxes *b, const struct mp4_titles *t)
{
    char title[TAG_TITLE + 1];
    box_open(b, "stbl");
    put_format(b);
    put_times(b, t);
    box_open_full(b, "stsc", 0, 0); // one chunk
    box_u32(b, 1);
    box_u32(b, 1);
    box_u32(b, (uint32_t)t->count);
    box_u32(b, 1);
    box_close(b);
    box_open_full(b, "stsz", 0, 0);
    box_u32(b, 0);
    box_u32(b, (uint32_t)t->count);
    for (size_t i = 0; i < t->count; i++)
        box_u32(b, (uint32_t)(TITLE_FRAME + chapter_title(t, i, title)));
    box_close(b);
    mp4_open_offsets(b, t->large, 1);
    mp4_time(b, t->large, t->at);
    box_close(b);
    box_close(b);
}

static void put_gmhd(struct boxes *b)
{
    box_open(b, "gmhd");
    box_open_full(b, "gmin", 0, 0);
    box_u16(b, 0x40); // drawn as a copy
    for (int i = 0; i < 3; i++)
        box_u16(b, 0x8000);
    box_zeros(b, 4);
    box_close(b);
    box_open(b, "text");
    mp4_matrix(b, 0);
    box_close(b);
    box_close(b);
}

void mp4titles_put_track(struct boxes *b, const struct mp4_titles *t)
{
    int64_t first = chapter_ms(t, 0), length = t->end_ms - first;
    struct mp4_edit edits[] = {{movie_time(t, first), -1}, {movie_time(t, length), 0}};
    struct mp4_head head = {
        .track = t->track,
        .flags = MP4_IN_MOVIE, // but nothing to be shown
        .length = edits[0].length + edits[1].length,
    };
    box_open(b, "trak");
    mp4_tkhd(b, &head);
    if (first)
        mp4_edts(b, edits, 2);
    box_open(b, "mdia");
    mp4_mdhd(b, TITLE_RATE, length, t->language);
    mp4_hdlr(b, "text", "chapters");
    box_open(b, "minf");
    put_gmhd(b);
    mp4_dinf(b);
    put_table(b, t);
    box_close(b);
    box_close(b);
    box_close(b);
}

void mp4titles_put_reference(struct boxes *b, const struct mp4_titles *t)
{
    if (!t->count)
        return;
    box_open(b, "tref");
    box_open(b, "chap");
    box_u32(b, t->track);
    box_close(b);
    box_close(b);
}

void mp4titles_put_nero(struct boxes *b, const struct mp4_titles *t)
{
    char title[TAG_TITLE + 1];
    size_t n = t->count < NERO_MOST ? t->count : NERO_MOST;
    box_open_full(b, "chpl", 1, 0);
    box_u32(b, 0);
    box_u8(b, (unsigned)n);
    for (size_t i = 0; i < n; i++) {
        size_t size = chapter_title(t, i, title);
        box_u64(b, (uint64_t)(chapter_ms(t, i) * NERO_RATE));
        box_u8(b, (unsigned)size);
        box_bytes(b, title, size);
    }
    box_close(b);
}
