// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/framer.h"

#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "live/feed.h"

enum { BUFFER = 16 << 10 };
#define PAGE_US "200000" // what a listener waits for at most

struct framer {
    struct framer_params p;
    AVFormatContext *mux; // NULL: frames go as they are
    AVPacket *pkt;
    struct err e; // of out, which libavformat hides
};

static int give(void *ctx, uint8_t *data, int len)
{
    struct framer *f = ctx;
    int r = f->p.out(f->p.ctx, data, (size_t)len, &f->e);
    return r < 0 ? r : len;
}

static int said(struct framer *f, int r, struct err *e)
{
    if (r >= 0)
        return 0;
    if (!f->e.code)
        return libav_error(e, r, "muxing for the stream");
    if (e)
        *e = f->e;
    return f->e.code;
}

static int begin(struct framer *f, const char *container, struct err *e)
{
    AUTO(dict) AVDictionary *options = NULL;
    int r = avformat_alloc_output_context2(&f->mux, NULL, container, NULL);
    AVStream *stream = r < 0 ? NULL : avformat_new_stream(f->mux, NULL);
    uint8_t *buffer = stream ? av_malloc(BUFFER) : NULL;
    if (!buffer)
        return libav_error(e, r < 0 ? r : AVERROR(ENOMEM), container);
    f->mux->pb = avio_alloc_context(buffer, BUFFER, 1, f, NULL, give, NULL);
    if (!f->mux->pb) {
        av_free(buffer);
        return libav_error(e, AVERROR(ENOMEM), container);
    }
    f->mux->flags |= AVFMT_FLAG_FLUSH_PACKETS;
    r = avcodec_parameters_copy(stream->codecpar, f->p.codec);
    stream->codecpar->codec_tag = 0;
    stream->time_base = (AVRational){1, f->p.codec->sample_rate};
    av_dict_set(&stream->metadata, "title", f->p.title, 0);
    av_dict_set(&stream->metadata, "artist", f->p.artist, 0);
    if (f->p.codec->codec_id != AV_CODEC_ID_AAC)
        av_dict_set(&options, "page_duration", PAGE_US, 0);
    if (r >= 0)
        r = avformat_write_header(f->mux, &options);
    avio_flush(f->mux->pb);
    return said(f, r < 0 ? r : f->mux->pb->error, e);
}

int framer_open(const struct framer_params *p, struct framer **ret, struct err *e)
{
    static const struct {
        enum AVCodecID codec;
        const char *container; // NULL: none
    } rows[] = {
        {AV_CODEC_ID_MP3, NULL},
        {AV_CODEC_ID_AAC, "adts"},
        {AV_CODEC_ID_OPUS, "ogg"},
        {AV_CODEC_ID_VORBIS, "ogg"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].codec != p->codec->codec_id)
            continue;
        struct framer *f = mem_alloc(sizeof(*f));
        *f = (struct framer){.p = *p, .pkt = av_packet_alloc()};
        int r = f->pkt ? 0 : libav_error(e, AVERROR(ENOMEM), "a packet");
        if (r >= 0 && rows[i].container)
            r = begin(f, rows[i].container, e);
        if (r < 0)
            framer_free(f);
        else
            *ret = f;
        return r;
    }
    return err_input(e, "%s cannot be sent as a radio stream; mp3, aac, opus and vorbis can",
                     avcodec_get_name(p->codec->codec_id));
}

int framer_write(struct framer *f, const AVPacket *pkt, struct err *e)
{
    if (!f->mux)
        return f->p.out(f->p.ctx, pkt->data, (size_t)pkt->size, e);
    int r = av_packet_ref(f->pkt, pkt);
    if (r < 0)
        return libav_error(e, r, "a packet");
    f->pkt->stream_index = 0;
    av_packet_rescale_ts(f->pkt, FEED_TIME_BASE, f->mux->streams[0]->time_base);
    r = av_write_frame(f->mux, f->pkt);
    av_packet_unref(f->pkt);
    return said(f, r < 0 ? r : f->mux->pb->error, e);
}

int framer_finish(struct framer *f, struct err *e)
{
    if (!f->mux)
        return 0;
    int r = av_write_trailer(f->mux);
    avio_flush(f->mux->pb);
    return said(f, r < 0 ? r : f->mux->pb->error, e);
}

void framer_free(struct framer *f)
{
    if (!f)
        return;
    if (f->mux && f->mux->pb) {
        av_freep(&f->mux->pb->buffer);
        avio_context_free(&f->mux->pb);
    }
    avformat_free_context(f->mux);
    av_packet_free(&f->pkt);
    free(f);
}
