// SPDX-License-Identifier: GPL-3.0-or-later
// Samples are gathered into whole 20 ms blocks first; everything is counted block by block. The
// search for true peaks runs in groups of 8 samples from the start of the sound, and trails the
// blocks by what the interpolation must see ahead. Without a table the rows of the last blocks are
// kept, and before the others go, what they say of the loudest windows.
#include "sound/meter.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/denormal.h"
#include "sound/kweight.h"
#include "sound/loudness.h"
#include "sound/oversample.h"
#include "sound/quad.h"

enum {
    GROUP = OVERSAMPLE_GROUP,
    BLOCKS_PER_S = 1000 / METER_BLOCK_MS,
    SLOTS_PER_S = BLOCKS_PER_S * METER_BLOCK_PEAKS,
    MAX_RATE = 192000,
    MAX_BLOCK = MAX_RATE / BLOCKS_PER_S,
    HISTORY = 96, // samples kept in front of a block: a group not yet searched, and its reach
    ROWS_KEPT = LOUDNESS_SHORT_TERM, // so that no window is missed
    ROWS_WITHOUT_TABLE = 16 * LOUDNESS_SHORT_TERM,
    PLANE = HISTORY + MAX_BLOCK + OVERSAMPLE_REACH + GROUP,
};
_Static_assert(HISTORY >= 2 * OVERSAMPLE_REACH + GROUP, "the search would read too far back");
_Static_assert(OVERSAMPLE_BATCH *GROUP >= HISTORY + MAX_BLOCK, "a block is one batch");

static const float full_scale = 32767.0f / 32768;

struct tally {
    double sum[METER_MAX_CHANNELS];
    float sample_peak[METER_MAX_CHANNELS], true_peak[METER_MAX_CHANNELS];
    int64_t run[METER_MAX_CHANNELS]; // samples at full scale up to here
    int64_t clipped;
    double difference, both; // energies of L-R and L+R
    float apart;             // largest |L-R|
};

struct meter {
    struct oversample oversample; // first: wants its alignment
    struct kweight kweight;
    struct kweight_pair pair[METER_MAX_CHANNELS / 2];
    int rate, channels;
    double weight[METER_MAX_CHANNELS];

    int64_t start;       // sample at which the block begins that is being gathered
    size_t length, fill; // of that block
    int64_t searched;    // groups whose true peak is known
    int64_t invalid;
    struct tally tally; // of what lies before start

    bool no_table;
    size_t num_blocks, first, cap; // rows of blocks first..num_blocks-1, room for cap
    float *energy;
    uint16_t *peak, *crossings;
    double max_momentary, max_short_term; // LUFS, of rows that are gone
    size_t hops, hops_cap;
    float *hop;

    float sample[METER_MAX_CHANNELS][OVERSAMPLE_BATCH]; // by group of the batch being searched
    float bound[METER_MAX_CHANNELS][OVERSAMPLE_BATCH];
    float plane[METER_MAX_CHANNELS][PLANE];
    float mono[1 + MAX_BLOCK];
};

static int64_t block_start(const struct meter *m, size_t block)
{
    return (int64_t)block * m->rate / BLOCKS_PER_S;
}

static int64_t slot_start(const struct meter *m, int64_t slot)
{
    return slot * m->rate / SLOTS_PER_S;
}

static int64_t slot_at(const struct meter *m, int64_t sample)
{
    return ((sample + 1) * SLOTS_PER_S - 1) / m->rate;
}

static uint16_t *slot_peak(const struct meter *m, int64_t slot)
{
    return m->peak + slot - (int64_t)m->first * METER_BLOCK_PEAKS;
}

// Where a sample of the sound stands in its plane.
static float *at(struct meter *m, int channel, int64_t sample)
{
    return m->plane[channel] + HISTORY + (sample - m->start);
}

