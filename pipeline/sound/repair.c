// SPDX-License-Identifier: GPL-3.0-or-later
// Sound goes by in blocks of some 5 ms, with twelve on either side of the one that is looked at. A
// click shows first as a bend (second difference) far over every bend in three blocks on both sides
// and well over those in all twelve: that is cheap, and voices (creaking ones too), bursts of
// consonants and applause seldom pass it. What passes must stand as far over what the model of the
// neighbourhood explains.
#include "sound/repair.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/ar.h"

enum {
    SIDE = 12,
    SPAN = 2 * SIDE + 1,
    NEAR = 3,
    MODEL_SIDE = 4, // blocks on either side that the model is made of
    MODEL = 2 * MODEL_SIDE + 1,
    ROOM = 100,
    MAX_CLICK = 300,
};
static const float bend_over = 6, bend_over_far = 3, bend_least = 0.006f;
static const double residual_over = 16, elsewhere_over = 7;

struct repair {
    bool clicks_wanted, idle;
    float high, low; // 0: no cut peaks
    int order;
    size_t block, margin; // margin: what a click may reach to either side of its peak
    float *row, *window, *copy;
    size_t start, fill; // of the row; the block looked at begins SIDE blocks after start
    float bend[SPAN];
    int64_t taken, given, position; // position: of row[start]
    int64_t clicks, clipped, click_at[REPAIR_TIMES];
};

struct repair *repair_new(int sample_rate, const struct repair_result *found)
{
    const double pi = 3.14159265358979323846;
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct repair *r = mem_alloc(sizeof(*r));
    r->idle = !found->needed;
    if (r->idle)
        return r;
    r->clicks_wanted = found->clicks > 0;
    r->high = (float)found->clip_high;
    r->low = (float)found->clip_low;
    r->order = sample_rate / 1000 < 16 ? 16 : sample_rate / 1000 > 32 ? 32 : sample_rate / 1000;
    r->block = (size_t)sample_rate / 187 < 64 ? 64 : (size_t)sample_rate / 187;
    r->margin = (size_t)sample_rate / 1500 < 8 ? 8 : (size_t)sample_rate / 1500;
    r->row = mem_alloc(ROOM * r->block * sizeof(float));
    r->window = mem_alloc(MODEL * r->block * sizeof(float));
    r->copy = mem_alloc(MODEL * r->block * sizeof(float));
    for (size_t i = 0; i < MODEL * r->block; i++)
        r->window[i] = (float)sin(pi * ((double)i + 0.5) / (double)(MODEL * r->block));
    r->fill = SIDE * r->block; // silence before the start
    r->position = -(int64_t)r->fill;
    r->given = -(int64_t)r->block;
    return r;
}

void repair_free(struct repair *r)
{
    if (!r)
        return;
    free(r->row);
    free(r->window);
    free(r->copy);
    free(r);
}

size_t repair_delay(const struct repair *r)
{
    return r->idle ? 0 : (SIDE + 2) * r->block;
}

int64_t repair_clicks(const struct repair *r)
{
    return r->clicks;
}

int64_t repair_clipped(const struct repair *r)
{
    return r->clipped;
}

int64_t repair_click_at(const struct repair *r, size_t i)
{
    return r->click_at[i];
}

static float bend_of(const float *x, size_t n)
{
    float most[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++) {
            const float *at = x + i + j;
            float v = fabsf(at[0] - 2 * at[-1] + at[-2]);
            most[j] = v > most[j] ? v : most[j];
        }
    for (; i < n; i++) {
        float v = fabsf(x[i] - 2 * x[i - 1] + x[i - 2]);
        most[0] = v > most[0] ? v : most[0];
    }
    for (size_t j = 1; j < 8; j++)
        most[0] = most[j] > most[0] ? most[j] : most[0];
    return most[0];
}

