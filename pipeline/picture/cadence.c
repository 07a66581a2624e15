// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/cadence.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

static const struct {
    struct cadence_rate rate;
    enum cadence_family family;
} kinds[] = {
    {{24000, 1001}, CADENCE_FILM}, {{24, 1}, CADENCE_FILM}, {{25, 1}, CADENCE_PAL},
    {{30000, 1001}, CADENCE_NTSC}, {{30, 1}, CADENCE_NTSC},
};
static const double near_kind = 0.005, irregular = 0.01; // shares
static const double irregular_few = 2;                   // phones start unevenly
static const double usual_least = 0.5, usual_most = 1.5; // of the median interval

struct cadence {
    tick *at; // rising
    size_t n, room;
    int64_t repeated, backward;
};

struct cadence *cadence_new(void)
{
    return mem_alloc(sizeof(struct cadence));
}

void cadence_free(struct cadence *c)
{
    if (!c)
        return;
    free(c->at);
    free(c);
}

void cadence_add(struct cadence *c, tick at)
{
    if (c->n && at <= c->at[c->n - 1]) {
        if (at == c->at[c->n - 1])
            c->repeated++;
        else
            c->backward++;
        return;
    }
    if (c->n == c->room) {
        c->room = c->room ? c->room + c->room / 2 : 4096;
        c->at = mem_grow(c->at, c->room * sizeof(*c->at));
    }
    c->at[c->n++] = at;
}

static int by_length(const void *a, const void *b)
{
    tick x = *(const tick *)a, y = *(const tick *)b;
    return (x > y) - (x < y);
}

static double median_interval(const struct cadence *c)
{
    size_t n = c->n - 1;
    tick *d = mem_alloc(n * sizeof(*d));
    for (size_t i = 0; i < n; i++)
        d[i] = c->at[i + 1] - c->at[i];
    qsort(d, n, sizeof(*d), by_length);
    double m = (double)d[n / 2];
    free(d);
    return m;
}

// Mean of the intervals around the median; then of all, where one may be several of these.
static double usual_interval(const struct cadence *c)
{
    double median = median_interval(c), sum = 0, count = 0, steps = 0;
    for (size_t i = 1; i < c->n; i++) {
        double d = (double)(c->at[i] - c->at[i - 1]);
        if (d > usual_least * median && d < usual_most * median) {
            sum += d;
            count++;
        }
    }
    double mean = sum / count;
    for (size_t i = 1; i < c->n; i++)
        steps += fmax(1, round((double)(c->at[i] - c->at[i - 1]) / mean));
    return (double)(c->at[c->n - 1] - c->at[0]) / steps;
}

static double fps_of(struct cadence_rate r)
{
    return (double)r.num / r.den;
}

static struct cadence_rate times(struct cadence_rate r, int num, int den)
{
    r.num *= num;
    r.den *= den;
    while (r.num % 2 == 0 && r.den % 2 == 0) {
        r.num /= 2;
        r.den /= 2;
    }
    return r;
}

static struct cadence_rate nearest_kind(double fps)
{
    static const int by[][2] = {{1, 1}, {2, 1}, {4, 1}, {8, 1}, {1, 2}};
    struct cadence_rate best = {0, 0};
    double least = near_kind;
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (size_t k = 0; k < COUNT(by); k++) {
            struct cadence_rate r = times(kinds[i].rate, by[k][0], by[k][1]);
            double off = fabs(fps / fps_of(r) - 1);
            if (off < least) {
                least = off;
                best = r;
            }
        }
    return best;
}

static void add_gap(struct cadence_result *r, struct span where, int64_t missing)
{
    if (r->gaps < CADENCE_GAPS)
        r->gap[r->gaps] = where;
    r->gaps++;
    r->missing += missing;
}

static void judge(const struct cadence *c, double interval, struct cadence_result *r)
{
    double squares = 0;
    int64_t off = 0;
    for (size_t i = 1; i < c->n; i++) {
        double d = (double)(c->at[i] - c->at[i - 1]), steps = fmax(1, round(d / interval));
        double error = d - steps * interval;
        squares += error * error;
        off += fabs(error) > (double)CADENCE_TOLERANCE;
        if (steps > 1)
            add_gap(r, (struct span){c->at[i - 1], c->at[i]}, (int64_t)steps - 1);
    }
    double n = (double)(c->n - 1);
    r->jitter_ms = 1000 * sqrt(squares / n) / (double)TICKS_PER_SEC;
    r->constant = r->nominal.num && (double)off <= irregular * n + irregular_few;
}

static enum cadence_family family_of(struct cadence_rate r)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].rate.num == r.num && kinds[i].rate.den == r.den)
            return kinds[i].family;
    return CADENCE_PAL;
}

