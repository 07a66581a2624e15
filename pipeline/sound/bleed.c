// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/bleed.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/tally.h"

enum {
    AHEAD = 5,       // blocks that a gate opens before its voice
    HOLD = 20,       // blocks that it stays open behind it
    OPENING = 2,     // blocks that opening takes
    CLOSING = 10,    // and closing
    OWN_OF = 4,      // a voice is one's own in OWN_LEAST of so many blocks
    OWN_LEAST = 3,   // shorter, it is a chair or a cup
    CLOSED_MIN = 25, // blocks; for less a gate is not moved
    STEP = 4,        // blocks, over which a level's change is looked at
    MIN_LOUD = 100,  // blocks of a voice, before what others hear of it is believed
};
static const double silence_db = -90;
static const double loud_db = 10;   // under the loudest of a track: surely its own voice
static const double above_db = 15;  // and so far above its noise
static const double decay_db = 1.5; // a block: how fast a room falls silent, at the slowest
static const double over_bleed_db = 5, over_noise_db = 8; // from there on a voice is one's own
static const double bleed_over_noise_db = 4;              // less is not heard anyway
// Nearly as loud in another's microphone as in one's own: it is the same sound twice, or the voice
// is the other's, who hardly ever hears this one.
static const double most_db = -3;
// What is heard of a voice rises and falls with it, music or another talk has its own ways: the
// correlation of their changes over STEP blocks is 0.88 and more in the tests, or under 0.3.
static const double least_alike = 0.6;
static const double quiet_share = 0.2; // of the blocks in which another speaks, oneself is silent

struct room {
    size_t n, blocks;
    float **level;       // dB of each block with its neighbours
    double *floor, *top; // of each track
    double *coupling;    // [i * n + j]: voice j in track i against track j; -HUGE_VAL: not heard
    unsigned char **own; // own voice
};

static float *levels_of(const struct blocks *b)
{
    float *level = mem_alloc((b->n + 1) * sizeof(*level));
    for (size_t i = 0; i < b->n; i++) {
        float sum = b->energy[i];
        sum += b->energy[i ? i - 1 : i] + b->energy[i + 1 < b->n ? i + 1 : i];
        level[i] = (float)tally_db((double)sum / 3);
    }
    return level;
}

static void find_range(struct room *r, size_t i)
{
    struct tally all = {0};
    for (size_t t = 0; t < r->blocks; t++)
        if (r->level[i][t] > silence_db)
            tally_add(&all, (double)r->level[i][t]);
    r->floor[i] = all.total ? tally_quantile(&all, 0.1) : silence_db;
    r->top[i] = all.total ? tally_quantile(&all, 0.95) : silence_db;
}

static bool surely_speaks(const struct room *r, size_t j, size_t t)
{
    double level = (double)r->level[j][t];
    return level > r->top[j] - loud_db && level > r->floor[j] + above_db;
}

// Between its first sound and its last a recorder that cuts out its silences is silent too; before
// and behind them it did not run.
static void find_running(const struct room *r, size_t i, size_t *ret_from, size_t *ret_to)
{
    size_t from = 0, to = r->blocks;
    while (from < to && r->level[i][from] <= silence_db)
        from++;
    while (to > from && r->level[i][to - 1] <= silence_db)
        to--;
    *ret_from = from;
    *ret_to = to;
}

// Voice j is loud enough in track i at t to be told from its noise, and i itself is silent.
static bool only_hears(const struct room *r, size_t i, size_t j, size_t t, double heard)
{
    double own = (double)r->level[i][t], other = (double)r->level[j][t];
    return other > r->floor[j] + above_db && other + heard > r->floor[i] + bleed_over_noise_db &&
           own < other + heard + over_bleed_db;
}

