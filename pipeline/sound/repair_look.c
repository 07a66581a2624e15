// SPDX-License-Identifier: GPL-3.0-or-later
// Clicks are looked for by the repair itself, its result thrown away. For cut peaks, runs of equal
// samples are counted by their level: cutting piles them up at the top, coarse quantization has
// them at every level.
#include "sound/repair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { LEVELS = 241, PIECE = 1024, MIN_RUN = 3, POLES = 2 }; // a level: 0.05 dB, from +0.05 down
static const float least = 0.25f;                            // cut lower, it is not by a converter
static const double level_db = 0.05;

struct top {
    uint32_t runs[LEVELS];
    int64_t samples; // in runs at `level`, the highest so far
    int64_t at[REPAIR_TIMES], found;
    float level, most;
};
struct repair_look {
    struct repair *clicks;
    struct top top[POLES];
    float last;
    size_t run;
    int64_t taken;
    float *scrap;
};

struct repair_look *repair_look_new(int sample_rate)
{
    struct repair_result wanted = {.needed = true, .clicks = 1};
    struct repair *r = repair_new(sample_rate, &wanted);
    if (!r)
        return NULL;
    struct repair_look *l = mem_alloc(sizeof(*l));
    l->clicks = r;
    l->scrap = mem_alloc((PIECE + repair_delay(r)) * sizeof(float));
    return l;
}

void repair_look_free(struct repair_look *l)
{
    if (!l)
        return;
    repair_free(l->clicks);
    free(l->scrap);
    free(l);
}

static void run_done(struct repair_look *l, int64_t end)
{
    struct top *t = &l->top[l->last < 0];
    float v = fabsf(l->last);
    if (l->run >= MIN_RUN && v >= least) {
        double down = 1 - 20 * log10((double)v) / level_db;
        t->runs[down < 0 ? 0 : down < LEVELS - 1 ? (int)down : LEVELS - 1]++;
        if (v > t->level) {
            t->level = v;
            t->samples = t->found = 0;
        }
        if (v >= t->level) {
            t->samples += (int64_t)l->run;
            if (t->found < REPAIR_TIMES)
                t->at[t->found] = end - (int64_t)l->run;
            t->found++;
        }
    }
    l->run = 0;
}

static void add_tops(struct repair_look *l, const float *in, size_t n)
{
    float high = 0, low = 0;
    for (size_t i = 0; i < n; i++) {
        high = in[i] > high ? in[i] : high;
        low = in[i] < low ? in[i] : low;
    }
    l->top[0].most = high > l->top[0].most ? high : l->top[0].most;
    l->top[1].most = -low > l->top[1].most ? -low : l->top[1].most;
    if (high < least && -low < least) {
        run_done(l, l->taken);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (l->run && in[i] == l->last) {
            l->run++;
            continue;
        }
        run_done(l, l->taken + (int64_t)i);
        l->last = in[i];
        l->run = fabsf(in[i]) >= least;
    }
}

void repair_look_add(struct repair_look *l, const float *in, size_t n)
{
    while (n) {
        size_t take = n < PIECE ? n : PIECE;
        add_tops(l, in, take);
        l->taken += (int64_t)take;
        repair_run(l->clicks, in, take, l->scrap);
        in += take;
        n -= take;
    }
}

// The level at which peaks are cut; 0: none.
static double cut_at(const struct top *t)
{
    int64_t below = 0;
    double down = t->level > 0 ? 1 - 20 * log10((double)t->level) / level_db : 0;
    for (int i = (int)down + 2; i < (int)down + 42 && i < LEVELS; i++)
        below += t->runs[i];
    bool highest = t->most <= t->level * 1.003f;
    return highest && t->found >= 3 + 2 * below ? (double)t->level : 0;
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

void repair_look_result(struct repair_look *l, struct repair_result *ret)
{
    *ret = (struct repair_result){0};
    int64_t at[POLES * REPAIR_TIMES];
    size_t n = 0;
    run_done(l, l->taken);
    repair_flush(l->clicks, l->scrap);
    ret->clicks = repair_clicks(l->clicks);
    for (size_t i = 0; i < REPAIR_TIMES && (int64_t)i < ret->clicks; i++)
        ret->click_at[i] = repair_click_at(l->clicks, i);
    ret->clip_high = cut_at(&l->top[0]);
    ret->clip_low = -cut_at(&l->top[1]);
    for (int p = 0; p < POLES; p++) {
        const struct top *t = &l->top[p];
        if (cut_at(t) == 0)
            continue;
        ret->clipped_runs += t->found;
        ret->clipped += t->samples;
        for (size_t i = 0; i < REPAIR_TIMES && (int64_t)i < t->found; i++)
            at[n++] = t->at[i];
    }
    qsort(at, n, sizeof(*at), ascending);
    memcpy(ret->clip_at, at, (n < REPAIR_TIMES ? n : REPAIR_TIMES) * sizeof(*at));
    ret->needed = ret->clicks > 0 || ret->clipped_runs > 0;
}
