// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers without a name are what the standards leave no choice about.
#include "media/mp4aac.h"

#include "media/mp4box.h"

enum {
    PREROLL_GROUP = 1,
    DECODER_BUFFER = 768, // bytes a channel, ISO/IEC 14496-3
};

int64_t mp4aac_samples(const struct m4a_track *t)
{
    return (int64_t)t->num_packets * t->frame_size;
}

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
    return (uint32_t)(bytes * 8 * t->sample_rate / (double)mp4aac_samples(t) + 0.5);
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

void mp4aac_put_format(struct boxes *b, const struct m4a_track *t)
{
    mp4_open_stsd(b, "mp4a");
    box_zeros(b, 8);
    box_u16(b, (unsigned)t->channels);
    box_u16(b, 16); // bits
    box_zeros(b, 4);
    box_u32(b, t->sample_rate > UINT16_MAX ? 0 : (uint32_t)t->sample_rate << 16);
    put_esds(b, t);
    box_close(b);
    box_close(b);
}

void mp4aac_put_sizes(struct boxes *b, const struct m4a_track *t)
{
    box_open_full(b, "stsz", 0, 0);
    box_u32(b, 0);
    box_u32(b, (uint32_t)t->num_packets);
    for (size_t i = 0; i < t->num_packets; i++)
        box_u32(b, t->sizes[i]);
    box_close(b);
}

// What a packet gives is right only when the one before it was decoded as well.
void mp4aac_put_preroll(struct boxes *b, const struct m4a_track *t)
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
