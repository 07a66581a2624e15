// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/still.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    WIDE = 480,  // what is looked at is so wide at least, where the picture is
    BLACK = 26,  // luma up to which a pixel has nothing to show: 5 % above black,
    WHITE = 229, // and from which on: 3 % below white
    ACROSS = 32,
    DOWN = 18, // cells in which motion is seen
};
static const tick each = TICKS_PER_SEC / 4;
static const double unknown = 0.25; // rest
static const double restless = 6; // steps of luma in a quarter of a second, all cells: half a score

struct small { // a picture made smaller
    int width, height;
    uint8_t *luma;
};

// Means of squares, of which four pixels are read that are spread over them.
static void shrink(const struct image *m, struct small *ret)
{
    int by = m->width / WIDE > 1 ? m->width / WIDE : 1;
    int inner = by > 1 ? 2 : 1, skip = by > 3 ? by / 2 : 1;
    ret->width = m->width / by;
    ret->height = m->height / by;
    ret->luma = mem_alloc((size_t)ret->width * (size_t)ret->height);
    for (int y = 0; y < ret->height; y++)
        for (int x = 0; x < ret->width; x++) {
            const uint8_t *p = m->plane[0] + (ptrdiff_t)y * by * m->stride[0] + x * by;
            int sum = 0;
            for (int r = 0; r < inner; r++)
                for (int c = 0; c < inner; c++)
                    sum += p[(ptrdiff_t)r * skip * m->stride[0] + c * skip];
            ret->luma[(ptrdiff_t)y * ret->width + x] =
                (uint8_t)((sum + inner * inner / 2) / (inner * inner));
        }
}

static double sharpness(const struct small *s)
{
    double sum = 0, squares = 0, n = (double)(s->width - 2) * (s->height - 2);
    if (s->width < 3 || s->height < 3)
        return 0;
    for (int y = 1; y < s->height - 1; y++) {
        const uint8_t *p = s->luma + (ptrdiff_t)y * s->width;
        int64_t row = 0, row_squares = 0;
        for (int x = 1; x < s->width - 1; x++) {
            int v = 4 * p[x] - p[x - 1] - p[x + 1] - p[x - s->width] - p[x + s->width];
            row += v;
            row_squares += v * v;
        }
        sum += (double)row;
        squares += (double)row_squares;
    }
    return sqrt(fmax(squares / n - sum / n * sum / n, 0));
}

// 1 for a well exposed picture, 0 for a black or white one.
static double exposure(const struct small *s)
{
    size_t n = (size_t)s->width * (size_t)s->height, lost = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += s->luma[i];
        lost += s->luma[i] <= BLACK || s->luma[i] >= WHITE;
    }
    double off = (double)sum / (double)n / 255 * 2 - 1, kept = 1 - (double)lost / (double)n;
    return kept * (1 - off * off * off * off);
}

static double score_of(const struct small *s)
{
    return sharpness(s) * exposure(s);
}

double still_score(const struct image *m)
{
    struct small s;
    shrink(m, &s);
    double score = score_of(&s);
    free(s.luma);
    return score;
}

struct cells {
    float level[ACROSS * DOWN];
};

static double mean_of(const struct small *s, int from_x, int to_x, int from_y, int to_y)
{
    int64_t sum = 0;
    for (int y = from_y; y < to_y; y++)
        for (int x = from_x; x < to_x; x++)
            sum += s->luma[(ptrdiff_t)y * s->width + x];
    int64_t n = (int64_t)(to_x - from_x) * (to_y - from_y);
    return n ? (double)sum / (double)n : 0;
}

static void cells_of(const struct small *s, struct cells *ret)
{
    for (int y = 0; y < DOWN; y++)
        for (int x = 0; x < ACROSS; x++)
            ret->level[y * ACROSS + x] =
                (float)mean_of(s, x * s->width / ACROSS, (x + 1) * s->width / ACROSS,
                               y * s->height / DOWN, (y + 1) * s->height / DOWN);
}

