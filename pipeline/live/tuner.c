// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/tuner.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "media/shape.h"

#include <errno.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libavutil/samplefmt.h>
#include <stdlib.h>
#include <string.h>

struct lane {
    const AVStream *stream; // NULL: the source has none
    AVCodecContext *codec;
    AVFrame *frame;
    bool clean; // a key frame has come
};
struct tuner {
    struct tuner_params p;
    struct stampclock clock;
    struct lane picture, sound;
    struct graph *graph;
    struct str shape; // what the graph does; empty: nothing
    AVFrame *like;    // the frame that shape describes; its pixels are let go
    SwrContext *swr;
    AVFrame *swr_like;
    float *side[2];
    int room; // samples in side
    int64_t errors;
};

// ---- decoders

static int open_lane(struct tuner *t, struct lane *lane, enum AVMediaType type, struct err *e)
{
    int i = av_find_best_stream((AVFormatContext *)(uintptr_t)t->p.source, type, -1, -1, NULL, 0);
    if (i < 0)
        return 0;
    const AVStream *st = t->p.source->streams[i];
    if (st->disposition & AV_DISPOSITION_ATTACHED_PIC)
        return 0;
    const AVCodec *decoder = avcodec_find_decoder(st->codecpar->codec_id);
    if (!decoder)
        return err_input(e, "the source is %s, which cannot be decoded here",
                         avcodec_get_name(st->codecpar->codec_id));
    lane->codec = avcodec_alloc_context3(decoder);
    lane->frame = av_frame_alloc();
    if (!lane->codec || !lane->frame)
        return err_set(e, -ENOMEM, "out of memory");
    int r = avcodec_parameters_to_context(lane->codec, st->codecpar);
    lane->codec->thread_count = t->p.threads;
    lane->codec->thread_type = FF_THREAD_SLICE | FF_THREAD_FRAME;
    lane->codec->pkt_timebase = st->time_base;
    if (r >= 0)
        r = avcodec_open2(lane->codec, decoder, NULL);
    if (r < 0)
        return libav_error(e, r, "the source");
    lane->stream = st;
    lane->clean = type == AVMEDIA_TYPE_AUDIO;
    return 0;
}

int tuner_open(const struct tuner_params *p, struct tuner **ret, struct err *e)
{
    struct tuner *t = mem_alloc(sizeof *t);
    t->p = *p;
    stampclock_begin(&t->clock);
    str_init(&t->shape, STR_MAX);
    t->like = av_frame_alloc();
    t->swr_like = av_frame_alloc();
    int r = t->like && t->swr_like ? 0 : err_set(e, -ENOMEM, "out of memory");
    if (r >= 0 && p->width)
        r = open_lane(t, &t->picture, AVMEDIA_TYPE_VIDEO, e);
    if (r >= 0)
        r = open_lane(t, &t->sound, AVMEDIA_TYPE_AUDIO, e);
    if (r >= 0 && !t->picture.stream && !t->sound.stream)
        r = err_input(e, "the source has no sound");
    if (r < 0) {
        tuner_close(t);
        return r;
    }
    *ret = t;
    return 0;
}

static void close_lane(struct lane *lane)
{
    avcodec_free_context(&lane->codec);
    av_frame_free(&lane->frame);
}

void tuner_close(struct tuner *t)
{
    if (!t)
        return;
    close_lane(&t->picture);
    close_lane(&t->sound);
    graph_close(t->graph);
    str_done(&t->shape);
    av_frame_free(&t->like);
    av_frame_free(&t->swr_like);
    swr_free(&t->swr);
    free(t->side[0]);
    free(t->side[1]);
    free(t);
}

bool tuner_has_picture(const struct tuner *t)
{
    return t->picture.stream;
}

bool tuner_has_sound(const struct tuner *t)
{
    return t->sound.stream;
}

int64_t tuner_errors(const struct tuner *t)
{
    return t->errors;
}

