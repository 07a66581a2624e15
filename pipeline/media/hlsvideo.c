// SPDX-License-Identifier: GPL-3.0-or-later
// A key frame is a fragment of its own, so that an I-frame playlist can name whole boxes; what
// follows it is one more, or several where it is long. Only that much is held in memory.
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"
#include "media/av.h"
#include "media/hlspack.h"

#include <errno.h>
#include <libavutil/display.h>
#include <stdlib.h>
#include <string.h>

#define NOT_ALIGNED "its key frames are not where those of the highest rung are"
enum { FRAGMENT_SAMPLES = 256, FRAGMENT_BYTES = 4 << 20 };

struct rung {
    struct hls_strand *s;
    struct hls_picture *ret;
    const char *path;
    AVFormatContext *in;
    AVStream *stream;
    bool leads;      // the cuts are its own
    double from, to; // share of the progress
    int64_t first_pts, first_dts;
    int64_t key_pts; // of the last key frame
    int64_t last_dts;
    int64_t duration;    // of the last frame that is known
    int64_t last_shown;  // from 0
    int packet;          // number, from 0, as in the index
    int next_key;        // number of the first key frame behind `packet`
    int64_t segment_dts; // where the segment began
    // the fragment that is being gathered
    AVPacket *packets[FRAGMENT_SAMPLES];
    struct hls_sample samples[FRAGMENT_SAMPLES];
    size_t count, bytes;
    int64_t time;
    bool key;
};

static int refuse(const struct rung *u, struct err *e, const char *why)
{
    return err_input(e, "%s: %s", u->path, why);
}

static tick to_tick(const struct rung *u, int64_t t)
{
    return libav_tick(t, u->stream->time_base);
}

// ---- the input

static int check_stream(const struct rung *u, struct err *e)
{
    const AVStream *s = u->stream;
    if (!str_starts(u->in->iformat->name, "mov,"))
        return refuse(u, e, "only MP4 and MOV can be put into HLS without encoding");
    if (s->codecpar->codec_id != AV_CODEC_ID_H264)
        return refuse(u, e, "its picture is not H.264 and has to be encoded for HLS");
    if (s->nb_frames <= 0 || avformat_index_get_entries_count(s) <= 0)
        return refuse(u, e, "it has no index of the whole and has to be encoded for HLS");
    if (s->time_base.num != 1)
        return refuse(u, e, "its clock is not one that MP4 knows");
    return 0;
}

// Straight from the index: no parser looks into the packets.
static int open_input(struct rung *u, struct err *e)
{
    libav_quiet();
    u->in = avformat_alloc_context();
    if (!u->in)
        mem_fail();
    u->in->flags |= AVFMT_FLAG_NOPARSE | AVFMT_FLAG_NOFILLIN;
    int r = libav_open_file(&u->in, u->path, NULL);
    if (r >= 0)
        r = av_find_best_stream(u->in, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0);
    if (r == AVERROR_STREAM_NOT_FOUND)
        return refuse(u, e, "there is no picture in it");
    if (r < 0)
        return libav_error(e, r, u->path);
    u->stream = u->in->streams[r];
    for (unsigned i = 0; i < u->in->nb_streams; i++)
        u->in->streams[i]->discard = (int)i == r ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
    return check_stream(u, e);
}

