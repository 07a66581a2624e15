// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/join.h"

#include <math.h>

enum { PLACES = 17, ORDER = 6 }; // places tried for a fade, differences

static const float half_turn = 3.14159265f;

// 0 at 0, 1 at 1, flat at both.
static float raised(float way)
{
    return 0.5f - 0.5f * cosf(half_turn * way);
}

float join_power(float way)
{
    return sinf(half_turn / 2 * way);
}

struct join {
    const float *const *a, *const *b;
    int channels;
    size_t n, from, fade;
    float alike; // likeness() in the fade
};

// 0..1: how alike both passages are in the fade; what cancels itself counts as unlike,
// because its power could only be kept by a gain without limit.
static float likeness(const struct join *j)
{
    double aa = 0, bb = 0, ab = 0;
    for (int c = 0; c < j->channels; c++)
        for (size_t i = j->from; i < j->from + j->fade; i++) {
            double x = (double)j->a[c][i], y = (double)j->b[c][i];
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }
    return aa > 0 && bb > 0 && ab > 0 ? (float)(ab / sqrt(aa * bb)) : 0;
}

struct weight {
    float a, b;
};

static struct weight weight_at(const struct join *j, size_t i)
{
    if (i < j->from)
        return (struct weight){1, 0};
    if (i >= j->from + j->fade)
        return (struct weight){0, 1};
    float up = raised(((float)(i - j->from) + 0.5f) / (float)j->fade), down = 1 - up;
    float by = 1 / sqrtf(up * up + down * down + 2 * j->alike * up * down);
    return (struct weight){by * down, by * up};
}

// What is above some 8 kHz in an eighth of the passages around `at`, as far as
// differences of differences tell.
static float sharpness(const struct join *j, size_t at)
{
    size_t half = j->n / 16;
    size_t first = at > half + ORDER ? at - half - ORDER : 0;
    size_t last = at + half < j->n ? at + half : j->n;
    float sum = 0;
    for (int c = 0; c < j->channels; c++) {
        float was[ORDER + 1] = {0};
        for (size_t i = first; i < last; i++) {
            struct weight w = weight_at(j, i);
            float now = w.a * j->a[c][i] + w.b * j->b[c][i];
            for (int k = 0; k < ORDER; k++) {
                float next = now - was[k];
                was[k] = now;
                now = next;
            }
            sum += i < first + ORDER ? 0 : now * now;
        }
    }
    return sum;
}

// A join is heard at the cut or in its fade.
static float harm(struct join *j)
{
    j->alike = likeness(j);
    float cut = sharpness(j, j->n / 2), fade = sharpness(j, j->from + j->fade / 2);
    return cut > fade ? cut : fade;
}

static void find_best_place(struct join *j)
{
    float least = HUGE_VALF;
    struct join best = *j;
    for (size_t i = 0; i < PLACES; i++) {
        j->from = (j->n - j->fade) * i / (PLACES - 1);
        float bad = harm(j);
        if (bad >= least)
            continue;
        least = bad;
        best = *j;
    }
    *j = best;
}

size_t join_make(const float *const *a, const float *const *b, int channels, size_t n, size_t fade,
                 float *const *out)
{
    struct join j = {a, b, channels, n, 0, fade < n ? fade : n, 0};
    find_best_place(&j);
    for (size_t i = 0; i < n; i++) {
        struct weight w = weight_at(&j, i);
        for (int c = 0; c < channels; c++)
            out[c][i] = w.a * a[c][i] + w.b * b[c][i];
    }
    return j.from + j.fade / 2;
}

void join_end(float *const *planes, int channels, size_t n, enum join_way way, size_t at,
              size_t length)
{
    for (size_t i = 0; i < n && at + i < length; i++) {
        float x = ((float)(at + i) + 0.5f) / (float)length;
        float by = raised(way == JOIN_IN ? x : 1 - x);
        for (int c = 0; c < channels; c++)
            planes[c][i] *= by;
    }
}
