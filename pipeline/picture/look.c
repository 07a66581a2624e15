// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    ROWS = 270,          // that are looked at, or all
    LANES = 128,         // counted side by side, in bytes:
    CHUNK = LANES * 255, // a byte holds no more
    BLACK = 16,
    WHITE = 235, // luma
    LOWEST = 5,
    HIGHEST = 246,
};
static const struct look_limits usual = {
    .black_level = 0.10, .black_share = 0.98, .frozen_db = -60, .least_s = 2};
static const double illegal_area = 0.01, burnt_area = 0.1;
static const float beat = 0.005f, beating = 1 / 3.0f;

struct look {
    struct look_params p;
    int step; // from one row that is looked at to the next
    uint8_t black_to;
    double frozen_to; // sum of differences
    uint8_t *still;   // what is looked at of the frame that a still passage began with
    tick still_at, last;
    tick black_from, illegal_from, burnt_from; // TICK_NONE: the last frame was not
    struct look_passages black, frozen, illegal, burnt;
    int64_t frames, lit, out;
    double worst, crushed, clipped, level; // the last three: sums over lit frames
    float before[2];                       // levels of the last two frames
    int run;                               // how many of them there are
    int64_t second_frames, second_beats, flicker;
    double second_sum;
    float *levels;
    size_t seconds, room;
};

static double or_usual(double v, double otherwise)
{
    return v != 0 ? v : otherwise;
}

// How many rows of a plane are looked at.
static int rows_of(const struct look *l, int plane)
{
    int height = plane ? l->p.height / 2 : l->p.height;
    return (height + l->step - 1) / l->step;
}

static int width_of(const struct look *l, int plane)
{
    return plane ? l->p.width / 2 : l->p.width;
}

static size_t samples(const struct look *l)
{
    size_t n = 0;
    for (int i = 0; i < 3; i++)
        n += (size_t)rows_of(l, i) * (size_t)width_of(l, i);
    return n;
}

struct look *look_new(const struct look_params *p)
{
    if (p->width < 2 || p->height < 2 || p->rate_num < 1 || p->rate_den < 1)
        return NULL;
    struct look *l = mem_alloc(sizeof(*l));
    l->p = *p;
    struct look_limits *m = &l->p.limits;
    m->black_level = or_usual(m->black_level, usual.black_level);
    m->black_share = or_usual(m->black_share, usual.black_share);
    m->frozen_db = or_usual(m->frozen_db, usual.frozen_db);
    m->least_s = or_usual(m->least_s, usual.least_s);
    l->step = p->height / ROWS > 1 ? p->height / ROWS : 1;
    l->black_to = (uint8_t)(BLACK + fmin(m->black_level, 1) * (WHITE - BLACK));
    l->frozen_to = pow(10, m->frozen_db / 20) * 256 * (double)samples(l);
    l->still = mem_alloc(samples(l));
    l->still_at = l->last = TICK_NONE;
    l->black_from = l->illegal_from = l->burnt_from = TICK_NONE;
    return l;
}

void look_free(struct look *l)
{
    if (!l)
        return;
    free(l->still);
    free(l->levels);
    free(l);
}

struct tally {
    uint64_t sum, black, crushed, clipped;
};

// LANES bytes; one loop a figure, which either compiler makes vectors of.
static void count_lanes(const uint8_t *restrict p, uint8_t limit, uint16_t *restrict sum,
                        uint8_t *restrict black, uint8_t *restrict crushed,
                        uint8_t *restrict clipped)
{
    for (int k = 0; k < LANES; k++)
        sum[k] = (uint16_t)(sum[k] + p[k]);
    for (int k = 0; k < LANES; k++)
        black[k] = (uint8_t)(black[k] + (p[k] <= limit));
    for (int k = 0; k < LANES; k++)
        crushed[k] = (uint8_t)(crushed[k] + (p[k] <= BLACK));
    for (int k = 0; k < LANES; k++)
        clipped[k] = (uint8_t)(clipped[k] + (p[k] >= WHITE));
}