static void read_screen(const struct rung *u, struct hls_screen *ret)
{
    const AVCodecParameters *c = u->stream->codecpar;
    AVRational sar = u->stream->sample_aspect_ratio.num ? u->stream->sample_aspect_ratio
                                                        : c->sample_aspect_ratio;
    *ret = (struct hls_screen){
        .width = c->width,
        .height = c->height,
        .color = {c->color_primaries, c->color_trc, c->color_space},
        .full_range = c->color_range == AVCOL_RANGE_JPEG,
        .avcc = c->extradata,
        .avcc_size = (size_t)c->extradata_size,
    };
    if (sar.num > 0 && sar.den > 0 && sar.num != sar.den) {
        ret->sar_num = sar.num;
        ret->sar_den = sar.den;
    }
    size_t size = 0;
    const uint8_t *turn = av_stream_get_side_data(u->stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    if (turn && size >= sizeof ret->matrix)
        memcpy(ret->matrix, turn, sizeof ret->matrix);
    else
        av_display_rotation_set(ret->matrix, 0);
}

static void describe(const struct hls_screen *s, struct hls_picture *ret)
{
    int width = s->width;
    if (s->sar_num)
        width = (int)av_rescale(width, s->sar_num, s->sar_den);
    bool on_its_side = s->matrix[0] == 0 && s->matrix[4] == 0;
    ret->width = on_its_side ? s->height : width;
    ret->height = on_its_side ? width : s->height;
}

static int put_init(struct rung *u, struct err *e)
{
    struct hls_pack *k = u->s->pack;
    struct hls_screen screen;
    read_screen(u, &screen);
    describe(&screen, u->ret);
    if (!hlslist_avc(screen.avcc, screen.avcc_size, u->ret->codec))
        return refuse(u, e, "its H.264 is not as MP4 has it");
    int r = hlspack_open(k, fs_join(k->p->arena, u->s->folder, "init.mp4"), HLS_TYPE_INIT, e);
    if (r < 0)
        return r;
    hlsbox_put_picture_init(&k->now, &screen, (uint32_t)u->stream->time_base.den,
                            (uint32_t)(u->first_pts - u->first_dts));
    return hlspack_close(k, e);
}

// ---- where to cut

static int64_t index_time(const struct rung *u, int n)
{
    const AVIndexEntry *x = avformat_index_get_entry(u->stream, n);
    return x ? x->timestamp : INT64_MAX;
}

static int64_t end_of_index(const struct rung *u)
{
    int n = avformat_index_get_entries_count(u->stream);
    int64_t last = index_time(u, n - 1);
    return n > 1 ? 2 * last - index_time(u, n - 2) : last;
}

static int64_t next_key_time(struct rung *u)
{
    const AVIndexEntry *x;
    if (u->next_key <= u->packet)
        u->next_key = u->packet + 1;
    while ((x = avformat_index_get_entry(u->stream, u->next_key)) && !(x->flags & AVINDEX_KEYFRAME))
        u->next_key++;
    return x ? x->timestamp : end_of_index(u);
}

// Whether this key frame is at least as near to where the segment should end as the next one.
static bool is_nearest(struct rung *u)
{
    int64_t now = index_time(u, u->packet);
    int64_t want = u->segment_dts + libav_ts(HLS_SEGMENT, u->stream->time_base);
    if (llabs(now - want) > llabs(next_key_time(u) - want))
        return false;
    u->segment_dts = now;
    return true;
}

static void keep_cut(struct hls_pack *k, tick at)
{
    k->cuts = arena_grow(k->p->arena, k->cuts, k->num_cuts, &k->cap_cuts, sizeof *k->cuts);
    k->cuts[k->num_cuts++] = at;
}

// 1: the key frame begins a segment
static int begins_segment(struct rung *u, tick at, struct err *e)
{
    struct hls_pack *k = u->s->pack;
    size_t next = u->s->segments.count;
    if (u->leads) {
        if (next == 0)
            u->segment_dts = index_time(u, u->packet);
        else if (!is_nearest(u))
            return 0;
        keep_cut(k, at);
        return 1;
    }
    if (next < k->num_cuts && at > k->cuts[next])
        return refuse(u, e, NOT_ALIGNED);
    return next < k->num_cuts && at == k->cuts[next];
}

// ---- fragments

static int flush(struct rung *u, struct err *e)
{
    struct hls_pack *k = u->s->pack;
    struct hls_fragment f = {
        .time = u->time, .sync = u->key, .samples = u->samples, .count = u->count};
    if (!u->count)
        return 0;
    int64_t at = k->now.at;
    hlsstrand_head(u->s, &f);
    for (size_t i = 0; i < u->count; i++) {
        box_bytes(&k->now, u->packets[i]->data, (size_t)u->packets[i]->size);
        av_packet_unref(u->packets[i]);
    }
    if (u->key)
        u->s->iframes.pieces[u->s->iframes.count - 1].bytes = k->now.at - at;
    u->count = u->bytes = 0;
    return hlspack_status(k, e);
}

static int gather(struct rung *u, AVPacket *p, bool key, struct err *e)
{
    if (u->count && (u->key || key || u->count == FRAGMENT_SAMPLES || u->bytes > FRAGMENT_BYTES)) {
        int r = flush(u, e);
        if (r < 0)
            return r;
    }
    if (!u->count) {
        u->time = p->dts - u->first_dts;
        u->key = key;
    }
    if (!u->packets[u->count])
        u->packets[u->count] = av_packet_alloc();
    if (!u->packets[u->count])
        mem_fail();
    u->samples[u->count] = (struct hls_sample){(uint32_t)p->size, 0, (int32_t)(p->pts - p->dts)};
    u->bytes += (size_t)p->size;
    av_packet_move_ref(u->packets[u->count++], p);
    return 0;
}

static int begin_group(struct rung *u, const AVPacket *p, struct err *e)
{
    tick at = to_tick(u, p->pts - u->first_pts);
    int r = flush(u, e);
    if (r < 0)
        return r;
    if (u->packet == 0)
        r = put_init(u, e);
    if (r >= 0)
        r = begins_segment(u, at, e);
    if (r > 0)
        r = hlsstrand_segment(u->s, at, e);
    if (r < 0)
        return r;
    struct hls_piece piece = {
        .start = at, .file = (unsigned)u->s->segments.count, .at = u->s->pack->now.at};
    hlspack_add(u->s->pack, &u->s->iframes, piece);
    u->key_pts = p->pts;
    return 0;
}

static int check_packet(struct rung *u, const AVPacket *p, bool key, struct err *e)
{
    if (p->pts == AV_NOPTS_VALUE || p->dts == AV_NOPTS_VALUE || p->size < 1)
        return refuse(u, e, "a frame without a time or without data");
    if (p->flags & AV_PKT_FLAG_DISCARD)
        return refuse(u, e, "its edit list hides frames, so that it has to be encoded for HLS");
    if (u->packet == 0) {
        u->first_pts = p->pts;
        u->first_dts = p->dts;
    }
    if (u->packet == 0 ? !key : !key && p->pts < u->key_pts)
        return refuse(u, e,
                      "its groups of pictures refer to each other, so that it has to be "
                      "encoded for HLS");
    if (p->pts < p->dts || (u->packet && p->dts <= u->last_dts))
        return refuse(u, e, "the times of its frames go back");
    return 0;
}

// How long a frame lasts is known when the next one comes.
static void end_sample(struct rung *u, int64_t next_dts)
{
    if (!u->count)
        return;
    u->duration = next_dts - u->last_dts;
    u->samples[u->count - 1].duration = (uint32_t)u->duration;
}

static int take(struct rung *u, AVPacket *p, struct err *e)
{
    bool key = p->flags & AV_PKT_FLAG_KEY;
    int r = check_packet(u, p, key, e);
    if (r < 0)
        return r;
    end_sample(u, p->dts);
    if (key)
        r = begin_group(u, p, e);
    if (r < 0)
        return r;
    int64_t shown = p->pts - u->first_pts;
    u->last_shown = shown > u->last_shown ? shown : u->last_shown;
    u->last_dts = p->dts;
    u->packet++;
    return gather(u, p, key, e);
}

static void say(const struct rung *u)
{
    const struct hls_params *p = u->s->pack->p;
    double done = (double)u->packet / avformat_index_get_entries_count(u->stream);
    progress_frames(p->progress, u->packet);
    progress_update(p->progress, p->what, u->from + (u->to - u->from) * done,
                    tick_to_s(to_tick(u, u->last_shown)));
}

static int read_all(struct rung *u, struct err *e)
{
    AUTO(packet) AVPacket *p = av_packet_alloc();
    if (!p)
        mem_fail();
    for (;;) {
        int r = av_read_frame(u->in, p);
        if (r == AVERROR_EOF)
            return 0;
        if (r < 0)
            return libav_error(e, r, u->path);
        r = p->stream_index == u->stream->index ? take(u, p, e) : 0;
        av_packet_unref(p);
        if (r < 0)
            return r;
        if (u->packet % FRAGMENT_SAMPLES == 0)
            say(u);
    }
}

// The last frame lasts as long as the one before it.
static int finish(struct rung *u, struct err *e)
{
    if (!u->packet || u->packet < avformat_index_get_entries_count(u->stream))
        return refuse(u, e, "the file ends before its picture does");
    if (u->s->segments.count < u->s->pack->num_cuts)
        return refuse(u, e, NOT_ALIGNED);
    if (u->packet == 1)
        u->duration = u->stream->duration > 0 ? u->stream->duration : u->stream->time_base.den;
    end_sample(u, u->last_dts + u->duration);
    int r = flush(u, e);
    if (r < 0)
        return r;
    int64_t end = u->last_dts - u->first_dts + u->duration;
    if (end < u->last_shown + u->duration)
        end = u->last_shown + u->duration;
    u->ret->frame_rate = u->packet / tick_to_s(to_tick(u, end));
    return hlsstrand_end(u->s, to_tick(u, end), e);
}

int hlsvideo_copy(struct hls_strand *s, const char *path, double from, double to,
                  struct hls_picture *ret, struct err *e)
{
    struct rung *u = mem_alloc(sizeof *u);
    u->s = s;
    u->ret = ret;
    u->path = path;
    u->leads = s->pack->num_cuts == 0;
    u->from = from;
    u->to = to;
    int r = open_input(u, e);
    if (r >= 0)
        r = read_all(u, e);
    if (r >= 0)
        r = finish(u, e);
    for (size_t i = 0; i < FRAGMENT_SAMPLES; i++)
        av_packet_free(&u->packets[i]);
    avformat_close_input(&u->in);
    free(u);
    return r;
}
