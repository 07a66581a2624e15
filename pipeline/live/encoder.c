// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/encoder.h"

#include "base/arena.h"
#include "base/queue.h"
#include "media/coder.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURES_WAIT = 12, SOUNDS_WAIT = 100 };

struct item {
    AVFrame *frame;
    size_t n;
    float *sound; // both channels, one behind the other
};
struct encoder {
    enum feed_stream stream;
    AVCodecContext *codec; // of the picture
    struct coder *coder;   // of the sound
    AVCodecParameters *parameters;
    AVRational base;
    struct outfeed *feeds[ENCODER_FEEDS];
    size_t num_feeds;
    struct queue *queue; // struct item *
    pthread_t thread;
    bool running;
    _Atomic int64_t left_out;
};

static void drop_item(void *p)
{
    struct item *item = p;
    av_frame_free(&item->frame);
    free(item->sound);
    free(item);
}

static struct encoder *begin_new(enum feed_stream stream, size_t room)
{
    struct encoder *en = mem_alloc(sizeof *en);
    en->stream = stream;
    en->queue = queue_new(room, 1, drop_item);
    en->parameters = avcodec_parameters_alloc();
    if (!en->parameters)
        mem_fail();
    return en;
}

static void give_out(struct encoder *en, AVPacket *pkt)
{
    av_packet_rescale_ts(pkt, en->base, FEED_TIME_BASE);
    for (size_t i = 0; i < en->num_feeds; i++)
        outfeed_give(en->feeds[i], en->stream, pkt);
}

// ---- picture

static void set_up(AVCodecContext *c, const struct encoder_picture *p)
{
    c->width = p->width;
    c->height = p->height;
    c->pix_fmt = AV_PIX_FMT_YUV420P;
    c->framerate = (AVRational){p->rate_num, p->rate_den};
    c->time_base = av_inv_q(c->framerate);
    c->sample_aspect_ratio = (AVRational){1, 1};
    c->color_range = AVCOL_RANGE_MPEG;
    c->colorspace = AVCOL_SPC_BT709;
    c->color_primaries = AVCOL_PRI_BT709;
    c->color_trc = AVCOL_TRC_BT709;
    c->bit_rate = c->rc_max_rate = p->bitrate_kbps * INT64_C(1000);
    c->rc_buffer_size = p->bitrate_kbps * 1000;
    c->gop_size = (int)lround(p->gop_s * p->rate_num / p->rate_den);
    c->keyint_min = c->gop_size;
    c->max_b_frames = 0;
    c->thread_count = p->threads;
    c->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_CLOSED_GOP;
    c->profile = FF_PROFILE_H264_HIGH;
}

// Without look-ahead: a picture leaves the encoder when the next one comes, and sound and picture
// need no second of waiting for each other.
static const char x264_options[] = "scenecut=0:rc-lookahead=0:sync-lookahead=0:force-cfr=1";

int encoder_picture(const struct encoder_picture *p, struct encoder **ret, struct err *e)
{
    const AVCodec *x264 = avcodec_find_encoder_by_name("libx264");
    struct encoder *en = begin_new(FEED_VIDEO, PICTURES_WAIT);
    en->codec = x264 ? avcodec_alloc_context3(x264) : NULL;
    int r = en->codec ? 0 : err_set(e, AVERROR_ENCODER_NOT_FOUND, "libx264 is not there");
    if (r >= 0) {
        set_up(en->codec, p);
        AVDictionary *options = NULL;
        av_dict_set(&options, "preset", p->speed, 0);
        av_dict_set(&options, "x264-params", x264_options, 0);
        r = avcodec_open2(en->codec, x264, &options);
        av_dict_free(&options);
        if (r < 0)
            libav_error(e, r, "the picture's encoder");
    }
    if (r >= 0)
        r = avcodec_parameters_from_context(en->parameters, en->codec);
    if (r < 0) {
        encoder_free(en);
        return r;
    }
    en->base = en->codec->time_base;
    *ret = en;
    return 0;
}

