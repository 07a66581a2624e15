// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "media/hlspack.h"
#include "media/m4aread.h"

#include <errno.h>
#include <stdlib.h>

struct sound {
    struct hls_strand *s;
    struct m4aread *in;
    const struct m4a_track *t;
    struct hls_sample *samples; // of one segment
    size_t room;
    int64_t packets; // with sound in them
};

// Where packet n begins: of the sound's own clock, on which the priming lies before 0.
static int64_t packet_start(const struct sound *u, int64_t n)
{
    return n * u->t->frame_size - u->t->priming;
}

static int64_t nearest_packet(const struct sound *u, tick at)
{
    int64_t n = (tick_to_samples(at, u->t->sample_rate) + u->t->priming + u->t->frame_size / 2) /
                u->t->frame_size;
    return n < u->packets ? n : u->packets;
}

// Where segment i ends. Sound that outlasts the picture goes on in segments as long.
static int64_t segment_end(const struct sound *u, size_t i)
{
    const struct hls_pack *k = u->s->pack;
    if (i + 1 < k->num_cuts)
        return nearest_packet(u, k->cuts[i + 1]);
    tick end = tick_from_samples(u->t->samples, u->t->sample_rate);
    tick from = k->cuts[k->num_cuts - 1] + (tick)(i + 1 - k->num_cuts) * HLS_SEGMENT;
    return end - from > HLS_SEGMENT * 3 / 2 ? nearest_packet(u, from + HLS_SEGMENT) : u->packets;
}

static void describe(struct sound *u, int64_t from, int64_t to)
{
    size_t n = (size_t)(to - from);
    if (n > u->room) {
        u->room = n;
        u->samples = mem_grow(u->samples, n * sizeof *u->samples);
    }
    for (int64_t i = from; i < to; i++) {
        int64_t left = u->t->samples - packet_start(u, i);
        uint32_t length = (uint32_t)(left < u->t->frame_size ? left : u->t->frame_size);
        u->samples[i - from] = (struct hls_sample){u->t->sizes[i], length, 0};
    }
}

static int put_segment(struct sound *u, int64_t from, int64_t to, struct err *e)
{
    struct boxes *b = &u->s->pack->now;
    int64_t start = from ? packet_start(u, from) : 0;
    int r = hlsstrand_segment(u->s, tick_from_samples(start, u->t->sample_rate), e);
    if (r < 0)
        return r;
    describe(u, from, to);
    struct hls_fragment f = {.time = from * u->t->frame_size,
                             .sync = true,
                             .samples = u->samples,
                             .count = (size_t)(to - from)};
    hlsstrand_head(u->s, &f);
    for (int64_t i = from; i < to; i++) {
        const uint8_t *data;
        size_t size;
        r = m4aread_packet(u->in, &data, &size, e);
        if (r < 0)
            return r;
        box_bytes(b, data, size);
    }
    return hlspack_status(u->s->pack, e);
}

static int put_init(struct sound *u, struct err *e)
{
    struct hls_pack *k = u->s->pack;
    int r = hlspack_open(k, fs_join(k->p->arena, u->s->folder, "init.mp4"), HLS_TYPE_INIT, e);
    if (r < 0)
        return r;
    hlsbox_put_sound_init(&k->now, u->t);
    return hlspack_close(k, e);
}

static int put_segments(struct sound *u, struct err *e)
{
    int64_t from = 0;
    for (size_t i = 0; from < u->packets; i++) {
        int64_t to = segment_end(u, i);
        if (to <= from) // a cut at less than half a packet from the one before
            continue;
        int r = put_segment(u, from, to, e);
        if (r < 0)
            return r;
        from = to;
    }
    return hlsstrand_end(u->s, tick_from_samples(u->t->samples, u->t->sample_rate), e);
}

int hlssound_copy(struct hls_strand *s, const char *path, struct hls_voice *ret, struct err *e)
{
    struct sound u = {.s = s};
    int r = m4aread_open(path, &u.in, e);
    if (r < 0)
        return r;
    const struct m4a_track *t = u.t = m4aread_track(u.in);
    u.packets = (t->samples + t->priming + t->frame_size - 1) / t->frame_size;
    ret->channels = t->channels;
    if (!hlslist_aac(t->config, t->config_size, ret->codec))
        r = err_input(e, "%s: no AAC that can be played over HLS", path);
    if (r >= 0)
        r = put_init(&u, e);
    if (r >= 0)
        r = put_segments(&u, e);
    m4aread_close(u.in);
    free(u.samples);
    return r;
}
