// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/tone.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"

enum { BLACK = 16, WHITE = 235, RANGE = WHITE - BLACK, TURNS = 40 };
enum { PARTS = 64, SHIFT = 12 }; // of a step of chroma; of the scale of chroma with luma
static const double blue_of = 1.8142, red_of = 1.5397; // B' - Y' and R' - Y' of a step of chroma
static const double least_level = 0.05, least_luma = 0.02, least_colour = 0.01;
static const double knee = 0.75;

// Luma 0..1 and around it: a gain, and above the knee a bend that ends in white.
static double curve(double gain, double v)
{
    double to = gain * v;
    if (gain <= 1 || to <= knee || v >= 1)
        return gain <= 1 || v < 1 ? to : v;
    double a = (gain - knee) / (1 - knee), s = (v - knee / gain) / (1 - knee / gain);
    return knee + (1 - knee) * a * s / (1 + (a - 1) * s);
}

static double level_with(const struct tone_shot *s, double gain)
{
    double sum = 0, n = 0;
    for (int i = 0; i < TONE_BINS; i++) {
        double luma = (i + 0.5) * 256 / TONE_BINS - 0.5;
        sum += (double)s->histogram[i] * curve(gain, (luma - BLACK) / RANGE);
        n += (double)s->histogram[i];
    }
    return n > 0 ? sum / n : 0;
}

static double gain_to(const struct tone_shot *s, double level)
{
    double low = 1 / TONE_STOP, high = TONE_STOP;
    // bins are coarse: their level without a gain stands for the true one
    double want = level - s->level + level_with(s, 1);
    for (int i = 0; i < TURNS; i++) {
        double middle = sqrt(low * high);
        if (level_with(s, middle) < want)
            low = middle;
        else
            high = middle;
    }
    return sqrt(low * high);
}

struct weighed {
    double value, weight;
};

static int by_value(const void *a, const void *b)
{
    double x = ((const struct weighed *)a)->value, y = ((const struct weighed *)b)->value;
    return (x > y) - (x < y);
}

static bool dark(const struct tone_shot *s)
{
    return s->level < least_level;
}

// The value that half of the length is below.
static double middle_of(const struct tone_shot *shots, size_t n,
                        double (*of)(const struct tone_shot *))
{
    struct weighed *w = mem_alloc(n * sizeof(*w));
    double all = 0, sum = 0, value = 1;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!dark(&shots[i])) {
            w[count++] = (struct weighed){of(&shots[i]), (double)shots[i].frames};
            all += (double)shots[i].frames;
        }
    qsort(w, count, sizeof(*w), by_value);
    for (size_t i = 0; i < count && sum < all / 2; i++) {
        sum += w[i].weight;
        value = w[i].value;
    }
    free(w);
    return value;
}

static double level_of(const struct tone_shot *s)
{
    return s->level;
}

static double grey_blue(const struct tone_shot *s)
{
    return s->grey.blue;
}

static double grey_red(const struct tone_shot *s)
{
    return s->grey.red;
}

static double white_blue(const struct tone_shot *s)
{
    return s->white.blue;
}

static double white_red(const struct tone_shot *s)
{
    return s->white.red;
}

// The smaller of two gains that go the same way.
static double agreed(double a, double b)
{
    if (!(a > 0 && b > 0) || (a - 1) * (b - 1) <= 0)
        return 1;
    double gain = fabs(log(a)) < fabs(log(b)) ? a : b;
    gain = fmin(fmax(gain, 1 - TONE_CAST), 1 + TONE_CAST);
    return fabs(gain - 1) < least_colour ? 1 : gain;
}

