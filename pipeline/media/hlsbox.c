// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers without a name are what the standard leaves no choice about.
#include "media/hlsbox.h"

#include "media/mp4aac.h"

#include <string.h>

enum {
    TRACK = 1,
    TKHD_SHOWN = 7, // enabled, in the movie, in its preview
    HEAD = 8,
    FULL_HEAD = 12,
    // tfhd
    HAS_DURATION = 0x08,
    HAS_FLAGS = 0x20,
    BASE_IS_MOOF = 0x20000,
    // trun
    HAS_OFFSET = 0x01,
    EACH_DURATION = 0x100,
    EACH_SIZE = 0x200,
    EACH_SHIFT = 0x800,
    // a sample depends on none, or on others
    SYNC_SAMPLE = 0x02000000,
    OTHER_SAMPLE = 0x01010000,
    COLOR_UNKNOWN = 2,
};

static const int32_t upright[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};

// ---- init segments

static void put_ftyp(struct boxes *b)
{
    box_open(b, "ftyp");
    box_type(b, "iso6");
    box_u32(b, 0);
    box_type(b, "iso6");
    box_type(b, "cmfc");
    box_type(b, "mp41");
    box_close(b);
}

static void put_matrix(struct boxes *b, const int32_t matrix[9])
{
    for (int i = 0; i < 9; i++)
        box_u32(b, (uint32_t)matrix[i]);
}

static void put_mvhd(struct boxes *b, uint32_t timescale)
{
    box_open_full(b, "mvhd", 0, 0);
    box_zeros(b, 8);
    box_u32(b, timescale);
    box_u32(b, 0);       // how long is in the fragments
    box_u32(b, 0x10000); // speed 1
    box_u16(b, 0x100);   // volume 1
    box_zeros(b, 10);
    put_matrix(b, upright);
    box_zeros(b, 24);
    box_u32(b, TRACK + 1);
    box_close(b);
}

// Width and height as shown, in pixels; 0: sound.
static void put_tkhd(struct boxes *b, const int32_t matrix[9], uint32_t width, uint32_t height)
{
    box_open_full(b, "tkhd", 0, TKHD_SHOWN);
    box_zeros(b, 8);
    box_u32(b, TRACK);
    box_zeros(b, 4 + 4 + 12);
    box_u16(b, width ? 0 : 0x100); // volume
    box_u16(b, 0);
    put_matrix(b, matrix);
    box_u32(b, width << 16);
    box_u32(b, height << 16);
    box_close(b);
}

// From `from` on to the end, wherever that is.
static void put_edit(struct boxes *b, uint32_t from)
{
    if (!from)
        return;
    box_open(b, "edts");
    box_open_full(b, "elst", 0, 0);
    box_u32(b, 1);
    box_u32(b, 0);
    box_u32(b, from);
    box_u32(b, 0x10000);
    box_close(b);
    box_close(b);
}

static void put_mdhd(struct boxes *b, uint32_t timescale)
{
    enum { UNDETERMINED = 0x55c4 }; // "und" in three times five bits
    box_open_full(b, "mdhd", 0, 0);
    box_zeros(b, 8);
    box_u32(b, timescale);
    box_u32(b, 0);
    box_u16(b, UNDETERMINED);
    box_u16(b, 0);
    box_close(b);
}

static void put_hdlr(struct boxes *b, const char type[5])
{
    box_open_full(b, "hdlr", 0, 0);
    box_u32(b, 0);
    box_type(b, type);
    box_zeros(b, 12 + 1);
    box_close(b);
}

static void put_dinf(struct boxes *b)
{
    box_open(b, "dinf");
    box_open_full(b, "dref", 0, 0);
    box_u32(b, 1);
    box_open_full(b, "url ", 0, 1); // in this file
    box_close(b);
    box_close(b);
    box_close(b);
}

static void put_empty_table(struct boxes *b, const char type[5], size_t size)
{
    box_open_full(b, type, 0, 0);
    box_zeros(b, size);
    box_close(b);
}

static void put_empty_tables(struct boxes *b)
{
    put_empty_table(b, "stts", 4);
    put_empty_table(b, "stsc", 4);
    put_empty_table(b, "stsz", 8);
    put_empty_table(b, "stco", 4);
}

static void put_mvex(struct boxes *b)
{
    box_open(b, "mvex");
    box_open_full(b, "trex", 0, 0);
    box_u32(b, TRACK);
    box_u32(b, 1); // the one sample entry
    box_zeros(b, 12);
    box_close(b);
    box_close(b);
}

static void put_color(struct boxes *b, const struct hls_screen *s)
{
    if (s->color[0] == COLOR_UNKNOWN && s->color[1] == COLOR_UNKNOWN &&
        s->color[2] == COLOR_UNKNOWN && !s->full_range)
        return;
    box_open(b, "colr");
    box_type(b, "nclx");
    for (int i = 0; i < 3; i++)
        box_u16(b, (unsigned)s->color[i]);
    box_u8(b, s->full_range ? 0x80 : 0);
    box_close(b);
}

static void put_picture_format(struct boxes *b, const struct hls_screen *s)
{
    box_open_full(b, "stsd", 0, 0);
    box_u32(b, 1);
    box_open(b, "avc1");
    box_zeros(b, 6);
    box_u16(b, 1); // the first of dref
    box_zeros(b, 16);
    box_u16(b, (unsigned)s->width);
    box_u16(b, (unsigned)s->height);
    box_u32(b, 0x480000); // 72 dpi
    box_u32(b, 0x480000);
    box_u32(b, 0);
    box_u16(b, 1);    // one picture a sample
    box_zeros(b, 32); // the encoder's name
    box_u16(b, 24);   // depth
    box_u16(b, 0xffff);
    box_open(b, "avcC");
    box_bytes(b, s->avcc, s->avcc_size);
    box_close(b);
    if (s->sar_num) {
        box_open(b, "pasp");
        box_u32(b, (uint32_t)s->sar_num);
        box_u32(b, (uint32_t)s->sar_den);
        box_close(b);
    }
    put_color(b, s);
    box_close(b);
    box_close(b);
}

