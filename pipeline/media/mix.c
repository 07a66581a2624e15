// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/mix.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/feed.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANNELS = 8, STEP = 4800 }; // samples a channel that are mixed at a time

struct strand { // one track being read
    const struct mix_track *track;
    size_t part;
    struct feed *feed; // of the part; NULL: not open
    tick part_start;
    int64_t at, part_end; // samples on the common clock
    float gain;
};

struct mix {
    struct mix_params p;
    struct strand *strands;
    int64_t at, end;           // samples on the common clock
    size_t span;               // of p.kept
    float *part[MAX_CHANNELS]; // of a track, before it is added
};

static int64_t samples(const struct mix *m, tick t)
{
    return tick_to_samples(t, m->p.sample_rate);
}

static tick track_length(const struct mix_track *t)
{
    tick length = 0;
    for (size_t i = 0; i < t->num_parts; i++)
        length += t->parts[i].length;
    return length;
}

void mix_close(struct mix *m)
{
    if (!m)
        return;
    for (size_t i = 0; m->strands && i < m->p.num_tracks; i++)
        feed_close(m->strands[i].feed);
    for (int c = 0; c < MAX_CHANNELS; c++)
        free(m->part[c]);
    free(m->strands);
    free(m);
}

static void start_part(const struct mix *m, struct strand *s)
{
    tick length = s->part < s->track->num_parts ? s->track->parts[s->part].length : 0;
    s->part_end = samples(m, s->part_start + length);
}

int mix_open(const struct mix_params *p, struct mix **ret, struct err *e)
{
    if (p->channels < 1 || p->channels > MAX_CHANNELS)
        return err_set(e, -EINVAL, "%d channels cannot be mixed", p->channels);
    struct mix *m = mem_alloc(sizeof *m);
    m->p = *p;
    m->strands = mem_alloc((p->num_tracks + 1) * sizeof *m->strands);
    for (int c = 0; c < p->channels; c++)
        m->part[c] = mem_alloc(STEP * sizeof(float));
    tick length = 0;
    for (size_t i = 0; i < p->num_tracks; i++) {
        struct strand *s = &m->strands[i];
        s->track = &p->tracks[i];
        s->gain = (float)pow(10, p->tracks[i].gain_db / 20);
        start_part(m, s);
        tick own = track_length(s->track);
        length = own > length ? own : length;
    }
    m->end = samples(m, length);
    *ret = m;
    return 0;
}

static struct span kept_span(const struct mix *m, size_t i)
{
    if (m->p.kept)
        return m->p.kept[i];
    return (struct span){0, tick_from_samples(m->end, m->p.sample_rate)};
}

static size_t num_kept(const struct mix *m)
{
    return m->p.kept ? m->p.num_kept : 1;
}

int64_t mix_frames(const struct mix *m)
{
    int64_t n = 0;
    for (size_t i = 0; i < num_kept(m); i++)
        n += samples(m, kept_span(m, i).end) - samples(m, kept_span(m, i).start);
    return n;
}

static int open_part(struct mix *m, struct strand *s, struct err *e)
{
    const struct mix_part *p = &s->track->parts[s->part];
    struct feed_params fp = {
        .path = p->path,
        .track = p->sound_track,
        .threads = m->p.threads,
        .sample_rate = m->p.sample_rate,
        .channels = m->p.channels,
    };
    return feed_open(&fp, &s->feed, e);
}

static void end_part(struct mix *m, struct strand *s)
{
    feed_close(s->feed);
    s->feed = NULL;
    s->part_start += s->track->parts[s->part].length;
    s->part++;
    start_part(m, s);
}

// Up to n samples of the part; where the file ends earlier than it should, the rest is silence.
static int read_part(struct mix *m, struct strand *s, size_t n, struct err *e)
{
    int64_t left = s->part_end - s->at;
    n = (int64_t)n < left ? n : (size_t)left;
    int r = s->feed ? 0 : open_part(m, s, e);
    if (r >= 0)
        r = feed_read(s->feed, m->part, n, e);
    if (r != 0)
        return r;
    for (int c = 0; c < m->p.channels; c++)
        memset(m->part[c], 0, n * sizeof(float));
    return (int)n;
}

// Adds the next n samples of one track to what is there.
static int add_track(struct mix *m, struct strand *s, float *const *planes, size_t n, struct err *e)
{
    for (size_t done = 0; done < n && s->part < s->track->num_parts;) {
        if (s->at == s->part_end) {
            end_part(m, s);
            continue;
        }
        int got = read_part(m, s, n - done, e);
        if (got < 0)
            return got;
        for (int c = 0; c < m->p.channels; c++)
            for (int i = 0; i < got; i++)
                planes[c][done + (size_t)i] += s->gain * m->part[c][i];
        s->at += got;
        done += (size_t)got;
    }
    return 0;
}

static int read_all(struct mix *m, float *const *planes, size_t n, struct err *e)
{
    for (int c = 0; c < m->p.channels; c++)
        memset(planes[c], 0, n * sizeof(float));
    for (size_t i = 0; i < m->p.num_tracks; i++) {
        int r = add_track(m, &m->strands[i], planes, n, e);
        if (r < 0)
            return r;
    }
    m->at += (int64_t)n;
    return 0;
}

int mix_read(struct mix *m, float *const *planes, size_t room, struct err *e)
{
    room = room < STEP ? room : STEP;
    for (;;) {
        if (m->span >= num_kept(m))
            return 0;
        struct span k = kept_span(m, m->span);
        int64_t from = samples(m, k.start), to = samples(m, k.end);
        if (m->at >= to) {
            m->span++;
            continue;
        }
        int64_t until = m->at < from ? from : to;
        size_t n = (int64_t)room < until - m->at ? room : (size_t)(until - m->at);
        bool heard = m->at >= from;
        int r = read_all(m, planes, n, e);
        if (r < 0)
            return r;
        if (heard)
            return (int)n;
    }
}
