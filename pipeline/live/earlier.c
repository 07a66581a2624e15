// SPDX-License-Identifier: GPL-3.0-or-later
#include "live/earlier.h"

#include "media/av.h"

// By the packets of the end: a recording that was cut off says nothing of its length.
static double seconds_of(const char *path)
{
    AUTO(input) AVFormatContext *in = NULL;
    AUTO(packet) AVPacket *pkt = av_packet_alloc();
    int64_t first = AV_NOPTS_VALUE, last = 0;
    if (!pkt || libav_open_file(&in, path, NULL) < 0)
        return 0;
    for (bool at_end = false; av_read_frame(in, pkt) >= 0; av_packet_unref(pkt)) {
        AVRational base = in->streams[pkt->stream_index]->time_base;
        if (pkt->pts == AV_NOPTS_VALUE)
            continue;
        int64_t from = av_rescale_q(pkt->pts, base, AV_TIME_BASE_Q);
        last = FFMAX(last, from + av_rescale_q(pkt->duration, base, AV_TIME_BASE_Q));
        first = first == AV_NOPTS_VALUE ? from : first;
        if (!at_end)
            avformat_seek_file(in, -1, INT64_MIN, INT64_MAX, INT64_MAX, 0);
        at_end = true;
    }
    return first == AV_NOPTS_VALUE ? 0 : (double)(last - first) / AV_TIME_BASE;
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
