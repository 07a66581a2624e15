// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/muxer.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "media/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const double limit_s = 5; // of one wait
static const double sync_s = 1;  // what a kill may cost of a file, about
static const double ahead_s = 1; // the system may take so much that the server has not received:
                                 // left alone it takes megabytes, and a server that is gone is
                                 // found out a minute later
enum { MAX_FILES = 1000, AHEAD_MIN = 32 << 10 };

struct way {
    const char *format;
    const char *const *options; // name, value, …, NULL
    bool network, sync;
};

static const char *const rtmp_options[] = {"flvflags", "no_duration_filesize", NULL};
static const char *const hls_options[] = {
    "hls_time",
    "4",
    "hls_list_size",
    "8",
    "hls_delete_threshold",
    "4",
    "hls_segment_type",
    "fmp4",
    "hls_flags",
    "temp_file+delete_segments+independent_segments+program_date_time",
    "hls_start_number_source",
    "epoch",
    NULL};
static const char *const file_options[] = {"cluster_time_limit", "1000", NULL};
static const char *const turned_options[] = {
    "movflags", "frag_keyframe+empty_moov+default_base_moof", "frag_duration", "1000000", NULL};

static const struct way ways[] = {
    [MUXER_RTMP] = {"flv", rtmp_options, true, false},
    [MUXER_HLS] = {"hls", hls_options, false, false},
    [MUXER_FILE] = {"matroska", file_options, false, true},
};
static const struct way turned_file = {"mov", turned_options, false, true};

struct muxer {
    struct muxer_params p;
    const struct way *way;
    struct arena arena;
    AVFormatContext *out;
    AVStream *streams[FEED_STREAMS];
    AVPacket *pkt;
    struct libav_log log;
    atomic_bool cancelled;
    _Atomic double deadline;
    double synced;
    int fd;    // of the file, to sync it; -1
    bool kept; // something of the file is on the disk
    pthread_mutex_t lock;
    char path[4096]; // lock
};

void *muxer_new(const struct muxer_params *p)
{
    struct muxer *m = mem_alloc(sizeof *m);
    m->p = *p;
    m->p.url = arena_strdup(&m->arena, p->url);
    m->p.key = arena_strdup(&m->arena, p->key);
    m->p.ca_file = arena_strdup(&m->arena, p->ca_file);
    m->p.user = arena_strdup(&m->arena, p->user);
    m->way = &ways[p->kind];
    m->fd = -1;
    m->pkt = av_packet_alloc();
    if (!m->pkt)
        mem_fail();
    pthread_mutex_init(&m->lock, NULL);
    libav_log_init(&m->log);
    return m;
}

static void mux_free(void *ctx)
{
    struct muxer *m = ctx;
    if (!m)
        return;
    av_packet_free(&m->pkt);
    libav_log_done(&m->log);
    pthread_mutex_destroy(&m->lock);
    arena_done(&m->arena);
    free(m);
}

static int is_late(void *ctx)
{
    struct muxer *m = ctx;
    return atomic_load(&m->cancelled) || clock_monotonic() > atomic_load(&m->deadline);
}

static void allow(struct muxer *m, double seconds)
{
    atomic_store(&m->deadline, clock_monotonic() + seconds);
}

// ---- opening

static bool takes_no_retry(int code)
{
    return code == AVERROR(EINVAL) || code == AVERROR_MUXER_NOT_FOUND ||
           code == AVERROR_PROTOCOL_NOT_FOUND || code == AVERROR(EACCES) || code == AVERROR(EROFS);
}

static int fail(struct muxer *m, int r, struct err *e)
{
    char said[sizeof m->log.text];
    libav_log_take(&m->log, said, sizeof said);
    libav_error(e, r, m->way->network ? "the server" : m->path);
    if (r == AVERROR_EXIT || r == AVERROR(ETIMEDOUT))
        err_set(e, AVERROR(ETIMEDOUT), "no answer within %.0f s", limit_s);
    else if (strstr(said, "ertificate"))
        err_set(e, r, "its certificate is not to be trusted: %s", said);
    else if (said[0] && m->way->network)
        err_set(e, r, "the server: %s", said);
    else if (m->p.kind == MUXER_RTMP && (r == AVERROR(EIO) || r == AVERROR(ECONNRESET)) &&
             !(m->out && m->out->pb))
        err_set(e, r,
                "it hung up before the stream began: is the last part of the address right, and "
                "the key?");
    e->kind = takes_no_retry(r) || strstr(said, "ertificate") ? ERR_INPUT : ERR_REMOTE;
    return r;
}

