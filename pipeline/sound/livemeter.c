// SPDX-License-Identifier: GPL-3.0-or-later
// Samples are gathered in a plane for each channel: in front what the search for true peaks has to
// see behind, then what is new, worked on in pieces that begin with each hop. Whole groups that
// have their reach behind them are searched, as in sound/limiter.c, but only where they can be
// above the highest peak so far.
#include "sound/livemeter.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/denormal.h"
#include "sound/gated.h"
#include "sound/kweight.h"
#include "sound/loudness.h"
#include "sound/oversample.h"

enum {
    GROUP = OVERSAMPLE_GROUP,
    REACH = OVERSAMPLE_REACH,
    HOPS_PER_S = 1000 / LIVEMETER_HOP_MS,
    MOMENTARY = 4,
    SHORT_TERM = 30,
    PIECE = 1024, // samples worked on at a time
    PLANE = 2 * REACH + GROUP + PIECE,
};
_Static_assert(OVERSAMPLE_BATCH *GROUP >= PLANE, "all groups of a plane are one batch");

struct livemeter {
    struct oversample oversample; // first: wants its alignment
    struct kweight kweight;
    struct kweight_pair pair;
    int rate, channels;
    int64_t taken; // samples
    size_t hops;
    double sum;                // of the hop that is being gathered
    double energy[SHORT_TERM]; // by hop, the newest at (hops - 1) % SHORT_TERM
    struct gated gated;
    float peak;
    size_t fill, fresh; // of the planes; of it not worked on
    float plane[LIVEMETER_CHANNELS][PLANE];
};

struct livemeter *livemeter_new(int sample_rate, int channels)
{
    if (sample_rate < 8000 || sample_rate > 192000 || channels < 1 || channels > LIVEMETER_CHANNELS)
        return NULL;
    struct livemeter *m = mem_alloc(sizeof(*m));
    oversample_init(&m->oversample);
    kweight_init(&m->kweight, sample_rate);
    m->rate = sample_rate;
    m->channels = channels;
    m->fill = REACH; // silence before the first sample
    return m;
}

void livemeter_free(struct livemeter *m)
{
    free(m);
}

static int64_t hop_end(const struct livemeter *m)
{
    return (int64_t)(m->hops + 1) * m->rate / HOPS_PER_S;
}

// Mean of the last n hops; those before the first count as silence.
static double window(const struct livemeter *m, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n && i < m->hops; i++)
        sum += m->energy[(m->hops - 1 - i) % SHORT_TERM];
    return sum / (double)n;
}

static void end_hop(struct livemeter *m)
{
    m->energy[m->hops % SHORT_TERM] = m->sum * HOPS_PER_S / m->rate;
    m->sum = 0;
    m->hops++;
    if (m->hops >= MOMENTARY)
        gated_add(&m->gated, window(m, MOMENTARY));
}

static void search(struct livemeter *m)
{
    size_t groups = (m->fill - 2 * REACH) / GROUP;
    float sample[PLANE / GROUP], bound[PLANE / GROUP];
    for (int c = 0; c < m->channels; c++) {
        const float *x = m->plane[c] + REACH;
        oversample_bounds(&m->oversample, x, groups, sample, bound);
        for (size_t g = 0; g < groups; g++, x += GROUP) {
            if (bound[g] <= m->peak ||
                oversample_closer(&m->oversample, x, sample[g], bound[g], m->peak) <= m->peak)
                continue;
            m->peak = oversample_peak(&m->oversample, x, m->peak);
        }
        memmove(m->plane[c], m->plane[c] + groups * GROUP,
                (m->fill - groups * GROUP) * sizeof(float));
    }
    m->fill -= groups * GROUP;
}

static void take(float *restrict to, const float *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = fabsf(from[i]) <= FLT_MAX ? from[i] : 0;
}

static void work(struct livemeter *m)
{
    double energy[2];
    size_t from = m->fill - m->fresh;
    kweight_energy(&m->kweight, &m->pair, m->plane[0] + from, m->plane[m->channels - 1] + from,
                   m->fresh, energy);
    m->sum += m->channels == 2 ? energy[0] + energy[1] : energy[0];
    m->fresh = 0;
    if (m->fill >= 2 * REACH + GROUP)
        search(m);
    if (m->taken == hop_end(m))
        end_hop(m);
}

void livemeter_add(struct livemeter *m, const float *const *planes, size_t frames)
{
    unsigned mode = denormal_off();
    for (size_t done = 0; done < frames;) {
        size_t n = frames - done < PIECE - m->fresh ? frames - done : PIECE - m->fresh;
        if ((int64_t)n > hop_end(m) - m->taken)
            n = (size_t)(hop_end(m) - m->taken);
        for (int c = 0; c < m->channels; c++)
            take(m->plane[c] + m->fill, planes[c] + done, n);
        m->fill += n;
        m->fresh += n;
        m->taken += (int64_t)n;
        done += n;
        if (m->fresh == PIECE || m->taken == hop_end(m))
            work(m);
    }
    denormal_restore(mode);
}

size_t livemeter_hops(const struct livemeter *m)
{
    return m->hops;
}

double livemeter_energy(const struct livemeter *m)
{
    return m->hops ? m->energy[(m->hops - 1) % SHORT_TERM] : 0;
}

void livemeter_readings(const struct livemeter *m, struct livemeter_readings *ret)
{
    *ret = (struct livemeter_readings){
        .momentary_lufs = loudness_lufs(window(m, MOMENTARY)),
        .short_term_lufs = loudness_lufs(window(m, SHORT_TERM)),
        .integrated_lufs = gated_lufs(&m->gated),
        .true_peak_dbtp = m->peak > 0 ? 20 * log10((double)m->peak) : -HUGE_VAL,
    };
}
