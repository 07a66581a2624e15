// SPDX-License-Identifier: GPL-3.0-or-later
// Every eighth of a second a node: what each line's amplitude and phase are, from the windows up to
// two seconds on either side, each counting by how little else it holds. Between nodes they run
// straight; the sum of the lines is subtracted.
#include "sound/hum.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/lines.h"
#include "sound/quad.h"

enum {
    AHEAD = 2 * LINES_A_SECOND,
    SPAN = 2 * AHEAD + 1,
    LAG = 4, // windows between which the frequency is followed
    PER_LINE = 3,
};
static const double turn = 2 * 3.14159265358979323846;
static const double beside_hz = 12;

struct line {
    double hz, level; // level: linear, in quiet moments
    int harmonic;
    double complex value[SPAN]; // a ring, by window
    float power[SPAN], noise[SPAN], weight[SPAN];
    double complex from, to; // the two nodes
};
struct hum {
    int sample_rate, count;
    struct line line[HUM_HARMONICS];
    struct lines *lines;
    double drift; // turns of the fundamental a window, beside hz
    size_t windows, nodes;
    float *row; // row + start is sample `given`
    size_t room, start, fill, delay, hop, first;
    size_t given;
};

struct hum *hum_new(int sample_rate, const struct hum_result *found)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct hum *h = mem_alloc(sizeof(*h));
    h->sample_rate = sample_rate;
    if (!found->needed)
        return h;
    double hz[LINES_MAX];
    for (h->count = 0; h->count < found->lines; h->count++) {
        struct line *l = &h->line[h->count];
        l->harmonic = found->line[h->count].harmonic;
        l->hz = found->hz * l->harmonic;
        l->level = pow(10, found->line[h->count].level_dbfs / 20);
        hz[PER_LINE * h->count] = l->hz;
        hz[PER_LINE * h->count + 1] = l->hz - beside_hz;
        hz[PER_LINE * h->count + 2] = l->hz + beside_hz;
    }
    h->lines = lines_new(sample_rate, hz, PER_LINE * (size_t)h->count);
    h->first = (size_t)lines_middle(h->lines, 0);
    h->hop = (size_t)lines_middle(h->lines, 1) - h->first;
    h->delay = (AHEAD + 1) * h->hop + h->first + lines_reach(h->lines);
    h->room = 2 * h->delay + 2 * h->hop;
    h->row = mem_alloc(h->room * sizeof(float));
    return h;
}

void hum_free(struct hum *h)
{
    if (!h)
        return;
    lines_free(h->lines);
    free(h->row);
    free(h);
}

size_t hum_delay(const struct hum *h)
{
    return h->delay;
}