void tuner_describe(const struct tuner *t, char ret[TUNER_TEXT])
{
    int n = 0;
    ret[0] = '\0';
    if (t->picture.codec)
        n = snprintf(ret, TUNER_TEXT, "%s %dx%d", avcodec_get_name(t->picture.codec->codec_id),
                     t->picture.codec->width, t->picture.codec->height);
    if (t->sound.codec && n < TUNER_TEXT)
        snprintf(ret + n, (size_t)(TUNER_TEXT - n), "%s%s %d Hz", n ? ", " : "",
                 avcodec_get_name(t->sound.codec->codec_id), t->sound.codec->sample_rate);
}

// ---- picture

static enum turn turn_of(const AVStream *st)
{
    return turn_of_matrix((const int32_t *)(const void *)av_stream_get_side_data(
        st, AV_PKT_DATA_DISPLAYMATRIX, NULL));
}

static bool is_like(const AVFrame *a, const AVFrame *b)
{
    return a->width == b->width && a->height == b->height && a->format == b->format &&
           a->colorspace == b->colorspace && a->color_range == b->color_range &&
           a->color_trc == b->color_trc && a->color_primaries == b->color_primaries &&
           !av_cmp_q(a->sample_aspect_ratio, b->sample_aspect_ratio) &&
           a->interlaced_frame == b->interlaced_frame;
}

static int reshape(struct tuner *t, const AVFrame *f, struct err *e)
{
    struct shape shape = {.turn = turn_of(t->picture.stream),
                          .pixel_aspect = t->picture.stream->sample_aspect_ratio,
                          .width = t->p.width,
                          .height = t->p.height};
    graph_close(t->graph);
    t->graph = NULL;
    str_clear(&t->shape);
    if (f->interlaced_frame)
        str_add(&t->shape, "bwdif=mode=send_frame:parity=auto:deint=all,");
    shape_describe(&shape, f, &t->shape);
    if (t->shape.len && t->shape.p[t->shape.len - 1] == ',')
        str_add(&t->shape, "null");
    av_frame_unref(t->like);
    av_frame_copy_props(t->like, f);
    t->like->width = f->width;
    t->like->height = f->height;
    t->like->format = f->format;
    if (!t->shape.len)
        return 0;
    return graph_open(t->shape.p, f, (AVRational){1, (int)TICKS_PER_SEC}, 1, &t->graph, e);
}

static void hand_over(struct tuner *t, AVFrame *f)
{
    AVFrame *own = av_frame_alloc();
    if (!own)
        mem_fail();
    av_frame_move_ref(own, f);
    t->p.picture(t->p.ctx, own->pts, own);
}

static int take_picture(struct tuner *t, AVFrame *f, tick at, struct err *e)
{
    f->pts = at;
    f->pict_type = AV_PICTURE_TYPE_NONE; // the encoder's own choice
    if (!is_like(f, t->like)) {
        int r = reshape(t, f, e);
        if (r < 0)
            return r;
    }
    if (!t->graph) {
        hand_over(t, f);
        return 0;
    }
    int r = graph_push(t->graph, f, e);
    while (r >= 0 && (r = graph_pull(t->graph, f, e)) > 0) {
        // bwdif counts time in halves
        if (t->like->interlaced_frame)
            f->pts /= 2;
        hand_over(t, f);
    }
    return r;
}

// ---- sound

static int retune(struct tuner *t, const AVFrame *f, struct err *e)
{
    AVChannelLayout stereo = AV_CHANNEL_LAYOUT_STEREO;
    swr_free(&t->swr);
    int r = swr_alloc_set_opts2(&t->swr, &stereo, AV_SAMPLE_FMT_FLTP, t->p.sample_rate,
                                (AVChannelLayout *)(uintptr_t)&f->ch_layout, f->format,
                                f->sample_rate, 0, NULL);
    if (r >= 0 && f->ch_layout.nb_channels == 1) { // one voice is as loud in both channels
        double both[2] = {1, 1};
        r = swr_set_matrix(t->swr, both, 1);
    }
    if (r >= 0)
        r = swr_init(t->swr);
    if (r < 0)
        return libav_error(e, r, "the source's sound");
    av_frame_unref(t->swr_like);
    t->swr_like->sample_rate = f->sample_rate;
    t->swr_like->format = f->format;
    av_channel_layout_copy(&t->swr_like->ch_layout, &f->ch_layout);
    return 0;
}