// n is at most CHUNK.
static void count_chunk(const uint8_t *p, int n, uint8_t limit, struct tally *t)
{
    uint8_t black[LANES] = {0}, crushed[LANES] = {0}, clipped[LANES] = {0};
    uint16_t sum[LANES] = {0};
    int x = 0;
    for (; x + LANES <= n; x += LANES)
        count_lanes(p + x, limit, sum, black, crushed, clipped);
    for (; x < n; x++) {
        t->sum += p[x];
        t->black += p[x] <= limit;
        t->crushed += p[x] <= BLACK;
        t->clipped += p[x] >= WHITE;
    }
    for (int k = 0; k < LANES; k++) {
        t->sum += sum[k];
        t->black += black[k];
        t->crushed += crushed[k];
        t->clipped += clipped[k];
    }
}

static struct tally count_luma(const struct look *l, const struct image *m)
{
    struct tally t = {0};
    for (int y = 0; y < l->p.height; y += l->step) {
        const uint8_t *row = m->plane[0] + (ptrdiff_t)y * m->stride[0];
        for (int x = 0; x < l->p.width; x += CHUNK)
            count_chunk(row + x, l->p.width - x < CHUNK ? l->p.width - x : CHUNK, l->black_to, &t);
    }
    return t;
}

// Pixels of a row of chroma whose Y', R', G' or B' is out of range, in 64ths: R' = Y' + 1.5397 Cr,
// G' = Y' - 0.1831 Cb - 0.4577 Cr, B' = Y' + 1.8142 Cb (BT.709, and 219 steps of luma against 224
// of chroma).
static int illegal_in(const uint8_t *luma, const uint8_t *blue, const uint8_t *red, int n)
{
    const int16_t low = LOWEST * 64, high = HIGHEST * 64;
    int bad = 0;
    for (int x = 0; x < n; x++) {
        int16_t y = (int16_t)(luma[2 * x] * 64);
        int16_t cb = (int16_t)(blue[x] - 128), cr = (int16_t)(red[x] - 128);
        int16_t r = (int16_t)(y + 99 * cr), b = (int16_t)(y + 116 * cb);
        int16_t g = (int16_t)(y - 12 * cb - 29 * cr);
        bad += (y < low) | (y > high) | (r < low) | (r > high) | (g < low) | (g > high) |
               (b < low) | (b > high);
    }
    return bad;
}

static double illegal_share(const struct look *l, const struct image *m)
{
    int64_t bad = 0, rows = 0;
    int width = l->p.width / 2, step = l->step > 1 ? 2 * l->step : 1;
    for (int y = 0; y < l->p.height / 2; y += step, rows++)
        bad += illegal_in(m->plane[0] + (ptrdiff_t)2 * y * m->stride[0],
                          m->plane[1] + (ptrdiff_t)y * m->stride[1],
                          m->plane[2] + (ptrdiff_t)y * m->stride[2], width);
    return (double)bad / ((double)rows * width);
}

static uint32_t row_difference(const uint8_t *a, const uint8_t *b, int n)
{
    uint32_t sum = 0;
    for (int x = 0; x < n; x++)
        sum += (uint32_t)abs(a[x] - b[x]);
    return sum;
}

// Whether the frame is the one that is kept; gives up as soon as it cannot be.
static bool same_as_kept(const struct look *l, const struct image *m)
{
    double sum = 0;
    const uint8_t *kept = l->still;
    for (int i = 0; i < 3; i++) {
        int width = width_of(l, i), rows = rows_of(l, i);
        for (int y = 0; y < rows; y++, kept += width) {
            sum += row_difference(kept, m->plane[i] + (ptrdiff_t)y * l->step * m->stride[i], width);
            if (sum > l->frozen_to)
                return false;
        }
    }
    return true;
}

static void keep(struct look *l, const struct image *m)
{
    uint8_t *to = l->still;
    for (int i = 0; i < 3; i++) {
        size_t width = (size_t)width_of(l, i);
        for (int y = 0, rows = rows_of(l, i); y < rows; y++, to += width)
            memcpy(to, m->plane[i] + (ptrdiff_t)y * l->step * m->stride[i], width);
    }
}

static void passage_end(const struct look *l, struct look_passages *into, tick from, tick to)
{
    if (l->p.some_only)
        to = l->last;
    if (from == TICK_NONE || tick_to_s(to - from) < l->p.limits.least_s)
        return;
    if (into->count < LOOK_PASSAGES)
        into->first[into->count] = (struct span){from, to};
    into->count++;
    into->length += to - from;
}

