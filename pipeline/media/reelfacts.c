// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/reelfacts.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"
#include "media/reel.h"
#include "media/shape.h"
#include "picture/cadence.h"

#include <errno.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/pixdesc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKED_AT = 12, CHECK_EVERY = 4096 };
enum { NAL_IDR = 5, NAL_TYPE = 31 };

struct times {
    tick *at;
    size_t n, room;
};

static void add_time(struct times *t, tick at)
{
    if (t->n == t->room) {
        t->room = t->room ? 2 * t->room : 4096;
        t->at = mem_grow(t->at, t->room * sizeof *t->at);
    }
    t->at[t->n++] = at;
}

static int by_time(const void *a, const void *b)
{
    tick x = *(const tick *)a, y = *(const tick *)b;
    return (x > y) - (x < y);
}

// ---- H.264's key frames

static size_t next_start(const uint8_t *d, size_t n, size_t at) // behind 00 00 01
{
    for (; at + 3 <= n; at++)
        if (!d[at] && !d[at + 1] && d[at + 2] == 1)
            return at + 3;
    return n;
}

static bool has_idr(const AVCodecParameters *cp, const uint8_t *d, size_t n)
{
    bool counted = cp->extradata_size >= 7 && cp->extradata[0] == 1;
    size_t width = counted ? (size_t)(cp->extradata[4] & 3) + 1 : 0;
    size_t at = counted ? width : next_start(d, n, 0);
    while (at < n) {
        if ((d[at] & NAL_TYPE) == NAL_IDR)
            return true;
        size_t length = 0;
        for (size_t i = 0; i < width; i++)
            length = length << 8 | d[at - width + i];
        if (counted && (length > n - at || n - at - length < width))
            break;
        at = counted ? at + length + width : next_start(d, n, at);
    }
    return false;
}

// ---- the packets

static void note_key(struct reel_facts *f, tick at, tick *last)
{
    if (*last != TICK_NONE && at - *last > f->longest_group)
        f->longest_group = at - *last;
    *last = at;
}

// A frame more than an hour behind the one before has a broken time, and makes the film no longer.
static tick believed_end(const struct times *t, tick end)
{
    for (size_t i = 1; i < t->n; i++)
        if (t->at[i] - t->at[i - 1] > LIBAV_BELIEVABLE)
            return t->at[i - 1] + (i > 1 ? t->at[i - 1] - t->at[i - 2] : 0);
    return end;
}

static int read_packets(struct reel *r, const struct progress *progress, struct reel_facts *f,
                        struct times *t, struct err *e)
{
    AUTO(packet) AVPacket *packet = av_packet_alloc();
    const AVStream *st = reel_stream(r);
    bool h264 = st->codecpar->codec_id == AV_CODEC_ID_H264;
    tick last_key = TICK_NONE;
    int64_t bytes = 0;
    int code = packet ? 0 : -ENOMEM;
    f->end = TICK_NONE;
    f->closed_groups = h264;
    while (code >= 0 && (code = reel_packet(r, packet, e)) > 0) {
        tick at = reel_time(r, packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts);
        tick takes = libav_length(packet->duration, st->time_base);
        bool key = packet->flags & AV_PKT_FLAG_KEY;
        bytes += packet->size;
        if (!f->frames++)
            f->starts_with_key = key;
        if (at != TICK_NONE) {
            add_time(t, at);
            f->end = f->end == TICK_NONE || at + takes > f->end ? at + takes : f->end;
        }
        if (key && at != TICK_NONE)
            note_key(f, at, &last_key);
        if (key && h264 && !has_idr(st->codecpar, packet->data, (size_t)packet->size))
            f->closed_groups = false;
        av_packet_unref(packet);
        if (f->frames % CHECK_EVERY == 0)
            code = progress_check(progress, e);
    }
    if (code < 0)
        return code;
    if (f->end != TICK_NONE)
        note_key(f, f->end, &last_key);
    if (t->n)
        qsort(t->at, t->n, sizeof *t->at, by_time);
    f->first = t->n ? t->at[0] : 0;
    f->end = t->n ? believed_end(t, f->end) : 0;
    if (t->n && f->end - f->first > TICKS_PER_SEC / 1000)
        f->bit_rate = (int64_t)((double)bytes * 8 / tick_to_s(f->end - f->first));
    return 0;
}

// ---- the first frames

static void name(char *ret, size_t size, const char *found)
{
    snprintf(ret, size, "%s", found ? found : "unknown");
}

static void describe_colours(const AVFrame *frame, struct reel_facts *f)
{
    struct colours c = colours_of(frame);
    name(f->matrix, sizeof f->matrix, av_color_space_name(frame->colorspace));
    name(f->primaries, sizeof f->primaries, av_color_primaries_name(frame->color_primaries));
    name(f->transfer, sizeof f->transfer, av_color_transfer_name(frame->color_trc));
    f->full_range = c.full_range;
    f->dynamic_range = !colours_are_hdr(&c)                   ? "sdr"
                       : c.transfer == AVCOL_TRC_ARIB_STD_B67 ? "hlg"
                                                              : "pq";
}

