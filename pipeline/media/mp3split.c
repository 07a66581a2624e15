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
    float *sound[MAX_CHANNELS];
    size_t fill, room; // samples a channel
    int skip, want;    // MP3 frames to drop and to keep; want INT_MAX: to the end of the sound
    int got;           // MP3 frames so far, the dropped ones too
    uint8_t *data;     // those kept
    size_t len, cap;
    struct task *task; // NULL: not being encoded
};

struct mp3split {
    struct arena arena;
    struct sink_params sink;
    int piece_frames, early_frames;
    int frame_size, initial_padding; // samples
    // In turn: some being encoded, the oldest first, then the one that takes in sound.
    struct piece pieces[MOST_THREADS + 2];
    int num_pieces, oldest, encoding;
    int64_t samples; // all so far
    FILE *file;
    struct mp3info info;
    size_t info_bytes; // 0: nothing written yet
};

static struct piece *piece_at(struct mp3split *m, int i) // i-th after the oldest
{
    return &m->pieces[(m->oldest + i) % m->num_pieces];
}

static void split_free(struct mp3split *m)
{
    for (; m->encoding; m->encoding--, m->oldest++)
        (void)task_end(piece_at(m, 0)->task, NULL);
    for (int i = 0; i < m->num_pieces; i++) {
        for (int c = 0; c < MAX_CHANNELS; c++)
            free(m->pieces[i].sound[c]);
        free(m->pieces[i].data);
    }
    if (m->file)
        fclose(m->file);
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
    int threads = p->sink->threads > 0 ? p->sink->threads : workers_cpus();
    threads = threads < MOST_THREADS ? threads : MOST_THREADS;
    m->num_pieces = threads + 2; // one takes in sound, one waits: no processor ever does
    piece_at(m, 0)->want = m->piece_frames;
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

static int encode_piece(void *ctx, struct err *e)
{
    struct piece *x = ctx;
    struct coder_params cp = {.sink = &x->m->sink, .packet = take_packet, .ctx = x};
    struct coder *c;
    int r = coder_open(&cp, &c, e);
    if (r < 0)
        return r;
    r = coder_write(c, (const float *const *)x->sound, x->fill, e);
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

static int write_oldest(struct mp3split *m, struct err *e)
{
    struct piece *x = piece_at(m, 0);
    m->oldest = (m->oldest + 1) % m->num_pieces;
    m->encoding--;
    int r = task_end(x->task, e);
    return r < 0 ? r : write_piece(m, x, e);
}

static int begin_piece(struct mp3split *m, struct piece *x, struct err *e)
{
    int r = m->encoding + 1 < m->num_pieces ? 0 : write_oldest(m, e);
    if (r < 0)
        return r;
    x->m = m;
    x->got = 0;
    x->len = 0;
    x->task = task_begin(encode_piece, x);
    m->encoding++;
    return 0;
}

static void take_sound(struct piece *x, int channels, const float *const *planes, size_t from,
                       size_t n)
{
    if (x->fill + n > x->room) {
        x->room = x->fill + n > 2 * x->room ? x->fill + n : 2 * x->room;
        for (int c = 0; c < channels; c++)
            x->sound[c] = mem_grow(x->sound[c], x->room * sizeof(float));
    }
    for (int c = 0; c < channels; c++)
        memcpy(x->sound[c] + x->fill, planes[c] + from, n * sizeof(float));
    x->fill += n;
}

static size_t piece_samples(const struct mp3split *m, const struct piece *x)
{
    return (size_t)(x->skip + x->want + LATE_FRAMES) * (size_t)m->frame_size;
}

// The piece after x begins with the last of its sound.
static void follow(struct mp3split *m, struct piece *next, const struct piece *x)
{
    next->skip = x->skip + x->want < m->early_frames ? x->skip + x->want : m->early_frames;
    next->want = m->piece_frames;
    next->fill = 0;
    size_t tail = (size_t)(next->skip + LATE_FRAMES) * (size_t)m->frame_size;
    take_sound(next, m->sink.channels, (const float *const *)x->sound, x->fill - tail, tail);
}

int mp3split_write(struct mp3split *m, const float *const *planes, size_t frames, struct err *e)
{
    m->samples += (int64_t)frames;
    for (size_t used = 0; used < frames;) {
        struct piece *x = piece_at(m, m->encoding);
        bool endless = x->want == INT_MAX;
        size_t lacks = endless ? frames - used : piece_samples(m, x) - x->fill;
        size_t n = lacks < frames - used ? lacks : frames - used;
        take_sound(x, m->sink.channels, planes, used, n);
        used += n;
        if (endless || n < lacks)
            return 0;
        int r = begin_piece(m, x, e);
        if (r < 0)
            return r;
        follow(m, piece_at(m, m->encoding), x);
    }
    return 0;
}

static int encode_rest(struct mp3split *m, struct err *e)
{
    struct piece *last = piece_at(m, m->encoding);
    last->want = INT_MAX;
    int r = begin_piece(m, last, e);
    while (r >= 0 && m->encoding)
        r = write_oldest(m, e);
    return r;
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
    int r = encode_rest(m, e);
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
