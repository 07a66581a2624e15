// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers without a name are what the standards leave no choice about.
#include "media/packindex.h"

#include "base/str.h"
#include "media/mp4aac.h"
#include "media/mp4box.h"
#include "media/tagparts.h"

#include <string.h>

enum {
    PICTURE_TRACK = 1,
    SOUND_TRACK = 2,
    CAPTIONS_GROUP = 2,  // of which a player shows one
    BOTTOM_PERCENT = 15, // of the picture's height, for captions
    LETTER_PERCENT = 5,
};

static int64_t movie_time(const struct packindex *x, int64_t time, uint32_t rate)
{
    return tick_to_samples(tick_from_samples(time, (int)rate), (int)x->rate);
}

static int64_t picture_end(const struct packindex *x)
{
    const struct picture_index *p = x->picture;
    return tick_to_samples(x->picture_at, (int)x->rate) +
           movie_time(x, p->shown_length, p->times.rate);
}

int64_t packindex_length(const struct packindex *x)
{
    int64_t end = picture_end(x);
    return x->sound && x->sound->samples > end ? x->sound->samples : end;
}

// ---- what tracks share

static const char *iso639_2(const char *language, char ret[4])
{
    tagparts_language(language ? language : "", ret);
    return ret;
}

// The language of mdhd has three letters, which are not enough for every tag.
static void put_language(struct boxes *b, const char *language)
{
    if (!language || !language[0])
        return;
    box_open_full(b, "elng", 0, 0);
    box_bytes(b, language, strlen(language) + 1);
    box_close(b);
}

static void put_runs(struct boxes *b, const char type[5], const uint32_t *values, size_t n)
{
    uint32_t runs = 0;
    for (size_t i = 0; i < n; i++)
        runs += i == 0 || values[i] != values[i - 1];
    box_open_full(b, type, 0, 0);
    box_u32(b, runs);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && values[end] == values[i];)
            end++;
        box_u32(b, (uint32_t)(end - i));
        box_u32(b, values[i]);
    }
    box_close(b);
}

static void put_sizes(struct boxes *b, const struct packlane *lane)
{
    box_open_full(b, "stsz", 0, 0);
    box_u32(b, 0);
    box_u32(b, (uint32_t)lane->count);
    for (size_t i = 0; i < lane->count; i++)
        box_u32(b, lane->sizes[i]);
    box_close(b);
}

// ---- the picture

// What it is wide when its pixels are square.
static uint32_t shown_width(const struct picture_shape *s)
{
    if (s->aspect_num < 1 || s->aspect_den < 1)
        return (uint32_t)s->width;
    int64_t width = ((int64_t)s->width * s->aspect_num + s->aspect_den / 2) / s->aspect_den;
    return width < 1 || width > UINT16_MAX ? (uint32_t)s->width : (uint32_t)width;
}

static void put_colour(struct boxes *b, const struct picture_shape *s)
{
    if (!s->has_colour)
        return;
    box_open(b, "colr");
    box_type(b, "nclx");
    box_u16(b, (unsigned)s->primaries);
    box_u16(b, (unsigned)s->transfer);
    box_u16(b, (unsigned)s->matrix);
    box_u8(b, s->full_range ? 0x80 : 0);
    box_close(b);
}

static void put_aspect(struct boxes *b, const struct picture_shape *s)
{
    if (s->aspect_num < 1 || s->aspect_den < 1)
        return;
    box_open(b, "pasp");
    box_u32(b, (uint32_t)s->aspect_num);
    box_u32(b, (uint32_t)s->aspect_den);
    box_close(b);
}

static void put_picture_format(struct boxes *b, const struct picture_shape *s)
{
    mp4_open_stsd(b, "avc1");
    box_zeros(b, 16);
    box_u16(b, (unsigned)s->width);
    box_u16(b, (unsigned)s->height);
    box_u32(b, 0x480000); // 72 dots an inch
    box_u32(b, 0x480000);
    box_u32(b, 0);
    box_u16(b, 1);    // frames a sample
    box_zeros(b, 32); // who made it
    box_u16(b, 0x18); // bits a pixel
    box_u16(b, 0xffff);
    box_open(b, "avcC");
    box_bytes(b, s->config, s->config_size);
    box_close(b);
    put_colour(b, s);
    put_aspect(b, s);
    box_close(b);
    box_close(b);
}