// The first name nobody has used yet.
static void name_file(struct muxer *m, const char *ending)
{
    struct str s;
    str_init(&s, sizeof m->path);
    size_t stem = strlen(m->p.url) - strlen(".mkv");
    for (int i = 1; i < MAX_FILES; i++) {
        str_clear(&s);
        str_addf(&s, "%.*s", (int)stem, m->p.url);
        if (i > 1)
            str_addf(&s, "-%d", i);
        str_add(&s, ending);
        if (!fs_exists(s.p))
            break;
    }
    pthread_mutex_lock(&m->lock);
    snprintf(m->path, sizeof m->path, "%s", s.p);
    pthread_mutex_unlock(&m->lock);
    str_done(&s);
}

static int turn(AVStream *st, const int32_t *matrix)
{
    size_t size = 9 * sizeof *matrix;
    uint8_t *own = av_stream_new_side_data(st, AV_PKT_DATA_DISPLAYMATRIX, size);
    if (own)
        memcpy(own, matrix, size);
    return own ? 0 : AVERROR(ENOMEM);
}

static int add_streams(struct muxer *m, const struct feed *feed)
{
    for (int i = 0; i < FEED_STREAMS; i++) {
        m->streams[i] = NULL;
        if (!feed->codec[i])
            continue;
        AVStream *st = avformat_new_stream(m->out, NULL);
        int r = st ? avcodec_parameters_copy(st->codecpar, feed->codec[i]) : AVERROR(ENOMEM);
        if (r < 0)
            return r;
        st->codecpar->codec_tag = 0;
        st->time_base = FEED_TIME_BASE;
        st->sample_aspect_ratio = st->codecpar->sample_aspect_ratio;
        m->streams[i] = st;
    }
    return feed->turned ? turn(m->streams[FEED_VIDEO], feed->turned) : 0;
}

static void set_put(const struct muxer *m, AVDictionary **o)
{
    struct str s, login;
    av_dict_set(o, "method", "PUT", 0);
    if (!m->p.user || !m->p.key)
        return;
    str_init(&login, STR_MAX);
    str_addf(&login, "%s:%s", m->p.user, m->p.key);
    str_init(&s, STR_MAX);
    str_add(&s, "Authorization: Basic ");
    str_add_base64(&s, login.p, login.len);
    str_add(&s, "\r\n");
    av_dict_set(o, "headers", s.p, 0);
    str_done(&s);
    str_done(&login);
}

static void set_options(const struct muxer *m, const struct feed *feed, AVDictionary **o)
{
    for (const char *const *w = m->way->options; *w; w += 2)
        av_dict_set(o, w[0], w[1], 0);
    if (m->p.kind == MUXER_RTMP)
        av_dict_set_int(o, "send_buffer_size",
                        AHEAD_MIN + (int64_t)(feed->bitrate_kbps * 125 * ahead_s), 0);
    if (m->p.kind == MUXER_RTMP && m->p.key)
        av_dict_set(o, "rtmp_playpath", m->p.key, 0);
    if (m->way->network || strstr(m->p.url, "://"))
        av_dict_set(o, "rw_timeout", "5000000", 0);
    if (m->p.kind == MUXER_HLS && strstr(m->p.url, "://"))
        set_put(m, o);
}

static int open_piece(AVFormatContext *f, AVIOContext **ret, const char *url, int flags,
                      AVDictionary **o)
{
    const struct muxer *m = f->interrupt_callback.opaque;
    return trust_open(f, m->p.ca_file, url, flags, o, ret);
}

static int begin(struct muxer *m, AVDictionary **options)
{
    bool opens = !(m->out->oformat->flags & AVFMT_NOFILE);
    int r = opens ? open_piece(m->out, &m->out->pb, m->path, AVIO_FLAG_WRITE, options) : 0;
    if (r >= 0)
        r = avformat_write_header(m->out, options);
    if (r >= 0 && m->way->sync)
        m->fd = open(m->path, O_RDONLY | O_CLOEXEC);
    return r;
}