static void describe_frame(struct reel *r, const AVFrame *frame, struct reel_facts *f)
{
    const AVStream *st = reel_stream(r);
    AVRational sar =
        st->sample_aspect_ratio.num > 0 ? st->sample_aspect_ratio : frame->sample_aspect_ratio;
    name(f->pixels, sizeof f->pixels, av_get_pix_fmt_name(frame->format));
    f->width = frame->width;
    f->height = frame->height;
    f->sar_num = sar.num > 0 && sar.den > 0 ? sar.num : 1;
    f->sar_den = sar.num > 0 && sar.den > 0 ? sar.den : 1;
    describe_colours(frame, f);
}

static int look_at_frames(const char *path, tick zero, struct reel_facts *f, struct err *e)
{
    AUTO(frame) AVFrame *frame = av_frame_alloc();
    struct reel *r;
    int seen = 0, interlaced = 0;
    if (!frame)
        return libav_error(e, AVERROR(ENOMEM), path);
    int code = reel_open(&(struct reel_params){.path = path, .zero = zero, .threads = 1}, &r, e);
    if (code < 0)
        return code;
    tick at;
    while (seen < LOOKED_AT && (code = reel_read(r, frame, &at, e)) > 0) {
        if (!seen++)
            describe_frame(r, frame, f);
        interlaced += frame->interlaced_frame;
        av_frame_unref(frame);
    }
    reel_close(r);
    if (code >= 0 && !seen)
        return err_input(e, "%s: damaged: nothing of its picture (%s) can be decoded", path,
                         f->codec);
    f->interlaced = 2 * interlaced > seen;
    return code < 0 ? code : 0;
}

// ---- the container

static const void *side_data(const AVStream *st, enum AVPacketSideDataType type)
{
    return av_stream_get_side_data(st, type, NULL);
}

// Profile 5 has colours of its own, which nothing but a licensed decoder knows; the others carry a
// picture that is HLG, PQ or SDR by itself.
static int check_dolby_vision(const char *path, const AVStream *st, struct reel_facts *f,
                              struct err *e)
{
    const AVDOVIDecoderConfigurationRecord *d = side_data(st, AV_PKT_DATA_DOVI_CONF);
    if (!d)
        return 0;
    f->dolby_vision = d->dv_profile;
    if (d->dv_profile != 5 && d->dv_bl_signal_compatibility_id != 0)
        return 0;
    return err_input(e,
                     "%s: Dolby Vision profile %d: its colours can only be shown by a licensed "
                     "decoder; export it as HDR10, HLG or standard video, or switch HDR off on "
                     "the phone",
                     path, d->dv_profile);
}

static int describe_stream(const char *path, const AVStream *st, struct reel_facts *f,
                           struct err *e)
{
    const AVCodecParameters *cp = st->codecpar;
    name(f->codec, sizeof f->codec, avcodec_get_name(cp->codec_id));
    name(f->profile, sizeof f->profile, avcodec_profile_name(cp->codec_id, cp->profile));
    f->level = cp->level > 0 ? cp->level : 0;
    f->turn = turn_name(turn_of_matrix(side_data(st, AV_PKT_DATA_DISPLAYMATRIX)));
    return check_dolby_vision(path, st, f, e);
}

static bool has_picture(const char *path)
{
    struct input in = {0};
    bool found = false;
    if (input_open_file(path, &in, NULL) >= 0)
        for (unsigned i = 0; i < in.format->nb_streams; i++)
            found = found || input_is_picture(in.format->streams[i]);
    input_close(&in);
    return found;
}

static void find_rate(const struct times *t, struct reel_facts *f)
{
    struct cadence *c = cadence_new();
    struct cadence_result r;
    for (size_t i = 0; i < t->n; i++)
        cadence_add(c, t->at[i]);
    cadence_result(c, &r);
    cadence_free(c);
    struct cadence_rate suits = cadence_choose(&r);
    f->rate_num = r.nominal.num;
    f->rate_den = r.nominal.den;
    f->fps = r.fps;
    f->constant = r.constant;
    f->missing = r.missing;
    f->num_gaps = r.gaps < REEL_GAPS ? (int)r.gaps : REEL_GAPS;
    for (int i = 0; i < f->num_gaps; i++)
        f->gap[i] = r.gap[i];
    f->suits_num = suits.num;
    f->suits_den = suits.den;
}

int reel_look(const char *path, tick zero, const struct progress *progress, struct reel_facts *ret,
              struct err *e)
{
    struct times t = {0};
    struct reel *r;
    *ret = (struct reel_facts){.turn = turn_name(TURN_NONE), .dynamic_range = "sdr"};
    if (!has_picture(path))
        return 0;
    int code = reel_open(&(struct reel_params){.path = path, .zero = zero, .threads = 1}, &r, e);
    if (code < 0)
        return code;
    code = describe_stream(path, reel_stream(r), ret, e);
    if (code >= 0)
        code = read_packets(r, progress, ret, &t, e);
    reel_close(r);
    if (code >= 0)
        code = look_at_frames(path, zero, ret, e);
    if (code >= 0)
        find_rate(&t, ret);
    free(t.at);
    return code < 0 ? code : 1;
}

double reel_aspect(const struct reel_facts *f)
{
    double coded = (double)f->width * f->sar_num / ((double)f->height * f->sar_den);
    return turn_on_side(turn_named(f->turn)) ? 1 / coded : coded;
}
