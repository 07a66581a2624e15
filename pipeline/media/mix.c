// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/mix.h"

#include "base/arena.h"
#include "base/err.h"
#include "media/strand.h"
#include "sound/join.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CHANNELS = 8, STEP = 4800 }; // samples a channel that are mixed at a time

struct stretch { // a kept span: samples on the common clock
    int64_t from, to;
    int64_t reach; // of the join at its end
};

struct mix {
    struct mix_params p;
    struct strand **strands;
    int64_t at, end; // samples on the common clock
    struct stretch *stretches;
    size_t num_stretches, now;
    bool cut_begin, cut_end;   // the recording's own beginning and end are left alone
    float *last[MAX_CHANNELS]; // around the end of a stretch, then the join itself
    float *next[MAX_CHANNELS]; // around the beginning of the one behind it
    size_t join_room;          // samples of those two
    size_t joined, handed_on;  // samples of a join in `last`, and how many of them are gone
};

static int64_t samples(const struct mix *m, tick t)
{
    return tick_to_samples(t, m->p.sample_rate);
}

void mix_close(struct mix *m)
{
    if (!m)
        return;
    for (size_t i = 0; m->strands && i < m->p.num_tracks; i++)
        strand_free(m->strands[i]);
    for (int c = 0; c < MAX_CHANNELS; c++) {
        free(m->last[c]);
        free(m->next[c]);
    }
    free(m->stretches);
    free(m->strands);
    free(m);
}

static tick open_strands(struct mix *m)
{
    const struct mix_params *p = &m->p;
    tick length = 0;
    m->strands = mem_alloc((p->num_tracks + 1) * sizeof *m->strands);
    for (size_t i = 0; i < p->num_tracks; i++) {
        m->strands[i] = strand_new(&p->tracks[i], p->sample_rate, p->channels, p->threads);
        tick own = strand_length(&p->tracks[i]);
        length = own > length ? own : length;
    }
    m->end = samples(m, length);
    return length;
}

// Every stretch lies at the samples of its published time, so that a thousand of them are not off
// by more than one.
static void lay_stretches(struct mix *m)
{
    const struct mix_params *p = &m->p;
    size_t n = p->kept ? p->num_kept : 1;
    tick at = p->at;
    m->stretches = mem_alloc((n + 1) * sizeof *m->stretches);
    m->num_stretches = n;
    if (!p->kept)
        m->stretches[0].to = m->end;
    for (size_t i = 0; p->kept && i < n; i++) {
        struct stretch *s = &m->stretches[i];
        tick behind = at + p->kept[i].end - p->kept[i].start;
        s->from = samples(m, p->kept[i].start);
        s->to = s->from + samples(m, behind) - samples(m, at);
        at = behind;
    }
    int64_t reach = (int64_t)p->sample_rate * JOIN_REACH_MS / 1000;
    for (size_t i = 0; i + 1 < n; i++) {
        struct stretch *s = &m->stretches[i], *behind = s + 1;
        int64_t room = s->to - s->from < behind->to - behind->from ? s->to - s->from
                                                                   : behind->to - behind->from;
        s->reach = room / 2 < reach ? room / 2 : reach;
    }
}

int mix_open(const struct mix_params *p, struct mix **ret, struct err *e)
{
    if (p->channels < 1 || p->channels > MAX_CHANNELS)
        return err_set(e, -EINVAL, "%d channels cannot be mixed", p->channels);
    struct mix *m = mem_alloc(sizeof *m);
    m->p = *p;
    tick length = open_strands(m);
    lay_stretches(m);
    m->cut_begin = p->kept && p->num_kept && p->kept[0].start > 0;
    m->cut_end = p->kept && p->num_kept && p->kept[p->num_kept - 1].end < length;
    m->join_room = (size_t)p->sample_rate * JOIN_REACH_MS / 1000 * 2 + 2;
    for (int c = 0; c < p->channels; c++) {
        m->last[c] = mem_alloc(m->join_room * sizeof(float));
        m->next[c] = mem_alloc(m->join_room * sizeof(float));
    }
    *ret = m;
    return 0;
}

int64_t mix_frames(const struct mix *m)
{
    int64_t n = 0;
    for (size_t i = 0; i < m->num_stretches; i++)
        n += m->stretches[i].to - m->stretches[i].from;
    return n;
}

