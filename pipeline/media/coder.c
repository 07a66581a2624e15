// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/coder.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FREE_FRAME_SIZE = 4096 }; // where the encoder has no size of its own

// Puts n samples of every channel into a frame that already holds `at`.
typedef void put_fn(AVFrame *f, size_t at, const float *const *in, size_t from, size_t n);

struct coder {
    struct coder_params p;
    AVCodecContext *enc;
    AVFrame *frame;
    AVPacket *pkt;
    put_fn *put;
    size_t fill, frame_size;
    int64_t pts; // samples
};

static void put_planar(AVFrame *f, size_t at, const float *const *in, size_t from, size_t n)
{
    for (int c = 0; c < f->ch_layout.nb_channels; c++)
        memcpy((float *)(void *)f->extended_data[c] + at, in[c] + from, n * sizeof(float));
}

static void put_float(AVFrame *f, size_t at, const float *const *in, size_t from, size_t n)
{
    size_t step = (size_t)f->ch_layout.nb_channels;
    for (size_t c = 0; c < step; c++) {
        float *out = (float *)(void *)f->data[0] + at * step + c;
        for (size_t i = 0; i < n; i++)
            out[i * step] = in[c][from + i];
    }
}

static inline float clip(float v, float low, float high)
{
    v = v < low ? low : v;
    return v > high ? high : v;
}

static inline int32_t nearest(float v)
{
    return (int32_t)(v + (v < 0 ? -0.5f : 0.5f));
}

static void put_s16(AVFrame *f, size_t at, const float *const *in, size_t from, size_t n)
{
    size_t step = (size_t)f->ch_layout.nb_channels;
    for (size_t c = 0; c < step; c++) {
        int16_t *out = (int16_t *)(void *)f->data[0] + at * step + c;
        for (size_t i = 0; i < n; i++)
            out[i * step] = (int16_t)nearest(clip(in[c][from + i] * 32768.0f, -32768, 32767));
    }
}

static inline int32_t s24(float v)
{
    return nearest(clip(v * 8388608.0f, -8388608, 8388607)) * 256;
}

// 24 bits in the upper part of 32.
static void put_s24(AVFrame *f, size_t at, const float *const *in, size_t from, size_t n)
{
    size_t step = (size_t)f->ch_layout.nb_channels;
    int32_t *out = (int32_t *)(void *)f->data[0] + at * step;
    if (step == 2) { // both at once: half the passes over the frame
        const float *left = in[0] + from, *right = in[1] + from;
        for (size_t i = 0; i < n; i++) {
            out[2 * i] = s24(left[i]);
            out[2 * i + 1] = s24(right[i]);
        }
        return;
    }
    for (size_t c = 0; c < step; c++)
        for (size_t i = 0; i < n; i++)
            out[i * step + c] = s24(in[c][from + i]);
}

static const struct form {
    const char *codec;
    int bits; // 0: whatever was asked for
    enum AVSampleFormat format;
    put_fn *put;
} forms[] = {
    {"libmp3lame", 0, AV_SAMPLE_FMT_FLTP, put_planar}, {"aac", 0, AV_SAMPLE_FMT_FLTP, put_planar},
    {"libopus", 0, AV_SAMPLE_FMT_FLT, put_float},      {"flac", 16, AV_SAMPLE_FMT_S16, put_s16},
    {"flac", 0, AV_SAMPLE_FMT_S32, put_s24},           {"pcm_s16le", 0, AV_SAMPLE_FMT_S16, put_s16},
    {"pcm_s24le", 0, AV_SAMPLE_FMT_S32, put_s24},
};

static const struct form *form_of(const struct sink_params *p)
{
    for (size_t i = 0; i < COUNT(forms); i++)
        if (str_same(forms[i].codec, p->codec) && (!forms[i].bits || forms[i].bits == p->bits))
            return &forms[i];
    return NULL;
}

static int parse_options(const struct sink_params *p, AVDictionary **ret, struct err *e)
{
    for (const char *const *o = p->options; o && *o; o++) {
        int r = av_dict_parse_string(ret, *o, "=", "", 0);
        if (r < 0)
            return err_input(e, "codec option '%s' is not of the form key=value", *o);
    }
    return 0;
}