static void encode_picture(struct encoder *en, AVFrame *frame)
{
    AUTO(packet) AVPacket *pkt = av_packet_alloc();
    if (!pkt || avcodec_send_frame(en->codec, frame) < 0)
        return;
    while (avcodec_receive_packet(en->codec, pkt) >= 0) {
        pkt->duration = 1;
        give_out(en, pkt);
        av_packet_unref(pkt);
    }
}

void encoder_give_picture(struct encoder *en, AVFrame *frame, int64_t n)
{
    struct item *item = mem_alloc(sizeof *item);
    item->frame = frame;
    frame->pts = n;
    if (queue_try(en->queue, item) < 0) {
        drop_item(item);
        atomic_fetch_add(&en->left_out, 1);
    }
}

// ---- sound

static int take_packet(void *ctx, AVPacket *pkt, struct err *e)
{
    (void)e;
    give_out(ctx, pkt);
    return 0;
}

int encoder_sound(const struct encoder_sound *p, struct encoder **ret, struct err *e)
{
    struct encoder *en = begin_new(FEED_AUDIO, SOUNDS_WAIT);
    struct sink_params sink = {.codec = p->codec,
                               .sample_rate = p->sample_rate,
                               .channels = 2,
                               .bitrate_kbps = p->bitrate_kbps};
    struct coder_params cp = {&sink, true, take_packet, en};
    int r = coder_open(&cp, &en->coder, e);
    if (r >= 0)
        r = avcodec_parameters_from_context(en->parameters, coder_context(en->coder));
    if (r < 0) {
        encoder_free(en);
        return r;
    }
    en->base = (AVRational){1, p->sample_rate};
    *ret = en;
    return 0;
}

void encoder_give_sound(struct encoder *en, const float *const planes[2], size_t n)
{
    struct item *item = mem_alloc(sizeof *item);
    item->n = n;
    item->sound = mem_alloc(2 * n * sizeof(float));
    memcpy(item->sound, planes[0], n * sizeof(float));
    memcpy(item->sound + n, planes[1], n * sizeof(float));
    // Sound that is left out would shift all that follows; encoding it takes no time to speak of.
    if (queue_send(en->queue, item) < 0)
        drop_item(item);
}

// ---- the thread

static void *run(void *arg)
{
    struct encoder *en = arg;
    struct err e = {0};
    for (void *got; queue_recv(en->queue, &got) == 1; drop_item(got)) {
        struct item *item = got;
        if (item->frame) {
            encode_picture(en, item->frame);
        } else {
            const float *planes[2] = {item->sound, item->sound + item->n};
            coder_write(en->coder, planes, item->n, &e);
        }
    }
    if (en->codec)
        encode_picture(en, NULL);
    else
        coder_flush(en->coder, &e);
    return NULL;
}

int encoder_begin(struct encoder *en, struct err *e)
{
    int r = pthread_create(&en->thread, NULL, run, en);
    en->running = !r;
    return r ? err_set(e, -r, "no thread for an encoder can be had") : 0;
}

void encoder_feed(struct encoder *en, struct outfeed *of)
{
    if (en->num_feeds < ENCODER_FEEDS)
        en->feeds[en->num_feeds++] = of;
}

const AVCodecParameters *encoder_codec(const struct encoder *en)
{
    return en->parameters;
}

int64_t encoder_left_out(const struct encoder *en)
{
    return atomic_load(&en->left_out);
}

void encoder_finish(struct encoder *en)
{
    if (!en || !en->running)
        return;
    queue_finish(en->queue);
    pthread_join(en->thread, NULL);
    en->running = false;
}

void encoder_free(struct encoder *en)
{
    if (!en)
        return;
    encoder_finish(en);
    avcodec_free_context(&en->codec);
    coder_close(en->coder);
    avcodec_parameters_free(&en->parameters);
    queue_free(en->queue);
    free(en);
}