struct meter *meter_new(const struct meter_params *p)
{
    if (p->sample_rate < 8000 || p->sample_rate > MAX_RATE || p->channels < 1 ||
        p->channels > METER_MAX_CHANNELS)
        return NULL;
    struct meter *m = mem_alloc(sizeof(*m));
    oversample_init(&m->oversample);
    kweight_init(&m->kweight, p->sample_rate);
    m->rate = p->sample_rate;
    m->channels = p->channels;
    m->length = (size_t)block_start(m, 1);
    m->no_table = p->no_table;
    m->max_momentary = m->max_short_term = -HUGE_VAL;
    bool weighted = false;
    for (int c = 0; c < m->channels; c++)
        weighted |= p->weight[c] != 0;
    for (int c = 0; c < m->channels; c++)
        m->weight[c] = weighted ? p->weight[c] : 1;
    return m;
}

void meter_free(struct meter *m)
{
    if (!m)
        return;
    free(m->energy);
    free(m->peak);
    free(m->crossings);
    free(m->hop);
    free(m);
}

// A code is the upper half of a float's bits above 2^-16, rounded up: 2048 steps an octave.
enum { CODE_SHIFT = 12, CODE_TOP = UINT16_MAX, CODE_BASE = (127 - 16) << 23 };

float meter_peak_linear(uint16_t code)
{
    if (code == 0 || code == CODE_TOP)
        return code ? HUGE_VALF : 0;
    uint32_t bits = CODE_BASE + ((uint32_t)(code - 1) << CODE_SHIFT);
    float linear;
    memcpy(&linear, &bits, sizeof(linear));
    return linear;
}

uint16_t meter_peak_code(float linear)
{
    if (!(linear > 0))
        return 0;
    uint32_t bits;
    memcpy(&bits, &linear, sizeof(bits));
    if (bits <= CODE_BASE)
        return 1;
    uint32_t code = 1 + ((bits - CODE_BASE + (1u << CODE_SHIFT) - 1) >> CODE_SHIFT);
    return code < CODE_TOP ? (uint16_t)code : CODE_TOP;
}

static void count_clipped(struct tally *t, int channel, const float *x, size_t n)
{
    enum { LEAST_RUN = 3 };
    int64_t run = t->run[channel];
    for (size_t i = 0; i < n; i++) {
        run = fabsf(x[i]) >= full_scale ? run + 1 : 0;
        if (run >= LEAST_RUN)
            t->clipped += run == LEAST_RUN ? LEAST_RUN : 1;
    }
    t->run[channel] = run;
}

static void count_channel(struct tally *t, int channel, const float *x, size_t n)
{
    quad sum = {0}, peak = {0};
    for (size_t i = 0; i < n; i += QUAD) {
        quad v = quad_load(x + i);
        sum += v;
        peak = quad_max(peak, quad_abs(v));
    }
    float most = quad_largest(peak);
    t->sum[channel] += quad_sum(sum);
    t->sample_peak[channel] = fmaxf(t->sample_peak[channel], most);
    if (most >= full_scale)
        count_clipped(t, channel, x, n);
    else
        t->run[channel] = 0;
}

static void count_difference(struct tally *t, const float *left, const float *right, size_t n)
{
    quad difference = {0}, both = {0}, apart = {0};
    for (size_t i = 0; i < n; i += QUAD) {
        quad l = quad_load(left + i), r = quad_load(right + i);
        quad d = l - r, s = l + r;
        difference += d * d;
        both += s * s;
        apart = quad_max(apart, quad_abs(d));
    }
    t->difference += quad_sum(difference);
    t->both += quad_sum(both);
    t->apart = fmaxf(t->apart, quad_largest(apart));
}

// Counts the first n samples of the block being gathered.
static void count(struct meter *m, struct tally *t, size_t n)
{
    for (int c = 0; c < m->channels; c++) {
        float *x = at(m, c, m->start);
        memset(x + n, 0, QUAD * sizeof(*x)); // so that the last four are whole
        count_channel(t, c, x, n);
    }
    if (m->channels == 2)
        count_difference(t, at(m, 0, m->start), at(m, 1, m->start), n);
}

