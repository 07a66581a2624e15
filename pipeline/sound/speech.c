// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/speech.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/loudness.h"

enum {
    SECOND = 1000 / METER_BLOCK_MS,
    FLOOR_SECONDS = 15, // the noise is looked for so far to either side
    TAIL = 3,           // blocks beside what is heard: soft ends of words
    BRIDGE = 8,         // shorter gaps belong to the word
    UNIT_BRIDGE = 4,
    UNIT_LEAST = 25,
    UNIT_MOST = 75,    // blocks
    MUSIC_BESIDE = 75, // blocks that are looked at beside a unit to tell music from speech
};
static const float silence_lufs = -100;
static const float over_floor_db = 8;  // so much louder than the noise is somebody
static const float under_top_db = 30;  // so much softer than the loudest around is nobody
static const float never_under_db = 6; // so much softer than the loudest is always somebody
static const double gate_db = 10;

static float percentile(float *x, size_t n, double share) // sorts x
{
    for (size_t i = 1; i < n; i++) { // few, and nearly sorted
        float v = x[i];
        size_t k = i;
        for (; k > 0 && x[k - 1] > v; k--)
            x[k] = x[k - 1];
        x[k] = v;
    }
    return x[(size_t)((double)(n - 1) * share + 0.5)];
}

static void find_level(const struct blocks *b, float *level)
{
    for (size_t i = 0; i < b->n; i++) {
        size_t from = i > 0 ? i - 1 : 0, to = i + 2 < b->n ? i + 2 : b->n;
        float sum = 0;
        for (size_t k = from; k < to; k++)
            sum += b->energy[k];
        double lufs = loudness_lufs((double)sum / (double)(to - from));
        level[i] = lufs > silence_lufs ? (float)lufs : silence_lufs;
    }
}

struct seconds { // softest and loudest block of each
    size_t n;
    float *low, *high;
};

static void look_at_seconds(const struct speech *s, struct seconds *ret)
{
    ret->n = (s->n + SECOND - 1) / SECOND;
    ret->low = mem_alloc((ret->n + 1) * sizeof(float));
    ret->high = mem_alloc((ret->n + 1) * sizeof(float));
    for (size_t i = 0; i < ret->n; i++) {
        size_t from = i * SECOND, to = from + SECOND < s->n ? from + SECOND : s->n;
        ret->low[i] = ret->high[i] = s->level[from];
        for (size_t k = from; k < to; k++) {
            ret->low[i] = fminf(ret->low[i], s->level[k]);
            ret->high[i] = fmaxf(ret->high[i], s->level[k]);
        }
    }
}

// The noise at second i, and the level of who speaks around it.
static void around(const struct seconds *x, size_t i, float *floor, float *top)
{
    float sorted[2 * FLOOR_SECONDS + 1];
    size_t from = i > FLOOR_SECONDS ? i - FLOOR_SECONDS : 0;
    size_t to = i + FLOOR_SECONDS < x->n ? i + FLOOR_SECONDS + 1 : x->n;
    memcpy(sorted, x->low + from, (to - from) * sizeof(float));
    *floor = percentile(sorted, to - from, 0.15);
    memcpy(sorted, x->high + from, (to - from) * sizeof(float));
    *top = percentile(sorted, to - from, 0.9);
}

static void find_active(struct speech *s, const struct seconds *x)
{
    for (size_t i = 0; i < x->n; i++) {
        float floor, top;
        around(x, i, &floor, &top);
        float least = fmaxf(floor + over_floor_db, top - under_top_db);
        least = fminf(least, top - never_under_db);
        least = fmaxf(least, silence_lufs + over_floor_db);
        for (size_t k = i * SECOND; k < s->n && k < (i + 1) * SECOND; k++) {
            s->floor[k] = floor;
            s->active[k] = s->level[k] > least;
        }
    }
}

// Gaps of up to `bridge` blocks are closed.
static void bridge_gaps(struct speech *s, size_t bridge)
{
    size_t last = SIZE_MAX; // the last active block
    for (size_t i = 0; i < s->n; i++) {
        if (!s->active[i])
            continue;
        if (last != SIZE_MAX && i - last <= bridge + 1)
            memset(s->active + last, true, i - last);
        last = i;
    }
}

static void add_tails(struct speech *s, size_t tail)
{
    for (size_t i = 0; i < s->n; i++) {
        if (!s->active[i] || (i > 0 && s->active[i - 1]))
            continue;
        size_t from = i > tail ? i - tail : 0;
        memset(s->active + from, true, i - from);
    }
    for (size_t i = s->n; i-- > 0;) {
        if (!s->active[i] || (i + 1 < s->n && s->active[i + 1]))
            continue;
        size_t to = i + tail < s->n ? i + tail : s->n - 1;
        memset(s->active + i, true, to - i + 1);
    }
}