void hlsbox_put_picture_init(struct boxes *b, const struct hls_screen *s, uint32_t timescale,
                             uint32_t start)
{
    int64_t width = s->width;
    if (s->sar_num)
        width = (width * s->sar_num + s->sar_den / 2) / s->sar_den;
    put_ftyp(b);
    box_open(b, "moov");
    put_mvhd(b, timescale);
    box_open(b, "trak");
    put_tkhd(b, s->matrix, (uint32_t)width, (uint32_t)s->height);
    put_edit(b, start);
    box_open(b, "mdia");
    put_mdhd(b, timescale);
    put_hdlr(b, "vide");
    box_open(b, "minf");
    box_open_full(b, "vmhd", 0, 1);
    box_zeros(b, 8);
    box_close(b);
    put_dinf(b);
    box_open(b, "stbl");
    put_picture_format(b, s);
    put_empty_tables(b);
    box_close(b);
    box_close(b);
    box_close(b);
    box_close(b);
    put_mvex(b);
    box_close(b);
}

void hlsbox_put_sound_init(struct boxes *b, const struct m4a_track *t)
{
    put_ftyp(b);
    box_open(b, "moov");
    put_mvhd(b, (uint32_t)t->sample_rate);
    box_open(b, "trak");
    put_tkhd(b, upright, 0, 0);
    put_edit(b, (uint32_t)t->priming);
    box_open(b, "mdia");
    put_mdhd(b, (uint32_t)t->sample_rate);
    put_hdlr(b, "soun");
    box_open(b, "minf");
    put_empty_table(b, "smhd", 4);
    put_dinf(b);
    box_open(b, "stbl");
    mp4aac_put_format(b, t);
    put_empty_tables(b);
    box_close(b);
    box_close(b);
    box_close(b);
    box_close(b);
    put_mvex(b);
    box_close(b);
}

// ---- segments

void hlsbox_put_segment_type(struct boxes *b)
{
    box_open(b, "styp");
    box_type(b, "msdh");
    box_u32(b, 0);
    box_type(b, "msdh");
    box_type(b, "cmfs");
    box_close(b);
}

static void put_head(struct boxes *b, size_t size, const char type[5])
{
    box_u32(b, (uint32_t)size);
    box_type(b, type);
}

static void put_full_head(struct boxes *b, size_t size, const char type[5], int version,
                          unsigned flags)
{
    put_head(b, size, type);
    box_u32(b, (uint32_t)version << 24 | flags);
}

struct layout {
    unsigned tfhd_flags, trun_flags;
    size_t tfhd, tfdt, trun, traf, moof, mdat; // bytes
};

static struct layout lay_out(const struct hls_fragment *f)
{
    enum { OFFSET_AND_COUNT = 8, MFHD = FULL_HEAD + 4 };
    struct layout l = {BASE_IS_MOOF | HAS_FLAGS, HAS_OFFSET | EACH_SIZE, 0, 0, 0, 0, 0, HEAD};
    bool even = true, shifted = false;
    for (size_t i = 0; i < f->count; i++) {
        even = even && f->samples[i].duration == f->samples[0].duration;
        shifted = shifted || f->samples[i].shift;
        l.mdat += f->samples[i].size;
    }
    l.tfhd_flags |= even ? HAS_DURATION : 0;
    l.trun_flags |= (even ? 0 : EACH_DURATION) | (shifted ? EACH_SHIFT : 0);
    l.tfhd = FULL_HEAD + 4 + 4 + (even ? 4 : 0);
    l.tfdt = FULL_HEAD + 8;
    l.trun = FULL_HEAD + OFFSET_AND_COUNT + f->count * 4 * (1u + !even + shifted);
    l.traf = HEAD + l.tfhd + l.tfdt + l.trun;
    l.moof = HEAD + MFHD + l.traf;
    return l;
}

static void put_trun(struct boxes *b, const struct hls_fragment *f, const struct layout *l)
{
    put_full_head(b, l->trun, "trun", 1, l->trun_flags); // 1: shifts may be negative
    box_u32(b, (uint32_t)f->count);
    box_u32(b, (uint32_t)(l->moof + HEAD));
    for (size_t i = 0; i < f->count; i++) {
        if (l->trun_flags & EACH_DURATION)
            box_u32(b, f->samples[i].duration);
        box_u32(b, f->samples[i].size);
        if (l->trun_flags & EACH_SHIFT)
            box_u32(b, (uint32_t)f->samples[i].shift);
    }
}

void hlsbox_put_fragment(struct boxes *b, const struct hls_fragment *f)
{
    struct layout l = lay_out(f);
    put_head(b, l.moof, "moof");
    put_full_head(b, FULL_HEAD + 4, "mfhd", 0, 0);
    box_u32(b, f->number);
    put_head(b, l.traf, "traf");
    put_full_head(b, l.tfhd, "tfhd", 0, l.tfhd_flags);
    box_u32(b, TRACK);
    if (l.tfhd_flags & HAS_DURATION)
        box_u32(b, f->samples[0].duration);
    box_u32(b, f->sync ? SYNC_SAMPLE : OTHER_SAMPLE);
    put_full_head(b, l.tfdt, "tfdt", 1, 0);
    box_u64(b, (uint64_t)f->time);
    put_trun(b, f, &l);
    put_head(b, l.mdat, "mdat");
}
