// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/mp3split.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/workers.h"
#include "media/coder.h"
#include "media/mp3info.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PIECE_FRAMES = 1000, // 24 s at 48 kHz
    EARLY_FRAMES = 24,   // what LAME remembers, but for its slowest averages
    LATE_FRAMES = 4,     // LAME looks ahead
    MOST_THREADS = 4,    // each holds the sound of a piece, 9 MB
    DECODER_DELAY = 529,
    MAX_CHANNELS = 2,
};

struct piece {
    const struct mp3split *m;
    size_t from;    // first sample of the buffer to encode
    size_t frames;  // samples to encode
    int skip, want; // MP3 frames to drop and to keep; want INT_MAX: to the end of the sound
    int got;        // MP3 frames so far, the dropped ones too
    uint8_t *data;
    size_t len, cap;
};

struct mp3split {
    struct arena arena;
    struct sink_params sink;
    int piece_frames, early_frames, threads;
    int frame_size, initial_padding; // samples
    float *buffer[MAX_CHANNELS];
    size_t fill, room; // samples a channel
    int head;          // MP3 frames at the buffer's start that are already written
    int64_t samples;   // all so far
    FILE *file;
    struct mp3info info;
    size_t info_bytes; // 0: nothing written yet
};

static void split_free(struct mp3split *m)
{
    if (m->file)
        fclose(m->file);
    for (int c = 0; c < MAX_CHANNELS; c++)
        free(m->buffer[c]);
    arena_done(&m->arena);
    free(m);
}

void mp3split_abort(struct mp3split *m)
{
    if (!m)
        return;
    if (m->file)
        unlink(m->sink.path);
    split_free(m);
}

static void keep_params(struct mp3split *m, const struct sink_params *p)
{
    size_t n = 0;
    while (p->options && p->options[n])
        n++;
    const char **options = arena_array(&m->arena, const char *, n + 2);
    for (size_t i = 0; i < n; i++)
        options[i] = arena_strdup(&m->arena, p->options[i]);
    options[n] = "reservoir=0";
    m->sink = *p;
    m->sink.path = arena_strdup(&m->arena, p->path);
    m->sink.codec = arena_strdup(&m->arena, p->codec);
    m->sink.container = arena_strdup(&m->arena, p->container);
    m->sink.options = options;
}

static int no_packet(void *ctx, AVPacket *pkt, struct err *e)
{
    (void)ctx;
    (void)pkt;
    (void)e;
    return 0;
}

// What the encoder says of itself; wrong settings show here and not after the first minute.
static int ask_encoder(struct mp3split *m, struct err *e)
{
    struct coder *c;
    int r = coder_open(&(struct coder_params){.sink = &m->sink, .packet = no_packet}, &c, e);
    if (r < 0)
        return r;
    m->frame_size = coder_context(c)->frame_size;
    m->initial_padding = coder_context(c)->initial_padding;
    coder_close(c);
    return 0;
}

int mp3split_open(const struct mp3split_params *p, struct mp3split **ret, struct err *e)
{
    if (p->sink->channels < 1 || p->sink->channels > MAX_CHANNELS)
        return err_input(e, "MP3 has one or two channels, not %d", p->sink->channels);
    struct mp3split *m = mem_alloc(sizeof *m);
    keep_params(m, p->sink);
    m->piece_frames = p->piece_frames ? p->piece_frames : PIECE_FRAMES;
    m->early_frames = p->early_frames ? p->early_frames : EARLY_FRAMES;
    m->threads = p->sink->threads > 0 ? p->sink->threads : workers_cpus();
    m->threads = m->threads < MOST_THREADS ? m->threads : MOST_THREADS;
    int r = ask_encoder(m, e);
    if (r >= 0) {
        m->file = fopen(m->sink.path, "wbe");
        r = m->file ? 0 : err_errno(e, -errno, m->sink.path);
    }
    if (r < 0) {
        split_free(m);
        return r;
    }
    *ret = m;
    return 0;
}