static bool suspicious(const struct repair *r)
{
    float now = r->bend[SIDE];
    if (now < bend_least)
        return false;
    // a click at the edge of its block bends the next one too
    for (int i = 0; i < SPAN; i++) {
        float over = abs(i - SIDE) <= NEAR ? bend_over : bend_over_far;
        if (i != SIDE && i != SIDE + 1 && r->bend[i] * over > now)
            return false;
    }
    return r->bend[SIDE + 1] <= now;
}

static size_t sharpest(const struct repair *r, const float *x)
{
    size_t at = 0;
    float most = 0;
    for (size_t i = 0; i < r->block; i++) {
        float v = fabsf(x[i] - 2 * x[i - 1] + x[i - 2]);
        if (v > most) {
            most = v;
            at = i;
        }
    }
    return at ? at - 1 : 0; // the middle of the three
}

struct extent {
    size_t from, to; // to is beyond
    double sigma;
};

// Where the click at `at` begins as seen from before and ends as seen from behind.
static bool delimit(const struct repair *r, const float *x, size_t at, const double *a,
                    struct extent *ret)
{
    size_t reach = 2 * r->block, keep = r->margin + (size_t)r->order;
    double sum = 0, most = 0, peak = 0;
    size_t count = 0;
    for (size_t i = at - reach; i < at + reach; i++) {
        double e = fabs(ar_forward(a, r->order, x + i));
        if (i + r->margin >= at && i <= at + keep) {
            peak = i <= at + r->margin ? fmax(peak, e) : peak;
            continue;
        }
        sum += e * e;
        most = fmax(most, e);
        count++;
    }
    double sigma = sqrt(sum / (double)count) + 1e-7;
    if (peak < residual_over * sigma || peak < elsewhere_over * most)
        return false;
    double over = fmax(3.5 * sigma, peak / 100);
    size_t from = at - r->margin, to = at + r->margin;
    while (from < to && fabs(ar_forward(a, r->order, x + from)) < over)
        from++;
    while (to > from && fabs(ar_backward(a, r->order, x + to)) < over)
        to--;
    *ret = (struct extent){from - 1, to + 2, sigma};
    return from < to + 1 && to - from < r->margin && to - from + 3 < MAX_CLICK;
}

static void mend_click(struct repair *r)
{
    float *x = r->row + r->start + (SIDE - MODEL_SIDE) * r->block, *copy = r->copy;
    size_t n = MODEL * r->block, at = MODEL_SIDE * r->block;
    at += sharpest(r, x + at);
    size_t missing[MAX_CLICK], count = 0, left = at - r->margin, right = at + r->margin;
    double a[AR_MAX_ORDER + 1];
    struct extent e;
    int64_t when = r->position + (int64_t)((SIDE - MODEL_SIDE) * r->block + at);
    if (when < (int64_t)r->block || when + (int64_t)r->block > r->taken)
        return; // the sound itself begins or ends here
    memcpy(copy, x, n * sizeof(*x));
    for (size_t i = left; i < right; i++) // the model is not to know the click
        copy[i] = x[left] + (x[right] - x[left]) * (float)(i - left) / (float)(right - left);
    if (!ar_fit(copy, r->window, n, r->order, a) || !delimit(r, x, at, a, &e))
        return;
    for (size_t i = e.from; i < e.to; i++)
        missing[count++] = i;
    memcpy(copy, x, n * sizeof(*x));
    if (!ar_fill(a, r->order, copy, missing, count))
        return;
    double changed = 0;
    for (size_t i = e.from; i < e.to; i++)
        changed = fmax(changed, fabs((double)(x[i] - copy[i])));
    if (changed < residual_over * e.sigma)
        return;
    memcpy(x + e.from, copy + e.from, count * sizeof(*x));
    if (r->clicks < REPAIR_TIMES)
        r->click_at[r->clicks] = when;
    r->clicks++;
}

static bool cut(const struct repair *r, float v)
{
    return (r->high > 0 && v >= r->high) || (r->low < 0 && v <= r->low);
}

