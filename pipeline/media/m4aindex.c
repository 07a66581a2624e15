// SPDX-License-Identifier: GPL-3.0-or-later
// The movie's clock counts samples, so the edit list is exact. Numbers without a name are what the
// standards leave no choice about.
#include "media/m4aindex.h"

#include "media/tagparts.h"

#include <string.h>

enum {
    CHUNK_PACKETS = 48, // a second or so; players look for a packet from the start of its chunk
    SOUND_TRACK = 1,
    TITLE_TRACK = 2,
    TRACK_ENABLED = 1,
    TRACK_IN_MOVIE = 2, // chapters are in the movie but nothing to be shown
    TITLE_RATE = 1000,
    NERO_RATE = 10000, // ticks a millisecond
    NERO_MOST = 255,
    PREROLL_GROUP = 1,
    DECODER_BUFFER = 768, // bytes a channel, ISO/IEC 14496-3
};

static int64_t coded_samples(const struct m4a_track *t)
{
    return (int64_t)t->num_packets * t->frame_size;
}

// ---- both tracks

static bool is_long(int64_t time)
{
    return time > UINT32_MAX;
}

static void put_time(struct boxes *b, bool wide, int64_t time)
{
    if (wide)
        box_u64(b, (uint64_t)time);
    else
        box_u32(b, (uint32_t)time);
}

static void put_matrix(struct boxes *b)
{
    static const uint32_t identity[9] = {0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000};
    for (int i = 0; i < 9; i++)
        box_u32(b, identity[i]);
}

static void put_mvhd(struct boxes *b, const struct m4a_index *x)
{
    bool wide = is_long(x->track.samples);
    box_open_full(b, "mvhd", wide, 0);
    put_time(b, wide, 0); // made
    put_time(b, wide, 0); // changed
    box_u32(b, (uint32_t)x->track.sample_rate);
    put_time(b, wide, x->track.samples);
    box_u32(b, 0x10000); // speed 1
    box_u16(b, 0x100);   // volume 1
    box_zeros(b, 10);
    put_matrix(b);
    box_zeros(b, 24);
    box_u32(b, x->words.num_chapters ? TITLE_TRACK + 1 : SOUND_TRACK + 1);
    box_close(b);
}

static void put_tkhd(struct boxes *b, int track, unsigned flags, int64_t length)
{
    bool wide = is_long(length);
    box_open_full(b, "tkhd", wide, flags);
    put_time(b, wide, 0);
    put_time(b, wide, 0);
    box_u32(b, (uint32_t)track);
    box_u32(b, 0);
    put_time(b, wide, length);
    box_zeros(b, 12);
    box_u16(b, track == SOUND_TRACK ? 0x100 : 0); // volume
    box_u16(b, 0);
    put_matrix(b);
    box_zeros(b, 8); // width and height
    box_close(b);
}

struct edit {
    int64_t length; // of the movie's clock
    int64_t from;   // of the track's; -1: nothing is played
};