static int take_sound(struct tuner *t, AVFrame *f, tick at, struct err *e)
{
    if (f->ch_layout.order == AV_CHANNEL_ORDER_UNSPEC)
        av_channel_layout_default(&f->ch_layout, f->ch_layout.nb_channels);
    if (!t->swr || f->sample_rate != t->swr_like->sample_rate || f->format != t->swr_like->format ||
        av_channel_layout_compare(&f->ch_layout, &t->swr_like->ch_layout)) {
        int r = retune(t, f, e);
        if (r < 0)
            return r;
    }
    tick late = swr_get_delay(t->swr, TICKS_PER_SEC);
    int most = swr_get_out_samples(t->swr, f->nb_samples);
    if (most > t->room) {
        t->room = most;
        for (int c = 0; c < 2; c++)
            t->side[c] = mem_grow(t->side[c], (size_t)most * sizeof(float));
    }
    int n = swr_convert(t->swr, (uint8_t **)t->side, t->room, (const uint8_t **)f->extended_data,
                        f->nb_samples);
    if (n < 0)
        return libav_error(e, n, "the source's sound");
    if (n)
        t->p.sound(t->p.ctx, at - late, (const float *const *)t->side, (size_t)n);
    return 0;
}

void tuner_pace(struct tuner *t, int samples)
{
    int most = t->p.sample_rate / 500;
    samples = samples > most ? most : samples < -most ? -most : samples;
    if (t->swr)
        swr_set_compensation(t->swr, samples, t->p.sample_rate);
}

// ---- packets

typedef int take_fn(struct tuner *t, AVFrame *f, tick at, struct err *e);

static int take_frames(struct tuner *t, struct lane *lane, take_fn *take, struct err *e)
{
    int r;
    while ((r = avcodec_receive_frame(lane->codec, lane->frame)) >= 0) {
        AVFrame *f = lane->frame;
        int64_t stamp =
            f->best_effort_timestamp != AV_NOPTS_VALUE ? f->best_effort_timestamp : f->pkt_dts;
        lane->clean |= f->key_frame && !(f->flags & AV_FRAME_FLAG_CORRUPT);
        tick at = stamp == AV_NOPTS_VALUE
                      ? TICK_NONE
                      : stampclock_map(&t->clock, libav_tick(stamp, lane->stream->time_base), 0);
        int taken = at == TICK_NONE || !lane->clean ? 0 : take(t, f, at, e);
        av_frame_unref(f);
        if (taken == -ENOMEM)
            return taken;
        t->errors += taken < 0;
    }
    return r == AVERROR(ENOMEM) ? libav_error(e, r, "the source") : 0;
}

int tuner_give(struct tuner *t, const AVPacket *pkt, struct err *e)
{
    struct {
        struct lane *lane;
        take_fn *take;
    } lanes[] = {{&t->picture, take_picture}, {&t->sound, take_sound}};
    for (size_t i = 0; i < COUNT(lanes); i++) {
        struct lane *lane = lanes[i].lane;
        if (!lane->stream || lane->stream->index != (pkt ? pkt->stream_index : -1))
            continue;
        int r = avcodec_send_packet(lane->codec, pkt);
        t->errors += r < 0 && r != AVERROR(EAGAIN);
        return take_frames(t, lane, lanes[i].take, e);
    }
    return 0;
}

int tuner_flush(struct tuner *t, struct err *e)
{
    int r = 0;
    if (t->picture.codec && avcodec_send_packet(t->picture.codec, NULL) >= 0)
        r = take_frames(t, &t->picture, take_picture, e);
    if (r >= 0 && t->sound.codec && avcodec_send_packet(t->sound.codec, NULL) >= 0)
        r = take_frames(t, &t->sound, take_sound, e);
    return r;
}