// Runs of two cut samples and more that begin in the block.
static size_t cut_samples(const struct repair *r, const float *x, size_t *missing)
{
    size_t count = 0, end = (MODEL_SIDE + 1) * r->block;
    size_t last = MODEL * r->block - (size_t)r->order;
    for (size_t i = MODEL_SIDE * r->block; i < end; i++) {
        if (!cut(r, x[i]) || cut(r, x[i - 1]))
            continue;
        size_t run = 0;
        while (i + run < last && cut(r, x[i + run]) && x[i + run] * x[i] > 0)
            run++;
        if (run < 2 || count + run > AR_MAX_MISSING)
            continue;
        for (size_t j = 0; j < run; j++)
            missing[count++] = i + j;
        i += run - 1;
    }
    return count;
}

static void mend_cut(struct repair *r)
{
    float *x = r->row + r->start + (SIDE - MODEL_SIDE) * r->block, *copy = r->copy;
    size_t missing[AR_MAX_MISSING], count = cut_samples(r, x, missing);
    double a[AR_MAX_ORDER + 1];
    if (!count)
        return;
    memcpy(copy, x, MODEL * r->block * sizeof(*x));
    for (int pass = 0; pass < 2; pass++) // the second model knows better
        if (!ar_fit(copy, r->window, MODEL * r->block, r->order, a) ||
            !ar_fill(a, r->order, copy, missing, count))
            return;
    for (size_t i = 0; i < count; i++) {
        size_t at = missing[i];
        float level = x[at], most = level * 4; // what was cut reaches at least to the cut
        bool up = level > 0;
        if (up ? copy[at] < level : copy[at] > level)
            continue;
        x[at] = (up ? copy[at] > most : copy[at] < most) ? most : copy[at];
    }
    r->clipped += (int64_t)count;
}

// One block further; out gets the block before the one looked at: clicks may reach into it.
static size_t step(struct repair *r, float *out)
{
    float *x = r->row + r->start;
    size_t skip = 0;
    memmove(r->bend, r->bend + 1, (SPAN - 1) * sizeof(*r->bend));
    r->bend[SPAN - 1] = r->clicks_wanted ? bend_of(x + (SPAN - 1) * r->block, r->block) : 0;
    if (r->clicks_wanted && suspicious(r))
        mend_click(r);
    if (r->high > 0 || r->low < 0)
        mend_cut(r);
    if (r->given < 0) // the silence before the start
        skip = -r->given < (int64_t)r->block ? (size_t)-r->given : r->block;
    int64_t left = r->taken - (r->given + (int64_t)skip);
    size_t n = r->block - skip;
    n = left < (int64_t)n ? (left > 0 ? (size_t)left : 0) : n;
    memcpy(out, x + (SIDE - 1) * r->block + skip, n * sizeof(*out));
    r->given += (int64_t)r->block;
    r->position += (int64_t)r->block;
    r->start += r->block;
    r->fill -= r->block;
    return n;
}

static size_t push(struct repair *r, const float *in, size_t n, float *out)
{
    size_t given = 0, whole = SPAN * r->block;
    while (n) {
        size_t take = whole - r->fill < n ? whole - r->fill : n;
        if (r->start + whole > ROOM * r->block) {
            memmove(r->row, r->row + r->start, r->fill * sizeof(*r->row));
            r->start = 0;
        }
        float *to = r->row + r->start + r->fill;
        if (in)
            memcpy(to, in, take * sizeof(*in));
        else
            memset(to, 0, take * sizeof(*in));
        in = in ? in + take : NULL;
        r->fill += take;
        n -= take;
        if (r->fill == whole)
            given += step(r, out + given);
    }
    return given;
}

size_t repair_run(struct repair *r, const float *in, size_t n, float *out)
{
    if (r->idle) {
        memcpy(out, in, n * sizeof(*in));
        return n;
    }
    r->taken += (int64_t)n;
    return push(r, in, n, out);
}

size_t repair_flush(struct repair *r, float *out)
{
    size_t given = 0;
    while (!r->idle && r->given < r->taken)
        given += push(r, NULL, r->block, out + given);
    return given;
}