static int take_packet(void *ctx, AVPacket *pkt, struct err *e)
{
    struct piece *x = ctx;
    size_t size = (size_t)pkt->size;
    if (size < 4 || mp3info_frame_bytes(pkt->data) != size)
        return err_set(e, -EIO, "the MP3 encoder gave something that is not a frame");
    int i = x->got++;
    if (i < x->skip || (x->want != INT_MAX && i >= x->skip + x->want))
        return 0;
    if (x->len + size > x->cap) {
        x->cap = 2 * (x->len + size);
        x->data = mem_grow(x->data, x->cap);
    }
    memcpy(x->data + x->len, pkt->data, size);
    x->len += size;
    return 0;
}

static int encode_piece(void *ctx, size_t i, struct err *e)
{
    struct piece *x = (struct piece *)ctx + i;
    const struct mp3split *m = x->m;
    struct coder_params cp = {.sink = &m->sink, .packet = take_packet, .ctx = x};
    struct coder *c;
    int r = coder_open(&cp, &c, e);
    if (r < 0)
        return r;
    const float *planes[MAX_CHANNELS];
    for (int k = 0; k < m->sink.channels; k++)
        planes[k] = m->buffer[k] + x->from;
    r = coder_write(c, planes, x->frames, e);
    if (r >= 0 && x->want == INT_MAX)
        r = coder_flush(c, e);
    coder_close(c);
    if (r >= 0 && x->want != INT_MAX && x->got < x->skip + x->want)
        r = err_set(e, -EIO, "the MP3 encoder gave %d frames of %d", x->got - x->skip, x->want);
    return r;
}

static int put(struct mp3split *m, const void *data, size_t len, struct err *e)
{
    if (fwrite(data, 1, len, m->file) != len)
        return err_errno(e, errno ? -errno : -EIO, m->sink.path);
    return 0;
}

static int put_room_for_info(struct mp3split *m, const uint8_t *first, struct err *e)
{
    uint8_t none[MP3INFO_MAX] = {0};
    memcpy(m->info.header, first, sizeof m->info.header);
    m->info_bytes = mp3info_bytes(first);
    if (!m->info_bytes)
        return err_set(e, -EIO, "%s: no room for an Info tag", m->sink.path);
    return put(m, none, m->info_bytes, e);
}

static int write_piece(struct mp3split *m, const struct piece *x, struct err *e)
{
    int r = !m->info_bytes && x->len ? put_room_for_info(m, x->data, e) : 0;
    if (r < 0)
        return r;
    for (size_t at = 0; at < x->len; at += mp3info_frame_bytes(x->data + at)) {
        if (x->data[at + 2] >> 4 != m->info.header[2] >> 4)
            return err_input(e, "MP3 is written at one bit rate throughout");
        m->info.frames++;
    }
    m->info.bytes += (int64_t)x->len;
    m->info.crc = mp3info_crc(m->info.crc, x->data, x->len);
    return put(m, x->data, x->len, e);
}

// Encodes n pieces that lie one after the other behind the head; with `last` the final one takes
// all the rest.
static int encode_batch(struct mp3split *m, size_t n, bool last, struct err *e)
{
    struct piece *pieces = mem_alloc(n * sizeof *pieces);
    size_t unit = (size_t)m->frame_size;
    for (size_t i = 0; i < n; i++) {
        struct piece *x = &pieces[i];
        int first = m->head + (int)i * m->piece_frames;
        bool all = last && i + 1 == n;
        x->m = m;
        x->skip = first < m->early_frames ? first : m->early_frames;
        x->want = all ? INT_MAX : m->piece_frames;
        x->from = (size_t)(first - x->skip) * unit;
        x->frames = m->fill - x->from;
        size_t need = all ? x->frames : (size_t)(x->skip + x->want + LATE_FRAMES) * unit;
        x->frames = need < x->frames ? need : x->frames;
    }
    int r = workers_run(n, m->threads, encode_piece, pieces, e);
    for (size_t i = 0; i < n; i++) {
        if (r >= 0)
            r = write_piece(m, &pieces[i], e);
        free(pieces[i].data);
    }
    free(pieces);
    return r < 0 ? r : 0;
}

