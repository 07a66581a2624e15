// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/duck.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sound/loudness.h"

enum {
    BLOCKS_PER_S = 1000 / METER_BLOCK_MS,
    LEAST_PAUSE = 6 * BLOCKS_PER_S / 5, // in shorter ones the music stays down
    AHEAD = 3 * BLOCKS_PER_S / 10,      // it is down so long before a word
    BESIDE = 3 * BLOCKS_PER_S / 2,      // speech so near makes up how loud a word is
    STEADY = 5 * BLOCKS_PER_S,          // the softest so near counts, that the music moves little
};
static const double softest_db = 15; // so much softer than all the speech is not speech
static const double silent_db = -100;
static const double same_db = 1e-6;

struct ducking {
    const struct blocks *b;
    const struct speech *s;
    const struct duck_music *m;
    double lufs;     // of all that is said
    double *said;    // of each unit: the loudness of the speech around it, then the least of those
    bool *spoken;    // blocks over which the music is down
    double *most_db; // what the gain may be at the beginning of each block, and at the end of all
};

static double middle(const struct speech_unit *u)
{
    return ((double)u->from + u->to) / 2;
}

static double all_speech(const struct speech *s)
{
    double sum = 0, seconds = 0;
    for (size_t i = 0; i < s->num_units; i++) {
        sum += loudness_energy((double)s->units[i].lufs) * (double)s->units[i].seconds;
        seconds += (double)s->units[i].seconds;
    }
    return seconds > 0 ? loudness_lufs(sum / seconds) : -HUGE_VAL;
}

static void find_said(const struct ducking *d, double *around)
{
    const struct speech *s = d->s;
    for (size_t i = 0, first = 0; i < s->num_units; i++) {
        double at = middle(&s->units[i]), sum = 0, seconds = 0;
        while (middle(&s->units[first]) < at - BESIDE)
            first++;
        for (size_t k = first; k < s->num_units && middle(&s->units[k]) <= at + BESIDE; k++) {
            sum += loudness_energy((double)s->units[k].lufs) * (double)s->units[k].seconds;
            seconds += (double)s->units[k].seconds;
        }
        double lufs = seconds > 0 ? loudness_lufs(sum / seconds) : d->lufs;
        around[i] = fmax(fmin(lufs, d->lufs), d->lufs - softest_db);
    }
}

static void steady_said(const struct ducking *d, const double *around)
{
    const struct speech *s = d->s;
    for (size_t i = 0, first = 0; i < s->num_units; i++) {
        double at = middle(&s->units[i]);
        d->said[i] = around[i];
        while (middle(&s->units[first]) < at - STEADY)
            first++;
        for (size_t k = first; k < s->num_units && middle(&s->units[k]) <= at + STEADY; k++)
            d->said[i] = fmin(d->said[i], around[k]);
    }
}

static void find_spoken(const struct ducking *d)
{
    size_t n = d->b->n, end = 0; // end: behind the last word
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (!d->s->active[i])
            continue;
        size_t from = any && i - end < LEAST_PAUSE ? end : i > AHEAD ? i - AHEAD : 0;
        for (size_t k = from; k <= i; k++)
            d->spoken[k] = true;
        end = i + 1;
        any = true;
    }
}

// The speech that block i belongs to, or in a pause the softer of both beside it.
static double said_at(const struct ducking *d, size_t i, size_t *unit)
{
    const struct speech *s = d->s;
    if (!s->num_units)
        return d->lufs;
    while (*unit + 1 < s->num_units && s->units[*unit + 1].from <= i)
        (*unit)++;
    size_t next = *unit + 1 < s->num_units && s->units[*unit].to <= i ? *unit + 1 : *unit;
    return fmin(d->said[*unit], d->said[next]);
}

static void find_most(const struct ducking *d)
{
    size_t n = d->b->n;
    double under = DUCK_UNDER_DB + d->m->loudest_lufs,
           pause = DUCK_PAUSE_DB + d->m->integrated_lufs;
    for (size_t i = 0, unit = 0; i < n; i++) {
        double db = said_at(d, i, &unit) - (d->spoken[i] ? under : pause);
        d->most_db[i + 1] = db;
        d->most_db[i] = i ? fmin(d->most_db[i], db) : db;
    }
}

