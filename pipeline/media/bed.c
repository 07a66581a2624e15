// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/bed.h"

#include "base/arena.h"
#include "base/err.h"
#include "sound/join.h"
#include "sound/leveller.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { CROSS_S = 2, FADE_IN_S = 2, FADE_OUT_S = 4 };

struct bed {
    struct bed_params p;
    struct feed *feed;
    struct leveller *leveller;
    int channels;
    int64_t at;                // of the programme
    int64_t in_file;           // the next sample of the file
    int64_t cross;             // samples of the cross-fade; 0: the file is long enough
    int64_t fade_in, fade_out; // samples
    bool joined;               // seam is made
    float *head[PUMP_MAX_CHANNELS], *seam[PUMP_MAX_CHANNELS], *part[PUMP_MAX_CHANNELS];
};

// ---- the file, over and over

void bed_close(struct bed *b)
{
    if (!b)
        return;
    feed_close(b->feed);
    leveller_free(b->leveller);
    for (int c = 0; c < PUMP_MAX_CHANNELS; c++) {
        free(b->head[c]);
        free(b->seam[c]);
        free(b->part[c]);
    }
    free(b);
}

// n samples of the file; silence where it has no more.
static int read_file(struct bed *b, float *const *planes, size_t n, struct err *e)
{
    size_t got = 0;
    int r = 1;
    while (got < n && r > 0) {
        float *to[PUMP_MAX_CHANNELS];
        for (int c = 0; c < b->channels; c++)
            to[c] = planes[c] + got;
        r = feed_read(b->feed, to, n - got, e);
        got += r > 0 ? (size_t)r : 0;
    }
    for (int c = 0; c < b->channels && r >= 0; c++)
        memset(planes[c] + got, 0, (n - got) * sizeof(float));
    return r < 0 ? r : 0;
}

// Opens the file again, behind the beginning that the cross-fade already played.
static int rewind_file(struct bed *b, struct err *e)
{
    feed_close(b->feed);
    b->feed = NULL;
    int r = feed_open(&b->p.file, &b->feed, e);
    if (r >= 0)
        r = read_file(b, b->head, (size_t)b->cross, e);
    b->in_file = b->cross;
    return r;
}

static int make_seam(struct bed *b, struct err *e)
{
    int r = read_file(b, b->seam, (size_t)b->cross, e);
    if (r >= 0)
        join_make((const float *const *)b->seam, (const float *const *)b->head, b->channels,
                  (size_t)b->cross, (size_t)b->cross, b->seam);
    b->joined = true;
    return r;
}

static void copy(const struct bed *b, float *const *to, float *const *from, int64_t at, int64_t n)
{
    for (int c = 0; c < b->channels; c++)
        // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): channels stays what it was
        memcpy(to[c], from[c] + at, (size_t)n * sizeof(float));
}

// Up to n samples of the music; result: how many.
static int64_t read_piece(struct bed *b, float *const *planes, int64_t n, struct err *e)
{
    int64_t seam = b->p.file_frames - b->cross, r = 0;
    if (!b->cross) {
        r = read_file(b, planes, (size_t)n, e);
        return r < 0 ? r : n;
    }
    if (b->in_file == b->p.file_frames)
        r = rewind_file(b, e);
    if (r >= 0 && b->in_file == seam && !b->joined)
        r = make_seam(b, e);
    if (r < 0)
        return r;
    // the beginning is in memory, and so is the seam
    bool first = b->in_file < b->cross, in_seam = b->in_file >= seam;
    int64_t end = first ? b->cross : in_seam ? b->p.file_frames : seam;
    n = n < end - b->in_file ? n : end - b->in_file;
    if (first)
        copy(b, planes, b->head, b->in_file, n);
    else if (in_seam)
        copy(b, planes, b->seam, b->in_file - seam, n);
    else
        r = read_file(b, planes, (size_t)n, e);
    b->in_file += n;
    return r < 0 ? r : n;
}

