// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/sync.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/input.h"

#include <libavutil/intreadwrite.h>

enum { REORDERED = 64 }; // more packets than any H.264 decoder holds back

struct ends {
    const char *path;
    AVFormatContext *format;
    AVStream *picture, *sound;
    struct sync_ends *ret;
    int pictures; // packets of it
};

static tick time_of(const AVStream *st, int64_t t)
{
    return t == AV_NOPTS_VALUE ? TICK_NONE : libav_tick(t, st->time_base);
}

// What the encoder has put in front is not heard.
static tick skipped(const AVStream *st, const AVPacket *packet)
{
    size_t size;
    const uint8_t *d = av_packet_get_side_data(packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
    if (!d || size < 8 || st->codecpar->sample_rate <= 0)
        return 0;
    return tick_from_samples(AV_RL32(d), st->codecpar->sample_rate);
}

static void widen(struct span *s, tick from, tick to)
{
    if (s->start == TICK_NONE || from < s->start)
        s->start = from;
    if (s->end == TICK_NONE || to > s->end)
        s->end = to;
}

static void take(struct ends *x, const AVPacket *packet)
{
    bool is_picture = x->picture && packet->stream_index == x->picture->index;
    bool is_sound = x->sound && packet->stream_index == x->sound->index;
    const AVStream *st = is_picture ? x->picture : x->sound;
    if ((!is_picture && !is_sound) || packet->flags & AV_PKT_FLAG_DISCARD ||
        packet->pts == AV_NOPTS_VALUE)
        return;
    tick from = time_of(st, packet->pts);
    if (from == TICK_NONE)
        return;
    x->pictures += is_picture;
    widen(is_picture ? &x->ret->picture : &x->ret->sound,
          from + (is_sound ? skipped(st, packet) : 0),
          from + libav_length(packet->duration, st->time_base));
}

// Until both have begun, and pictures that are shown earlier than they are decoded are in.
static int read_from_here(struct ends *x, bool to_end, struct err *e)
{
    AUTO(packet) AVPacket *packet = av_packet_alloc();
    if (!packet)
        mem_fail();
    x->pictures = 0;
    bool more = true;
    while (more) {
        int r = av_read_frame(x->format, packet);
        if (r == AVERROR_EOF)
            return 0;
        if (r < 0)
            return libav_error(e, r, x->path);
        take(x, packet);
        av_packet_unref(packet);
        bool picture = !x->picture || x->pictures >= REORDERED;
        bool sound = !x->sound || x->ret->sound.start != TICK_NONE;
        more = to_end || !picture || !sound;
    }
    return 0;
}

// An edit list ends the sound within its last packet.
static void end_sound(struct ends *x)
{
    const AVStream *st = x->sound;
    if (!st || st->duration <= 0 || x->ret->sound.end == TICK_NONE)
        return;
    int64_t starts = st->start_time == AV_NOPTS_VALUE ? 0 : st->start_time;
    tick end = time_of(st, starts + st->duration);
    if (end < x->ret->sound.end)
        x->ret->sound.end = end;
}

static int look(struct ends *x, struct err *e)
{
    for (unsigned i = 0; i < x->format->nb_streams; i++) {
        AVStream *st = x->format->streams[i];
        if (!x->picture && input_is_picture(st))
            x->picture = st;
        if (!x->sound && st->codecpar->codec_type == AVMEDIA_TYPE_AUDIO)
            x->sound = st;
    }
    int r = read_from_here(x, false, e);
    if (r < 0)
        return r;
    // Behind the end of all: the last key frame, and what follows it.
    if (av_seek_frame(x->format, x->picture ? x->picture->index : -1, INT64_MAX,
                      AVSEEK_FLAG_BACKWARD) < 0)
        return err_input(e, "%s: its end cannot be found", x->path);
    r = read_from_here(x, true, e);
    end_sound(x);
    return r;
}

int sync_ends(const char *path, struct sync_ends *ret, struct err *e)
{
    struct input in = {0};
    *ret = (struct sync_ends){{TICK_NONE, TICK_NONE}, {TICK_NONE, TICK_NONE}};
    int r = input_open_file(path, &in, e);
    struct ends x = {.path = path, .format = in.format, .ret = ret};
    if (r >= 0)
        r = look(&x, e);
    input_close(&in);
    return r < 0 ? r : 0;
}