static void passage_is(const struct look *l, struct look_passages *into, tick *from, bool is,
                       tick at)
{
    if (!is)
        passage_end(l, into, *from, at);
    if (!is || *from == TICK_NONE)
        *from = is ? at : TICK_NONE;
}

static void second_end(struct look *l)
{
    if (!l->second_frames)
        return;
    l->levels[l->seconds - 1] = (float)(l->second_sum / (double)l->second_frames);
    l->flicker += (float)l->second_beats > beating * (float)l->second_frames;
    l->second_frames = l->second_beats = 0;
    l->second_sum = 0;
}

static void second_begin(struct look *l, size_t second)
{
    second_end(l);
    if (second >= l->room) {
        l->room = second + second / 2 + 600;
        l->levels = mem_grow(l->levels, l->room * sizeof(*l->levels));
    }
    for (; l->seconds <= second; l->seconds++)
        l->levels[l->seconds] = l->seconds ? l->levels[l->seconds - 1] : 0;
}

// A bend of the level that is no ramp: twice the change from frame to frame.
static void add_level(struct look *l, float level, tick at)
{
    size_t second = at > 0 ? (size_t)(at / TICKS_PER_SEC) : 0;
    if (second < LOOK_SECONDS) {
        if (second >= l->seconds)
            second_begin(l, second);
        float bend = level - 2 * l->before[0] + l->before[1];
        l->second_beats += l->run >= 2 && fabsf(bend) >= 2 * beat;
        l->second_frames++;
        l->second_sum += (double)level;
    }
    l->before[1] = l->before[0];
    l->before[0] = level;
    l->run++;
}

static void add_exposure(struct look *l, const struct tally *t, double count, double level)
{
    l->lit++;
    l->crushed += (double)t->crushed / count;
    l->clipped += (double)t->clipped / count;
    l->level += level;
}

void look_add(struct look *l, const struct image *m, tick at)
{
    struct tally t = count_luma(l, m);
    double count = (double)rows_of(l, 0) * l->p.width;
    double level = ((double)t.sum / count - BLACK) / (WHITE - BLACK);
    level = fmin(fmax(level, 0), 1);
    bool black = (double)t.black >= l->p.limits.black_share * count;
    if (!black)
        add_exposure(l, &t, count, level);
    passage_is(l, &l->black, &l->black_from, black, at);
    passage_is(l, &l->burnt, &l->burnt_from, (double)t.clipped > burnt_area * count, at);
    if (!l->frames || !same_as_kept(l, m)) {
        passage_end(l, &l->frozen, l->still_at, at);
        keep(l, m);
        l->still_at = at;
    }
    double illegal = illegal_share(l, m);
    passage_is(l, &l->illegal, &l->illegal_from, illegal > illegal_area, at);
    l->out += illegal > illegal_area;
    l->worst = fmax(l->worst, illegal);
    add_level(l, (float)level, at);
    l->last = at;
    l->frames++;
}

void look_result(struct look *l, struct look_result *ret)
{
    *ret = (struct look_result){.frames = l->frames,
                                .black = l->black,
                                .frozen = l->frozen,
                                .illegal = l->illegal,
                                .burnt = l->burnt};
    if (!l->frames)
        return;
    tick end = l->last + l->p.rate_den * TICKS_PER_SEC / l->p.rate_num;
    passage_end(l, &ret->black, l->black_from, end);
    passage_end(l, &ret->frozen, l->still_at, end);
    passage_end(l, &ret->illegal, l->illegal_from, end);
    passage_end(l, &ret->burnt, l->burnt_from, end);
    double lit = l->lit ? (double)l->lit : 1;
    ret->range = (double)l->out / (double)l->frames;
    ret->range_worst = l->worst;
    ret->crushed = l->crushed / lit;
    ret->clipped = l->clipped / lit;
    ret->level = l->level / lit;
    ret->flicker_s = l->flicker;
    if (l->second_frames) {
        l->levels[l->seconds - 1] = (float)(l->second_sum / (double)l->second_frames);
        ret->flicker_s += (float)l->second_beats > beating * (float)l->second_frames;
    }
    ret->levels = l->levels;
    ret->seconds = l->seconds;
}
