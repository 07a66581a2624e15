// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/remux.h"
#include "base/err.h"
#include "base/str.h"
#include "media/av.h"
#include "media/tagparts.h"
#include <errno.h>
#include <libavutil/md5.h>
#include <libavutil/mem.h>
#include <string.h>

static int open_input(const char *path, AVFormatContext **ret, struct err *e)
{
    struct str url;
    int r;

    libav_quiet();
    str_init(&url, 65536);
    str_addf(&url, "file:%s", path);
    r = avformat_open_input(ret, url.p, NULL, NULL);
    str_done(&url);
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

int remux_sum(const char *path, struct packet_sum *ret, struct err *e)
{
    AUTO(input) AVFormatContext *in = NULL;
    AUTO(packet) AVPacket *packet = av_packet_alloc();
    struct AVMD5 *md5 = av_md5_alloc();
    int track = open_input(path, &in, e), r = track;

    *ret = (struct packet_sum){0};
    if (r >= 0 && (!packet || !md5))
        r = libav_error(e, AVERROR(ENOMEM), path);
    if (r >= 0)
        av_md5_init(md5);
    while (r >= 0 && (r = next_packet(in, track, packet)) > 0) {
        ret->count++;
        ret->bytes += packet->size;
        av_md5_update(md5, packet->data, (size_t)packet->size);
        av_packet_unref(packet);
    }
    if (r < 0 && in && track >= 0)
        libav_error(e, r, path);
    if (r >= 0)
        av_md5_final(md5, ret->md5);
    av_free(md5);
    return r;
}

// ---- M4A

static int add_chapters(AVFormatContext *out, const struct tag_chapter *chapters, size_t n)
{
    char title[TAG_TITLE + 1];

    if (!n)
        return 0;
    out->chapters = av_calloc(n, sizeof(*out->chapters));
    if (!out->chapters)
        return AVERROR(ENOMEM);
    for (size_t i = 0; i < n; i++) {
        AVChapter *c = av_mallocz(sizeof(*c));
        if (!c)
            return AVERROR(ENOMEM);
        out->chapters[out->nb_chapters++] = c;
        c->id = (int64_t)i;
        c->time_base = (AVRational){1, 1000};
        c->start = chapters[i].start / (TICKS_PER_SEC / 1000);
        c->end = chapters[i].end / (TICKS_PER_SEC / 1000);
        tagparts_title(chapters[i].title, title);
        av_dict_set(&c->metadata, "title", title, 0);
    }
    return 0;
}

static int begin_output(AVFormatContext *out, const AVStream *from, const char *language)
{
    AUTO(dict) AVDictionary *options = NULL;
    AVStream *st = avformat_new_stream(out, NULL);
    int r;

    if (!st)
        return AVERROR(ENOMEM);
    r = avcodec_parameters_copy(st->codecpar, from->codecpar);
    if (r < 0)
        return r;
    st->codecpar->codec_tag = 0;
    st->time_base = from->time_base;
    if (language)
        av_dict_set(&st->metadata, "language", language, 0);
    out->flags |= AVFMT_FLAG_BITEXACT;
    av_dict_set(&options, "movflags", "faststart", 0);
    r = avio_open2(&out->pb, out->url, AVIO_FLAG_WRITE, NULL, NULL);
    return r < 0 ? r : avformat_write_header(out, &options);
}

static int copy_packets(AVFormatContext *in, AVFormatContext *out, int track)
{
    AUTO(packet) AVPacket *packet = av_packet_alloc();
    int r = packet ? 1 : AVERROR(ENOMEM);

    while (r > 0 && (r = next_packet(in, track, packet)) > 0) {
        av_packet_rescale_ts(packet, in->streams[track]->time_base, out->streams[0]->time_base);
        packet->stream_index = 0;
        packet->pos = -1;
        r = av_write_frame(out, packet);
        av_packet_unref(packet);
        r = r < 0 ? r : 1;
    }
    return r < 0 ? r : av_write_trailer(out);
}

int remux_m4a(const char *from, const char *to, const struct tag_chapter *chapters,
              size_t num_chapters, const char *language, struct err *e)
{
    AUTO(input) AVFormatContext *in = NULL;
    AVFormatContext *out = NULL;
    struct str url;
    int track = open_input(from, &in, e), r, closed;

    if (track < 0)
        return track;
    str_init(&url, 65536);
    str_addf(&url, "file:%s", to);
    r = avformat_alloc_output_context2(&out, NULL, "ipod", url.p);
    str_done(&url);
    if (r >= 0)
        r = add_chapters(out, chapters, num_chapters);
    if (r >= 0)
        r = begin_output(out, in->streams[track], language);
    if (r >= 0)
        r = copy_packets(in, out, track);
    closed = out ? avio_closep(&out->pb) : 0;
    avformat_free_context(out);
    r = r < 0 ? r : closed;
    return r < 0 ? err_errno(e, r, to) : 0;
}
