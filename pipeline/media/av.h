// SPDX-License-Identifier: GPL-3.0-or-later
// What every file of this room needs of libav*: error texts, releases, the log, time bases.
// Differences between FFmpeg 5.1, 6 and 7 belong here.
#pragma once
#include "model/tick.h"
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>
#include <pthread.h>

struct err;

// AUTO(frame) AVFrame *f = av_frame_alloc(); is released when the block is left.
#define AUTO(kind) __attribute__((cleanup(auto_##kind)))
static inline void auto_frame(AVFrame **p)
{
    av_frame_free(p);
}
static inline void auto_packet(AVPacket **p)
{
    av_packet_free(p);
}
static inline void auto_codec(AVCodecContext **p)
{
    avcodec_free_context(p);
}
static inline void auto_input(AVFormatContext **p)
{
    avformat_close_input(p);
}
static inline void auto_swr(SwrContext **p)
{
    swr_free(p);
}
static inline void auto_dict(AVDictionary **p)
{
    av_dict_free(p);
}

// e gets "what: libav's text of code"; AVERROR values and -errno alike. Returns code.
int libav_error(struct err *e, int code, const char *what);

// The last word of one context: libav writes its log here instead of on standard error.
struct libav_log {
    pthread_mutex_t lock;
    // lock; lower case at the start, no full stop; "" when nothing was said. What is too long ends
    // with a whole word: half a key would not be known as one.
    char text[512];
    int complaints; // lock; errors of the demuxer so far
};
void libav_log_init(struct libav_log *l);
void libav_log_done(struct libav_log *l);
void libav_log_take(struct libav_log *l, char *ret, size_t size); // moves the last word out
int libav_log_complaints(struct libav_log *l);
// Where contexts without a log of their own (protocols) leave their word while this thread works;
// NULL: nowhere.
void libav_log_hear(struct libav_log *l);
// avformat_open_input for a file of this machine, in one of the formats that recordings come in: a
// playlist, a list of files or a row of pictures could name any other file or address, and a format
// that nobody records in is one more decoder for a hostile file to break. *io: NULL, or allocated;
// as there, it is freed and NULL after an error. options may be NULL.
int libav_open_file(AVFormatContext **io, const char *path, AVDictionary **options);
// From here on libav writes nothing by itself, and no allocation of it exceeds 512 MB. Contexts
// whose `opaque` is a struct libav_log keep their last warning or error there. Any number of calls.
void libav_quiet(void);

// Of any clock, those from 1970 on too; three of them can be added.
#define LIBAV_LATEST (4000000000 * TICKS_PER_SEC)

// TICK_NONE also for a time beyond LIBAV_LATEST, which is a broken one.
static inline tick libav_tick(int64_t ts, AVRational base)
{
    tick t = ts == AV_NOPTS_VALUE ? TICK_NONE
                                  : av_rescale_q(ts, base, (AVRational){1, (int)TICKS_PER_SEC});
    return t < -LIBAV_LATEST || t > LIBAV_LATEST ? TICK_NONE : t;
}

// A longer gap between two stamps, or a packet that lasts longer, is a broken one.
#define LIBAV_BELIEVABLE (3600 * TICKS_PER_SEC)

// How long a packet lasts; 0: not known, or not believed.
static inline tick libav_length(int64_t duration, AVRational base)
{
    tick t = libav_tick(duration, base);
    return t < 0 || t > LIBAV_BELIEVABLE ? 0 : t;
}

static inline int64_t libav_ts(tick t, AVRational base)
{
    if (t == TICK_NONE)
        return AV_NOPTS_VALUE;
    return av_rescale_q(t, (AVRational){1, (int)TICKS_PER_SEC}, base);
}