static int by_size(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// What the line is in the quieter windows at hand; a voice that does not pause must not pass for
// it, so it may exceed the level in the quiet of the recording by little.
static double level_now(const struct line *l, size_t from, size_t to)
{
    float sorted[SPAN] = {0};
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        sorted[n++] = l->power[i % SPAN];
    qsort(sorted, n, sizeof(*sorted), by_size);
    double level = sqrt((double)sorted[n / 4]);
    return fmin(fmax(level, l->level / 4), l->level * 1.5);
}

static void weigh(struct line *l, size_t from, size_t to)
{
    double level = level_now(l, from, to);
    for (size_t i = from; i < to; i++) {
        size_t at = i % SPAN;
        double noise = l->noise[at] / (level * level);
        double over = fmax(sqrt((double)l->power[at]) / level - 1, 0) / 0.25;
        l->weight[at] = (float)(0.001 / ((noise + 0.001) * (1 + over * over * over * over)));
    }
}

// How fast the fundamental turns against its mean frequency, from all lines: the turn of a line is
// its harmonic times as large.
static void follow(struct hum *h, size_t from, size_t to)
{
    double sum = 0, all = 0, expected = 0, most = turn * 0.05 / LINES_A_SECOND;
    for (int k = 0; k < h->count; k++) {
        struct line *l = &h->line[k];
        double complex z = 0;
        for (size_t i = from + LAG; i < to; i++) {
            size_t a = (i - LAG) % SPAN, b = i % SPAN;
            z += (double)fminf(l->weight[a], l->weight[b]) * l->value[b] * conj(l->value[a]);
        }
        sum += l->harmonic * cabs(z) * carg(z);
        all += l->harmonic * l->harmonic * cabs(z);
        expected += l->harmonic * l->harmonic * l->level * l->level;
    }
    if (all > 0.2 * expected)
        h->drift = fmax(fmin(sum / all / LAG, most), -most);
}

static double complex settle(const struct line *l, double drift, size_t from, size_t to, size_t at)
{
    double complex sum = 0;
    double all = 0;
    for (size_t i = from; i < to; i++) {
        double away = (double)i - (double)at;
        double w = (double)l->weight[i % SPAN] * (0.5 + 0.5 * cos(turn / 2 * away / (AHEAD + 1)));
        sum += w * l->value[i % SPAN] * cexp(-I * drift * l->harmonic * away);
        all += w;
    }
    // where windows say little, it goes on as it went
    double trust = l->to == 0 ? 0.002 : 0.05;
    return (sum + trust * l->to * cexp(I * drift * l->harmonic)) / (all + trust);
}

// From the node before to node `at`.
static void node(struct hum *h, size_t at)
{
    size_t from = at < AHEAD ? 0 : at - AHEAD;
    size_t to = at + AHEAD + 1 < h->windows ? at + AHEAD + 1 : h->windows;
    for (int k = 0; k < h->count; k++)
        weigh(&h->line[k], from, to);
    follow(h, from, to);
    for (int k = 0; k < h->count; k++) {
        struct line *l = &h->line[k];
        l->from = l->to;
        l->to = settle(l, h->drift, from, to, at);
    }
}

// x -= the line, four samples at a time.
static void subtract(const struct hum *h, const struct line *l, float *x, size_t n)
{
    double step = turn * l->hz / h->sample_rate;
    double start = turn * fmod(l->hz / h->sample_rate * (double)h->given, 1.0);
    double complex slope = (l->to - l->from) / (double)n;
    quad re, im, a, b, da, db;
    for (int i = 0; i < QUAD; i++) {
        re[i] = (float)cos(start + step * i);
        im[i] = (float)sin(start + step * i);
        a[i] = (float)creal(l->from + slope * i);
        b[i] = (float)cimag(l->from + slope * i);
        da[i] = (float)creal(slope * QUAD);
        db[i] = (float)cimag(slope * QUAD);
    }
    float c = (float)cos(step * QUAD), s = (float)sin(step * QUAD);
    quad turn_re = {c, c, c, c}, turn_im = {s, s, s, s};
    size_t i = 0;
    for (; i + QUAD <= n; i += QUAD) {
        quad_store(x + i, quad_load(x + i) - (a * re - b * im));
        quad next = re * turn_re - im * turn_im;
        im = re * turn_im + im * turn_re;
        re = next;
        a += da;
        b += db;
    }
    quad last = a * re - b * im;
    for (int j = 0; i < n; i++, j++)
        x[i] -= last[j];
}

static size_t emit(struct hum *h, size_t n, float *out)
{
    n = n < h->fill ? n : h->fill;
    if (!n)
        return 0;
    memcpy(out, h->row + h->start, n * sizeof(*out));
    for (int k = 0; k < h->count; k++)
        subtract(h, &h->line[k], out, n);
    h->start += n;
    h->fill -= n;
    h->given += n;
    return n;
}

static size_t emit_node(struct hum *h, float *out)
{
    node(h, h->nodes);
    size_t n = h->hop;
    if (!h->nodes) { // what stands before the first node
        n = h->first;
        double back = h->drift * (double)h->first / (double)h->hop;
        for (int k = 0; k < h->count; k++)
            h->line[k].from = h->line[k].to * cexp(-I * back * h->line[k].harmonic);
    }
    h->nodes++;
    return emit(h, n, out);
}

static void keep(struct hum *h)
{
    const float *v = lines_value(h->lines);
    for (int k = 0; k < h->count; k++, v += 2 * PER_LINE) {
        struct line *l = &h->line[k];
        size_t at = h->windows % SPAN;
        l->value[at] = v[0] + I * (double)v[1];
        l->power[at] = v[0] * v[0] + v[1] * v[1];
        l->noise[at] = (v[2] * v[2] + v[3] * v[3] + v[4] * v[4] + v[5] * v[5]) / 2;
    }
    h->windows++;
}

size_t hum_run(struct hum *h, const float *in, size_t n, float *out)
{
    size_t given = 0;
    if (!h->count) {
        memcpy(out, in, n * sizeof(*in));
        return n;
    }
    while (n) {
        size_t take = n < h->hop ? n : h->hop, left = take;
        if (h->start + h->fill + take > h->room) {
            memmove(h->row, h->row + h->start, h->fill * sizeof(*h->row));
            h->start = 0;
        }
        memcpy(h->row + h->start + h->fill, in, take * sizeof(*in));
        h->fill += take;
        n -= take;
        while (lines_next(h->lines, &in, &left)) {
            keep(h);
            if (h->windows > AHEAD)
                given += emit_node(h, out + given);
        }
    }
    return given;
}

size_t hum_flush(struct hum *h, float *out)
{
    size_t given = 0;
    while (h->nodes < h->windows)
        given += emit_node(h, out + given);
    for (int k = 0; k < h->count; k++) {
        struct line *l = &h->line[k];
        double on = h->drift * (double)h->fill / (double)(h->hop ? h->hop : 1);
        l->from = l->to;
        l->to *= cexp(I * on * l->harmonic);
    }
    return given + emit(h, h->fill, out + given);
}
