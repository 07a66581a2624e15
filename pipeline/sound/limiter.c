// SPDX-License-Identifier: GPL-3.0-or-later
// Three rows run beside the samples, one entry a group of 8: `need`, the cut that brings the
// group's true peak to the ceiling; `held`, the largest need of the groups just seen, falling off
// behind them; and `cut`, held smoothed by a raised cosine. A cut is 1 minus the gain. It belongs
// to the first sample of the group that stands `attack` groups before the held value that came in
// last. Needs are held so long that every value in the smoothing window reaches them: no overshoot.
#include "sound/limiter.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/denormal.h"
#include "sound/oversample.h"

enum {
    GROUP = OVERSAMPLE_GROUP,
    BATCH = 128, // groups worked on at a time
    MAX_RATE = 192000,
    MAX_ATTACK = MAX_RATE / 1000 * LIMITER_ATTACK_MS / GROUP,
    BESIDE = 3, // a peak's group has two ends, and a group on either side is cut as deeply
    MAX_HOLD = MAX_ATTACK + BESIDE,
    PLANE = (MAX_ATTACK + 2 + BATCH) * GROUP + OVERSAMPLE_REACH,
};
static const float inaudible = 1e-5f;       // a cut of 0.0001 dB is none
static const float worth_telling = 0.0115f; // 0.1 dB

struct limiter {
    struct oversample oversample;
    int channels, attack, hold;
    float gain, ceiling;
    float falling; // what is left of a held value one group later
    float weight[MAX_ATTACK];

    int64_t taken, given; // samples; given starts below 0, at the silence the planes begin with
    bool idle;            // the rows hold nothing but 0
    float need[MAX_HOLD + BATCH];   // first the `hold` - 1 last entries of the batch before
    float held[MAX_ATTACK + BATCH]; // in the same manner
    float cut[1 + BATCH];

    float deepest, product; // of the stats: gains not yet in log_gain
    double log_gain;
    int64_t reduced; // groups

    size_t fill;
    float plane[LIMITER_MAX_CHANNELS][PLANE]; // from the sample that is given next
};

static double linear(double db)
{
    return pow(10, db / 20);
}

static void raised_cosine(float *weight, int n)
{
    const double turn = 2 * 3.14159265358979323846;
    for (int i = 0; i < n; i++)
        weight[i] = (float)((1 - cos(turn * (i + 0.5) / n)) / n); // they sum up to 1
}

struct limiter *limiter_new(const struct limiter_params *p)
{
    if (p->sample_rate < 8000 || p->sample_rate > MAX_RATE || p->channels < 1 ||
        p->channels > LIMITER_MAX_CHANNELS)
        return NULL;
    struct limiter *l = mem_alloc(sizeof(*l));
    double release_ms = p->release_ms > 0 ? p->release_ms : LIMITER_RELEASE_MS;
    oversample_init(&l->oversample);
    l->channels = p->channels;
    l->attack = p->sample_rate * LIMITER_ATTACK_MS / 1000 / GROUP;
    l->hold = l->attack + BESIDE;
    l->gain = (float)linear(p->gain_db);
    l->ceiling = (float)linear(p->ceiling_dbtp - LIMITER_MARGIN_DB);
    l->falling = (float)exp(-1000.0 * GROUP / (release_ms * p->sample_rate));
    raised_cosine(l->weight, l->attack);
    l->idle = true;
    l->product = 1;
    l->fill = (size_t)(l->attack + 1) * GROUP;
    l->given = -(int64_t)l->fill;
    return l;
}

void limiter_free(struct limiter *l)
{
    free(l);
}

size_t limiter_delay(const struct limiter *l)
{
    return (size_t)(l->attack + 1) * GROUP + OVERSAMPLE_REACH + GROUP - 1;
}

// Needs of n groups whose first sample stands `attack` + 1 groups behind the one given next.
// True when there is any.
static bool detect(struct limiter *l, size_t n)
{
    float sample[BATCH], bound[BATCH], peak[BATCH], *need = l->need + l->hold - 1;
    bool any = false;
    for (size_t g = 0; g < n; g++)
        peak[g] = l->ceiling;
    for (int c = 0; c < l->channels; c++) {
        const float *x = l->plane[c] + (l->attack + 1) * GROUP;
        oversample_bounds(&l->oversample, x, n, sample, bound);
        for (size_t g = 0; g < n; g++, x += GROUP) {
            if (bound[g] <= peak[g])
                continue;
            if (oversample_closer(&l->oversample, x, sample[g], bound[g], peak[g]) <= peak[g])
                continue;
            peak[g] = oversample_peak(&l->oversample, x, peak[g]);
            any |= peak[g] > l->ceiling;
        }
    }
    for (size_t g = 0; g < n; g++)
        need[g] = 1 - l->ceiling / peak[g];
    return any;
}

