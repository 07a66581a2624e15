// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/clockfit.h"
#include "sound/clockline.h"
#include "sound/delay.h"
#include "sound/likeness.h"
#include "sound/samples.h"

enum { TRACKS = 2, FEWEST = 4 };
static const double clear = 6;  // standard deviations: a delay that is no chance
static const float loudest = 8; // sample: above are no numbers but accidents

struct piece {        // of a track
    int64_t from, to; // samples
    size_t got;
    float *samples; // until all are here
    float *sound;   // then, at DELAY_RATE
};
struct moment {
    double middle_s[TRACKS];
    struct piece piece[TRACKS];
    bool compared;
    struct delay_peak peak;
};
struct align {
    double rate[TRACKS];  // samples a second
    double speed[TRACKS]; // seconds a second of a
    struct clockline line;
    struct excerpt *excerpt[TRACKS];
    struct delay *delay;
    size_t n, blank; // blank: moments that there might have been
    struct moment moment[LIKENESS_MOST];
};

// The samples that an excerpt around middle_s is made of.
static struct piece piece_around(const struct align *l, int track, double middle_s)
{
    double reach = (double)excerpt_reach(l->excerpt[track]) + 2;
    double half = DELAY_SIZE / 2.0 / DELAY_RATE * l->speed[track] * l->rate[track];
    double from = floor(middle_s * l->rate[track] - half - reach);
    double to = ceil(middle_s * l->rate[track] + half + reach);
    return (struct piece){.from = from > 0 ? (int64_t)from : 0, .to = (int64_t)to};
}

struct align *align_new(const struct envelope *a, const struct envelope *b)
{
    const struct envelope *track[TRACKS] = {a, b};
    struct align *l = mem_alloc(sizeof(*l));
    double moment_s[LIKENESS_MOST];
    if (clockline_search(a, b, &l->line, NULL))
        return l;
    l->n = likeness_find(a, b, &l->line, moment_s, &l->blank);
    l->delay = delay_new();
    l->speed[ALIGN_A] = 1;
    l->speed[ALIGN_B] = l->line.rate;
    for (int t = 0; t < TRACKS; t++) {
        l->rate[t] = envelope_sample_rate(track[t]);
        l->excerpt[t] = excerpt_new(envelope_sample_rate(track[t]));
    }
    for (size_t i = 0; i < l->n; i++) {
        struct moment *m = &l->moment[i];
        m->middle_s[ALIGN_A] = moment_s[i];
        m->middle_s[ALIGN_B] = clockline_at(&l->line, moment_s[i]);
        for (int t = 0; t < TRACKS; t++) {
            m->piece[t] = piece_around(l, t, m->middle_s[t]);
            if (m->piece[t].to > envelope_samples(track[t]))
                m->piece[t].to = envelope_samples(track[t]);
        }
    }
    return l;
}

void align_free(struct align *l)
{
    if (!l)
        return;
    for (int t = 0; t < TRACKS; t++) {
        excerpt_free(l->excerpt[t]);
        for (size_t i = 0; i < l->n; i++) {
            free(l->moment[i].piece[t].samples);
            free(l->moment[i].piece[t].sound);
        }
    }
    delay_free(l->delay);
    free(l);
}

int64_t align_next(const struct align *l, enum align_track track, int64_t from)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < l->n; i++) {
        const struct piece *p = &l->moment[i].piece[track];
        int64_t first = p->from > from ? p->from : from;
        if (first < p->to && first < next)
            next = first;
    }
    return next;
}

static void moment_compare(struct align *l, struct moment *m)
{
    struct piece *a = &m->piece[ALIGN_A], *b = &m->piece[ALIGN_B];
    delay_find(l->delay, a->sound, b->sound, &m->peak);
    m->compared = true;
    free(a->sound);
    free(b->sound);
    a->sound = b->sound = NULL;
}

// All samples are here: they become an excerpt on the clock of a.
static void piece_finish(const struct align *l, int track, struct moment *m)
{
    struct piece *p = &m->piece[track];
    double step = l->speed[track] * l->rate[track] / DELAY_RATE;
    double first = m->middle_s[track] * l->rate[track] - DELAY_SIZE / 2 * step - (double)p->from;
    samples_mend(p->samples, p->got, loudest);
    p->sound = mem_alloc(DELAY_SIZE * sizeof(float));
    excerpt_make(l->excerpt[track], p->samples, p->got, first, step, p->sound);
    free(p->samples);
    p->samples = NULL;
}

void align_hear(struct align *l, enum align_track track, int64_t at, const float *samples, size_t n)
{
    for (size_t i = 0; i < l->n; i++) {
        struct moment *m = &l->moment[i];
        struct piece *p = &m->piece[track];
        int64_t want = p->from + (int64_t)p->got, end = at + (int64_t)n;
        if (want < at || want >= end || want >= p->to)
            continue;
        size_t take = (size_t)((end < p->to ? end : p->to) - want);
        if (!p->samples)
            p->samples = mem_alloc((size_t)(p->to - p->from) * sizeof(float));
        memcpy(p->samples + p->got, samples + (want - at), take * sizeof(float));
        p->got += take;
        if (p->from + (int64_t)p->got < p->to)
            continue;
        piece_finish(l, track, m);
        if (m->piece[ALIGN_A].sound && m->piece[ALIGN_B].sound)
            moment_compare(l, m);
    }
}

void align_result(const struct align *l, struct align_result *ret)
{
    struct clockfit_point point[LIKENESS_MOST];
    struct clockfit fit;
    size_t n = 0, compared = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct moment *m = &l->moment[i];
        compared += m->compared;
        if (m->compared && m->peak.height >= clear)
            point[n++] = (struct clockfit_point){m->middle_s[ALIGN_A], m->peak.late_s, false};
    }
    *ret = (struct align_result){.compared = (int)compared};
    if (clockfit_solve(point, n, &fit) < 0 || fit.agreeing < FEWEST || 3 * fit.agreeing < compared)
        return;
    double rate = l->line.rate * (1 + fit.rise);
    *ret = (struct align_result){
        .found = true,
        .offset_s = l->line.offset_s + l->line.rate * fit.lag_s,
        .drift_ppm = (rate - 1) * 1e6,
        .residual_ms = fit.rms_s * 1e3,
        .confidence = (double)fit.agreeing / (double)(l->n + l->blank),
        .path_ms = fit.path_s * 1e3,
        .compared = (int)compared,
        .agreeing = (int)fit.agreeing,
    };
}
