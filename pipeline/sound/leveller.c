// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/leveller.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/loudness.h"

enum { BLOCKS_PER_S = 1000 / METER_BLOCK_MS };
static const double rise_blocks = 6, fall_blocks = 12; // 120 and 240 ms
static const double after_word = 3;                    // blocks a room rings on
static const double before_word = 2;  // blocks: the gain stands when the word begins
static const double least_blocks = 2; // where there is no pause
static const double music_share = 0.5, music_most_db = 6;
static const double most_db = 24, inaudible_db = 0.01;
// Within one voice: what it strays by in half a minute is how people talk; only more than that is
// taken back, and not all of it.
static const double ride_s = 25, ride_free_db = 2.5, ride_share = 0.8, ride_most_db = 6,
                    ride_every_s = 5;

static double clamp(double x, double most)
{
    return x > most ? most : x < -most ? -most : x;
}

// ---- one gain a voice

static double reference(const struct turns *t)
{
    double sum = 0, seconds = 0;
    for (int k = 0; k < t->num_voices; k++) {
        if (!isfinite(t->voice[k].lufs))
            continue;
        sum += t->voice[k].lufs * t->voice[k].seconds;
        seconds += t->voice[k].seconds;
    }
    return seconds > 0 ? sum / seconds : -HUGE_VAL;
}

static void voice_gains(const struct turns *t, double strength, double *gain)
{
    double ref = reference(t);
    for (int k = 0; k <= TURNS_MUSIC; k++) {
        double off = isfinite(ref) && isfinite(t->voice[k].lufs) ? ref - t->voice[k].lufs : 0;
        off = k == TURNS_MUSIC ? clamp(music_share * off, music_most_db) : clamp(off, most_db);
        gain[k] = fabs(off) < inaudible_db ? 0 : strength * off;
    }
}

// ---- slow riding within a voice

struct ride {
    const struct speech *speech;
    const int *voice; // of each unit
    double strength;
};

// How far the voice strays from its own level around a block: units near count most.
static double stray(const struct ride *r, const struct turns *t, int voice, double block,
                    size_t *first)
{
    double reach = 2 * ride_s * BLOCKS_PER_S, sum = 0, w = 0;
    while (*first < r->speech->num_units && r->speech->units[*first].to < block - reach)
        (*first)++;
    for (size_t i = *first; i < r->speech->num_units; i++) {
        const struct speech_unit *u = &r->speech->units[i];
        double far = (u->from - block) / BLOCKS_PER_S / ride_s;
        if (far > 2)
            break;
        if (r->voice[i] != voice)
            continue;
        double near = (double)u->seconds * exp(-far * far);
        sum += near * loudness_energy((double)u->lufs);
        w += near;
    }
    // little heard is little known
    double off = w > 0 ? loudness_lufs(sum / w) - t->voice[voice].lufs : 0;
    return off * w / (w + ride_s / 4);
}

static double ride_db(const struct ride *r, double off)
{
    double beyond = off > ride_free_db    ? off - ride_free_db
                    : off < -ride_free_db ? off + ride_free_db
                                          : 0;
    return r->strength * clamp(-ride_share * beyond, ride_most_db);
}

// ---- the curve

static void add_point(struct leveller_curve *c, double at, double db)
{
    if (c->n && at < c->point[c->n - 1].at)
        at = c->point[c->n - 1].at;
    c->point[c->n++] = (struct level_point){at, db};
}

static void add_change(struct leveller_curve *c, const struct turn *t, double before, double after)
{
    double from = t->quiet, to = t->begins - before_word;
    if (to - from < least_blocks) {
        double at = after > before ? t->begins - least_blocks / 2 : t->quiet + least_blocks / 2;
        add_point(c, at - least_blocks / 2, before);
        add_point(c, at + least_blocks / 2, after);
        return;
    }
    double length = fmin(after > before ? rise_blocks : fall_blocks, to - from);
    // up as late as can be, down as early
    double start = after > before ? to - length : fmin(from + after_word, to - length);
    add_point(c, start, before);
    add_point(c, start + length, after);
}