void cadence_result(const struct cadence *c, struct cadence_result *ret)
{
    *ret = (struct cadence_result){
        .frames = (int64_t)c->n, .repeated = c->repeated, .backward = c->backward};
    if (c->n > 1) {
        double interval = usual_interval(c), second = (double)TICKS_PER_SEC;
        ret->fps = (double)(c->n - 1) * second / (double)(c->at[c->n - 1] - c->at[0]);
        ret->usual_fps = second / interval;
        ret->nominal = nearest_kind(ret->usual_fps);
        judge(c, ret->nominal.num ? second / fps_of(ret->nominal) : interval, ret);
    }
    ret->family = family_of(cadence_choose(ret));
}

static bool within(double fps, double of, double share)
{
    return fabs(fps / of - 1) <= share;
}

static struct cadence_rate choose_for_variable(double fps)
{
    for (; fps > 40; fps /= 2)
        ;
    if (fps > 27.5 || within(fps, 15, 0.02))
        return (struct cadence_rate){30, 1};
    if (within(fps, 24, 0.02) || within(fps, 12, 0.02))
        return (struct cadence_rate){24, 1};
    return (struct cadence_rate){25, 1};
}

struct cadence_rate cadence_choose(const struct cadence_result *r)
{
    if (!r->constant)
        return choose_for_variable(r->usual_fps);
    struct cadence_rate rate = r->nominal;
    while (fps_of(rate) > 30)
        rate = times(rate, 1, 2);
    return fps_of(rate) < 20 ? times(rate, 2, 1) : rate;
}

enum side { UNDECIDED, STAYS, COMES };

struct cadence_pick {
    const struct timeline *t;
    struct cadence_rate rate;
    tick length;         // of an output frame
    int64_t count, next; // output frames: all; the first that is not decided
    size_t span;         // of the timeline, in which it is
    tick last;           // source frame; TICK_NONE: none yet
    enum side side;      // how the last close decision of this span went
};

static tick time_of(const struct cadence_pick *p, int64_t frame)
{
    return frame * p->rate.den * TICKS_PER_SEC / p->rate.num;
}

struct cadence_pick *cadence_pick_new(const struct timeline *t, struct cadence_rate rate)
{
    if (rate.num < 1 || rate.den < 1)
        return NULL;
    struct cadence_pick *p = mem_alloc(sizeof(*p));
    *p = (struct cadence_pick){.t = t, .rate = rate, .last = TICK_NONE};
    p->length = time_of(p, 1);
    p->count = (int64_t)llround(tick_to_s(t->length) * fps_of(rate));
    return p;
}

void cadence_pick_free(struct cadence_pick *p)
{
    free(p);
}

int64_t cadence_pick_count(const struct cadence_pick *p)
{
    return p->count;
}

// Which of two source frames is nearer to the middle of an output frame is not decided anew each
// time: as long as the second begins close to the middle, it goes as it went before.
static bool comes(struct cadence_pick *p, tick at, tick middle)
{
    tick off = at - middle, interval = at - p->last;
    tick close = p->length / 8 < interval / 4 ? p->length / 8 : interval / 4;
    tick own = (p->length < interval ? p->length : interval) / 2;
    tick size = off < 0 ? -off : off;
    if (size > close || p->side == UNDECIDED) {
        enum side now = off <= 0 ? COMES : STAYS;
        if (size <= own) // else another source frame is nearer, and that one counts
            p->side = now;
        return now == COMES;
    }
    return p->side == COMES;
}

// Whether the next output frame shows the source frame of that time, or one behind it.
static bool takes(struct cadence_pick *p, tick at)
{
    const struct timeline *t = p->t;
    tick published = time_of(p, p->next);
    if (published < t->kept[0].at)
        return false;
    for (; p->span < t->count; p->span++, p->side = UNDECIDED) {
        const struct kept *k = &t->kept[p->span];
        if (published - k->at < k->to - k->from)
            break;
    }
    if (p->span == t->count)
        return false;
    if (p->last == TICK_NONE)
        return true;
    const struct kept *k = &t->kept[p->span];
    tick recorded = k->from + published - k->at;
    if (at >= k->to)
        return false;
    if (p->last < k->from && at >= k->from)
        return at <= recorded + p->length;
    return comes(p, at, recorded + p->length / 2);
}

int64_t cadence_pick_push(struct cadence_pick *p, tick at)
{
    int64_t from = p->next;
    if (p->last != TICK_NONE && at < p->last)
        at = p->last;
    while (p->next < p->count && !takes(p, at))
        p->next++;
    p->last = at;
    return p->next - from;
}

int64_t cadence_pick_end(struct cadence_pick *p)
{
    int64_t left = p->count - p->next;
    p->next = p->count;
    return left;
}
