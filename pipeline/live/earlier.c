// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/earlier.h"

#include "media/av.h"

// By the packets of the end: a recording that was cut off says nothing of its length.
static double seconds_of(const char *path)
{
    AUTO(input) AVFormatContext *in = NULL;
    AUTO(packet) AVPacket *pkt = av_packet_alloc();
    tick first = TICK_NONE, last = 0;
    if (!pkt || libav_open_file(&in, path, NULL) < 0)
        return 0;
    for (bool at_end = false; av_read_frame(in, pkt) >= 0; av_packet_unref(pkt)) {
        AVRational base = in->streams[pkt->stream_index]->time_base;
        tick from = libav_tick(pkt->pts, base);
        if (from == TICK_NONE)
            continue;
        last = FFMAX(last, from + libav_length(pkt->duration, base));
        first = first == TICK_NONE ? from : first;
        if (!at_end)
            avformat_seek_file(in, -1, INT64_MIN, INT64_MAX, INT64_MAX, 0);
        at_end = true;
    }
    return first == TICK_NONE ? 0 : tick_to_s(last - first);
}

struct json *earlier_measure(const struct json *parts)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(parts); i++) {
        const struct json *part = json_at(parts, i);
        struct json *o = json_new_object();
        for (size_t k = 0; k < json_count(part); k++)
            json_put(o, json_key_at(part, k), json_keep(json_get(part, json_key_at(part, k))));
        json_put_real(o, "seconds", seconds_of(json_text_or(part, "path", "")));
        json_push(list, o);
    }
    return list;
}
