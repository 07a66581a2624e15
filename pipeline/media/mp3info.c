// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/mp3info.h"

#include "media/av.h"

#include <libavutil/crc.h>
#include <stdbool.h>
#include <string.h>

enum {
    TAG_BYTES = 156, // from "Info" to the tag's own checksum
    TOC_ENTRIES = 100,
    HAS_ALL = 0xf, // frames, bytes, table of contents, quality
    LAME_BYTES = 36,
    METHOD_CBR = 1,
};

static const int kbps_1[] = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
static const int kbps_2[] = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};

struct mpeg {
    bool first; // MPEG 1; else 2 or 2.5
    bool mono;
    int rate, bitrate_index, padding;
};

static bool parse(const uint8_t h[4], struct mpeg *ret)
{
    static const int rates[] = {44100, 48000, 32000};
    int version = h[1] >> 3 & 3, rate = h[2] >> 2 & 3, bitrate = h[2] >> 4;
    bool layer_3 = (h[1] >> 1 & 3) == 1;
    if (h[0] != 0xff || h[1] >> 5 != 7 || version == 1 || !layer_3 || rate == 3)
        return false;
    if (bitrate == 0 || bitrate == 15)
        return false;
    *ret = (struct mpeg){
        .first = version == 3,
        .mono = h[3] >> 6 == 3,
        .rate = rates[rate] / (version == 3   ? 1
                               : version == 2 ? 2
                                              : 4),
        .bitrate_index = bitrate,
        .padding = h[2] >> 1 & 1,
    };
    return true;
}

static int kbps(const struct mpeg *m, int index)
{
    return m->first ? kbps_1[index] : kbps_2[index];
}

static size_t frame_bytes(const struct mpeg *m, int index, int padding)
{
    int bytes = (m->first ? 144 : 72) * 1000 * kbps(m, index) / m->rate;
    return (size_t)bytes + (size_t)padding;
}

size_t mp3info_frame_bytes(const uint8_t header[4])
{
    struct mpeg m;
    return parse(header, &m) ? frame_bytes(&m, m.bitrate_index, m.padding) : 0;
}

static size_t tag_at(const struct mpeg *m)
{
    size_t side = m->first ? (m->mono ? 17 : 32) : (m->mono ? 9 : 17);
    return 4 + side;
}

// The stream's own bit rate where the tag fits, else the lowest at which it does; 0: none.
static int tag_index(const struct mpeg *m)
{
    size_t need = tag_at(m) + TAG_BYTES;
    if (frame_bytes(m, m->bitrate_index, 0) >= need)
        return m->bitrate_index;
    for (int i = 1; i < 15; i++)
        if (frame_bytes(m, i, 0) >= need)
            return i;
    return 0;
}

size_t mp3info_bytes(const uint8_t header[4])
{
    struct mpeg m;
    int index = parse(header, &m) ? tag_index(&m) : 0;
    return index ? frame_bytes(&m, index, 0) : 0;
}

uint16_t mp3info_crc(uint16_t crc, const uint8_t *data, size_t len)
{
    return (uint16_t)av_crc(av_crc_get_table(AV_CRC_16_ANSI_LE), crc, data, len);
}

static uint8_t *put_big(uint8_t *at, int bytes, uint64_t v)
{
    for (int i = bytes - 1; i >= 0; i--)
        *at++ = (uint8_t)(v >> 8 * i);
    return at;
}

// At constant bit rate the position follows the time; the tag's own frame is in front.
static void put_toc(uint8_t *at, size_t own, uint64_t all)
{
    for (uint64_t i = 0; i < TOC_ENTRIES; i++)
        at[i] = (uint8_t)((own + (all - own) * i / TOC_ENTRIES) * 256 / all);
}

static uint8_t *put_lame(uint8_t *at, const struct mpeg *m, const struct mp3info *i, uint64_t all)
{
    int rate = m->rate > 44100 ? 2 : m->rate == 44100 ? 1 : 0;
    int mode = m->mono ? 0 : (i->header[3] >> 6) == 1 ? 3 : 1; // mono, joint, plain stereo
    int bit_rate = kbps(m, m->bitrate_index);
    memcpy(at, "LAME3.100", 9);
    at[9] = METHOD_CBR;
    // at[10..18]: low-pass, peak and gains: not known; at[19]: flags: none
    at[20] = (uint8_t)(bit_rate < 255 ? bit_rate : 255);
    put_big(at + 21, 3, (uint64_t)i->delay << 12 | (uint64_t)i->padding);
    at[24] = (uint8_t)(rate << 6 | mode << 2);
    // at[25..27]: gain and preset: none
    put_big(at + 28, 4, all);
    put_big(at + 32, 2, i->crc);
    return at + LAME_BYTES - 2;
}

void mp3info_build(const struct mp3info *i, uint8_t *ret)
{
    struct mpeg m;
    if (!parse(i->header, &m))
        return;
    int index = tag_index(&m);
    size_t own = frame_bytes(&m, index, 0);
    uint64_t all = own + (uint64_t)i->bytes;
    memset(ret, 0, own);
    memcpy(ret, i->header, 4);
    ret[1] |= 1;                                           // no checksum of the frame
    ret[2] = (uint8_t)(index << 4 | (i->header[2] & 0xd)); // not padded
    ret[3] &= 0xcf;                                        // no joint coding
    uint8_t *at = ret + tag_at(&m);
    memcpy(at, "Info", 4);
    at = put_big(at + 4, 4, HAS_ALL);
    at = put_big(at, 4, (uint64_t)i->frames);
    at = put_big(at, 4, all);
    put_toc(at, own, all);
    at = put_big(at + TOC_ENTRIES, 4, 0);
    at = put_lame(at, &m, i, all);
    put_big(at, 2, mp3info_crc(0, ret, (size_t)(at - ret)));
}
