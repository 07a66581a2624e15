// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/packsource.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "media/avc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

static const tick start_min = TICKS_PER_SEC / 100;   // less apart is one start
static const tick longest = 1000000 * TICKS_PER_SEC; // of a recording
static const tick seek_from = 10 * TICKS_PER_SEC;    // what is nearer is read
static const tick early_min = TICKS_PER_SEC / 2;     // what a container may claim too much

void packsource_close(struct packsource *p)
{
    av_packet_free(&p->packet);
    input_close(&p->in);
    free(p->buffer);
    *p = (struct packsource){0};
}

static bool is_mov(const struct packsource *p)
{
    return str_starts(p->in.format->iformat->name, "mov,");
}

static bool is_matroska(const struct packsource *p)
{
    return str_starts(p->in.format->iformat->name, "matroska,");
}

static int cannot_read(struct packsource *p, int r, struct err *e)
{
    char said[160];
    libav_log_take(&p->in.log, said, sizeof said);
    if (r == AVERROR(ENOENT) || r == AVERROR(EACCES) || r == AVERROR(EIO) || r == AVERROR(ENOMEM))
        return err_errno(e, r, p->range.path);
    if (said[0])
        return err_input(e, "%s: its picture cannot be read (%s)", p->range.path, said);
    return err_input(e, "%s: its picture cannot be read", p->range.path);
}

static int choose(struct packsource *p, struct err *e)
{
    int best = av_find_best_stream(p->in.format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0), seen = 0;
    for (int i = 0; i < (int)p->in.format->nb_streams; i++) {
        AVStream *st = p->in.format->streams[i];
        bool picture = input_is_picture(st);
        if (picture && (p->range.track < 0 ? i == best : seen == p->range.track))
            p->stream = st;
        else if (!is_matroska(p)) // see check_end
            st->discard = AVDISCARD_ALL;
        seen += picture;
    }
    if (!seen)
        return err_input(e, "%s: no picture in it", p->range.path);
    if (!p->stream)
        return err_input(e, "%s: no picture track %d, it has %d", p->range.path, p->range.track + 1,
                         seen);
    return 0;
}

static int check_picture(const struct packsource *p, struct err *e)
{
    const AVCodecParameters *c = p->stream->codecpar;
    if (c->codec_id != AV_CODEC_ID_H264)
        return err_input(e, "%s: its picture is %s; only H.264 can be copied", p->range.path,
                         avcodec_get_name(c->codec_id));
    if (c->codec_tag == MKTAG('e', 'n', 'c', 'v'))
        return err_input(e, "%s: protected against copying; export it without protection",
                         p->range.path);
    if (c->width < 1 || c->height < 1 || c->width > UINT16_MAX || c->height > UINT16_MAX ||
        c->extradata_size < 4)
        return err_input(e, "%s: damaged: its picture does not say how to decode it",
                         p->range.path);
    for (int i = 0; i < avformat_index_get_entries_count(p->stream); i++) {
        const AVIndexEntry *x = avformat_index_get_entry(p->stream, i);
        if (is_mov(p) && x->pos + x->size > p->in.size)
            return err_input(e, "%s: cut off: its table of contents names what is not there",
                             p->range.path);
    }
    return 0;
}