double speech_lufs(const struct blocks *b, size_t from, size_t to)
{
    double sum = 0, loud = 0;
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        sum += b->energy[i];
    double gate = from < to ? sum / (double)(to - from) * pow(10, -gate_db / 10) : 0;
    for (size_t i = from; i < to; i++)
        if (b->energy[i] > gate) {
            loud += b->energy[i];
            n++;
        }
    return n ? loudness_lufs(loud / (double)n) : -HUGE_VAL;
}

static float clamp01(double x)
{
    return (float)(x < 0 ? 0 : x > 1 ? 1 : x);
}

static size_t count_below(const struct speech *s, size_t from, size_t to, float lufs)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += s->level[i] < lufs;
    return n;
}

// The level that `share` of the blocks do not reach, to half a decibel.
static float level_at(const struct speech *s, size_t from, size_t to, double share)
{
    float lo = silence_lufs, hi = 20;
    while (hi - lo > 0.5f) {
        float middle = (lo + hi) / 2;
        bool above = (double)count_below(s, from, to, middle) <= share * (double)(to - from);
        lo = above ? middle : lo;
        hi = above ? hi : middle;
    }
    return lo;
}

// Speech falls silent between words and syllables, music hardly. Measured over 3 s: between the
// softest and the loudest tenth lie 18 dB and more in speech, 15 and less in music; of speech half
// to three quarters are 3 dB softer than the mean, of music less than half.
static float music_around(const struct blocks *b, const struct speech *s, size_t from, size_t to)
{
    from = from > MUSIC_BESIDE ? from - MUSIC_BESIDE : 0;
    to = to + MUSIC_BESIDE < b->n ? to + MUSIC_BESIDE : b->n;
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += b->energy[i];
    float half = (float)loudness_lufs(sum / (double)(to - from)) - 3;
    double soft = (double)count_below(s, from, to, half) / (double)(to - from);
    double spread = level_at(s, from, to, 0.9) - level_at(s, from, to, 0.1);
    return clamp01((0.52 - soft) / 0.08) * clamp01((19 - spread) / 4);
}

static void add_unit(struct speech *s, const struct blocks *b, size_t from, size_t to)
{
    struct speech_unit *u = &s->units[s->num_units];
    double lufs = speech_lufs(b, from, to);
    if (!isfinite(lufs))
        return;
    double gate = loudness_energy(lufs) * 0.1;
    size_t loud = 0;
    for (size_t i = from; i < to; i++)
        loud += b->energy[i] > gate;
    *u = (struct speech_unit){(uint32_t)from, (uint32_t)to, (float)lufs,
                              (float)loud * METER_BLOCK_MS / 1000, music_around(b, s, from, to)};
    s->num_units++;
}

static size_t softest(const struct speech *s, size_t from, size_t to)
{
    size_t best = from;
    for (size_t i = from; i < to; i++)
        if (s->level[i] < s->level[best])
            best = i;
    return best;
}

static void find_units(struct speech *s, const struct blocks *b)
{
    s->units = mem_alloc((s->n / 2 + 2) * sizeof(*s->units));
    for (size_t i = 0; i < s->n;) {
        if (!s->active[i]) {
            i++;
            continue;
        }
        size_t end = i;
        while (end < s->n && s->active[end] && end - i < UNIT_MOST)
            end++;
        if (end - i == UNIT_MOST)
            end = softest(s, i + UNIT_LEAST, end);
        add_unit(s, b, i, end);
        i = end;
    }
}

void speech_find(const struct blocks *b, struct speech *ret)
{
    struct seconds x;
    *ret = (struct speech){.n = b->n};
    ret->level = mem_alloc((b->n + 1) * sizeof(*ret->level));
    ret->floor = mem_alloc((b->n + 1) * sizeof(*ret->floor));
    ret->active = mem_alloc((b->n + 1) * sizeof(*ret->active));
    find_level(b, ret->level);
    look_at_seconds(ret, &x);
    find_active(ret, &x);
    bridge_gaps(ret, UNIT_BRIDGE);
    find_units(ret, b);
    bridge_gaps(ret, BRIDGE);
    add_tails(ret, TAIL);
    free(x.low);
    free(x.high);
}

void speech_done(struct speech *s)
{
    free(s->level);
    free(s->floor);
    free(s->active);
    free(s->units);
    *s = (struct speech){0};
}
