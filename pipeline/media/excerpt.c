// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/excerpt.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"
#include "media/feed.h"
#include "media/sink.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 4800, CHANNELS_MAX = 8 };

struct cutting {
    const struct excerpt_params *p;
    struct feed *feed;
    struct sink *sink;
    int channels;
    int64_t from, length, fade; // samples
    float *planes[CHANNELS_MAX];
};

// Half a raised cosine, at sample i of the part.
static float share_at(const struct cutting *x, int64_t i)
{
    int64_t end = x->length - 1 - i, near = i < end ? i : end;
    if (near >= x->fade)
        return 1;
    return (float)(0.5 - 0.5 * cos(M_PI * ((double)near + 0.5) / (double)x->fade));
}

static int write_block(struct cutting *x, int64_t at, size_t skip, size_t n, struct err *e)
{
    const float *planes[CHANNELS_MAX];
    for (int c = 0; c < x->channels; c++) {
        planes[c] = x->planes[c] + skip;
        for (size_t i = 0; i < n; i++)
            x->planes[c][skip + i] *= share_at(x, at + (int64_t)i);
    }
    return sink_write(x->sink, planes, n, e);
}

static int read_block(struct cutting *x, bool *ended, struct err *e)
{
    int r = progress_check(x->p->progress, e);
    if (r < 0)
        return r;
    r = *ended ? 0 : feed_read(x->feed, x->planes, BLOCK, e);
    *ended |= r == 0;
    if (r != 0)
        return r;
    for (int c = 0; c < x->channels; c++)
        memset(x->planes[c], 0, BLOCK * sizeof(float));
    return BLOCK;
}

static int copy(struct cutting *x, struct err *e)
{
    int64_t end = x->from + x->length; // samples of the file
    bool ended = false;
    int r = 0;
    for (int64_t at = 0, n; r >= 0 && at < end; at += n) {
        n = r = read_block(x, &ended, e);
        int64_t first = at > x->from ? at : x->from, last = at + n < end ? at + n : end;
        if (r > 0 && first < last)
            r = write_block(x, first - x->from, (size_t)(first - at), (size_t)(last - first), e);
    }
    return r;
}

static int open_all(struct cutting *x, struct err *e)
{
    const struct excerpt_params *p = x->p;
    int r =
        feed_open(&(struct feed_params){.path = p->from, .track = -1, .threads = 1}, &x->feed, e);
    if (r < 0)
        return r;
    int rate = feed_rate(x->feed);
    x->channels = feed_channels(x->feed);
    x->from = tick_to_samples(p->part.start, rate);
    x->length = tick_to_samples(p->part.end, rate) - x->from;
    x->fade = tick_to_samples(p->fade, rate);
    x->fade = x->fade < x->length / 2 ? x->fade : x->length / 2;
    if (x->length <= 0 || x->channels > CHANNELS_MAX)
        return err_set(e, -EINVAL, "%s: an excerpt of %lld samples in %d channels", p->from,
                       (long long)x->length, x->channels);
    for (int c = 0; c < x->channels; c++)
        x->planes[c] = mem_alloc(BLOCK * sizeof(float));
    return sink_open(&(struct sink_params){.path = p->to,
                                           .codec = "flac",
                                           .container = "flac",
                                           .sample_rate = rate,
                                           .channels = x->channels,
                                           .bits = 24},
                     &x->sink, e);
}

int excerpt_cut(const struct excerpt_params *p, struct err *e)
{
    struct cutting x = {.p = p};
    int r = open_all(&x, e);
    if (r >= 0)
        r = copy(&x, e);
    if (r < 0)
        sink_abort(x.sink);
    else
        r = sink_finish(x.sink, e);
    for (int c = 0; c < CHANNELS_MAX; c++)
        free(x.planes[c]);
    feed_close(x.feed);
    return r < 0 ? r : 0;
}