static void put_keys(struct boxes *b, const struct picture_index *p)
{
    uint32_t keys = 0;
    for (size_t i = 0; i < p->count; i++)
        keys += p->keys[i];
    if (keys == p->count)
        return;
    box_open_full(b, "stss", 0, 0);
    box_u32(b, keys);
    for (size_t i = 0; i < p->count; i++) {
        if (p->keys[i])
            box_u32(b, (uint32_t)i + 1);
    }
    box_close(b);
}

static bool shows_at_once(const struct picture_index *p)
{
    for (size_t i = 0; i < p->count; i++) {
        if (p->times.shifts[i])
            return false;
    }
    return true;
}

static void put_picture_table(struct boxes *b, const struct packindex *x)
{
    const struct picture_index *p = x->picture;
    box_open(b, "stbl");
    put_picture_format(b, &p->shape);
    put_runs(b, "stts", p->times.lengths, p->count);
    if (!shows_at_once(p))
        put_runs(b, "ctts", p->times.shifts, p->count);
    put_keys(b, p);
    put_sizes(b, x->picture_lane);
    packlane_put_chunks(b, x->picture_lane, x->large);
    box_close(b);
}

static void put_picture_edits(struct boxes *b, const struct packindex *x)
{
    int64_t at = tick_to_samples(x->picture_at, (int)x->rate);
    struct mp4_edit edits[] = {{at, -1}, {picture_end(x) - at, x->picture->shown_from}};
    mp4_edts(b, at ? edits : edits + 1, at ? 2 : 1);
}

static void put_picture_track(struct boxes *b, const struct packindex *x)
{
    const struct picture_index *p = x->picture;
    struct mp4_head head = {
        .track = PICTURE_TRACK,
        .flags = MP4_ENABLED | MP4_IN_MOVIE,
        .length = picture_end(x),
        .width = shown_width(&p->shape) << 16,
        .height = (uint32_t)p->shape.height << 16,
    };
    box_open(b, "trak");
    mp4_tkhd(b, &head);
    put_picture_edits(b, x);
    mp4titles_put_reference(b, &x->titles);
    box_open(b, "mdia");
    mp4_mdhd(b, p->times.rate, p->times.decoded, NULL);
    mp4_hdlr(b, "vide", "picture");
    box_open(b, "minf");
    box_open_full(b, "vmhd", 0, 1);
    box_zeros(b, 8);
    box_close(b);
    mp4_dinf(b);
    put_picture_table(b, x);
    box_close(b);
    box_close(b);
    box_close(b);
}

// ---- the sound

static void put_sound_table(struct boxes *b, const struct packindex *x)
{
    const struct m4a_track *t = x->sound;
    box_open(b, "stbl");
    mp4aac_put_format(b, t);
    mp4_run(b, "stts", (uint32_t)t->num_packets, (uint32_t)t->frame_size);
    mp4aac_put_sizes(b, t);
    packlane_put_chunks(b, x->sound_lane, x->large);
    mp4aac_put_preroll(b, t);
    box_close(b);
}

static void put_sound_track(struct boxes *b, const struct packindex *x)
{
    const struct m4a_track *t = x->sound;
    struct mp4_edit edit = {t->samples, t->priming};
    struct mp4_head head = {
        .track = SOUND_TRACK,
        .flags = MP4_ENABLED | MP4_IN_MOVIE,
        .length = t->samples,
        .loud = true,
    };
    char language[4];
    box_open(b, "trak");
    mp4_tkhd(b, &head);
    mp4_edts(b, &edit, 1);
    mp4titles_put_reference(b, &x->titles);
    box_open(b, "mdia");
    mp4_mdhd(b, (uint32_t)t->sample_rate, mp4aac_samples(t), iso639_2(x->language, language));
    put_language(b, x->language);
    mp4_hdlr(b, "soun", "sound");
    box_open(b, "minf");
    box_open_full(b, "smhd", 0, 0);
    box_u32(b, 0);
    box_close(b);
    mp4_dinf(b);
    put_sound_table(b, x);
    box_close(b);
    box_close(b);
    box_close(b);
}

// ---- captions: 3GPP TS 26.245

static void put_rectangle(struct boxes *b, uint32_t width, uint32_t height)
{
    box_u16(b, 0); // top
    box_u16(b, 0); // left
    box_u16(b, height);
    box_u16(b, width);
}