// The peak of one group, where it can be above what is known of its neighbours or its channel.
static float search_group(struct meter *m, struct tally *t, int channel, int64_t g, float known)
{
    float *record = &t->true_peak[channel], *bound = &m->bound[channel][g - m->searched];
    float enough = known < *record ? known : *record;
    if (*bound <= enough)
        return known;
    const float *x = at(m, channel, g * GROUP);
    float peak = oversample_peak(&m->oversample, x, enough);
    *bound = peak;
    *record = peak > *record ? peak : *record;
    return peak > known ? peak : known;
}

// The highest true peak of groups first..end and what is known already, over all channels; exact
// where it rises above `known`, and for each channel where it rises above all before.
static float search_groups(struct meter *m, struct tally *t, int64_t first, int64_t end,
                           float known)
{
    float top = 0;
    int top_channel = 0;
    int64_t top_group = first;
    for (int c = 0; c < m->channels; c++)
        for (int64_t g = first - m->searched; g < end - m->searched; g++)
            known = m->sample[c][g] > known ? m->sample[c][g] : known;
    for (int c = 0; c < m->channels; c++) {
        float enough = known < t->true_peak[c] ? known : t->true_peak[c];
        for (int64_t g = first; g < end; g++) {
            float sample = m->sample[c][g - m->searched], *bound = &m->bound[c][g - m->searched];
            if (*bound <= enough)
                continue;
            *bound = oversample_closer(&m->oversample, at(m, c, g * GROUP), sample, *bound, known);
            if (*bound <= top)
                continue;
            top = *bound;
            top_channel = c;
            top_group = g;
        }
    }
    if (top > 0) // the likeliest one first spares most of the others
        known = search_group(m, t, top_channel, top_group, known);
    for (int c = 0; c < m->channels; c++)
        for (int64_t g = first; g < end; g++)
            known = search_group(m, t, c, g, known);
    return known;
}

static void search_prepare(struct meter *m, int64_t end)
{
    if (end <= m->searched)
        return;
    for (int c = 0; c < m->channels; c++)
        oversample_bounds(&m->oversample, at(m, c, m->searched * GROUP),
                          (size_t)(end - m->searched), m->sample[c], m->bound[c]);
}

// Samples from..end count with their own height until the search comes by.
static void peaks_provisional(struct meter *m, int64_t from, int64_t end)
{
    for (int64_t i = from; i < end; i++) {
        float most = 0;
        for (int c = 0; c < m->channels; c++)
            most = fmaxf(most, fabsf(*at(m, c, i)));
        uint16_t code = meter_peak_code(most), *slot = slot_peak(m, slot_at(m, i));
        *slot = code > *slot ? code : *slot;
    }
}

// True peaks of all groups that have their reach behind them, into the slots they touch.
static void peaks_search(struct meter *m)
{
    int64_t end = m->start + (int64_t)m->length;
    int64_t last = end > OVERSAMPLE_REACH ? (end - OVERSAMPLE_REACH) / GROUP : 0;
    search_prepare(m, last);
    for (int64_t s = slot_at(m, m->searched * GROUP); slot_start(m, s) < last * GROUP; s++) {
        int64_t first = slot_start(m, s) / GROUP;
        int64_t behind = (slot_start(m, s + 1) + GROUP - 1) / GROUP;
        float peak =
            search_groups(m, &m->tally, first > m->searched ? first : m->searched,
                          behind < last ? behind : last, meter_peak_linear(*slot_peak(m, s)));
        *slot_peak(m, s) = meter_peak_code(peak);
    }
    if (last > m->searched)
        m->searched = last;
    peaks_provisional(m, m->searched * GROUP, end);
}

static double block_energy(struct meter *m)
{
    double sum = 0, energy[2];
    for (int c = 0; c < m->channels; c += 2) {
        int other = c + 1 < m->channels ? c + 1 : c;
        double right = other > c ? m->weight[other] : 0;
        if (m->weight[c] == 0 && right == 0)
            continue;
        kweight_energy(&m->kweight, &m->pair[c / 2], at(m, c, m->start), at(m, other, m->start),
                       m->length, energy);
        sum += m->weight[c] * energy[0] + right * energy[1];
    }
    return sum * BLOCKS_PER_S / m->rate;
}

