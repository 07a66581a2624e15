// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers without a name are what the standard leaves no choice about.
#include "media/mp4box.h"

#include <string.h>

bool mp4_is_long(int64_t time)
{
    return time > UINT32_MAX;
}

void mp4_time(struct boxes *b, bool wide, int64_t time)
{
    if (wide)
        box_u64(b, (uint64_t)time);
    else
        box_u32(b, (uint32_t)time);
}

void mp4_matrix(struct boxes *b, uint32_t down)
{
    const uint32_t rows[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, down, 0x40000000};
    for (int i = 0; i < 9; i++)
        box_u32(b, rows[i]);
}

void mp4_mvhd(struct boxes *b, uint32_t rate, int64_t length, uint32_t next_track)
{
    bool wide = mp4_is_long(length);
    box_open_full(b, "mvhd", wide, 0);
    mp4_time(b, wide, 0); // made
    mp4_time(b, wide, 0); // changed
    box_u32(b, rate);
    mp4_time(b, wide, length);
    box_u32(b, 0x10000); // speed 1
    box_u16(b, 0x100);   // volume 1
    box_zeros(b, 10);
    mp4_matrix(b, 0);
    box_zeros(b, 24);
    box_u32(b, next_track);
    box_close(b);
}

void mp4_tkhd(struct boxes *b, const struct mp4_head *h)
{
    bool wide = mp4_is_long(h->length);
    box_open_full(b, "tkhd", wide, h->flags);
    mp4_time(b, wide, 0);
    mp4_time(b, wide, 0);
    box_u32(b, h->track);
    box_u32(b, 0);
    mp4_time(b, wide, h->length);
    box_zeros(b, 8);
    box_u16(b, 0); // layer
    box_u16(b, h->group);
    box_u16(b, h->loud ? 0x100 : 0); // volume
    box_u16(b, 0);
    mp4_matrix(b, h->down);
    box_u32(b, h->width);
    box_u32(b, h->height);
    box_close(b);
}

void mp4_edts(struct boxes *b, const struct mp4_edit *edits, uint32_t n)
{
    bool wide = false;
    for (uint32_t i = 0; i < n; i++)
        wide = wide || mp4_is_long(edits[i].length) || edits[i].from > INT32_MAX;
    box_open(b, "edts");
    box_open_full(b, "elst", wide, 0);
    box_u32(b, n);
    for (uint32_t i = 0; i < n; i++) {
        mp4_time(b, wide, edits[i].length);
        mp4_time(b, wide, edits[i].from);
        box_u32(b, 0x10000); // speed 1
    }
    box_close(b);
    box_close(b);
}

static unsigned packed_language(const char *language)
{
    const char *l = language && strlen(language) == 3 ? language : "und";
    unsigned packed = 0;
    for (int i = 0; i < 3; i++)
        packed = packed << 5 | ((unsigned char)l[i] & 0x1f);
    return packed;
}

void mp4_mdhd(struct boxes *b, uint32_t rate, int64_t length, const char *language)
{
    bool wide = mp4_is_long(length);
    box_open_full(b, "mdhd", wide, 0);
    mp4_time(b, wide, 0);
    mp4_time(b, wide, 0);
    box_u32(b, rate);
    mp4_time(b, wide, length);
    box_u16(b, packed_language(language));
    box_u16(b, 0);
    box_close(b);
}

void mp4_hdlr(struct boxes *b, const char type[5], const char *name)
{
    box_open_full(b, "hdlr", 0, 0);
    box_u32(b, 0);
    box_type(b, type);
    box_zeros(b, 12);
    box_bytes(b, name, strlen(name) + 1);
    box_close(b);
}

void mp4_dinf(struct boxes *b)
{
    box_open(b, "dinf");
    box_open_full(b, "dref", 0, 0);
    box_u32(b, 1);
    box_open_full(b, "url ", 0, 1);
    box_close(b);
    box_close(b);
    box_close(b);
}

void mp4_open_stsd(struct boxes *b, const char type[5])
{
    box_open_full(b, "stsd", 0, 0);
    box_u32(b, 1);
    box_open(b, type);
    box_zeros(b, 6);
    box_u16(b, 1); // the first of dref
}

void mp4_run(struct boxes *b, const char type[5], uint32_t count, uint32_t each)
{
    box_open_full(b, type, 0, 0);
    box_u32(b, 1);
    box_u32(b, count);
    box_u32(b, each);
    box_close(b);
}

void mp4_open_offsets(struct boxes *b, bool large, size_t n)
{
    box_open_full(b, large ? "co64" : "stco", 0, 0);
    box_u32(b, (uint32_t)n);
}