// From needs to cuts, n groups.
static void envelope(struct limiter *l, size_t n)
{
    float most[BATCH] = {0}, cut[BATCH] = {0}, *held = l->held + l->attack - 1;
    for (int k = 0; k < l->hold; k++)
        for (size_t g = 0; g < n; g++)
            most[g] = l->need[g + (size_t)k] > most[g] ? l->need[g + (size_t)k] : most[g];
    for (size_t g = 0; g < n; g++) {
        float falling = held[(ptrdiff_t)g - 1] * l->falling;
        float value = most[g] > falling ? most[g] : falling;
        held[g] = value < inaudible ? 0 : value;
    }
    for (int k = 0; k < l->attack; k++)
        for (size_t g = 0; g < n; g++)
            cut[g] += l->weight[k] * l->held[g + (size_t)k];
    memcpy(l->cut + 1, cut, n * sizeof(*cut));
}

static void count(struct limiter *l, size_t n)
{
    for (size_t g = 0; g < n; g++) {
        float cut = (l->cut[g] + l->cut[g + 1]) / 2;
        if (cut < worth_telling)
            continue;
        l->reduced++;
        l->deepest = l->cut[g + 1] > l->deepest ? l->cut[g + 1] : l->deepest;
        l->product *= 1 - cut;
        if (l->product < 1e-20f) {
            l->log_gain += log((double)l->product);
            l->product = 1;
        }
    }
}

static void apply(const struct limiter *l, float *x, size_t n)
{
    for (size_t g = 0; g < n; g++, x += GROUP) {
        float gain = 1 - l->cut[g], step = (l->cut[g] - l->cut[g + 1]) / GROUP;
        for (int i = 0; i < GROUP; i++)
            x[i] *= gain + step * (float)i;
    }
}

// Makes the last entries of n the first of the next batch.
static void row_advance(float *row, size_t keep, size_t n)
{
    memmove(row, row + n, keep * sizeof(*row));
}

static bool row_empty(const float *row, size_t n)
{
    float most = 0;
    for (size_t i = 0; i < n; i++)
        most = row[i] > most ? row[i] : most;
    return most == 0;
}

static void limit(struct limiter *l, size_t n)
{
    size_t hold = (size_t)l->hold - 1, attack = (size_t)l->attack - 1;
    if (!detect(l, n) && l->idle)
        return;
    envelope(l, n);
    count(l, n);
    for (int c = 0; c < l->channels; c++)
        apply(l, l->plane[c], n);
    row_advance(l->need, hold, n);
    row_advance(l->held, attack, n);
    row_advance(l->cut, 1, n);
    l->idle = row_empty(l->need, hold) && row_empty(l->held, attack) && l->cut[0] == 0;
}

// Limits all groups that can be, and gives them, no further than `end`; out is moved on.
static size_t give(struct limiter *l, int64_t end, float *const *out, size_t at)
{
    size_t ahead = (size_t)(l->attack + 1) * GROUP + OVERSAMPLE_REACH;
    size_t n = l->fill > ahead ? (l->fill - ahead) / GROUP : 0, samples = n * GROUP;
    if (n == 0)
        return 0;
    limit(l, n);
    size_t silence = l->given < 0 ? (size_t)-l->given : 0;
    size_t first = silence < samples ? silence : samples;
    l->given += (int64_t)first;
    size_t count_out = samples - first;
    if ((int64_t)count_out > end - l->given)
        count_out = (size_t)(end - l->given);
    l->fill -= samples;
    for (int c = 0; c < l->channels; c++) {
        memcpy(out[c] + at, l->plane[c] + first, count_out * sizeof(float));
        memmove(l->plane[c], l->plane[c] + samples, l->fill * sizeof(float));
    }
    l->given += (int64_t)count_out;
    return count_out;
}

static void take(float *restrict to, const float *restrict from, size_t n, float gain)
{
    for (size_t i = 0; i < n; i++)
        to[i] = fabsf(from[i]) <= FLT_MAX ? from[i] * gain : 0;
}

size_t limiter_run(struct limiter *l, const float *const *in, size_t frames, float *const *out)
{
    unsigned mode = denormal_off();
    size_t written = 0;
    for (size_t done = 0; done < frames;) {
        size_t n = frames - done < BATCH * GROUP ? frames - done : BATCH * GROUP;
        for (int c = 0; c < l->channels; c++)
            take(l->plane[c] + l->fill, in[c] + done, n, l->gain);
        l->fill += n;
        done += n;
        l->taken += (int64_t)n;
        written += give(l, l->taken, out, written);
    }
    denormal_restore(mode);
    return written;
}

size_t limiter_flush(struct limiter *l, float *const *out)
{
    unsigned mode = denormal_off();
    size_t written = 0;
    while (l->given < l->taken) {
        for (int c = 0; c < l->channels; c++)
            memset(l->plane[c] + l->fill, 0, BATCH * GROUP * sizeof(float));
        l->fill += BATCH * GROUP;
        written += give(l, l->taken, out, written);
    }
    denormal_restore(mode);
    return written;
}

void limiter_stats(const struct limiter *l, struct limiter_stats *ret)
{
    double log_gain = l->log_gain + log((double)l->product);
    int64_t groups = (l->given + GROUP - 1) / GROUP;
    *ret = (struct limiter_stats){0};
    if (l->reduced == 0 || groups <= 0)
        return;
    ret->max_reduction_db = -20 * log10(1 - (double)l->deepest);
    ret->mean_reduction_db = -20 / log(10) * log_gain / (double)l->reduced;
    ret->reduced_share = (double)l->reduced / (double)groups;
    if (ret->reduced_share > 1)
        ret->reduced_share = 1;
}