static size_t most_points(const struct turns *t, const struct speech *s)
{
    return 4 * t->n + (size_t)((double)s->n / BLOCKS_PER_S / ride_every_s) + 4;
}

// The gain within a turn: every five seconds one value, straight lines between.
static void add_turn(struct leveller_curve *c, const struct ride *r, const struct turns *t,
                     const struct turn *x, double gain, size_t *first)
{
    double step = ride_every_s * BLOCKS_PER_S;
    if (x->voice == TURNS_MUSIC || x->voice >= t->num_voices) {
        add_point(c, x->from, gain);
        return;
    }
    size_t n = (size_t)((x->to - x->from) / step);
    for (size_t i = 0; i <= n; i++) {
        double at =
            n ? x->from + (double)i * (x->to - x->from) / (double)n : (x->from + x->to) / 2.0;
        add_point(c, at, gain + ride_db(r, stray(r, t, x->voice, at, first)));
    }
}

static void unit_voices(const struct speech *s, const struct turns *t, int *voice)
{
    size_t k = 0;
    for (size_t i = 0; i < s->num_units; i++) {
        uint32_t middle = (s->units[i].from + s->units[i].to) / 2;
        while (k + 1 < t->n && t->turn[k].to <= middle)
            k++;
        voice[i] = t->turn[k].voice;
    }
}

static void make_curve(const struct ride *r, const struct turns *t, const double *gain,
                       struct leveller_curve *ret)
{
    size_t first = 0;
    struct leveller_curve turn = {0};
    turn.point = mem_alloc(most_points(t, r->speech) * sizeof(*turn.point));
    for (size_t i = 0; i < t->n; i++) {
        turn.n = 0;
        add_turn(&turn, r, t, &t->turn[i], gain[t->turn[i].voice], &first);
        if (i > 0)
            add_change(ret, &t->turn[i], ret->point[ret->n - 1].db, turn.point[0].db);
        double end = i + 1 < t->n ? t->turn[i + 1].quiet : r->speech->n;
        for (size_t k = 0; k < turn.n; k++) {
            // inside the ramps of the changes nothing else moves
            if (turn.point[k].at > t->turn[i].begins + fall_blocks &&
                turn.point[k].at < end - fall_blocks)
                add_point(ret, turn.point[k].at, turn.point[k].db);
            else if (i == 0 && k == 0)
                add_point(ret, 0, turn.point[k].db);
        }
    }
    free(turn.point);
}

static void sum_up(const struct speech *s, const struct turns *t, struct leveller_curve *c)
{
    double sum = 0, heard[TURNS_VOICES + 1] = {0};
    size_t count = 0, k = 0, p = 0;
    c->min_db = HUGE_VAL;
    c->max_db = -HUGE_VAL;
    for (size_t i = 0; i < s->n; i++) {
        while (k + 1 < t->n && t->turn[k].to <= i)
            k++;
        if (!s->active[i])
            continue;
        while (p + 1 < c->n && c->point[p + 1].at <= (double)i)
            p++;
        struct leveller_curve two = {.point = c->point + p, .n = c->n - p < 2 ? c->n - p : 2};
        double db = leveller_at(&two, (double)i);
        c->min_db = fmin(c->min_db, db);
        c->max_db = fmax(c->max_db, db);
        c->voice_db[t->turn[k].voice] += db;
        heard[t->turn[k].voice]++;
        sum += db;
        count++;
    }
    for (int v = 0; v <= TURNS_MUSIC; v++)
        c->voice_db[v] = heard[v] > 0 ? c->voice_db[v] / heard[v] : 0;
    c->mean_db = count ? sum / (double)count : 0;
    if (!count)
        c->min_db = c->max_db = 0;
}