static void put_captions_format(struct boxes *b, uint32_t width, uint32_t height, uint32_t letters)
{
    static const char font[] = "Sans-Serif";
    mp4_open_stsd(b, "tx3g");
    box_u32(b, 0);   // does not scroll
    box_u8(b, 1);    // centred
    box_u8(b, 0xff); // at the bottom
    box_u32(b, 0);   // on nothing
    put_rectangle(b, width, height);
    box_u32(b, 0); // style of no letters in particular
    box_u16(b, 1); // font
    box_u8(b, 0);  // plain
    box_u8(b, letters);
    box_u32(b, 0xffffffff); // white
    box_open(b, "ftab");
    box_u16(b, 1);
    box_u16(b, 1);
    box_u8(b, sizeof font - 1);
    box_bytes(b, font, sizeof font - 1);
    box_close(b);
    box_close(b);
    box_close(b);
}

static void put_captions_media(struct boxes *b, const struct packindex *x,
                               const struct packindex_captions *c, uint32_t width, uint32_t height)
{
    uint32_t letters = (uint32_t)x->picture->shape.height * LETTER_PERCENT / 100;
    box_open(b, "minf");
    box_open_full(b, "nmhd", 0, 0);
    box_close(b);
    mp4_dinf(b);
    box_open(b, "stbl");
    put_captions_format(b, width, height, letters > 255 ? 255 : letters);
    put_runs(b, "stts", c->lane->lengths, c->lane->count);
    put_sizes(b, c->lane);
    packlane_put_chunks(b, c->lane, x->large);
    box_close(b);
    box_close(b);
}

static void put_name(struct boxes *b, const char *name)
{
    if (!name || !name[0])
        return;
    box_open(b, "udta");
    box_open(b, "name");
    box_bytes(b, name, strlen(name));
    box_close(b);
    box_close(b);
}

static void put_captions_track(struct boxes *b, const struct packindex *x, uint32_t track,
                               const struct packindex_captions *c)
{
    const struct picture_shape *s = &x->picture->shape;
    uint32_t width = shown_width(s), height = (uint32_t)s->height * BOTTOM_PERCENT / 100;
    int64_t length = 0;
    for (size_t i = 0; i < c->lane->count; i++)
        length += c->lane->lengths[i];
    struct mp4_head head = {
        .track = track,
        .flags = MP4_IN_MOVIE, // who wants captions turns them on
        .group = CAPTIONS_GROUP,
        .length = movie_time(x, length, c->lane->rate),
        .width = width << 16,
        .height = height << 16,
        .down = ((uint32_t)s->height - height) << 16,
    };
    char language[4];
    box_open(b, "trak");
    mp4_tkhd(b, &head);
    box_open(b, "mdia");
    mp4_mdhd(b, c->lane->rate, length, iso639_2(c->language, language));
    put_language(b, c->language);
    mp4_hdlr(b, "sbtl", c->title && c->title[0] ? c->title : "captions");
    put_captions_media(b, x, c, width, height);
    box_close(b);
    put_name(b, c->title);
    box_close(b);
}

// An empty tag as iTunes has it, behind the tracks: whoever writes into it moves nothing else, and
// a cover is not taken for the first picture.
static void put_words_room(struct boxes *b, size_t room)
{
    box_open_full(b, "meta", 0, 0);
    box_open_full(b, "hdlr", 0, 0);
    box_u32(b, 0);
    box_type(b, "mdir");
    box_type(b, "appl");
    box_zeros(b, 9);
    box_close(b);
    box_open(b, "ilst");
    box_close(b);
    box_open(b, "free");
    box_zeros(b, room);
    box_close(b);
    box_close(b);
}

void packindex_put(struct boxes *b, const struct packindex *x)
{
    uint32_t track = SOUND_TRACK + 1;
    struct packindex y = *x;
    y.titles.movie_rate = x->rate;
    y.titles.track = track + (uint32_t)x->num_captions;
    y.titles.large = x->large;
    box_open(b, "moov");
    mp4_mvhd(b, x->rate, packindex_length(x), y.titles.track + 1);
    put_picture_track(b, &y);
    if (x->sound)
        put_sound_track(b, &y);
    for (size_t i = 0; i < x->num_captions; i++)
        put_captions_track(b, &y, track++, &x->captions[i]);
    if (x->titles.count)
        mp4titles_put_track(b, &y.titles);
    if (x->titles.count || x->words_room) {
        box_open(b, "udta");
        if (x->titles.count)
            mp4titles_put_nero(b, &y.titles);
        if (x->words_room)
            put_words_room(b, x->words_room);
        box_close(b);
    }
    box_close(b);
}
