// SPDX-License-Identifier: GPL-3.0-or-later
// Spectra of all windows are summed up by their level, so that afterwards, when it is known how
// loud the quietest are, their mean can be told without a second pass.
#include "sound/noise.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/fft.h"
#include "sound/tally.h"

enum {
    CLASSES = 64,
    MIN_WINDOWS = 60,
    EVERY = 2, // window is enough once
    FEW = 120, // of them, some four seconds, are over
};
static const double class_db = 2, class_floor_db = -120;
static const double silence_db = -115;
static const double max_unrest_db = 1.5, clean_snr_db = 30;
static const double gauss_db = 2.51; // of Gaussian noise: the mean of P in dB over that of dB of P

struct class
{
    uint32_t count;
    double energy;    // sum of the windows' mean squares over 100 Hz
    float *sum, *log; // a bin: sums of power and of its binary logarithm
};
struct noise_look {
    size_t hop, bins, fill, windows;
    double scale; // |X|^2 of a window, both halves of the spectrum, to mean square
    struct fft *fft;
    float *window, *row, *frame, *spectrum, *power, *weight;
    size_t low; // first bin that counts
    struct tally level;
    struct class class[CLASSES];
};

size_t noise_hop(int sample_rate)
{
    size_t hop = 64;
    while ((double)hop * 1.42 < sample_rate * 0.0107)
        hop *= 2;
    return hop;
}

void noise_window(float *window, size_t hop)
{
    const double pi = 3.14159265358979323846;
    for (size_t i = 0; i < 3 * hop; i++)
        window[i] = (float)sin(pi * ((double)i + 0.5) / (double)(3 * hop));
}

// Ears and the consonants of speech are keenest from 1 to 5 kHz.
static float weight_at(double hz)
{
    double up = hz / 1000, down = 6000 / fmax(hz, 1);
    double w = fmin(up * up, 1) * fmin(down * down, 1) * 4;
    return hz < 100 ? 0 : (float)fmax(w, 0.05);
}

struct noise_look *noise_look_new(int sample_rate)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct noise_look *l = mem_alloc(sizeof(*l));
    l->hop = noise_hop(sample_rate);
    l->bins = 2 * l->hop + 1;
    l->fft = fft_new(4 * l->hop);
    l->window = mem_alloc(3 * l->hop * sizeof(float));
    l->row = mem_alloc(3 * l->hop * sizeof(float));
    l->frame = mem_alloc(4 * l->hop * sizeof(float));
    l->spectrum = mem_alloc(2 * l->bins * sizeof(float));
    l->power = mem_alloc(l->bins * sizeof(float));
    l->weight = mem_alloc(l->bins * sizeof(float));
    noise_window(l->window, l->hop);
    double spacing = sample_rate / (4.0 * (double)l->hop), norm = 0;
    for (size_t i = 0; i < 3 * l->hop; i++)
        norm += (double)l->window[i] * (double)l->window[i];
    l->scale = 2 / (norm * 4 * (double)l->hop);
    l->low = (size_t)ceil(100 / spacing);
    for (size_t k = 0; k < l->bins; k++)
        l->weight[k] = weight_at((double)k * spacing);
    return l;
}

void noise_look_free(struct noise_look *l)
{
    if (!l)
        return;
    for (int c = 0; c < CLASSES; c++) {
        free(l->class[c].sum);
        free(l->class[c].log);
    }
    fft_free(l->fft);
    free(l->window);
    free(l->row);
    free(l->frame);
    free(l->spectrum);
    free(l->power);
    free(l->weight);
    free(l);
}

// Within 0.01 of the binary logarithm, from the bits of the number.
static inline float quick_log2(float x)
{
    int32_t bits;
    memcpy(&bits, &x, sizeof(bits));
    int32_t whole = bits >> 23;
    int32_t rest = (bits & 0x7fffff) | 0x3f800000;
    float m;
    memcpy(&m, &rest, sizeof(m));
    return (float)(whole - 128) + (-0.33582878f * m + 2.0f) * m - 0.65871759f;
}

static void class_add(struct class *c, const float *power, size_t bins, double energy)
{
    if (!c->sum) {
        c->sum = mem_alloc(bins * sizeof(float));
        c->log = mem_alloc(bins * sizeof(float));
    }
    float *restrict sum = c->sum, *restrict logs = c->log;
    for (size_t k = 0; k < bins; k++) {
        sum[k] += power[k];
        logs[k] += quick_log2(power[k] + 1e-20f);
    }
    c->energy += energy;
    c->count++;
}

static double sum_of(const float *a, const float *b, size_t from, size_t to)
{
    double sum = 0;
    for (size_t k = from; k < to; k++)
        sum += (double)(a[k] * b[k]);
    return sum;
}

static double sum_power(const float *a, size_t from, size_t to)
{
    double sum = 0;
    for (size_t k = from; k < to; k++)
        sum += (double)a[k];
    return sum;
}

