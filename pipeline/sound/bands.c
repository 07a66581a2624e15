// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/bands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/fft.h"
#include "sound/meter.h"

enum { MAX_WINDOW = 4096 };
static const double least_db = -110, step_db = 0.5;
// Hz; about as wide for the ear
static const double edge[BANDS + 1] = {120, 250, 450, 700, 1050, 1600, 2500, 4200, 7500};

struct bands {
    int rate, channels;
    size_t window; // samples, a power of two
    int64_t at;    // samples so far
    int64_t next;  // where the window of the next look begins
    size_t fill;   // samples of it
    struct fft *fft;
    size_t first_bin[BANDS + 1];
    uint8_t *code;
    size_t looks, cap;
    float shape[MAX_WINDOW], sound[MAX_WINDOW], spectrum[MAX_WINDOW + 2];
};

static int64_t look_start(const struct bands *b, size_t look)
{
    return (int64_t)look * b->rate * BANDS_EVERY * METER_BLOCK_MS / 1000;
}

struct bands *bands_new(int sample_rate, int channels)
{
    struct bands *b = mem_alloc(sizeof(*b));
    b->rate = sample_rate;
    b->channels = channels;
    b->window = 128;
    while (b->window < (size_t)sample_rate * METER_BLOCK_MS / 1000)
        b->window *= 2;
    b->fft = fft_new(b->window);
    for (size_t i = 0; i < b->window; i++)
        b->shape[i] =
            (float)(0.5 - 0.5 * cos(2 * 3.14159265358979 * ((double)i + 0.5) / (double)b->window));
    for (int k = 0; k <= BANDS; k++) {
        double bin = ceil(edge[k] * (double)b->window / sample_rate);
        b->first_bin[k] = bin < (double)b->window / 2 ? (size_t)bin : b->window / 2;
    }
    return b;
}

void bands_free(struct bands *b)
{
    if (!b)
        return;
    fft_free(b->fft);
    free(b->code);
    free(b);
}

static uint8_t code_of(double db)
{
    double code = (db - least_db) / step_db;
    return (uint8_t)(code < 0 ? 0 : code > UINT8_MAX ? UINT8_MAX : code + 0.5);
}

float bands_db(uint8_t code)
{
    return (float)(least_db + step_db * code);
}

static void look(struct bands *b)
{
    if (b->looks == b->cap) {
        b->cap += b->cap / 4 + 2048;
        b->code = mem_grow(b->code, b->cap * BANDS);
    }
    for (size_t i = 0; i < b->window; i++)
        b->sound[i] *= b->shape[i];
    fft_forward(b->fft, b->sound, b->spectrum);
    // a full-scale sine comes to a quarter of the window in its bin, and to half of that on both
    // sides
    double scale = 32.0 / 3 / ((double)b->window * (double)b->window * b->channels * b->channels);
    for (int k = 0; k < BANDS; k++) {
        float sum = 0;
        for (size_t i = 2 * b->first_bin[k]; i < 2 * b->first_bin[k + 1]; i++)
            sum += b->spectrum[i] * b->spectrum[i];
        b->code[b->looks * BANDS + (size_t)k] = code_of(10 * log10((double)sum * scale + 1e-20));
    }
    b->looks++;
    b->next = look_start(b, b->looks);
    b->fill = 0;
}

static void take(struct bands *b, const float *const *planes, size_t from, size_t n)
{
    float *to = b->sound + b->fill;
    memcpy(to, planes[0] + from, n * sizeof(*to));
    for (int c = 1; c < b->channels; c++)
        for (size_t i = 0; i < n; i++)
            to[i] += planes[c][from + i];
    b->fill += n;
}

void bands_add(struct bands *b, const float *const *planes, size_t frames)
{
    for (size_t done = 0; done < frames;) {
        size_t left = frames - done;
        if (b->at < b->next) { // between two looks
            size_t skip = (size_t)(b->next - b->at) < left ? (size_t)(b->next - b->at) : left;
            b->at += (int64_t)skip;
            done += skip;
            continue;
        }
        size_t n = b->window - b->fill < left ? b->window - b->fill : left;
        take(b, planes, done, n);
        b->at += (int64_t)n;
        done += n;
        if (b->fill == b->window)
            look(b);
    }
}

const uint8_t *bands_table(const struct bands *b, size_t *ret_looks)
{
    *ret_looks = b->looks;
    return b->code;
}
