// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/recorder.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "live/endpoint.h"
#include "live/muxer.h"
#include "media/shape.h"
#include "model/stampclock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const double grace_s = 2;

struct recorder {
    struct recorder_params p;
    struct arena arena;
    struct feed feed;
    int32_t matrix[9]; // feed.turned
    AVCodecParameters *codec[FEED_STREAMS];
    int index[FEED_STREAMS]; // of the source's streams; -1: none
    AVRational base[FEED_STREAMS];
    tick last[FEED_STREAMS]; // dts
    struct stampclock clock;
    struct endpoint *file;
    void *muxer;
    double starts_s; // lock; of the file, by its first packet
    pthread_mutex_t lock;
    struct json *files; // lock; those that are complete
};

struct recorder *recorder_new(const struct recorder_params *p)
{
    struct recorder *r = mem_alloc(sizeof *r);
    r->p = *p;
    r->p.stem = arena_strdup(&r->arena, p->stem);
    r->files = json_new_array();
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

static void add_file(struct json *list, void *muxer, struct endpoint *file, double starts_s)
{
    char path[4096];
    struct endpoint_stats s;
    muxer_path(muxer, path, sizeof path);
    endpoint_stats(file, &s);
    if (!path[0] || !fs_exists(path))
        return;
    struct json *o = json_new_object();
    json_put_text(o, "kind", "received");
    json_put_text(o, "path", path);
    json_put_real(o, "starts_s", starts_s);
    json_put_int(o, "bytes", fs_size(path));
    json_put_real(o, "seconds", s.delivered_s);
    json_push(list, o);
}

static void close_file(struct recorder *r)
{
    if (!r->file)
        return;
    endpoint_finish(r->file, grace_s);
    endpoint_wait(r->file);
    pthread_mutex_lock(&r->lock);
    struct endpoint *file = r->file;
    add_file(r->files, r->muxer, file, r->starts_s);
    r->file = NULL;
    pthread_mutex_unlock(&r->lock);
    endpoint_free(file);
    for (int i = 0; i < FEED_STREAMS; i++)
        avcodec_parameters_free(&r->codec[i]);
}

void recorder_free(struct recorder *r)
{
    if (!r)
        return;
    close_file(r);
    json_free(r->files);
    pthread_mutex_destroy(&r->lock);
    arena_done(&r->arena);
    free(r);
}

static void look_for_turn(struct recorder *r, const AVStream *st)
{
    const uint8_t *m = av_stream_get_side_data(st, AV_PKT_DATA_DISPLAYMATRIX, NULL);
    if (!m || turn_of_matrix((const int32_t *)(const void *)m) == TURN_NONE)
        return;
    memcpy(r->matrix, m, sizeof r->matrix);
    r->feed.turned = r->matrix;
}

static void choose(struct recorder *r, const AVFormatContext *source)
{
    static const enum AVMediaType types[] = {AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO};
    r->feed = (struct feed){.name = "as received"};
    stampclock_begin(&r->clock);
    for (int i = 0; i < FEED_STREAMS; i++) {
        int n =
            av_find_best_stream((AVFormatContext *)(uintptr_t)source, types[i], -1, -1, NULL, 0);
        r->index[i] = n >= 0 ? n : -1;
        r->last[i] = TICK_NONE;
        if (n < 0)
            continue;
        r->codec[i] = avcodec_parameters_alloc();
        if (!r->codec[i] || avcodec_parameters_copy(r->codec[i], source->streams[n]->codecpar) < 0)
            mem_fail();
        r->feed.codec[i] = r->codec[i];
        r->base[i] = source->streams[n]->time_base;
        r->codec[i]->sample_aspect_ratio = av_guess_sample_aspect_ratio(
            (AVFormatContext *)(uintptr_t)source, source->streams[n], NULL);
        if (i == FEED_VIDEO)
            look_for_turn(r, source->streams[n]);
    }
}

void recorder_source(struct recorder *r, const AVFormatContext *source)
{
    if (!r)
        return;
    close_file(r);
    if (!source)
        return;
    choose(r, source);
    struct arena a = {0};
    struct muxer_params mp = {MUXER_FILE, arena_printf(&a, "%s.mkv", r->p.stem), NULL, NULL, NULL};
    void *muxer = muxer_new(&mp);
    struct endpoint_params ep = {
        .name = "received",
        .outlet = muxer_outlet(MUXER_FILE),
        .ctx = muxer,
        .feed = &r->feed,
        .queue_s = r->p.queue_s,
        .seed = 1,
    };
    struct err e = {0};
    struct endpoint *file = NULL;
    if (endpoint_start(&ep, &file, &e) >= 0) {
        pthread_mutex_lock(&r->lock);
        r->file = file;
        r->muxer = muxer;
        r->starts_s = -1;
        pthread_mutex_unlock(&r->lock);
    }
    arena_done(&a);
}

void recorder_packet(struct recorder *r, const AVPacket *pkt)
{
    if (!r || !r->file)
        return;
    int i = pkt->stream_index == r->index[FEED_VIDEO]   ? FEED_VIDEO
            : pkt->stream_index == r->index[FEED_AUDIO] ? FEED_AUDIO
                                                        : -1;
    int64_t dts = pkt->dts != AV_NOPTS_VALUE ? pkt->dts : pkt->pts;
    if (i < 0 || dts == AV_NOPTS_VALUE)
        return;
    AUTO(packet) AVPacket *own = av_packet_clone(pkt);
    if (!own)
        mem_fail();
    tick decoded = libav_tick(dts, r->base[i]), shown = libav_tick(pkt->pts, r->base[i]);
    tick lasts = libav_length(pkt->duration, r->base[i]);
    tick at = stampclock_map(&r->clock, decoded, lasts);
    if (at == TICK_NONE || (r->last[i] != TICK_NONE && at <= r->last[i]))
        return;
    r->last[i] = own->dts = at;
    own->pts = at + (shown != TICK_NONE && shown > decoded ? shown - decoded : 0);
    own->duration = lasts;
    own->stream_index = i;
    if (r->starts_s < 0) {
        pthread_mutex_lock(&r->lock);
        r->starts_s = r->p.now_s ? r->p.now_s(r->p.ctx) : 0;
        pthread_mutex_unlock(&r->lock);
    }
    endpoint_give(r->file, own);
}

void recorder_list(struct recorder *r, struct json *ret_list)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < json_count(r->files); i++)
        json_push(ret_list, json_keep(json_at(r->files, i)));
    if (r->file)
        add_file(ret_list, r->muxer, r->file, r->starts_s);
    pthread_mutex_unlock(&r->lock);
}