static void look(struct noise_look *l)
{
    for (size_t i = 0; i < 3 * l->hop; i++)
        l->frame[i] = l->row[i] * l->window[i];
    fft_forward(l->fft, l->frame, l->spectrum);
    for (size_t k = 0; k < l->bins; k++)
        l->power[k] = l->spectrum[2 * k] * l->spectrum[2 * k] +
                      l->spectrum[2 * k + 1] * l->spectrum[2 * k + 1];
    double level = tally_db(sum_of(l->power, l->weight, l->low, l->bins) * l->scale);
    if (level < silence_db)
        return;
    tally_add(&l->level, level);
    int c = (int)((level - class_floor_db) / class_db);
    class_add(&l->class[c < CLASSES ? c : CLASSES - 1], l -> power, l -> bins,
              sum_power(l->power, l->low, l->bins) * l -> scale);
}

void noise_look_add(struct noise_look *l, const float *in, size_t n)
{
    while (n) {
        size_t take = 3 * l->hop - l->fill < n ? 3 * l->hop - l->fill : n;
        memcpy(l->row + l->fill, in, take * sizeof(*in));
        l->fill += take;
        in += take;
        n -= take;
        if (l->fill < 3 * l->hop)
            break;
        if (++l->windows < FEW || l->windows % EVERY == 0)
            look(l);
        l->fill = 0;
    }
}

static int class_at(double db)
{
    double c = floor((db - class_floor_db) / class_db);
    return c < 0 ? 0 : c < CLASSES ? (int)c : CLASSES - 1;
}

// Of the classes from..to: how many windows, their mean energy, their mean weighted level.
struct span {
    double count, energy, weighted;
};

static struct span span(const struct noise_look *l, int from, int to)
{
    struct span s = {0};
    for (int c = from; c <= to; c++) {
        s.count += l->class[c].count;
        s.energy += l->class[c].energy;
        s.weighted += l->class[c].count * pow(10, (class_floor_db + class_db * (c + 0.5)) / 10);
    }
    if (s.count > 0) {
        s.energy /= s.count;
        s.weighted /= s.count;
    }
    return s;
}

static double spectrum(const struct noise_look *l, int to, double count, float *power)
{
    double unrest = 0, weights = 0;
    for (size_t k = 0; k < l->bins; k++) {
        double sum = 0, logs = 0;
        for (int c = 0; c <= to; c++)
            if (l->class[c].count) {
                sum += (double)l->class[c].sum[k];
                logs += (double)l->class[c].log[k];
            }
        power[k] = (float)(sum / count);
        double apart = tally_db(sum / count) - 10 * log10(2) * logs / count;
        if (k >= l->low && power[k] > 1e-12f) { // not where a codec left nothing
            unrest += (double)l->weight[k] * fmin(apart, 30);
            weights += (double)l->weight[k];
        }
    }
    return weights > 0 ? unrest / weights - gauss_db : 0;
}

// Noise is smooth over frequency, the notes of music are not: the mean power of neighbouring bins
// over the mean of their levels.
static double peaks(const struct noise_look *l, const float *power)
{
    enum { SIDE = 8 };
    double sum = 0, weights = 0;
    for (size_t k = l->low + SIDE; k + SIDE < l->bins; k += SIDE) {
        double mean = 0, logs = 0;
        for (size_t j = k - SIDE; j <= k + SIDE; j++) {
            mean += (double)power[j] / (2 * SIDE + 1);
            logs += tally_db((double)power[j]) / (2 * SIDE + 1);
        }
        if (mean < 1e-12)
            continue;
        sum += (double)l->weight[k] * (tally_db(mean) - logs);
        weights += (double)l->weight[k];
    }
    return weights > 0 ? sum / weights : 0;
}

void noise_look_result(const struct noise_look *l, struct noise_result *ret)
{
    *ret = (struct noise_result){.speech_dbfs = -150, .noise_dbfs = -150, .bins = l->bins};
    if (l->level.total < MIN_WINDOWS)
        return;
    double quiet_db = tally_quantile(&l->level, 0.1);
    int quiet = class_at(quiet_db + 1);
    int loud = class_at(fmax(quiet_db + 5, tally_quantile(&l->level, 0.95) - 15));
    struct span noise = span(l, 0, quiet), speech = span(l, loud, CLASSES - 1);
    ret->unrest_db = spectrum(l, quiet, noise.count, ret->power);
    ret->peaks_db = peaks(l, ret->power);
    ret->noise_dbfs = tally_db(noise.energy);
    if (speech.count < MIN_WINDOWS / 2)
        return;
    ret->speech_dbfs = tally_db(fmax(speech.energy - noise.energy, 0));
    ret->snr_db = ret->speech_dbfs - ret->noise_dbfs;
    ret->audible_snr_db = tally_db(speech.weighted) - tally_db(noise.weighted);
    ret->needed = noise.count >= MIN_WINDOWS / 5 &&
                  ret->unrest_db + ret->peaks_db < max_unrest_db &&
                  ret->audible_snr_db < clean_snr_db;
    if (ret->needed)
        ret->reduction_db = fmin(fmax(clean_snr_db - ret->audible_snr_db, 6), 14);
}