void leveller_solve(const struct blocks *b, const struct speech *s, const struct turns *t,
                    double strength, struct leveller_curve *ret)
{
    double gain[TURNS_VOICES + 1];
    (void)b;
    *ret = (struct leveller_curve){0};
    if (strength <= 0 || !s->num_units)
        return;
    int *voice = mem_alloc((s->num_units + 1) * sizeof(*voice));
    unit_voices(s, t, voice);
    voice_gains(t, strength, gain);
    ret->point = mem_alloc((most_points(t, s) + 2 * t->n) * sizeof(*ret->point));
    make_curve(&(struct ride){s, voice, strength}, t, gain, ret);
    sum_up(s, t, ret);
    free(voice);
    if (ret->max_db == 0 && ret->min_db == 0)
        ret->n = 0;
}

void leveller_curve_done(struct leveller_curve *c)
{
    free(c->point);
    *c = (struct leveller_curve){0};
}

// The last point at or before a block; SIZE_MAX: none.
static size_t point_before(const struct leveller_curve *c, double block)
{
    size_t lo = 0, hi = c->n;
    while (lo < hi) {
        size_t middle = (lo + hi) / 2;
        if (c->point[middle].at <= block)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo - 1;
}

double leveller_at(const struct leveller_curve *c, double block)
{
    if (!c->n)
        return 0;
    size_t i = point_before(c, block);
    if (i == SIZE_MAX)
        return c->point[0].db;
    if (i + 1 == c->n)
        return c->point[i].db;
    const struct level_point *p = &c->point[i], *q = p + 1;
    return p->db + (q->db - p->db) * (block - p->at) / (q->at - p->at);
}

static double linear(double db)
{
    return pow(10, db / 20);
}

void leveller_apply(const struct leveller_curve *c, struct blocks *b)
{
    for (size_t i = 0; c->n && i < b->n; i++) {
        float gain = (float)linear(leveller_at(c, (double)i + 0.5));
        b->energy[i] *= gain * gain;
        for (size_t k = i * METER_BLOCK_PEAKS; k < (i + 1) * METER_BLOCK_PEAKS; k++)
            b->peak[k] = meter_peak_code(meter_peak_linear(b->peak[k]) * gain);
    }
}

// ---- on samples

struct leveller {
    const struct leveller_curve *c;
    int channels;
    double per_block; // samples
    int64_t at;
};

struct leveller *leveller_new(const struct leveller_curve *c, int sample_rate, int channels)
{
    struct leveller *l = mem_alloc(sizeof(*l));
    l->c = c;
    l->channels = channels;
    l->per_block = (double)sample_rate / BLOCKS_PER_S;
    return l;
}

void leveller_free(struct leveller *l)
{
    free(l);
}

static void scale(float *x, size_t n, float gain)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= gain;
}

// Gains from `from` to `to`, in equal ratios.
static void slide(float *x, size_t n, double from, double to)
{
    double step = exp(log(to / from) / (double)n);
    for (size_t i = 0; i < n; i++, from *= step)
        x[i] *= (float)from;
}

void leveller_run(struct leveller *l, float *const *planes, size_t frames)
{
    for (size_t done = 0; l->c->n && done < frames;) {
        double block = (double)l->at / l->per_block;
        size_t next = point_before(l->c, block) + 1; // SIZE_MAX + 1 is 0
        size_t n = frames - done;
        if (next < l->c->n) {
            double left = ceil(l->c->point[next].at * l->per_block) - (double)l->at;
            n = left < (double)n ? (size_t)(left < 1 ? 1 : left) : n;
        }
        double a = leveller_at(l->c, block),
               z = leveller_at(l->c, block + (double)n / l->per_block);
        for (int c = 0; c < l->channels; c++) {
            if (a != z)
                slide(planes[c] + done, n, linear(a), linear(z));
            else if (a != 0)
                scale(planes[c] + done, n, (float)linear(a));
        }
        l->at += (int64_t)n;
        done += n;
    }
}
