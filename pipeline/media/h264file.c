// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/h264file.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct h264file {
    char *path;
    AVCodecContext *enc;
    AVFormatContext *out;
    AVStream *stream; // borrowed from out
    AVFrame *frame;   // refers to the one being encoded
    AVPacket *packet;
    int64_t count;
    bool created;
};

static void h264file_free(struct h264file *h)
{
    avcodec_free_context(&h->enc);
    if (h->out)
        avio_closep(&h->out->pb);
    avformat_free_context(h->out);
    av_frame_free(&h->frame);
    av_packet_free(&h->packet);
    free(h->path);
    free(h);
}

void h264file_abort(struct h264file *h)
{
    if (!h)
        return;
    if (h->created)
        unlink(h->path);
    h264file_free(h);
}

static void describe(AVCodecContext *enc, const struct h264_params *p)
{
    enc->width = p->width;
    enc->height = p->height;
    enc->pix_fmt = AV_PIX_FMT_YUV420P;
    enc->time_base = av_inv_q(p->rate);
    enc->framerate = p->rate;
    enc->sample_aspect_ratio = (AVRational){1, 1};
    enc->color_range = AVCOL_RANGE_MPEG;
    enc->colorspace = AVCOL_SPC_BT709;
    enc->color_primaries = AVCOL_PRI_BT709;
    enc->color_trc = AVCOL_TRC_BT709;
    enc->chroma_sample_location = AVCHROMA_LOC_LEFT;
    enc->profile = FF_PROFILE_H264_HIGH;
    enc->level = p->level;
    enc->gop_size = enc->keyint_min = p->group_frames;
    enc->rc_max_rate = (int64_t)p->max_kbps * 1000;
    enc->rc_buffer_size = p->buffer_kbit * 1000;
    enc->thread_count = p->threads;
    enc->flags |= AV_CODEC_FLAG_CLOSED_GOP | AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
}

static int open_encoder(struct h264file *h, const struct h264_params *p, struct err *e)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    if (!codec)
        return err_set(e, AVERROR_ENCODER_NOT_FOUND, "this libavcodec has no encoder libx264");
    h->enc = avcodec_alloc_context3(codec);
    if (!h->enc)
        return libav_error(e, AVERROR(ENOMEM), "libx264");
    describe(h->enc, p);
    AUTO(dict) AVDictionary *options = NULL;
    char crf[32];
    snprintf(crf, sizeof crf, "%g", p->crf);
    av_dict_set(&options, "preset", p->speed, 0);
    av_dict_set(&options, "profile", "high", 0);
    av_dict_set(&options, "crf", crf, 0);
    av_dict_set(&options, "sc_threshold", "0", 0); // a key frame more would break the groups
    av_dict_set(&options, "forced-idr", "1", 0);
    int r = avcodec_open2(h->enc, codec, &options);
    if (r < 0) {
        libav_error(e, r, "libx264");
        return err_wrap(e, "%d×%d, speed '%s', level %d", p->width, p->height, p->speed, p->level);
    }
    const AVDictionaryEntry *left = av_dict_get(options, "", NULL, AV_DICT_IGNORE_SUFFIX);
    return left ? err_set(e, -EINVAL, "libx264 has no option '%s'", left->key) : 0;
}

static int open_file(struct h264file *h, const struct h264_params *p, struct err *e)
{
    struct str url;
    int r = avformat_alloc_output_context2(&h->out, NULL, "mp4", NULL);
    if (r < 0)
        return libav_error(e, r, p->path);
    h->out->flags |= AVFMT_FLAG_BITEXACT;
    h->stream = avformat_new_stream(h->out, NULL);
    if (!h->stream)
        return libav_error(e, AVERROR(ENOMEM), p->path);
    h->stream->time_base = h->enc->time_base;
    h->stream->avg_frame_rate = h->stream->r_frame_rate = p->rate;
    h->stream->sample_aspect_ratio = h->enc->sample_aspect_ratio;
    r = avcodec_parameters_from_context(h->stream->codecpar, h->enc);
    if (r < 0)
        return libav_error(e, r, p->path);
    str_init(&url, 65536);
    str_addf(&url, "file:%s", p->path);
    r = avio_open(&h->out->pb, url.p, AVIO_FLAG_WRITE);
    str_done(&url);
    if (r < 0)
        return err_errno(e, r, p->path);
    h->created = true;
    AUTO(dict) AVDictionary *options = NULL;
    av_dict_set_int(&options, "video_track_timescale", p->rate.num, 0);
    r = avformat_write_header(h->out, &options);
    return r < 0 ? libav_error(e, r, p->path) : 0;
}

int h264file_open(const struct h264_params *p, struct h264file **ret, struct err *e)
{
    libav_quiet();
    struct h264file *h = mem_alloc(sizeof *h);
    h->path = strdup(p->path);
    h->frame = av_frame_alloc();
    h->packet = av_packet_alloc();
    if (!h->path || !h->frame || !h->packet)
        mem_fail();
    int r = open_encoder(h, p, e);
    if (r >= 0)
        r = open_file(h, p, e);
    if (r < 0) {
        h264file_abort(h);
        return r;
    }
    *ret = h;
    return 0;
}

static int write_packet(struct h264file *h, struct err *e)
{
    h->packet->stream_index = 0;
    h->packet->duration = 1;
    av_packet_rescale_ts(h->packet, h->enc->time_base, h->stream->time_base);
    int r = av_interleaved_write_frame(h->out, h->packet);
    return r < 0 ? err_errno(e, r, h->path) : 0;
}

// frame NULL: flush. Either way, writes every packet that is ready.
static int encode(struct h264file *h, const AVFrame *frame, struct err *e)
{
    int r = avcodec_send_frame(h->enc, frame);
    while (r >= 0) {
        r = avcodec_receive_packet(h->enc, h->packet);
        if (r == AVERROR(EAGAIN) || r == AVERROR_EOF)
            return 0;
        if (r >= 0) {
            int written = write_packet(h, e);
            if (written < 0)
                return written;
        }
    }
    return libav_error(e, r, "libx264");
}

int h264file_write(struct h264file *h, const AVFrame *f, struct err *e)
{
    int r = av_frame_ref(h->frame, f);
    if (r < 0)
        return libav_error(e, r, h->path);
    h->frame->pts = h->count++;
    h->frame->pict_type = AV_PICTURE_TYPE_NONE; // the camera's choice is not ours
    h->frame->sample_aspect_ratio = (AVRational){1, 1};
    r = encode(h, h->frame, e);
    av_frame_unref(h->frame);
    return r;
}

int h264file_finish(struct h264file *h, struct err *e)
{
    int r = encode(h, NULL, e);
    if (r >= 0) {
        r = av_write_trailer(h->out);
        r = r < 0 ? err_errno(e, r, h->path) : 0;
    }
    int closed = avio_closep(&h->out->pb);
    if (r >= 0 && closed < 0)
        r = err_errno(e, closed, h->path);
    if (r < 0)
        unlink(h->path);
    h264file_free(h);
    return r;
}