static void end(struct muxer *m)
{
    if (m->out && m->out->pb && !(m->out->oformat->flags & AVFMT_NOFILE))
        avio_closep(&m->out->pb);
    avformat_free_context(m->out);
    m->out = NULL;
    if (m->fd >= 0) {
        fdatasync(m->fd);
        close(m->fd);
    }
    m->fd = -1;
}

// A full disk is tried again and again: no empty file stays each time.
static void drop_empty(const struct muxer *m)
{
    if (m->way->sync && !m->kept)
        unlink(m->path);
}

static int mux_open(void *ctx, const struct feed *feed, struct err *e)
{
    struct muxer *m = ctx;
    AVDictionary *options = NULL;
    allow(m, 2 * limit_s);
    m->kept = false;
    if (m->p.kind == MUXER_FILE)
        m->way = feed->turned ? &turned_file : &ways[MUXER_FILE];
    if (m->way->sync)
        name_file(m, feed->turned ? ".mov" : ".mkv");
    else
        snprintf(m->path, sizeof m->path, "%s", m->p.url);
    libav_log_hear(&m->log);
    int r = avformat_alloc_output_context2(&m->out, NULL, m->way->format, m->path);
    if (r >= 0) {
        m->out->opaque = &m->log;
        m->out->interrupt_callback = (AVIOInterruptCB){is_late, m};
        m->out->io_open = open_piece;
        m->out->flags |= AVFMT_FLAG_FLUSH_PACKETS;
        r = add_streams(m, feed);
    }
    set_options(m, feed, &options);
    if (r >= 0)
        r = begin(m, &options);
    av_dict_free(&options);
    if (r < 0) {
        fail(m, r, e);
        allow(m, 0);
        end(m);
        drop_empty(m);
    }
    libav_log_hear(NULL);
    m->synced = clock_monotonic();
    return r;
}

// ---- sending

static int mux_send(void *ctx, const AVPacket *pkt, struct err *e)
{
    struct muxer *m = ctx;
    AVStream *st = m->streams[pkt->stream_index];
    if (!st)
        return 0;
    allow(m, limit_s);
    int r = av_packet_ref(m->pkt, pkt);
    if (r >= 0) {
        av_packet_rescale_ts(m->pkt, FEED_TIME_BASE, st->time_base);
        m->pkt->stream_index = st->index;
        libav_log_hear(&m->log);
        r = av_write_frame(m->out, m->pkt);
        libav_log_hear(NULL);
        av_packet_unref(m->pkt);
    }
    if (r < 0)
        return fail(m, r, e);
    if (m->fd >= 0 && clock_monotonic() - m->synced >= sync_s) {
        m->synced = clock_monotonic();
        av_write_frame(m->out, NULL); // the cluster that was begun
        avio_flush(m->out->pb);
        if (m->out->pb->error < 0)
            return fail(m, m->out->pb->error, e);
        if (fdatasync(m->fd) < 0)
            return err_errno(e, -errno, m->path);
        m->kept = true;
    }
    return 0;
}

static void mux_close(void *ctx, bool broken)
{
    struct muxer *m = ctx;
    allow(m, broken && m->way->network ? 0 : limit_s);
    libav_log_hear(&m->log);
    if (!broken || !m->way->network)
        av_write_trailer(m->out);
    end(m);
    if (broken)
        drop_empty(m);
    libav_log_hear(NULL);
}

static void mux_interrupt(void *ctx)
{
    atomic_store(&((struct muxer *)ctx)->cancelled, true);
}

void muxer_path(void *ctx, char *ret, size_t size)
{
    struct muxer *m = ctx;
    pthread_mutex_lock(&m->lock);
    snprintf(ret, size, "%s", m->path);
    pthread_mutex_unlock(&m->lock);
}

const struct outlet *muxer_outlet(enum muxer_kind kind)
{
    static const struct outlet outlets[] = {
        [MUXER_RTMP] = {"rtmp", mux_open, mux_send, mux_close, NULL, mux_interrupt, mux_free, NULL},
        [MUXER_HLS] = {"hls", mux_open, mux_send, mux_close, NULL, mux_interrupt, mux_free, NULL},
        [MUXER_FILE] = {"file", mux_open, mux_send, mux_close, NULL, mux_interrupt, mux_free, NULL},
    };
    return &outlets[kind];
}
