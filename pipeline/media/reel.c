// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/reel.h"

#include "base/arena.h"
#include "base/err.h"

#include <errno.h>
#include <stdlib.h>

enum { READ_ERRORS = 8 }; // so many in a row, and the rest of the file is given up

struct reel {
    struct input in;
    AVStream *stream; // borrowed from in.format
    AVCodecContext *codec;
    AVPacket *packet;
    tick zero, last; // last: where the frame before stood; TICK_NONE
    bool draining, ended, keys_only;
    int read_errors;
    struct reel_damage damage;
};

void reel_close(struct reel *r)
{
    if (!r)
        return;
    av_packet_free(&r->packet);
    avcodec_free_context(&r->codec);
    input_close(&r->in);
    free(r);
}

static int choose_track(struct reel *r, struct err *e)
{
    AVFormatContext *format = r->in.format;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        AVStream *st = format->streams[i];
        if (!r->stream && input_is_picture(st))
            r->stream = st;
        else
            st->discard = AVDISCARD_ALL;
    }
    return r->stream ? 0 : err_input(e, "%s: no moving picture in it", r->in.path);
}

static int open_decoder(struct reel *r, const struct reel_params *p, struct err *e)
{
    const AVCodecParameters *cp = r->stream->codecpar;
    const AVCodec *codec = avcodec_find_decoder(cp->codec_id);
    if (!codec)
        return err_input(e, "%s: its picture (%s) cannot be decoded here; export it as H.264",
                         p->path, avcodec_get_name(cp->codec_id));
    r->codec = avcodec_alloc_context3(codec);
    if (!r->codec)
        return libav_error(e, AVERROR(ENOMEM), p->path);
    int code = avcodec_parameters_to_context(r->codec, cp);
    if (code < 0)
        return libav_error(e, code, p->path);
    r->codec->pkt_timebase = r->stream->time_base;
    r->codec->opaque = &r->in.log;
    r->codec->max_pixels = INPUT_MAX_PIXELS; // the stream may say more than the file did
    r->codec->thread_count = p->threads > 0 ? p->threads : 1;
    r->codec->thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE;
    r->keys_only = p->keys_only;
    if (p->keys_only)
        r->codec->skip_frame = AVDISCARD_NONKEY;
    code = avcodec_open2(r->codec, codec, NULL);
    if (code < 0)
        return err_input(e, "%s: damaged: its picture (%s) cannot be decoded", p->path,
                         codec->name);
    return 0;
}

int reel_open(const struct reel_params *p, struct reel **ret, struct err *e)
{
    struct reel *r = mem_alloc(sizeof *r);
    r->last = r->damage.first = TICK_NONE;
    int code = input_open_file(p->path, &r->in, e);
    if (code >= 0)
        code = choose_track(r, e);
    if (code >= 0)
        code = open_decoder(r, p, e);
    if (code >= 0) {
        r->packet = av_packet_alloc();
        code = r->packet ? 0 : libav_error(e, AVERROR(ENOMEM), p->path);
    }
    if (code < 0) {
        reel_close(r);
        return code;
    }
    r->zero = p->zero;
    if (r->zero == TICK_NONE)
        r->zero = libav_tick(r->stream->start_time, r->stream->time_base);
    if (r->zero == TICK_NONE)
        r->zero = 0;
    *ret = r;
    return 0;
}

const AVStream *reel_stream(const struct reel *r)
{
    return r->stream;
}

tick reel_time(const struct reel *r, int64_t pts)
{
    tick at = libav_tick(pts, r->stream->time_base);
    static const tick most = RECORDING_MAX_S * TICKS_PER_SEC;
    return at == TICK_NONE || llabs(at - r->zero) > most ? TICK_NONE : at - r->zero;
}

void reel_damage(const struct reel *r, struct reel_damage *ret)
{
    *ret = r->damage;
}

static void note_error(struct reel *r)
{
    if (!r->damage.errors++)
        r->damage.first = r->last == TICK_NONE ? 0 : r->last;
}

// 1: a packet of this track; 0: the end. What cannot be read is left out, and in the end given up.
static int next_packet(struct reel *r, AVPacket *packet, struct err *e)
{
    for (;;) {
        int code = av_read_frame(r->in.format, packet);
        if (code == AVERROR_EOF)
            return 0;
        if (code == AVERROR(EIO))
            return err_errno(e, -EIO, r->in.path);
        if (code < 0) {
            note_error(r);
            if (++r->read_errors >= READ_ERRORS)
                return 0;
            continue;
        }
        r->read_errors = 0;
        if (packet->stream_index == r->stream->index && packet->size)
            return 1;
        av_packet_unref(packet);
    }
}

int reel_packet(struct reel *r, AVPacket *ret, struct err *e)
{
    return next_packet(r, ret, e);
}

static int feed(struct reel *r, struct err *e)
{
    int code = next_packet(r, r->packet, e);
    if (code < 0)
        return code;
    r->draining = code == 0;
    // Left to the decoder, the others would keep its threads waiting for their turn: one key frame
    // at a time would be decoded.
    if (r->keys_only && !r->draining && !(r->packet->flags & AV_PKT_FLAG_KEY)) {
        av_packet_unref(r->packet);
        return 0;
    }
    code = avcodec_send_packet(r->codec, r->draining ? NULL : r->packet);
    av_packet_unref(r->packet);
    if (code < 0 && !r->draining)
        note_error(r);
    return 0;
}

// Where a frame without a time stamp stands: behind the one before.
static tick place(struct reel *r, const AVFrame *f)
{
    tick at = reel_time(r, f->best_effort_timestamp);
    AVRational rate = r->stream->avg_frame_rate;
    tick step = rate.num > 0 ? av_rescale(TICKS_PER_SEC, rate.den, rate.num) : TICKS_PER_SEC / 25;
    if (at == TICK_NONE)
        at = r->last == TICK_NONE ? 0 : r->last + step;
    if (r->last != TICK_NONE && at <= r->last)
        return TICK_NONE;
    r->last = at;
    return at;
}

int reel_read(struct reel *r, AVFrame *ret, tick *ret_at, struct err *e)
{
    while (!r->ended) {
        int code = avcodec_receive_frame(r->codec, ret);
        if (code == 0) {
            if (ret->flags & AV_FRAME_FLAG_CORRUPT || ret->decode_error_flags)
                note_error(r);
            *ret_at = place(r, ret);
            if (*ret_at != TICK_NONE)
                return 1;
            av_frame_unref(ret);
            continue;
        }
        if (code == AVERROR_EOF || (r->draining && code != AVERROR(EAGAIN))) {
            r->ended = true;
            break;
        }
        if (code != AVERROR(EAGAIN))
            note_error(r);
        code = feed(r, e);
        if (code < 0)
            return code;
    }
    return 0;
}

bool reel_seek(struct reel *r, tick at)
{
    int64_t ts = libav_ts(at + r->zero, r->stream->time_base);
    if (av_seek_frame(r->in.format, r->stream->index, ts, AVSEEK_FLAG_BACKWARD) < 0)
        return false;
    avcodec_flush_buffers(r->codec);
    r->draining = r->ended = false;
    r->last = TICK_NONE;
    return true;
}
