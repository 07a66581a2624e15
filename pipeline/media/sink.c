// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/sink.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "media/coder.h"
#include "media/flacfile.h"
#include "media/m4a.h"
#include "media/mp3split.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ERRNO_MOST = 4096 };

struct sink {
    char *path;
    struct mp3split *mp3;  // then nothing of the below
    struct flacfile *flac; // the same
    struct coder *coder;
    struct m4a *m4a; // then no mux
    int64_t samples;
    AVFormatContext *mux;
    AVStream *stream;
    bool has_file, has_header;
};

static int file_error(const struct sink *s, int r, struct err *e)
{
    return r > -ERRNO_MOST ? err_errno(e, r, s->path) : libav_error(e, r, s->path);
}

static void sink_free(struct sink *s)
{
    if (s->mux && s->mux->pb)
        avio_closep(&s->mux->pb);
    avformat_free_context(s->mux);
    coder_close(s->coder);
    free(s->path);
    free(s);
}

void sink_abort(struct sink *s)
{
    if (!s)
        return;
    mp3split_abort(s->mp3);
    flacfile_abort(s->flac);
    m4a_abort(s->m4a);
    if (s->has_file)
        unlink(s->path);
    sink_free(s);
}

static int write_packet(void *ctx, AVPacket *pkt, struct err *e)
{
    struct sink *s = ctx;
    pkt->stream_index = s->stream->index;
    av_packet_rescale_ts(pkt, coder_context(s->coder)->time_base, s->stream->time_base);
    int r = av_interleaved_write_frame(s->mux, pkt);
    if (r >= 0)
        r = s->mux->pb->error; // a muxer may look away
    return r < 0 ? file_error(s, r, e) : 0;
}

static int open_mux(struct sink *s, const struct sink_params *p, struct err *e)
{
    int r = avformat_alloc_output_context2(&s->mux, NULL, p->container, p->path);
    if (r < 0)
        return err_input(e, "'%s' is not a container this libavformat writes", p->container);
    s->mux->flags |= AVFMT_FLAG_BITEXACT;
    s->stream = avformat_new_stream(s->mux, NULL);
    if (!s->stream)
        return err_set(e, -ENOMEM, "%s: no memory for the muxer", p->path);
    struct coder_params cp = {
        .sink = p,
        .packet = write_packet,
        .ctx = s,
        .global_header = s->mux->oformat->flags & AVFMT_GLOBALHEADER,
    };
    return coder_open(&cp, &s->coder, e);
}

static int open_file(struct sink *s, struct err *e)
{
    const AVCodecContext *enc = coder_context(s->coder);
    int r = avcodec_parameters_from_context(s->stream->codecpar, enc);
    if (r < 0)
        return libav_error(e, r, s->path);
    s->stream->time_base = enc->time_base;
    r = avio_open(&s->mux->pb, s->path, AVIO_FLAG_WRITE);
    if (r < 0)
        return file_error(s, r, e);
    s->has_file = true;
    r = avformat_write_header(s->mux, NULL);
    if (r < 0)
        return file_error(s, r, e);
    s->has_header = true;
    return 0;
}

static int open_mp3(struct sink *s, const struct sink_params *p, struct err *e)
{
    struct mp3split_params mp = {.sink = p};
    return mp3split_open(&mp, &s->mp3, e);
}

static int write_m4a(void *ctx, AVPacket *pkt, struct err *e)
{
    struct sink *s = ctx;
    return m4a_packet(s->m4a, pkt->data, (size_t)pkt->size, e);
}

static int open_m4a(struct sink *s, const struct sink_params *p, struct err *e)
{
    struct coder_params cp = {.sink = p, .packet = write_m4a, .ctx = s, .global_header = true};
    int r = coder_open(&cp, &s->coder, e);
    if (r < 0)
        return r;
    const AVCodecContext *enc = coder_context(s->coder);
    struct m4a_track t = {
        .sample_rate = enc->sample_rate,
        .channels = enc->ch_layout.nb_channels,
        .frame_size = enc->frame_size,
        .priming = enc->initial_padding,
    };
    if (enc->extradata_size > 0 && enc->extradata_size <= M4A_CONFIG_MAX) {
        t.config_size = (size_t)enc->extradata_size;
        memcpy(t.config, enc->extradata, t.config_size);
    }
    return m4a_open(s->path, &t, &s->m4a, e);
}

int sink_open(const struct sink_params *p, struct sink **ret, struct err *e)
{
    libav_quiet();
    struct sink *s = mem_alloc(sizeof *s);
    s->path = strdup(p->path);
    if (!s->path)
        mem_fail();
    int r;
    if (str_same(p->container, "mp3")) {
        r = open_mp3(s, p, e);
    } else if (str_same(p->container, "flac") && str_same(p->codec, "flac")) {
        r = flacfile_open(p, &s->flac, e);
    } else if (str_same(p->container, "ipod") && str_same(p->codec, "aac")) {
        r = open_m4a(s, p, e);
    } else {
        r = open_mux(s, p, e);
        if (r >= 0)
            r = open_file(s, e);
    }
    if (r < 0) {
        sink_abort(s);
        return r;
    }
    *ret = s;
    return 0;
}

int sink_write(struct sink *s, const float *const *planes, size_t frames, struct err *e)
{
    if (s->mp3)
        return mp3split_write(s->mp3, planes, frames, e);
    if (s->flac)
        return flacfile_write(s->flac, planes, frames, e);
    s->samples += (int64_t)frames;
    return coder_write(s->coder, planes, frames, e);
}

static int sync_file(const struct sink *s, struct err *e)
{
    int fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, s->path);
    int r = fsync(fd) < 0 ? -errno : 0;
    close(fd);
    return r < 0 ? err_errno(e, r, s->path) : 0;
}

static int finish_mux(struct sink *s, struct err *e)
{
    int r = coder_flush(s->coder, e);
    if (r < 0)
        return r;
    r = av_write_trailer(s->mux);
    if (r >= 0)
        r = s->mux->pb->error;
    int closed = avio_closep(&s->mux->pb);
    if (r >= 0)
        r = closed;
    return r < 0 ? file_error(s, r, e) : sync_file(s, e);
}

static int finish_m4a(struct sink *s, struct err *e)
{
    int r = coder_flush(s->coder, e);
    if (r < 0)
        return r;
    r = m4a_finish(s->m4a, s->samples, e);
    s->m4a = NULL;
    return r;
}

int sink_finish(struct sink *s, struct err *e)
{
    int r;
    if (s->mp3) {
        r = mp3split_finish(s->mp3, e);
        s->mp3 = NULL;
    } else if (s->flac) {
        r = flacfile_finish(s->flac, e);
        s->flac = NULL;
    } else if (s->m4a) {
        r = finish_m4a(s, e);
    } else {
        r = finish_mux(s, e);
    }
    if (r < 0)
        sink_abort(s);
    else
        sink_free(s);
    return r;
}