static int read_all(struct mix *m, float *const *planes, size_t n, struct err *e)
{
    for (int c = 0; c < m->p.channels; c++)
        memset(planes[c], 0, n * sizeof(float));
    for (size_t i = 0; i < m->p.num_tracks; i++) {
        int r = strand_add(m->strands[i], planes, n, e);
        if (r < 0)
            return r;
    }
    m->at += (int64_t)n;
    return 0;
}

static int read_to(struct mix *m, float *const *planes, size_t from, size_t to, struct err *e)
{
    for (size_t i = from; i < to;) {
        float *at[MAX_CHANNELS];
        size_t n = to - i < STEP ? to - i : STEP;
        for (int c = 0; c < m->p.channels; c++)
            at[c] = planes[c] + i;
        int r = read_all(m, at, n, e);
        if (r < 0)
            return r;
        i += n;
    }
    return 0;
}

static int skip_to(struct mix *m, int64_t to, struct err *e)
{
    int r = 0;
    while (r >= 0 && m->at < to) {
        size_t n = to - m->at < (int64_t)m->join_room ? (size_t)(to - m->at) : m->join_room;
        r = read_all(m, m->next, n, e);
    }
    return r;
}

// At `reach` in front of the end of a stretch: the join with the next one, which is begun by it.
static int join(struct mix *m, struct err *e)
{
    const struct stretch *s = &m->stretches[m->now];
    size_t n = 2 * (size_t)s->reach, apart = (size_t)(s[1].from - s->to), again = 0;
    int r = read_to(m, m->last, 0, n, e);
    if (r >= 0 && apart < n) // what is around the end is around the beginning too
        again = n - apart;
    for (int c = 0; c < m->p.channels; c++)
        memcpy(m->next[c], m->last[c] + (n - again), again * sizeof(float));
    if (r >= 0)
        r = skip_to(m, s[1].from - s->reach, e);
    if (r >= 0)
        r = read_to(m, m->next, again, n, e);
    if (r < 0)
        return r;
    size_t fade = (size_t)m->p.sample_rate * JOIN_FADE_MS / 1000;
    join_make((const float *const *)m->last, (const float *const *)m->next, m->p.channels, n, fade,
              m->last);
    m->joined = n;
    m->handed_on = 0;
    m->now++;
    return 0;
}

static size_t hand_on(struct mix *m, float *const *planes, size_t room)
{
    size_t n = m->joined - m->handed_on < room ? m->joined - m->handed_on : room;
    for (int c = 0; c < m->p.channels; c++)
        memcpy(planes[c], m->last[c] + m->handed_on, n * sizeof(float));
    m->handed_on += n;
    return n;
}

static void fade_ends(const struct mix *m, float *const *planes, size_t n)
{
    const struct stretch *first = &m->stretches[0], *last = &m->stretches[m->num_stretches - 1];
    size_t length = (size_t)m->p.sample_rate * JOIN_END_MS / 1000;
    int64_t from = m->at - (int64_t)n, fade = last->to - (int64_t)length;
    if (m->cut_begin && m->now == 0)
        join_end(planes, m->p.channels, n, JOIN_IN, (size_t)(from - first->from), length);
    if (!m->cut_end || m->now + 1 < m->num_stretches || m->at <= fade)
        return;
    float *at[MAX_CHANNELS];
    size_t before = fade > from ? (size_t)(fade - from) : 0;
    for (int c = 0; c < m->p.channels; c++)
        at[c] = planes[c] + before;
    join_end(at, m->p.channels, n - before, JOIN_OUT, fade > from ? 0 : (size_t)(from - fade),
             length);
}

int mix_read(struct mix *m, float *const *planes, size_t room, struct err *e)
{
    room = room < STEP ? room : STEP;
    int r = 0;
    while (r >= 0) {
        if (m->handed_on < m->joined)
            return (int)hand_on(m, planes, room);
        if (m->now >= m->num_stretches)
            return 0;
        const struct stretch *s = &m->stretches[m->now];
        int64_t until = s->to - s->reach;
        if (m->now == 0 && m->at < s->from) {
            r = skip_to(m, s->from, e);
        } else if (m->at < until) {
            size_t n = (int64_t)room < until - m->at ? room : (size_t)(until - m->at);
            r = read_all(m, planes, n, e);
            if (r < 0)
                return r;
            fade_ends(m, planes, n);
            return (int)n;
        } else if (m->now + 1 < m->num_stretches) {
            r = join(m, e);
        } else {
            m->now++;
        }
    }
    return r;
}