static double difference(const struct cells *a, const struct cells *b)
{
    double sum = 0;
    for (int i = 0; i < ACROSS * DOWN; i++)
        sum += fabs((double)a->level[i] - (double)b->level[i]);
    return sum / (ACROSS * DOWN);
}

struct stills {
    struct stills_params p;
    struct still best[STILLS_MOST]; // plane[0] NULL: none yet
    struct cells before;
    tick last; // looked at; TICK_NONE: no frame yet
};

struct stills *stills_new(const struct stills_params *p)
{
    if (p->width < 2 || p->height < 2 || p->over.end <= p->over.start || p->count < 1 ||
        p->count > STILLS_MOST)
        return NULL;
    struct stills *s = mem_alloc(sizeof(*s));
    s->p = *p;
    s->last = TICK_NONE;
    return s;
}

void stills_free(struct stills *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->p.count; i++)
        free(s->best[i].image.plane[0]); // the others lie behind it
    free(s);
}

static void copy_plane(struct image *to, const struct image *from, int plane)
{
    int width = plane ? from->width / 2 : from->width;
    int height = plane ? from->height / 2 : from->height;
    for (int y = 0; y < height; y++)
        memcpy(to->plane[plane] + (ptrdiff_t)y * to->stride[plane],
               from->plane[plane] + (ptrdiff_t)y * from->stride[plane], (size_t)width);
}

static void keep(struct still *s, const struct image *m, tick at, double score)
{
    size_t luma = (size_t)m->width * (size_t)m->height;
    if (!s->image.plane[0]) {
        s->image =
            (struct image){m->width, m->height, .stride = {m->width, m->width / 2, m->width / 2}};
        s->image.plane[0] = mem_alloc(luma + luma / 2);
        s->image.plane[1] = s->image.plane[0] + luma;
        s->image.plane[2] = s->image.plane[1] + luma / 4;
    }
    for (int i = 0; i < 3; i++)
        copy_plane(&s->image, m, i);
    s->at = at;
    s->score = score;
}

// 1: nothing moves. Of the first frame it is not known, and hands often move at the start.
static double rest(const struct stills *s, const struct cells *now, tick at)
{
    if (s->last == TICK_NONE)
        return unknown;
    double quarters = fmax((double)(at - s->last) / (double)each, 1);
    double d = difference(now, &s->before) / quarters / restless;
    return 1 / (1 + d * d);
}

static size_t part_of(const struct stills *s, tick at)
{
    double length = (double)(s->p.over.end - s->p.over.start);
    size_t part = (size_t)((double)(at - s->p.over.start) / length * (double)s->p.count);
    return part < s->p.count ? part : s->p.count - 1;
}

void stills_add(struct stills *s, const struct image *m, tick at)
{
    if (at < s->p.over.start || at >= s->p.over.end || m->width != s->p.width ||
        m->height != s->p.height || (s->last != TICK_NONE && at - s->last < each))
        return;
    struct small small;
    struct cells now;
    shrink(m, &small);
    cells_of(&small, &now);
    double score = score_of(&small) * rest(s, &now, at);
    free(small.luma);
    struct still *best = &s->best[part_of(s, at)];
    if (score > best->score)
        keep(best, m, at, score);
    s->before = now;
    s->last = at;
}

size_t stills_result(const struct stills *s, struct still ret[STILLS_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < s->p.count; i++)
        if (s->best[i].image.plane[0])
            ret[n++] = s->best[i];
    return n;
}

static bool at_an_end(const struct stills *s, const struct still *one)
{
    size_t part = part_of(s, one->at);
    return part == 0 || part == s->p.count - 1;
}

size_t stills_poster(const struct stills *s, const struct still *list, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++) {
        bool now = at_an_end(s, &list[i]), before = at_an_end(s, &list[best]);
        if (now == before ? list[i].score > list[best].score : !now)
            best = i;
    }
    return best;
}