// The levels of i and j change together.
static bool follows(const struct room *r, size_t i, size_t j, double heard)
{
    double xx = 0, xy = 0, yy = 0;
    size_t count = 0;
    for (size_t t = STEP; t < r->blocks; t++) {
        if (!only_hears(r, i, j, t, heard) || !only_hears(r, i, j, t - STEP, heard))
            continue;
        double x = (double)(r->level[j][t] - r->level[j][t - STEP]);
        double y = (double)(r->level[i][t] - r->level[i][t - STEP]);
        xx += x * x;
        xy += x * y;
        yy += y * y;
        count++;
    }
    return count >= MIN_LOUD && xy > least_alike * sqrt(xx * yy);
}

// While j speaks, i is mostly silent: the softest it then is, against j, is what it hears of j.
static double find_coupling(const struct room *r, size_t i, size_t j)
{
    struct tally apart = {0};
    size_t from, to;
    find_running(r, i, &from, &to);
    for (size_t t = from; t < to; t++)
        if (surely_speaks(r, j, t))
            tally_add(&apart, (double)(r->level[i][t] - r->level[j][t]));
    if (apart.total < MIN_LOUD)
        return -HUGE_VAL;
    double heard = tally_quantile(&apart, quiet_share);
    bool audible = r->top[j] + heard > r->floor[i] + bleed_over_noise_db;
    return audible && heard < most_db && follows(r, i, j, heard) ? heard : -HUGE_VAL;
}

static void find_couplings(struct room *r)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t j = 0; j < r->n; j++)
            r->coupling[i * r->n + j] = i == j ? -HUGE_VAL : find_coupling(r, i, j);
}

// Where track i is louder than what it hears of all others, and than its noise.
static void find_own(struct room *r, size_t i)
{
    double *heard = mem_alloc(r->n * sizeof(*heard)); // of each other voice, dying away
    for (size_t j = 0; j < r->n; j++)
        heard[j] = -HUGE_VAL;
    for (size_t t = 0; t < r->blocks; t++) {
        double bleed = -HUGE_VAL;
        for (size_t j = 0; j < r->n; j++) {
            double coupling = r->coupling[i * r->n + j];
            if (!isfinite(coupling))
                continue;
            double now = (double)r->level[j][t] + coupling;
            heard[j] = fmax(now, heard[j] - decay_db);
            bleed = fmax(bleed, heard[j]);
        }
        double level = (double)r->level[i][t];
        r->own[i][t] = level > bleed + over_bleed_db && level > r->floor[i] + over_noise_db;
    }
    free(heard);
}

static void drop_short(unsigned char *own, size_t blocks)
{
    unsigned char *kept = mem_alloc(blocks + 1);
    int count = 0;
    for (size_t t = 0; t < blocks; t++) {
        count += own[t] - (t >= OWN_OF ? own[t - OWN_OF] : 0);
        for (size_t k = 0; count >= OWN_LEAST && k < OWN_OF && k <= t; k++)
            kept[t - k] |= own[t - k];
    }
    memcpy(own, kept, blocks);
    free(kept);
}

// Somebody whom i hears speaks into their own microphone at t.
static bool another_speaks(const struct room *r, size_t i, size_t t)
{
    for (size_t j = 0; j < r->n; j++)
        if (isfinite(r->coupling[i * r->n + j]) && r->own[j][t])
            return true;
    return false;
}

// Which blocks track i is open in.
static void find_open(const struct room *r, size_t i, bool *open)
{
    size_t last = 0; // behind the last own block
    bool spoke = false, is_open = true;
    size_t next = 0; // own block not before t
    for (size_t t = 0; t < r->blocks; t++) {
        next = next < t ? t : next;
        while (next < r->blocks && !r->own[i][next])
            next++;
        if (r->own[i][t]) {
            spoke = true;
            last = t + 1;
        }
        if ((next < r->blocks && next - t <= AHEAD) || (spoke && t < last + HOLD))
            is_open = true;
        else if (another_speaks(r, i, t))
            is_open = false;
        open[t] = is_open;
    }
}