static uint16_t count_crossings(struct meter *m)
{
    float *mono = m->mono;
    for (int c = 0; c < m->channels; c++) {
        const float *x = at(m, c, m->start) - 1;
        for (size_t i = 0; i <= m->length; i++)
            mono[i] = c ? mono[i] + x[i] : x[i];
    }
    int crossings = 0;
    for (size_t i = 1; i <= m->length; i++)
        crossings += (mono[i - 1] < 0) != (mono[i] < 0);
    return (uint16_t)crossings;
}

static void rows_grow(struct meter *m)
{
    m->cap += m->no_table ? ROWS_WITHOUT_TABLE : m->cap / 4 + 4096;
    m->energy = mem_grow(m->energy, m->cap * sizeof(*m->energy));
    m->peak = mem_grow(m->peak, m->cap * METER_BLOCK_PEAKS * sizeof(*m->peak));
    m->crossings = mem_grow(m->crossings, m->cap * sizeof(*m->crossings));
}

static double max_so_far(const struct meter *m, double gone, size_t window)
{
    return fmax(gone, loudness_max(m->energy, m->num_blocks - m->first, window));
}

static void rows_drop(struct meter *m)
{
    size_t drop = m->num_blocks - m->first - ROWS_KEPT;
    m->max_momentary = max_so_far(m, m->max_momentary, LOUDNESS_MOMENTARY);
    m->max_short_term = max_so_far(m, m->max_short_term, LOUDNESS_SHORT_TERM);
    memmove(m->energy, m->energy + drop, ROWS_KEPT * sizeof(*m->energy));
    memmove(m->peak, m->peak + drop * METER_BLOCK_PEAKS,
            ROWS_KEPT * METER_BLOCK_PEAKS * sizeof(*m->peak));
    m->first += drop;
}

static void add_hop(struct meter *m)
{
    if (m->hops == m->hops_cap) {
        m->hops_cap += m->hops_cap / 4 + 1024;
        m->hop = mem_grow(m->hop, m->hops_cap * sizeof(*m->hop));
    }
    const float *row = m->energy + (m->num_blocks - m->first) - LOUDNESS_HOP;
    m->hops += loudness_hops(row, LOUDNESS_HOP, m->hop + m->hops);
}

static void end_block(struct meter *m)
{
    if (m->num_blocks - m->first == m->cap) {
        if (m->no_table && m->cap)
            rows_drop(m);
        else
            rows_grow(m);
    }
    size_t row = m->num_blocks - m->first;
    m->energy[row] = (float)block_energy(m);
    m->crossings[row] = m->no_table ? 0 : count_crossings(m);
    memset(m->peak + row * METER_BLOCK_PEAKS, 0, METER_BLOCK_PEAKS * sizeof(*m->peak));
    count(m, &m->tally, m->length);
    peaks_search(m);
    for (int c = 0; c < m->channels; c++)
        memmove(m->plane[c], m->plane[c] + m->length, HISTORY * sizeof(float));
    m->num_blocks++;
    if (m->num_blocks % LOUDNESS_HOP == 0)
        add_hop(m);
    m->start = block_start(m, m->num_blocks);
    m->length = (size_t)(block_start(m, m->num_blocks + 1) - m->start);
    m->fill = 0;
}

static int64_t take(float *restrict to, const float *restrict from, size_t n)
{
    int invalid = 0;
    for (size_t i = 0; i < n; i++) {
        int good = fabsf(from[i]) <= FLT_MAX;
        to[i] = good ? from[i] : 0;
        invalid += !good;
    }
    return invalid;
}

