// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/remux.h"
#include "base/err.h"
#include "media/av.h"
#include "media/m4aread.h"
#include "media/tagparts.h"
#include <errno.h>
#include <libavutil/md5.h>
#include <libavutil/mem.h>
#include <string.h>

static int open_input(const char *path, AVFormatContext **ret, struct err *e)
{
    int r;

    libav_quiet();
    r = libav_open_file(ret, path, NULL);
    if (r >= 0)
        r = avformat_find_stream_info(*ret, NULL);
    if (r >= 0)
        r = av_find_best_stream(*ret, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    return r < 0 ? libav_error(e, r, path) : r;
}

// Packets of one track only. 1: one; 0: the end.
static int next_packet(AVFormatContext *in, int track, AVPacket *packet)
{
    for (;;) {
        int r = av_read_frame(in, packet);
        if (r == AVERROR_EOF)
            return 0;
        if (r < 0)
            return r;
        if (packet->stream_index == track)
            return 1;
        av_packet_unref(packet);
    }
}

// ---- the sum

static void add(struct packet_sum *sum, struct AVMD5 *md5, const uint8_t *data, size_t size)
{
    sum->count++;
    sum->bytes += (int64_t)size;
    av_md5_update(md5, data, size);
}

static int add_m4a(const char *path, struct packet_sum *sum, struct AVMD5 *md5, struct err *e)
{
    struct m4aread *in;
    const uint8_t *data;
    size_t size;
    int r = m4aread_open(path, &in, e);

    if (r < 0)
        return r;
    while ((r = m4aread_packet(in, &data, &size, e)) > 0)
        add(sum, md5, data, size);
    m4aread_close(in);
    return r;
}

static int add_others(const char *path, struct packet_sum *sum, struct AVMD5 *md5, struct err *e)
{
    AUTO(input) AVFormatContext *in = NULL;
    AUTO(packet) AVPacket *packet = av_packet_alloc();
    int track = open_input(path, &in, e), r = track;

    if (r >= 0 && !packet)
        return libav_error(e, AVERROR(ENOMEM), path);
    while (r >= 0 && (r = next_packet(in, track, packet)) > 0) {
        add(sum, md5, packet->data, (size_t)packet->size);
        av_packet_unref(packet);
    }
    if (r < 0 && track >= 0)
        libav_error(e, r, path);
    return r;
}

int remux_sum(const char *path, struct packet_sum *ret, struct err *e)
{
    struct AVMD5 *md5 = av_md5_alloc();
    int r;

    *ret = (struct packet_sum){0};
    if (!md5)
        return libav_error(e, AVERROR(ENOMEM), path);
    av_md5_init(md5);
    r = tagparts_kind(path) == TAG_M4A ? add_m4a(path, ret, md5, e) : add_others(path, ret, md5, e);
    if (r >= 0)
        av_md5_final(md5, ret->md5);
    av_free(md5);
    return r;
}

// ---- M4A

static int copy_packets(struct m4aread *in, struct m4a *out, struct err *e)
{
    const uint8_t *data;
    size_t size;
    int r;

    while ((r = m4aread_packet(in, &data, &size, e)) > 0) {
        r = m4a_packet(out, data, size, e);
        if (r < 0)
            break;
    }
    return r;
}

int remux_m4a(const char *from, const char *to, const struct tag_chapter *chapters,
              size_t num_chapters, const char *language, struct err *e)
{
    struct m4a_words words = {chapters, num_chapters, language};
    const struct m4a_track *track;
    struct m4aread *in;
    struct m4a *out;
    int r = m4aread_open(from, &in, e);

    if (r < 0)
        return r;
    track = m4aread_track(in);
    r = m4a_open_whole(to, track, &words, &out, e);
    if (r >= 0) {
        r = copy_packets(in, out, e);
        if (r < 0)
            m4a_abort(out);
        else
            r = m4a_finish(out, track->samples, e);
    }
    m4aread_close(in);
    return r;
}