static void find_slopes(const struct ducking *d)
{
    double *db = d->most_db;
    size_t n = d->b->n;
    for (size_t i = 1; i <= n; i++)
        db[i] = fmin(db[i], db[i - 1] + DUCK_RISE_DB_S / BLOCKS_PER_S);
    for (size_t i = n; i-- > 0;)
        db[i] = fmin(db[i], db[i + 1] + DUCK_FALL_DB_S / BLOCKS_PER_S);
}

// Only the points where the gain bends.
static void make_curve(const struct ducking *d, struct leveller_curve *c)
{
    const double *db = d->most_db;
    size_t n = d->b->n, bends = 2;
    for (size_t i = 1; i < n; i++)
        bends += fabs(db[i + 1] - 2 * db[i] + db[i - 1]) > same_db;
    c->point = mem_alloc(bends * sizeof(*c->point));
    c->min_db = HUGE_VAL;
    c->max_db = -HUGE_VAL;
    for (size_t i = 0; i <= n; i++) {
        c->min_db = fmin(c->min_db, db[i]);
        c->max_db = fmax(c->max_db, db[i]);
        c->mean_db += db[i] / (double)(n + 1);
        if (i == 0 || i == n || fabs(db[i + 1] - 2 * db[i] + db[i - 1]) > same_db)
            c->point[c->n++] = (struct level_point){(double)i, db[i]};
    }
}

static void sum_up(const struct ducking *d, struct duck *ret)
{
    double sum = 0;
    size_t count = 0;
    ret->speech_lufs = d->lufs;
    ret->in_pauses_db = HUGE_VAL;
    for (size_t i = 0, unit = 0; i < d->b->n; i++) {
        double below = said_at(d, i, &unit) - d->m->integrated_lufs - d->most_db[i];
        if (d->spoken[i]) {
            sum += d->lufs - d->m->integrated_lufs - d->most_db[i];
            count++;
        } else {
            ret->in_pauses_db = fmin(ret->in_pauses_db, below);
        }
    }
    ret->under_speech_db = count ? sum / (double)count : HUGE_VAL;
}

static void silence(struct duck *ret)
{
    *ret = (struct duck){.speech_lufs = -HUGE_VAL};
    ret->under_speech_db = ret->in_pauses_db = HUGE_VAL;
    ret->curve.point = mem_alloc(sizeof(*ret->curve.point));
    ret->curve.point[0].db = ret->curve.mean_db = silent_db;
    ret->curve.min_db = ret->curve.max_db = silent_db;
    ret->curve.n = 1;
}

void duck_solve(const struct blocks *b, const struct speech *s, const struct duck_music *m,
                struct duck *ret)
{
    struct ducking d = {.b = b, .s = s, .m = m, .lufs = all_speech(s)};
    if (!b->n || !isfinite(d.lufs)) {
        silence(ret);
        return;
    }
    *ret = (struct duck){0};
    double *around = mem_alloc((s->num_units + 1) * sizeof(*around));
    d.said = mem_alloc((s->num_units + 1) * sizeof(*d.said));
    d.spoken = mem_alloc(b->n * sizeof(*d.spoken));
    d.most_db = mem_alloc((b->n + 1) * sizeof(*d.most_db));
    find_said(&d, around);
    steady_said(&d, around);
    find_spoken(&d);
    find_most(&d);
    find_slopes(&d);
    make_curve(&d, &ret->curve);
    sum_up(&d, ret);
    free(around);
    free(d.said);
    free(d.spoken);
    free(d.most_db);
}

void duck_find(const struct blocks *b, const struct meter_result *music, struct duck *ret)
{
    struct speech speech;
    struct duck_music m = {music->integrated_lufs,
                           fmax(music->max_short_term_lufs, music->integrated_lufs)};
    speech_find(b, &speech);
    duck_solve(b, &speech, &m, ret);
    speech_done(&speech);
}

void duck_done(struct duck *d)
{
    leveller_curve_done(&d->curve);
    *d = (struct duck){0};
}