static void drop_brief(bool *open, size_t blocks)
{
    for (size_t t = 0, from = 0; t <= blocks; t++) {
        if (t < blocks && !open[t])
            continue;
        for (size_t k = from; t < blocks && t - from < CLOSED_MIN && k < t; k++)
            open[k] = true;
        from = t + 1;
    }
}

static void add_point(struct leveller_curve *c, size_t *cap, double at, double db)
{
    if (c->n == *cap) {
        *cap = *cap * 2 + 64;
        c->point = mem_grow(c->point, *cap * sizeof(*c->point));
    }
    c->point[c->n++] = (struct level_point){at, db};
}

static void draw(const bool *open, size_t blocks, struct bleed_gate *g)
{
    size_t cap = 0, closed = 0;
    bool was = true;
    for (size_t t = 0; t < blocks; t++) {
        closed += !open[t];
        if (open[t] == was)
            continue;
        was = open[t];
        add_point(&g->curve, &cap, (double)t, was ? -BLEED_DEPTH_DB : 0);
        add_point(&g->curve, &cap, (double)t + (was ? OPENING : CLOSING),
                  was ? 0 : -BLEED_DEPTH_DB);
    }
    g->closed_share = blocks ? (double)closed / (double)blocks : 0;
}

static void room_init(struct room *r, const struct blocks *const *tracks, size_t n)
{
    *r = (struct room){.n = n, .blocks = tracks[0]->n};
    r->level = mem_alloc(n * sizeof(*r->level));
    r->own = mem_alloc(n * sizeof(*r->own));
    r->floor = mem_alloc(n * sizeof(*r->floor));
    r->top = mem_alloc(n * sizeof(*r->top));
    r->coupling = mem_alloc(n * n * sizeof(*r->coupling));
    for (size_t i = 0; i < n; i++) {
        r->blocks = tracks[i]->n < r->blocks ? tracks[i]->n : r->blocks;
        r->level[i] = levels_of(tracks[i]);
        r->own[i] = mem_alloc(tracks[i]->n + 1);
    }
}

static void room_done(struct room *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->level[i]);
        free(r->own[i]);
    }
    free(r->level);
    free(r->own);
    free(r->floor);
    free(r->top);
    free(r->coupling);
}

void bleed_find(const struct blocks *const *tracks, size_t n, struct bleed_gate *ret)
{
    struct room r;
    room_init(&r, tracks, n);
    for (size_t i = 0; i < n; i++)
        find_range(&r, i);
    find_couplings(&r);
    for (size_t i = 0; i < n; i++) {
        find_own(&r, i);
        drop_short(r.own[i], r.blocks);
    }
    bool *open = mem_alloc((r.blocks + 1) * sizeof(*open));
    for (size_t i = 0; i < n; i++) {
        ret[i] = (struct bleed_gate){.heard_db = -HUGE_VAL};
        for (size_t j = 0; j < n; j++)
            ret[i].heard_db = fmax(ret[i].heard_db, r.coupling[i * n + j]);
        find_open(&r, i, open);
        drop_brief(open, r.blocks);
        draw(open, r.blocks, &ret[i]);
    }
    free(open);
    room_done(&r);
}

void bleed_done(struct bleed_gate *g)
{
    leveller_curve_done(&g->curve);
}

bool bleed_open(const struct leveller_curve *gate, size_t block)
{
    return leveller_at(gate, (double)block + 0.5) > -BLEED_DEPTH_DB / 2.0;
}

void bleed_apply(const struct bleed_gate *g, struct blocks *b)
{
    for (size_t i = 0; g->curve.n && i < b->n; i++) {
        if (bleed_open(&g->curve, i))
            continue;
        b->energy[i] = 0;
        memset(b->peak + i * METER_BLOCK_PEAKS, 0, METER_BLOCK_PEAKS * sizeof(*b->peak));
    }
}