// Drops what is written but for the frames that the next piece begins early.
static void move_on(struct mp3split *m, size_t pieces)
{
    int done = m->head + (int)pieces * m->piece_frames;
    int keep = done < m->early_frames ? done : m->early_frames;
    size_t drop = (size_t)(done - keep) * (size_t)m->frame_size;
    m->fill -= drop;
    for (int c = 0; c < m->sink.channels; c++)
        memmove(m->buffer[c], m->buffer[c] + drop, m->fill * sizeof(float));
    m->head = keep;
}

static void grow(struct mp3split *m, size_t room)
{
    if (room <= m->room)
        return;
    m->room = room > 2 * m->room ? room : 2 * m->room;
    for (int c = 0; c < m->sink.channels; c++)
        m->buffer[c] = mem_grow(m->buffer[c], m->room * sizeof(float));
}

static void append(struct mp3split *m, const float *const *planes, size_t from, size_t n)
{
    for (int c = 0; c < m->sink.channels; c++)
        memcpy(m->buffer[c] + m->fill, planes[c] + from, n * sizeof(float));
    m->fill += n;
    m->samples += (int64_t)n;
}

int mp3split_write(struct mp3split *m, const float *const *planes, size_t frames, struct err *e)
{
    if (m->piece_frames == INT_MAX) {
        grow(m, m->fill + frames);
        append(m, planes, 0, frames);
        return 0;
    }
    size_t batch = (size_t)m->threads;
    for (size_t used = 0; used < frames;) {
        size_t whole = batch * (size_t)m->piece_frames + (size_t)m->head + LATE_FRAMES;
        size_t target = whole * (size_t)m->frame_size;
        size_t n = target - m->fill < frames - used ? target - m->fill : frames - used;
        grow(m, target);
        append(m, planes, used, n);
        used += n;
        if (m->fill < target)
            return 0;
        int r = encode_batch(m, batch, false, e);
        if (r < 0)
            return r;
        move_on(m, batch);
    }
    return 0;
}

static int put_info(struct mp3split *m, struct err *e)
{
    uint8_t tag[MP3INFO_MAX];
    int64_t coded = m->info.frames * m->frame_size;
    m->info.delay = m->initial_padding - DECODER_DELAY;
    m->info.padding = (int)(coded - m->info.delay - m->samples);
    mp3info_build(&m->info, tag);
    if (fflush(m->file) != 0 || fseek(m->file, 0, SEEK_SET) != 0)
        return err_errno(e, -errno, m->sink.path);
    int r = put(m, tag, m->info_bytes, e);
    if (r >= 0 && (fflush(m->file) != 0 || fsync(fileno(m->file)) < 0))
        r = err_errno(e, -errno, m->sink.path);
    return r;
}

int mp3split_finish(struct mp3split *m, struct err *e)
{
    size_t unit = (size_t)m->frame_size;
    size_t left = m->fill / unit - (size_t)m->head; // whole frames
    // The same condition as in mp3split_write, or the cuts would depend on the size of a batch.
    size_t pieces = left > LATE_FRAMES ? (left - LATE_FRAMES) / (size_t)m->piece_frames : 0;
    int r = encode_batch(m, pieces + 1, true, e);
    if (r >= 0 && !m->info_bytes)
        r = err_set(e, -EINVAL, "%s: there is no sound to encode", m->sink.path);
    if (r >= 0)
        r = put_info(m, e);
    FILE *file = m->file;
    m->file = NULL;
    if (fclose(file) != 0 && r >= 0)
        r = err_errno(e, -errno, m->sink.path);
    if (r < 0)
        unlink(m->sink.path);
    split_free(m);
    return r;
}