static void fade(struct bed *b, size_t n)
{
    int64_t out = b->p.length - b->fade_out;
    if (b->at < b->fade_in)
        join_end(b->part, b->channels, n, JOIN_IN, (size_t)b->at, (size_t)b->fade_in);
    if (b->at + (int64_t)n <= out)
        return;
    float *late[PUMP_MAX_CHANNELS];
    size_t before = b->at < out ? (size_t)(out - b->at) : 0;
    for (int c = 0; c < b->channels; c++)
        late[c] = b->part[c] + before;
    join_end(late, b->channels, n - before, JOIN_OUT, (size_t)(b->at + (int64_t)before - out),
             (size_t)b->fade_out);
}

// The next n samples of the music as they are mixed, into part.
static int read_music(struct bed *b, size_t n, struct err *e)
{
    for (size_t got = 0; got < n;) {
        float *to[PUMP_MAX_CHANNELS];
        for (int c = 0; c < b->channels; c++)
            to[c] = b->part[c] + got;
        int64_t r = read_piece(b, to, (int64_t)(n - got), e);
        if (r < 0)
            return (int)r;
        got += (size_t)r;
    }
    leveller_run(b->leveller, b->part, n);
    fade(b, n);
    b->at += (int64_t)n;
    return 0;
}

// ---- the reader

static int skip(struct bed *b, struct err *e)
{
    int r = 0;
    while (r >= 0 && b->at < b->p.from) {
        int64_t left = b->p.from - b->at;
        r = read_music(b, (size_t)(left < PUMP_BLOCK ? left : PUMP_BLOCK), e);
    }
    return r;
}

static void lay_out(struct bed *b)
{
    int64_t rate = b->p.file.sample_rate, length = b->p.length;
    b->channels = b->p.file.channels;
    b->leveller = leveller_new(b->p.curve, (int)rate, b->channels);
    b->fade_in = FADE_IN_S * rate < length / 3 ? FADE_IN_S * rate : length / 3;
    b->fade_out = FADE_OUT_S * rate < length / 2 ? FADE_OUT_S * rate : length / 2;
    if (b->p.file_frames < length)
        b->cross = CROSS_S * rate < b->p.file_frames / 4 ? CROSS_S * rate : b->p.file_frames / 4;
    for (int c = 0; c < b->channels; c++) {
        b->part[c] = mem_alloc(PUMP_BLOCK * sizeof(float));
        b->head[c] = mem_alloc((size_t)(b->cross + 1) * sizeof(float));
        b->seam[c] = mem_alloc((size_t)(b->cross + 1) * sizeof(float));
    }
}

int bed_open(const struct bed_params *p, struct bed **ret, struct err *e)
{
    int channels = p->file.channels;
    if (channels < 1 || channels > PUMP_MAX_CHANNELS || p->file_frames < 4)
        return err_set(e, -EINVAL, "%lld samples in %d channels are no music",
                       (long long)p->file_frames, channels);
    struct bed *b = mem_alloc(sizeof *b);
    b->p = *p;
    lay_out(b);
    int r = feed_open(&p->file, &b->feed, e);
    if (r >= 0)
        r = read_file(b, b->head, (size_t)b->cross, e);
    if (r >= 0)
        r = skip(b, e);
    if (r < 0) {
        bed_close(b);
        return r;
    }
    *ret = b;
    return 0;
}

int bed_read(void *bed, float *const *planes, size_t room, struct err *e)
{
    struct bed *b = bed;
    int n =
        b->p.programme.read(b->p.programme.ctx, planes, room < PUMP_BLOCK ? room : PUMP_BLOCK, e);
    int r = n > 0 ? read_music(b, (size_t)n, e) : 0;
    if (n <= 0 || r < 0)
        return r < 0 ? r : n;
    for (int c = 0; c < b->channels; c++)
        for (int i = 0; i < n; i++)
            planes[c][i] += b->part[c][i];
    return n;
}