void tone_match(const struct tone_shot *shots, size_t n, struct tone_correction *ret)
{
    if (!n)
        return;
    double level = middle_of(shots, n, level_of);
    struct tone_balance grey = {middle_of(shots, n, grey_blue), middle_of(shots, n, grey_red)};
    struct tone_balance white = {middle_of(shots, n, white_blue), middle_of(shots, n, white_red)};
    for (size_t i = 0; i < n; i++) {
        const struct tone_shot *s = &shots[i];
        ret[i] = (struct tone_correction){1, 1, 1};
        if (dark(s))
            continue;
        double gain = gain_to(s, level);
        ret[i].luma = fabs(gain - 1) < least_luma ? 1 : gain;
        ret[i].blue = agreed(grey.blue / s->grey.blue, white.blue / s->white.blue);
        ret[i].red = agreed(grey.red / s->grey.red, white.red / s->white.red);
    }
}

struct colour_tables {
    int32_t own[256];  // by chroma, in PARTS
    int32_t luma[256]; // by luma, added to it
};
struct tone_tables {
    bool nothing;
    uint8_t luma[256];
    int32_t scale[256]; // of chroma, by luma
    struct colour_tables colour[2];
};

// B' times a gain while Y' stays: (gain * B' - Y') / blue_of, and so of red.
static void fill_colour(struct colour_tables *t, double gain, double of)
{
    for (int i = 0; i < 256; i++) {
        double luma = i > BLACK ? i - BLACK : 0;
        t->own[i] = (int32_t)lround(gain * (i - 128) * PARTS);
        t->luma[i] = (int32_t)lround((gain - 1) * luma / of * PARTS);
    }
}

struct tone_tables *tone_tables_new(const struct tone_correction *c)
{
    struct tone_tables *t = mem_alloc(sizeof(*t));
    t->nothing = c->luma == 1 && c->blue == 1 && c->red == 1;
    for (int i = 0; i < 256; i++) {
        double v = (double)(i - BLACK) / RANGE, to = curve(c->luma, v);
        t->luma[i] = (uint8_t)lround(fmin(fmax(BLACK + to * RANGE, 0), 255));
        t->scale[i] = (int32_t)lround((v > 0 ? to / v : c->luma) * (1 << SHIFT));
    }
    fill_colour(&t->colour[0], c->blue, blue_of);
    fill_colour(&t->colour[1], c->red, red_of);
    return t;
}

void tone_tables_free(struct tone_tables *t)
{
    free(t);
}

static uint8_t coloured(const struct tone_tables *t, const struct colour_tables *c, int luma,
                        uint8_t own)
{
    int32_t v = (c->own[own] + c->luma[luma]) * t->scale[luma];
    int32_t half = PARTS << (SHIFT - 1), to = (v + (v < 0 ? -half : half)) / (PARTS << SHIFT) + 128;
    return (uint8_t)(to < 1 ? 1 : to > 254 ? 254 : to);
}

static void apply_to_chroma(const struct tone_tables *t, struct image *m, int y)
{
    const uint8_t *above = m->plane[0] + (ptrdiff_t)2 * y * m->stride[0];
    const uint8_t *below = above + m->stride[0];
    uint8_t *blue = m->plane[1] + (ptrdiff_t)y * m->stride[1];
    uint8_t *red = m->plane[2] + (ptrdiff_t)y * m->stride[2];
    for (int x = 0; x < m->width / 2; x++) {
        int luma = (above[2 * x] + above[2 * x + 1] + below[2 * x] + below[2 * x + 1] + 2) / 4;
        blue[x] = coloured(t, &t->colour[0], luma, blue[x]);
        red[x] = coloured(t, &t->colour[1], luma, red[x]);
    }
}

// Chroma first: it goes by the luma that was.
void tone_apply(const struct tone_tables *t, struct image *m)
{
    if (t->nothing)
        return;
    for (int y = 0; y < m->height / 2; y++) {
        apply_to_chroma(t, m, y);
        for (int r = 2 * y; r < 2 * y + 2; r++) {
            uint8_t *p = m->plane[0] + (ptrdiff_t)r * m->stride[0];
            for (int x = 0; x < m->width; x++)
                p[x] = t->luma[p[x]];
        }
    }
}
