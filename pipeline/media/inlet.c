// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/inlet.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "media/trust.h"

#include <errno.h>
#include <libavdevice/avdevice.h>
#include <libavutil/opt.h>
#include <string.h>

static const double answer_s = 10;
static const char wait_us[] = "5000000"; // of one read or write
static const char probe_bytes[] = "1000000", probe_us[] = "1500000";

// ---- what an address means

enum { DEVICE = 1 << 0, PACED = 1 << 1, PUSHES = 1 << 2, UNTRUSTED = 1 << 3 };

static const struct scheme {
    const char *prefix; // "": everything else, a path
    const char *format; // NULL: found out
    unsigned flags;
} schemes[] = {
    {"alsa:", "alsa", DEVICE},
    {"pulse:", "pulse", DEVICE},
    {"v4l2:", "video4linux2,v4l2", DEVICE},
    {"pattern:", NULL, PACED}, // never opened: live/intake draws it
    {"srt://", "mpegts", PUSHES},
    {"rtmp://", "flv", PUSHES},
    {"rtmps://", "flv", 0},
    {"udp://", NULL, 0},
    {"rtp://", NULL, 0},
    {"rtsp://", NULL, 0},
    {"rtsps://", NULL, UNTRUSTED}, // libav 5 takes any certificate there, whatever it is told
    {"https://", NULL, 0},
    {"http://", NULL, 0},
    {"-", NULL, PACED},
    {"", NULL, PACED},
};

static const struct scheme *scheme_of(const char *url)
{
    for (size_t i = 0;; i++)
        if (!schemes[i].prefix[0] || str_starts(url, schemes[i].prefix))
            return &schemes[i];
}

bool inlet_is_paced(const char *url)
{
    return scheme_of(url)->flags & PACED;
}

static int is_late(void *ctx)
{
    const struct inlet *in = ctx;
    return (in->p->stop && atomic_load(in->p->stop)) || clock_monotonic() > in->deadline;
}

static void add_url(const struct inlet_params *p, const struct scheme *s, struct str *ret)
{
    if (str_same(p->url, "-"))
        str_add(ret, "pipe:0");
    else if (s->flags & DEVICE)
        str_add(ret, p->url + strlen(s->prefix));
    else if (s->prefix[0])
        str_add(ret, p->url);
    else
        str_addf(ret, "file:%s", p->url); // a name with a colon is no address
    // A push is compared with the whole path; the key's place is its last part.
    if (p->listen && str_starts(p->url, "rtmp://") && p->secret)
        str_addf(ret, "/%s", p->secret);
}

static void set_options(const struct inlet_params *p, AVDictionary **o)
{
    bool srt = str_starts(p->url, "srt://");
    av_dict_set(o, "rw_timeout", wait_us, 0);
    av_dict_set(o, "probesize", probe_bytes, 0);
    av_dict_set(o, "analyzeduration", probe_us, 0);
    if (srt && p->listen)
        av_dict_set(o, "mode", "listener", 0);
    if (srt && p->secret)
        av_dict_set(o, "passphrase", p->secret, 0);
    if (!srt && p->listen)
        av_dict_set(o, "listen", "1", 0);
    if (str_starts(p->url, "rtsp")) // by UDP it would lose what the network loses
        av_dict_set(o, "rtsp_transport", "tcp", 0);
}

// libavformat takes any key and only complains of it.
static int check_key(struct inlet *in, struct err *e)
{
    char said[160];
    libav_log_take(&in->log, said, sizeof said);
    if (!in->p->listen || !in->p->secret || !str_starts(in->p->url, "rtmp://") ||
        (!strstr(said, "nexpected stream") && !strstr(said, "don't match")))
        return 0;
    return err_remote(e, -EACCES, "somebody pushed with a wrong key and was refused");
}

static int remote(struct err *e, int code, const char *what)
{
    libav_error(e, code, what);
    if (e)
        e->kind = ERR_REMOTE;
    return code;
}

static int open_piece(AVFormatContext *f, AVIOContext **ret, const char *url, int flags,
                      AVDictionary **o)
{
    const struct inlet *in = f->interrupt_callback.opaque;
    return trust_open(f, in->p->ca_file, url, flags, o, ret);
}

static int streams_are_usable(struct inlet *in, struct err *e)
{
    int r = avformat_find_stream_info(in->format, NULL);
    if (r < 0)
        return remote(e, r, "the source");
    if (av_find_best_stream(in->format, AVMEDIA_TYPE_VIDEO, -1, -1, NULL, 0) < 0 &&
        av_find_best_stream(in->format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0) < 0)
        return err_input(e, "the source has neither sound nor picture");
    return 0;
}

int inlet_open(const struct inlet_params *p, struct inlet *ret, struct err *e)
{
    const struct scheme *s = scheme_of(p->url);
    *ret = (struct inlet){.p = p, .paced = s->flags & PACED};
    const char *name = p->format && p->format[0] ? p->format : s->format;
    if (s->flags & UNTRUSTED)
        return err_input(e, "rtsps:// is not taken, as nobody would look at the camera's "
                            "certificate; use rtsp:// inside a network of your own, or srt:// "
                            "with a passphrase");
    if (s->flags & DEVICE)
        avdevice_register_all();
    const AVInputFormat *format = name ? av_find_input_format(name) : NULL;
    if (name && !format)
        return err_input(e, "'%s' is no format that can be read here", name);
    libav_log_init(&ret->log);
    ret->format = avformat_alloc_context();
    ret->format->opaque = &ret->log;
    ret->format->interrupt_callback = (AVIOInterruptCB){is_late, ret};
    ret->format->io_open = open_piece;
    ret->deadline = clock_monotonic() + (p->listen ? 1e9 : answer_s);
    AVDictionary *options = NULL;
    struct str url;
    str_init(&url, STR_MAX);
    set_options(p, &options);
    add_url(p, s, &url);
    libav_log_hear(&ret->log);
    int r = avformat_open_input(&ret->format, url.p, format, &options);
    libav_log_hear(NULL);
    str_done(&url);
    av_dict_free(&options);
    if (r < 0)
        r = remote(e, r, "the source");
    if (r >= 0)
        r = check_key(ret, e);
    ret->deadline = clock_monotonic() + answer_s;
    if (r >= 0)
        r = streams_are_usable(ret, e);
    // Segments come in pieces of seconds, and a player is some of them behind: it waits for none.
    if (r >= 0 && str_same(ret->format->iformat->name, "hls")) {
        ret->paced = true;
        ret->live_list = ret->format->duration == AV_NOPTS_VALUE;
    }
    if (r < 0)
        inlet_close(ret);
    return r;
}

void inlet_close(struct inlet *in)
{
    if (!in->p)
        return;
    in->deadline = 0; // nobody is waited for
    avformat_close_input(&in->format);
    libav_log_done(&in->log);
    in->p = NULL;
}

int inlet_read(struct inlet *in, AVPacket *ret, double patience_s, struct err *e)
{
    in->deadline = clock_monotonic() + patience_s;
    int r = av_read_frame(in->format, ret);
    if (r >= 0)
        return 1;
    if (r == AVERROR_EOF && in->paced && !in->live_list)
        return 0;
    if (r == AVERROR_EOF)
        return err_remote(e, -EPIPE, "the source ended its connection");
    if (r == AVERROR_EXIT)
        return remote(e, AVERROR(ETIMEDOUT), "the source");
    return remote(e, r, "the source");
}