// The clock of media/source.h: it starts with sound and picture, whichever is first.
static void start_clock(struct packsource *p)
{
    int best = av_find_best_stream(p->in.format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    const AVStream *sound = best < 0 ? p->stream : p->in.format->streams[best];
    tick picture = libav_tick(p->stream->start_time, p->stream->time_base);
    tick other = libav_tick(sound->start_time, sound->time_base);
    p->zero = picture;
    if (picture == TICK_NONE)
        p->zero = 0;
    else if (other != TICK_NONE && other - picture < start_min &&
             picture - other < LIBAV_BELIEVABLE)
        p->zero = other;
}

static void seek(struct packsource *p)
{
    tick from = p->range.from;
    if (from != TICK_NONE && from > seek_from && (is_mov(p) || is_matroska(p))) // exact ones
        av_seek_frame(p->in.format, p->stream->index,
                      libav_ts(from - seek_from + p->zero, p->stream->time_base),
                      AVSEEK_FLAG_BACKWARD);
}

int packsource_open(const struct picture_range *range, struct packsource *ret, struct err *e)
{
    *ret = (struct packsource){.range = *range, .nearest = TICK_NONE, .last_seen = TICK_NONE};
    ret->packet = av_packet_alloc();
    int r = ret->packet ? input_open_file(range->path, &ret->in, e)
                        : err_errno(e, -ENOMEM, range->path);
    if (r >= 0)
        r = choose(ret, e);
    if (r >= 0)
        r = check_picture(ret, e);
    if (r < 0)
        return r;
    const AVCodecParameters *c = ret->stream->codecpar;
    ret->start_codes = avc_has_start_codes(c->extradata, (size_t)c->extradata_size);
    start_clock(ret);
    seek(ret);
    return 0;
}

// ---- packets

tick packsource_time(const struct packsource *p, int64_t shown)
{
    tick t = libav_tick(shown, p->stream->time_base);
    return t == TICK_NONE ? TICK_NONE : t - p->zero;
}

static bool begins(struct packsource *p, int64_t shown)
{
    tick from = p->range.from, t = packsource_time(p, shown);
    if (from == TICK_NONE)
        return true;
    if (p->nearest == TICK_NONE || llabs(t - from) < llabs(p->nearest - from))
        p->nearest = t;
    return llabs(t - from) < start_min;
}

static int check_packet(struct packsource *p, struct err *e)
{
    if (p->packet->flags & AV_PKT_FLAG_CORRUPT && (is_mov(p) || is_matroska(p)))
        return err_input(e, "%s: damaged or cut off at %" PRId64 " bytes", p->range.path,
                         p->packet->pos);
    if (p->packet->pts == AV_NOPTS_VALUE)
        return err_input(e, "%s: its picture does not say when frames are shown", p->range.path);
    tick t = libav_tick(p->packet->pts, p->stream->time_base);
    if (t == TICK_NONE || llabs(t - p->zero) > longest)
        return err_input(e, "%s: damaged: a frame of its picture has no sane time", p->range.path);
    return 0;
}

static void note_end(struct packsource *p)
{
    const AVStream *st = p->in.format->streams[p->packet->stream_index];
    tick t = libav_tick(p->packet->pts, st->time_base);
    if (t != TICK_NONE)
        t += libav_length(p->packet->duration, st->time_base);
    if (t > p->last_seen)
        p->last_seen = t;
}

// Its length is a claim for the longest track, and what is missing shows in nothing else.
static int check_end(const struct packsource *p, struct err *e)
{
    tick claimed = libav_tick(p->in.format->duration, AV_TIME_BASE_Q);
    tick slack = claimed / 100 > early_min ? claimed / 100 : early_min;
    if (!is_matroska(p) || claimed == TICK_NONE || p->last_seen == TICK_NONE ||
        p->in.format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM ||
        p->last_seen + slack >= claimed)
        return 0;
    char reached[TICK_TEXT], whole[TICK_TEXT];
    tick_text(p->last_seen, reached);
    tick_text(claimed, whole);
    return err_input(e, "%s: cut off: ends at %s of %s", p->range.path, reached, whole);
}

int packsource_next(struct packsource *p, struct err *e)
{
    for (;;) {
        av_packet_unref(p->packet);
        int r = av_read_frame(p->in.format, p->packet);
        if (r == AVERROR_EOF && !p->in.io->error)
            return check_end(p, e);
        if (r < 0)
            return cannot_read(p, p->in.io->error ? p->in.io->error : r, e);
        note_end(p);
        if (p->packet->stream_index != p->stream->index ||
            (!p->begun && !(p->packet->flags & AV_PKT_FLAG_KEY)))
            continue;
        r = check_packet(p, e);
        if (r < 0)
            return r;
        if (!p->begun && begins(p, p->packet->pts)) {
            p->begun = true;
            p->begin = p->packet->pts;
        }
        if (p->begun && p->packet->pts >= p->begin)
            return 1;
    }
}

size_t packsource_bytes(struct packsource *p, const uint8_t **ret)
{
    size_t size = (size_t)p->packet->size;
    *ret = p->packet->data;
    if (!p->start_codes)
        return size;
    if (avc_room(size) > p->room) {
        p->room = 2 * avc_room(size);
        p->buffer = mem_grow(p->buffer, p->room);
    }
    *ret = p->buffer;
    return avc_lengths(p->packet->data, size, p->buffer);
}