static void put_edits(struct boxes *b, const struct edit *edits, uint32_t n)
{
    bool wide = false;
    for (uint32_t i = 0; i < n; i++)
        wide = wide || is_long(edits[i].length) || edits[i].from > INT32_MAX;
    box_open(b, "edts");
    box_open_full(b, "elst", wide, 0);
    box_u32(b, n);
    for (uint32_t i = 0; i < n; i++) {
        put_time(b, wide, edits[i].length);
        put_time(b, wide, edits[i].from);
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

static void put_mdhd(struct boxes *b, const struct m4a_index *x, int rate, int64_t length)
{
    bool wide = is_long(length);
    box_open_full(b, "mdhd", wide, 0);
    put_time(b, wide, 0);
    put_time(b, wide, 0);
    box_u32(b, (uint32_t)rate);
    put_time(b, wide, length);
    box_u16(b, packed_language(x->words.language));
    box_u16(b, 0);
    box_close(b);
}

static void put_hdlr(struct boxes *b, const char type[5], const char *name)
{
    box_open_full(b, "hdlr", 0, 0);
    box_u32(b, 0);
    box_type(b, type);
    box_zeros(b, 12);
    box_bytes(b, name, strlen(name) + 1);
    box_close(b);
}

// The data are in this file.
static void put_dinf(struct boxes *b)
{
    box_open(b, "dinf");
    box_open_full(b, "dref", 0, 0);
    box_u32(b, 1);
    box_open_full(b, "url ", 0, 1);
    box_close(b);
    box_close(b);
    box_close(b);
}

static void open_stsd(struct boxes *b, const char type[5])
{
    box_open_full(b, "stsd", 0, 0);
    box_u32(b, 1);
    box_open(b, type);
    box_zeros(b, 6);
    box_u16(b, 1); // the first of dref
}

static void put_run(struct boxes *b, const char type[5], uint32_t count, uint32_t each)
{
    box_open_full(b, type, 0, 0);
    box_u32(b, 1);
    box_u32(b, count);
    box_u32(b, each);
    box_close(b);
}

static void put_offset(struct boxes *b, const struct m4a_index *x, int64_t at)
{
    put_time(b, x->large, at);
}

static void open_offsets(struct boxes *b, const struct m4a_index *x, size_t n)
{
    box_open_full(b, x->large ? "co64" : "stco", 0, 0);
    box_u32(b, (uint32_t)n);
}

// ---- sound

// The most bits of any second.
static uint32_t peak_rate(const struct m4a_track *t)
{
    size_t window = (size_t)((t->sample_rate + t->frame_size - 1) / t->frame_size);
    uint64_t bytes = 0, most = 0;
    for (size_t i = 0; i < t->num_packets; i++) {
        bytes += t->sizes[i];
        bytes -= i >= window ? t->sizes[i - window] : 0;
        most = bytes > most ? bytes : most;
    }
    return (uint32_t)(most * 8);
}

static uint32_t mean_rate(const struct m4a_track *t)
{
    double bytes = 0;
    for (size_t i = 0; i < t->num_packets; i++)
        bytes += t->sizes[i];
    return (uint32_t)(bytes * 8 * t->sample_rate / (double)coded_samples(t) + 0.5);
}

// ISO/IEC 14496-1: each descriptor a tag and a length in four times seven bits.
static void put_tag(struct boxes *b, unsigned tag, size_t size)
{
    box_u8(b, tag);
    for (int shift = 21; shift >= 0; shift -= 7)
        box_u8(b, (unsigned)(size >> shift & 0x7f) | (shift ? 0x80 : 0));
}

static void put_esds(struct boxes *b, const struct m4a_track *t)
{
    enum { TAG = 5, STREAM = 3, DECODER = 13, SYNC = 1 };
    uint32_t buffer = DECODER_BUFFER * (uint32_t)t->channels;
    size_t decoder = DECODER + TAG + t->config_size;
    box_open_full(b, "esds", 0, 0);
    put_tag(b, 3, STREAM + TAG + decoder + TAG + SYNC);
    box_u16(b, 0);
    box_u8(b, 0);
    put_tag(b, 4, decoder);
    box_u8(b, 0x40); // ISO/IEC 14496-3
    box_u8(b, 0x15); // sound
    box_u8(b, buffer >> 16);
    box_u16(b, buffer & 0xffff);
    box_u32(b, peak_rate(t));
    box_u32(b, mean_rate(t));
    put_tag(b, 5, t->config_size);
    box_bytes(b, t->config, t->config_size);
    put_tag(b, 6, SYNC);
    box_u8(b, 2); // as MP4 files have it
    box_close(b);
}

void m4aindex_put_format(struct boxes *b, const struct m4a_track *t)
{
    open_stsd(b, "mp4a");
    box_zeros(b, 8);
    box_u16(b, (unsigned)t->channels);
    box_u16(b, 16); // bits
    box_zeros(b, 4);
    box_u32(b, t->sample_rate > UINT16_MAX ? 0 : (uint32_t)t->sample_rate << 16);
    put_esds(b, t);
    box_close(b);
    box_close(b);
}

static void put_sound_chunks(struct boxes *b, const struct m4a_track *t)
{
    uint32_t full = (uint32_t)(t->num_packets / CHUNK_PACKETS);
    uint32_t rest = (uint32_t)(t->num_packets % CHUNK_PACKETS);
    box_open_full(b, "stsc", 0, 0);
    box_u32(b, (full > 0) + (rest > 0));
    if (full) {
        box_u32(b, 1);
        box_u32(b, CHUNK_PACKETS);
        box_u32(b, 1);
    }
    if (rest) {
        box_u32(b, full + 1);
        box_u32(b, rest);
        box_u32(b, 1);
    }
    box_close(b);
}

static void put_sound_sizes(struct boxes *b, const struct m4a_track *t)
{
    box_open_full(b, "stsz", 0, 0);
    box_u32(b, 0);
    box_u32(b, (uint32_t)t->num_packets);
    for (size_t i = 0; i < t->num_packets; i++)
        box_u32(b, t->sizes[i]);
    box_close(b);
}

static void put_sound_offsets(struct boxes *b, const struct m4a_index *x)
{
    const struct m4a_track *t = &x->track;
    int64_t at = x->sound_at;
    open_offsets(b, x, (t->num_packets + CHUNK_PACKETS - 1) / CHUNK_PACKETS);
    for (size_t i = 0; i < t->num_packets; i++) {
        if (i % CHUNK_PACKETS == 0)
            put_offset(b, x, at);
        at += t->sizes[i];
    }
    box_close(b);
}

// What a packet gives is right only when the one before it was decoded as well.
static void put_preroll(struct boxes *b, const struct m4a_track *t)
{
    box_open_full(b, "sgpd", 1, 0);
    box_type(b, "roll");
    box_u32(b, 2);
    box_u32(b, 1);
    box_u16(b, 0xffff); // -1
    box_close(b);
    box_open_full(b, "sbgp", 0, 0);
    box_type(b, "roll");
    box_u32(b, 1);
    box_u32(b, (uint32_t)t->num_packets);
    box_u32(b, PREROLL_GROUP);
    box_close(b);
}

static void put_sound_table(struct boxes *b, const struct m4a_index *x)
{
    const struct m4a_track *t = &x->track;
    box_open(b, "stbl");
    m4aindex_put_format(b, t);
    put_run(b, "stts", (uint32_t)t->num_packets, (uint32_t)t->frame_size);
    put_sound_chunks(b, t);
    put_sound_sizes(b, t);
    put_sound_offsets(b, x);
    put_preroll(b, t);
    box_close(b);
}

static void put_sound_track(struct boxes *b, const struct m4a_index *x)
{
    const struct m4a_track *t = &x->track;
    struct edit edit = {t->samples, t->priming};
    box_open(b, "trak");
    put_tkhd(b, SOUND_TRACK, TRACK_ENABLED | TRACK_IN_MOVIE, t->samples);
    put_edits(b, &edit, 1);
    if (x->words.num_chapters) {
        box_open(b, "tref");
        box_open(b, "chap");
        box_u32(b, TITLE_TRACK);
        box_close(b);
        box_close(b);
    }
    box_open(b, "mdia");
    put_mdhd(b, x, t->sample_rate, coded_samples(t));
    put_hdlr(b, "soun", "sound");
    box_open(b, "minf");
    box_open_full(b, "smhd", 0, 0);
    box_u32(b, 0);
    box_close(b);
    put_dinf(b);
    put_sound_table(b, x);
    box_close(b);
    box_close(b);
    box_close(b);
}

// ---- chapters

static int64_t chapter_ms(const struct m4a_index *x, size_t i)
{
    if (i == x->words.num_chapters)
        return x->track.samples * TITLE_RATE / x->track.sample_rate;
    tick start = x->words.chapters[i].start;
    return start < 0 ? 0 : start / (TICKS_PER_SEC / TITLE_RATE);
}

static int64_t movie_time(const struct m4a_index *x, int64_t ms)
{
    return ms * x->track.sample_rate / TITLE_RATE;
}

enum { TITLE_FRAME = 2 + 12 }; // its length, and the box that says UTF-8

static size_t chapter_title(const struct m4a_index *x, size_t i, char ret[TAG_TITLE + 1])
{
    tagparts_title(x->words.chapters[i].title, ret);
    return strlen(ret);
}

void m4aindex_put_titles(struct boxes *b, const struct m4a_index *x)
{
    char title[TAG_TITLE + 1];
    for (size_t i = 0; i < x->words.num_chapters; i++) {
        size_t n = chapter_title(x, i, title);
        box_u16(b, (unsigned)n);
        box_bytes(b, title, n);
        box_open(b, "encd");
        box_u32(b, 0x100); // Unicode
        box_close(b);
    }
}

static void put_title_format(struct boxes *b)
{
    open_stsd(b, "text");
    box_zeros(b, 4 + 4 + 6 + 8 + 8); // how it is drawn, which nobody does
    box_zeros(b, 2 + 2 + 1 + 2 + 6); // font
    box_u8(b, 0);                    // its name
    box_close(b);
    box_close(b);
}

static void put_title_times(struct boxes *b, const struct m4a_index *x)
{
    size_t n = x->words.num_chapters;
    box_open_full(b, "stts", 0, 0);
    box_u32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++) {
        box_u32(b, 1);
        box_u32(b, (uint32_t)(chapter_ms(x, i + 1) - chapter_ms(x, i)));
    }
    box_close(b);
}

static void put_title_table(struct boxes *b, const struct m4a_index *x)
{
    char title[TAG_TITLE + 1];
    size_t n = x->words.num_chapters;
    box_open(b, "stbl");
    put_title_format(b);
    put_title_times(b, x);
    box_open_full(b, "stsc", 0, 0); // one chunk
    box_u32(b, 1);
    box_u32(b, 1);
    box_u32(b, (uint32_t)n);
    box_u32(b, 1);
    box_close(b);
    box_open_full(b, "stsz", 0, 0);
    box_u32(b, 0);
    box_u32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        box_u32(b, (uint32_t)(TITLE_FRAME + chapter_title(x, i, title)));
    box_close(b);
    open_offsets(b, x, 1);
    put_offset(b, x, x->titles_at);
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
    put_matrix(b);
    box_close(b);
    box_close(b);
}

static void put_title_track(struct boxes *b, const struct m4a_index *x)
{
    int64_t first = chapter_ms(x, 0), length = chapter_ms(x, x->words.num_chapters) - first;
    struct edit edits[] = {{movie_time(x, first), -1}, {movie_time(x, length), 0}};
    box_open(b, "trak");
    put_tkhd(b, TITLE_TRACK, TRACK_IN_MOVIE, movie_time(x, first) + movie_time(x, length));
    if (first)
        put_edits(b, edits, 2);
    box_open(b, "mdia");
    put_mdhd(b, x, TITLE_RATE, length);
    put_hdlr(b, "text", "chapters");
    box_open(b, "minf");
    put_gmhd(b);
    put_dinf(b);
    put_title_table(b, x);
    box_close(b);
    box_close(b);
    box_close(b);
}

static void put_nero(struct boxes *b, const struct m4a_index *x)
{
    char title[TAG_TITLE + 1];
    size_t n = x->words.num_chapters < NERO_MOST ? x->words.num_chapters : NERO_MOST;
    box_open(b, "udta");
    box_open_full(b, "chpl", 1, 0);
    box_u32(b, 0);
    box_u8(b, (unsigned)n);
    for (size_t i = 0; i < n; i++) {
        size_t size = chapter_title(x, i, title);
        box_u64(b, (uint64_t)(chapter_ms(x, i) * NERO_RATE));
        box_u8(b, (unsigned)size);
        box_bytes(b, title, size);
    }
    box_close(b);
    box_close(b);
}

// ----

void m4aindex_put(struct boxes *b, const struct m4a_index *x)
{
    box_open(b, "moov");
    put_mvhd(b, x);
    put_sound_track(b, x);
    if (x->words.num_chapters) {
        put_title_track(b, x);
        put_nero(b, x);
    }
    box_close(b);
}
