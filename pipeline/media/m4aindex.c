// SPDX-License-Identifier: GPL-3.0-or-later
// The movie's clock counts samples, so the edit list is exact.
#include "media/m4aindex.h"

#include "media/mp4aac.h"
#include "media/mp4box.h"
#include "media/mp4titles.h"

enum {
    CHUNK_PACKETS = 48, // a second or so; players look for a packet from the start of its chunk
    SOUND_TRACK = 1,
    TITLE_TRACK = 2,
};

static struct mp4_titles titles_of(const struct m4a_index *x)
{
    return (struct mp4_titles){
        .chapters = x->words.chapters,
        .count = x->words.num_chapters,
        .language = x->words.language,
        .end_ms = x->track.samples * 1000 / x->track.sample_rate,
        .movie_rate = (uint32_t)x->track.sample_rate,
        .track = TITLE_TRACK,
        .at = x->titles_at,
        .large = x->large,
    };
}

// ---- sound

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

static void put_sound_offsets(struct boxes *b, const struct m4a_index *x)
{
    const struct m4a_track *t = &x->track;
    int64_t at = x->sound_at;
    mp4_open_offsets(b, x->large, (t->num_packets + CHUNK_PACKETS - 1) / CHUNK_PACKETS);
    for (size_t i = 0; i < t->num_packets; i++) {
        if (i % CHUNK_PACKETS == 0)
            mp4_time(b, x->large, at);
        at += t->sizes[i];
    }
    box_close(b);
}

static void put_sound_table(struct boxes *b, const struct m4a_index *x)
{
    const struct m4a_track *t = &x->track;
    box_open(b, "stbl");
    mp4aac_put_format(b, t);
    mp4_run(b, "stts", (uint32_t)t->num_packets, (uint32_t)t->frame_size);
    put_sound_chunks(b, t);
    mp4aac_put_sizes(b, t);
    put_sound_offsets(b, x);
    mp4aac_put_preroll(b, t);
    box_close(b);
}

static void put_sound_track(struct boxes *b, const struct m4a_index *x,
                            const struct mp4_titles *titles)
{
    const struct m4a_track *t = &x->track;
    struct mp4_edit edit = {t->samples, t->priming};
    struct mp4_head head = {
        .track = SOUND_TRACK,
        .flags = MP4_ENABLED | MP4_IN_MOVIE,
        .length = t->samples,
        .loud = true,
    };
    box_open(b, "trak");
    mp4_tkhd(b, &head);
    mp4_edts(b, &edit, 1);
    mp4titles_put_reference(b, titles);
    box_open(b, "mdia");
    mp4_mdhd(b, (uint32_t)t->sample_rate, mp4aac_samples(t), x->words.language);
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

// ----

void m4aindex_put_titles(struct boxes *b, const struct m4a_index *x)
{
    struct mp4_titles titles = titles_of(x);
    mp4titles_put_bytes(b, &titles);
}

void m4aindex_put(struct boxes *b, const struct m4a_index *x)
{
    struct mp4_titles titles = titles_of(x);
    box_open(b, "moov");
    mp4_mvhd(b, titles.movie_rate, x->track.samples, titles.count ? TITLE_TRACK + 1 : TITLE_TRACK);
    put_sound_track(b, x, &titles);
    if (titles.count) {
        mp4titles_put_track(b, &titles);
        box_open(b, "udta");
        mp4titles_put_nero(b, &titles);
        box_close(b);
    }
    box_close(b);
}
