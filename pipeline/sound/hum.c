// SPDX-License-Identifier: GPL-3.0-or-later
// Each harmonic of 50 and 60 Hz is watched with two neighbours. In quiet windows hum turns its
// phase evenly from one window to the next, which gives its frequency; noise turns it anyhow.
#include "sound/hum.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/lines.h"
#include "sound/tally.h"

enum {
    FAMILIES = 2,
    PER_LINE = 3, // the line and its two neighbours
    LAGS = 3,
    MAX_LAG = 32,
    MIN_WINDOWS = 4 * LINES_A_SECOND,
};
static const double nominal[FAMILIES] = {50, 60};
static const int harmonics[FAMILIES] = {HUM_HARMONICS, 16};
static const int lag[LAGS] = {2, 8, MAX_LAG}; // windows: each narrows the one before four times
static const double beside_hz = 12, strays_hz = 0.22;
static const double quiet_share = 0.1, quiet_db = 6;
static const double prominent_db = 8, steady = 0.6;
static const double spread_db = 5; // of hum in quiet moments; notes that die away have more

struct watched {
    struct tally level[PER_LINE];
    double complex turn[LAGS], before[MAX_LAG]; // before: unit length, 0 where not quiet
    uint32_t turns[LAGS];
};
struct hum_look {
    struct lines *lines;
    struct watched watched[FAMILIES * HUM_HARMONICS];
    size_t count, windows;
    struct tally loud;
    double energy; // of the block of an eighth of a second that is not full
    size_t block, filled;
};

struct hum_look *hum_look_new(int sample_rate)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct hum_look *h = mem_alloc(sizeof(*h));
    double hz[LINES_MAX];
    for (int f = 0; f < FAMILIES; f++)
        for (int k = 1; k <= harmonics[f]; k++, h->count++) {
            double *p = hz + PER_LINE * h->count;
            p[0] = k * nominal[f];
            p[1] = p[0] - beside_hz;
            p[2] = p[0] + beside_hz;
        }
    h->lines = lines_new(sample_rate, hz, PER_LINE * h->count);
    h->block = (size_t)(sample_rate / LINES_A_SECOND);
    return h;
}

void hum_look_free(struct hum_look *h)
{
    if (!h)
        return;
    lines_free(h->lines);
    free(h);
}

static void watch(struct watched *w, const float *value, size_t window)
{
    double level[PER_LINE];
    for (int i = 0; i < PER_LINE; i++) {
        const float *v = value + 2 * i;
        level[i] = tally_db((double)v[0] * v[0] + (double)v[1] * v[1]);
    }
    double complex now = 0;
    if (level[0] > -140) { // nothing is learnt from digital silence
        for (int i = 0; i < PER_LINE; i++)
            tally_add(&w->level[i], level[i]);
        if (level[0] < tally_quantile(&w->level[0], quiet_share) + quiet_db)
            now = (value[0] + I * (double)value[1]) / pow(10, level[0] / 20);
    }
    for (int i = 0; i < LAGS; i++) {
        double complex then = w->before[(window + MAX_LAG - (size_t)lag[i]) % MAX_LAG];
        if (now == 0 || then == 0)
            continue;
        w->turn[i] += now * conj(then);
        w->turns[i]++;
    }
    w->before[window % MAX_LAG] = now;
}

static void add_loud(struct hum_look *h, const float *in, size_t n)
{
    while (n) {
        size_t take = h->block - h->filled < n ? h->block - h->filled : n;
        float sum = 0;
        for (size_t i = 0; i < take; i++)
            sum += in[i] * in[i];
        h->energy += (double)sum;
        h->filled += take;
        in += take;
        n -= take;
        if (h->filled < h->block)
            break;
        tally_add(&h->loud, tally_db(2 * h->energy / (double)h->block)); // as the peak of a sine
        h->energy = 0;
        h->filled = 0;
    }
}

void hum_look_add(struct hum_look *h, const float *in, size_t n)
{
    add_loud(h, in, n);
    while (lines_next(h->lines, &in, &n)) {
        for (size_t k = 0; k < h->count; k++)
            watch(&h->watched[k], lines_value(h->lines) + 2 * PER_LINE * k, h->windows);
        h->windows++;
    }
}

struct candidate {
    double level_db, prominence_db, weight;
    double off_hz; // of the line from its nominal place
    bool in;
};

static double steadiness(const struct watched *w, int i)
{
    return w->turns[i] > MIN_WINDOWS / 4 ? cabs(w->turn[i]) / w->turns[i] : 0;
}