void meter_add(struct meter *m, const float *const *planes, size_t frames)
{
    unsigned mode = denormal_off();
    for (size_t done = 0; done < frames;) {
        size_t n = m->length - m->fill < frames - done ? m->length - m->fill : frames - done;
        for (int c = 0; c < m->channels; c++)
            m->invalid += take(at(m, c, m->start) + m->fill, planes[c] + done, n);
        m->fill += n;
        done += n;
        if (m->fill == m->length)
            end_block(m);
    }
    denormal_restore(mode);
}

// What was gathered since the last whole block, with silence behind it.
static void count_rest(struct meter *m, struct tally *t)
{
    int64_t end = m->start + (int64_t)m->fill + GROUP - 1;
    for (int c = 0; c < m->channels; c++)
        memset(at(m, c, m->start) + m->fill, 0, (OVERSAMPLE_REACH + GROUP) * sizeof(float));
    count(m, t, m->fill);
    search_prepare(m, end / GROUP);
    search_groups(m, t, m->searched, end / GROUP, HUGE_VALF);
}

static double decibel(double linear)
{
    return linear > 0 ? 20 * log10(linear) : -HUGE_VAL;
}

static double mono_difference_db(const struct meter *m, const struct tally *t)
{
    if (m->channels != 2)
        return 0;
    if (t->apart == 0)
        return -HUGE_VAL;
    // The square of a small difference may have gone below what a float can hold.
    double difference = fmax(t->difference, (double)t->apart * t->apart);
    return t->both > 0 ? 10 * log10(difference / t->both) : HUGE_VAL;
}

static void result_loudness(const struct meter *m, struct meter_result *ret)
{
    ret->integrated_lufs = loudness_integrated(m->hop, m->hops);
    ret->range_lu = loudness_range(m->hop, m->hops);
    ret->floor_lufs = loudness_floor(m->hop, m->hops, 10);
    ret->max_momentary_lufs = max_so_far(m, m->max_momentary, LOUDNESS_MOMENTARY);
    ret->max_short_term_lufs = max_so_far(m, m->max_short_term, LOUDNESS_SHORT_TERM);
}

void meter_result(struct meter *m, struct meter_result *ret)
{
    unsigned mode = denormal_off();
    struct tally t = m->tally;
    count_rest(m, &t);
    denormal_restore(mode);
    *ret = (struct meter_result){.frames = m->start + (int64_t)m->fill,
                                 .clipped = t.clipped,
                                 .invalid = m->invalid,
                                 .mono_difference_db = mono_difference_db(m, &t)};
    result_loudness(m, ret);
    float sample_peak = 0, true_peak = 0;
    for (int c = 0; c < m->channels; c++) {
        sample_peak = fmaxf(sample_peak, t.sample_peak[c]);
        true_peak = fmaxf(true_peak, t.true_peak[c]);
        ret->true_peak[c] = (double)t.true_peak[c];
        ret->dc_offset[c] = ret->frames ? t.sum[c] / (double)ret->frames : 0;
    }
    ret->sample_peak_dbfs = decibel((double)sample_peak);
    ret->true_peak_dbtp = decibel((double)true_peak);
}

void meter_table(const struct meter *m, struct meter_table *ret)
{
    *ret = (struct meter_table){.num_blocks = m->num_blocks,
                                .energy = m->energy,
                                .peak = m->peak,
                                .crossings = m->crossings,
                                .peaks_per_block = METER_BLOCK_PEAKS};
}

size_t meter_give(struct meter *m, struct meter_rows *ret)
{
    size_t n = m->num_blocks;
    *ret = (struct meter_rows){m->energy, m->peak, m->crossings};
    m->energy = NULL;
    m->peak = m->crossings = NULL;
    m->num_blocks = m->first = m->cap = 0;
    return n;
}

double meter_momentary(const struct meter_table *t, size_t i)
{
    return loudness_lufs(loudness_window(t->energy, i, LOUDNESS_MOMENTARY));
}

double meter_short_term(const struct meter_table *t, size_t i)
{
    return loudness_lufs(loudness_window(t->energy, i, LOUDNESS_SHORT_TERM));
}