static int open_encoder(struct coder *c, const struct form *form, struct err *e)
{
    const struct sink_params *p = c->p.sink;
    const AVCodec *codec = avcodec_find_encoder_by_name(p->codec);
    if (!codec)
        return err_set(e, AVERROR_ENCODER_NOT_FOUND, "this libavcodec has no encoder %s", p->codec);
    c->enc = avcodec_alloc_context3(codec);
    if (!c->enc)
        return err_set(e, -ENOMEM, "%s: no memory for the encoder", p->codec);
    c->enc->sample_fmt = form->format;
    c->enc->sample_rate = p->sample_rate;
    c->enc->time_base = (AVRational){1, p->sample_rate};
    c->enc->bit_rate = (int64_t)p->bitrate_kbps * 1000;
    c->enc->bits_per_raw_sample = form->format == AV_SAMPLE_FMT_S32 ? 24 : 0;
    c->enc->flags |= AV_CODEC_FLAG_BITEXACT;
    c->enc->flags |= c->p.global_header ? AV_CODEC_FLAG_GLOBAL_HEADER : 0;
    c->enc->thread_count = 1;
    av_channel_layout_default(&c->enc->ch_layout, p->channels);

    AUTO(dict) AVDictionary *options = NULL;
    int r = parse_options(p, &options, e);
    if (r < 0)
        return r;
    r = avcodec_open2(c->enc, codec, &options);
    if (r < 0) {
        libav_error(e, r, p->codec);
        return err_wrap(e, "%d Hz, %d channels, %d kbit/s", p->sample_rate, p->channels,
                        p->bitrate_kbps);
    }
    const AVDictionaryEntry *left = av_dict_get(options, "", NULL, AV_DICT_IGNORE_SUFFIX);
    if (left)
        return err_input(e, "encoder %s has no option '%s'", p->codec, left->key);
    return 0;
}

static int alloc_frame(struct coder *c)
{
    c->frame_size = c->enc->frame_size > 0 ? (size_t)c->enc->frame_size : FREE_FRAME_SIZE;
    c->frame = av_frame_alloc();
    c->pkt = av_packet_alloc();
    if (!c->frame || !c->pkt)
        return -ENOMEM;
    c->frame->format = c->enc->sample_fmt;
    c->frame->sample_rate = c->enc->sample_rate;
    c->frame->nb_samples = (int)c->frame_size;
    int r = av_channel_layout_copy(&c->frame->ch_layout, &c->enc->ch_layout);
    return r < 0 ? r : av_frame_get_buffer(c->frame, 0);
}

int coder_open(const struct coder_params *p, struct coder **ret, struct err *e)
{
    libav_quiet();
    const struct form *form = form_of(p->sink);
    if (!form)
        return err_input(e, "'%s' is not a codec this program writes", p->sink->codec);
    struct coder *c = mem_alloc(sizeof *c);
    c->p = *p;
    c->put = form->put;
    int r = open_encoder(c, form, e);
    if (r >= 0) {
        r = alloc_frame(c);
        if (r < 0)
            libav_error(e, r, p->sink->codec);
    }
    if (r < 0) {
        coder_close(c);
        return r;
    }
    *ret = c;
    return 0;
}

void coder_close(struct coder *c)
{
    if (!c)
        return;
    av_packet_free(&c->pkt);
    av_frame_free(&c->frame);
    avcodec_free_context(&c->enc);
    free(c);
}

const AVCodecContext *coder_context(const struct coder *c)
{
    return c->enc;
}

// frame NULL: flush. Either way, hands on every packet that is ready.
static int encode(struct coder *c, AVFrame *frame, struct err *e)
{
    int r = avcodec_send_frame(c->enc, frame);
    while (r >= 0) {
        r = avcodec_receive_packet(c->enc, c->pkt);
        if (r == AVERROR(EAGAIN) || r == AVERROR_EOF)
            return 0;
        if (r < 0)
            break;
        int handed = c->p.packet(c->p.ctx, c->pkt, e);
        av_packet_unref(c->pkt);
        if (handed < 0)
            return handed;
    }
    return libav_error(e, r, c->enc->codec->name);
}

static int encode_fill(struct coder *c, struct err *e)
{
    c->frame->nb_samples = (int)c->fill;
    c->frame->pts = c->pts;
    c->pts += (int64_t)c->fill;
    c->fill = 0;
    int r = encode(c, c->frame, e);
    if (r < 0)
        return r;
    // The encoder may still hold the samples; a writable frame is one it does not see.
    c->frame->nb_samples = (int)c->frame_size;
    r = av_frame_make_writable(c->frame);
    return r < 0 ? libav_error(e, r, c->enc->codec->name) : 0;
}

int coder_write(struct coder *c, const float *const *planes, size_t frames, struct err *e)
{
    for (size_t used = 0; used < frames;) {
        size_t n = c->frame_size - c->fill;
        n = n < frames - used ? n : frames - used;
        c->put(c->frame, c->fill, planes, used, n);
        c->fill += n;
        used += n;
        int r = c->fill == c->frame_size ? encode_fill(c, e) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

int coder_flush(struct coder *c, struct err *e)
{
    int r = c->fill ? encode_fill(c, e) : 0;
    return r < 0 ? r : encode(c, NULL, e);
}