// The longer the time between two windows, the more exact the turn and the more full turns it
// hides: those come from the shorter one.
static double off_hz(const struct watched *w)
{
    const double turn = 2 * 3.14159265358979323846;
    double hz = 0;
    for (int i = 0; i < LAGS; i++) {
        if (i && steadiness(w, i) < 0.4)
            break;
        double seconds = (double)lag[i] / LINES_A_SECOND, turned = carg(w->turn[i]) / turn;
        hz = (turned + round(hz * seconds - turned)) / seconds;
    }
    return hz;
}

static void candidates(const struct watched *w, int count, struct candidate *c)
{
    for (int k = 0; k < count; k++, w++) {
        double level = tally_quantile(&w->level[0], quiet_share);
        double below = tally_quantile(&w->level[1], quiet_share);
        double above = tally_quantile(&w->level[2], quiet_share);
        c[k].level_db = level;
        c[k].prominence_db = level - (below + above) / 2;
        c[k].off_hz = off_hz(w);
        double spread = tally_quantile(&w->level[0], 0.12) - tally_quantile(&w->level[0], 0.03);
        c[k].in = w->level[0].total >= MIN_WINDOWS && c[k].prominence_db >= prominent_db &&
                  spread < spread_db && steadiness(w, 0) >= steady &&
                  fabs(c[k].off_hz) <= strays_hz * (k + 1);
        double ratio = pow(10, fmin(c[k].prominence_db, 30) / 10);
        c[k].weight = ratio * (k + 1) * (k + 1);
    }
}

// The mean of what the lines say of the fundamental; those that say otherwise than the most
// reliable of the first lines drop out. Its distance from the nominal frequency.
static double agree(struct candidate *c, int count)
{
    int best = -1;
    for (int k = 0; k < 5; k++)
        if (c[k].in && (best < 0 || c[k].prominence_db > c[best].prominence_db))
            best = k;
    if (best < 0)
        return 0;
    double off = c[best].off_hz / (best + 1), sum = 0, weight = 0;
    for (int k = 0; k < count; k++) {
        c[k].in = c[k].in && fabs(c[k].off_hz - off * (k + 1)) < 0.1 + 0.02 * (k + 1);
        if (!c[k].in)
            continue;
        sum += c[k].weight * c[k].off_hz / (k + 1);
        weight += c[k].weight;
    }
    return sum / weight;
}

static double strongest(const struct candidate *c, int count, int first)
{
    double most = -150;
    for (int k = first; k < count; k += 2)
        if (c[k].in && c[k].level_db > most)
            most = c[k].level_db;
    return most;
}

// A monotonous voice or an instrument at 100 or 120 Hz has even harmonics alone, and is as loud as
// the recording.
static void spare_tones(struct candidate *c, int count, double loud_db)
{
    double odd = strongest(c, count, 0), even = strongest(c, count, 1);
    bool tone = even > odd + 15 && even > loud_db - 14;
    for (int k = 1; k < count && tone; k += 2)
        c[k].in = false;
}

static void family(const struct hum_look *h, int f, struct hum_result *ret)
{
    struct candidate c[HUM_HARMONICS] = {0};
    double loud = tally_quantile(&h->loud, 0.95), power = 0;
    candidates(h->watched + (f ? harmonics[0] : 0), harmonics[f], c);
    spare_tones(c, harmonics[f], loud);
    double off = agree(c, harmonics[f]);
    *ret = (struct hum_result){.level_dbfs = -150};
    if (!c[0].in && !c[1].in && !c[2].in)
        return;
    for (int k = 0; k < harmonics[f]; k++) {
        if (!c[k].in)
            continue;
        // the quiet quantile of a line in noise lies below its true level
        double level = tally_quantile(&h->watched[(f ? harmonics[0] : 0) + k].level[0], 0.15);
        ret->line[ret->lines++] = (struct hum_line){k + 1, level, c[k].prominence_db};
        power += pow(10, level / 10);
    }
    ret->hz = nominal[f] + off;
    ret->level_dbfs = tally_db(power);
    ret->below_loud_db = loud - ret->level_dbfs;
    ret->needed = ret->level_dbfs > -84 && ret->below_loud_db < 55 && ret->below_loud_db > 3;
}

void hum_look_result(const struct hum_look *h, struct hum_result *ret)
{
    struct hum_result other;
    family(h, 0, ret);
    family(h, 1, &other);
    if (other.level_dbfs > ret->level_dbfs)
        *ret = other;
}
