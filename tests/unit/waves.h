// SPDX-License-Identifier: GPL-3.0-or-later
// Sound for the tests of pipeline/sound: made, or read from a WAV file among the real recordings.
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/meter.h"

enum { WAVE_CHANNELS = METER_MAX_CHANNELS };
static const double wave_turn = 6.283185307179586;

struct wave {
    int rate, channels;
    size_t frames;
    float *plane[WAVE_CHANNELS];
};

static inline void wave_init(struct wave *w, int rate, int channels)
{
    *w = (struct wave){.rate = rate, .channels = channels};
}

static inline void wave_done(struct wave *w)
{
    for (int c = 0; c < w->channels; c++)
        free(w->plane[c]);
    *w = (struct wave){0};
}

// Silence at the end; returns where it begins.
static inline size_t wave_extend(struct wave *w, size_t frames)
{
    size_t from = w->frames;
    w->frames += frames;
    for (int c = 0; c < w->channels; c++) {
        w->plane[c] = mem_grow(w->plane[c], (w->frames + 1) * sizeof(float));
        memset(w->plane[c] + from, 0, (frames + 1) * sizeof(float));
    }
    return from;
}

static inline double wave_linear(double db)
{
    return pow(10, db / 20);
}

static inline double wave_db(double linear)
{
    return 20 * log10(linear);
}

// A sine over all channels, its phase counted from the start of the wave. The level is the peak.
static inline void wave_tone(struct wave *w, double seconds, double hz, double dbfs)
{
    size_t from = wave_extend(w, (size_t)lround(seconds * w->rate));
    double peak = wave_linear(dbfs);
    for (size_t i = from; i < w->frames; i++) {
        double v = peak * sin(wave_turn * hz * (double)i / w->rate);
        for (int c = 0; c < w->channels; c++)
            w->plane[c][i] = (float)v;
    }
}

static inline void wave_silence(struct wave *w, double seconds)
{
    wave_extend(w, (size_t)lround(seconds * w->rate));
}

static inline double wave_random(uint32_t *state) // -1..1
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state / 2147483647.5 - 1;
}

static inline void wave_noise(struct wave *w, double seconds, double peak)
{
    size_t from = wave_extend(w, (size_t)lround(seconds * w->rate));
    for (int c = 0; c < w->channels; c++) {
        uint32_t state = 2463534242u + (uint32_t)c * 7919;
        for (size_t i = from; i < w->frames; i++)
            w->plane[c][i] = (float)(peak * wave_random(&state));
    }
}

// The harmonics 1..24 of a phase below half the sample rate, each 9 dB an octave softer.
static inline double wave_harmonics(double phase, double shift, int count)
{
    double before = cos(shift), now = cos(phase + shift), twice = 2 * cos(phase), v = 0;
    for (int h = 1; h <= count; h++) {
        v += now / (h * sqrt(h));
        double next = twice * now - before;
        before = now;
        now = next;
    }
    return v;
}

// Syllables of a voice in words with pauses between them, and a little noise; its peaks stand some
// 16 dB over the loudness.
static inline void wave_voice(struct wave *w, double seconds, double peak)
{
    size_t from = wave_extend(w, (size_t)lround(seconds * w->rate));
    int count = w->rate * 0.45 / 125 < 24 ? (int)(w->rate * 0.45 / 125) : 24;
    for (int c = 0; c < w->channels; c++) {
        uint32_t state = 88172645u + (uint32_t)c * 104729;
        for (size_t i = from; i < w->frames; i++) {
            double t = (double)i / w->rate, pitch = 110 + 8 * sin(wave_turn * 0.7 * t);
            double word = fmod(t, 3.1) < 2.3, syllable = sin(wave_turn * 2.1 * t);
            double v = wave_harmonics(wave_turn * pitch * t, c, count) * word / 4;
            v *= (0.25 + syllable * syllable) * (1 + 0.5 * sin(wave_turn * 0.13 * t));
            w->plane[c][i] = (float)(peak * (v + 0.001 * wave_random(&state)));
        }
    }
}

// Ramps at both ends.
static inline void wave_fade(struct wave *w, double seconds)
{
    size_t n = (size_t)lround(seconds * w->rate);
    for (int c = 0; c < w->channels; c++)
        for (size_t i = 0; i < n; i++) {
            w->plane[c][i] *= (float)i / (float)n;
            w->plane[c][w->frames - 1 - i] *= (float)i / (float)n;
        }
}

static inline void wave_scale(struct wave *w, int channel, double db)
{
    float by = (float)wave_linear(db);
    for (size_t i = 0; i < w->frames; i++)
        w->plane[channel][i] *= by;
}

static inline struct meter *wave_meter_weighted(const struct wave *w, size_t piece,
                                                const double weight[WAVE_CHANNELS])
{
    struct meter_params p = {.sample_rate = w->rate, .channels = w->channels};
    if (weight)
        memcpy(p.weight, weight, sizeof(p.weight));
    struct meter *m = meter_new(&p);
    for (size_t i = 0; i < w->frames; i += piece) {
        const float *at[WAVE_CHANNELS];
        for (int c = 0; c < w->channels; c++)
            at[c] = w->plane[c] + i;
        meter_add(m, at, w->frames - i < piece ? w->frames - i : piece);
    }
    return m;
}

static inline struct meter *wave_meter(const struct wave *w)
{
    return wave_meter_weighted(w, 1024, NULL);
}

static inline void wave_measure(const struct wave *w, struct meter_result *ret)
{
    struct meter *m = wave_meter(w);
    meter_result(m, ret);
    meter_free(m);
}

// The highest value of one channel between frames from..to, at 16x oversampling with 128 taps.
static inline double wave_peak16(const struct wave *w, int channel, size_t from, size_t to)
{
    enum { SIDE = 64, PHASES = 16 };
    static double tap[PHASES][2 * SIDE];
    for (int p = 0; p < PHASES; p++)
        for (int k = 0; k < 2 * SIDE; k++) {
            double t = k - (SIDE - 1) - p / (double)PHASES, a = t / SIDE * wave_turn / 2;
            double window = 0.42 + 0.5 * cos(a) + 0.08 * cos(2 * a), x = t * wave_turn / 2;
            tap[p][k] = fabs(t) < 1e-9 ? 1 : sin(x) / x * window;
        }
    double most = 0;
    for (size_t i = from; i < to; i++)
        for (int p = 0; p < PHASES; p++) {
            double v = 0;
            for (int k = 0; k < 2 * SIDE; k++) {
                ptrdiff_t j = (ptrdiff_t)i + k - (SIDE - 1);
                if (j >= 0 && j < (ptrdiff_t)w->frames)
                    v += tap[p][k] * (double)w->plane[channel][j];
            }
            most = fabs(v) > most ? fabs(v) : most;
        }
    return most;
}

static inline uint32_t wave_le(const unsigned char *p, int bytes)
{
    uint32_t v = 0;
    for (int i = 0; i < bytes; i++)
        v |= (uint32_t)p[i] << 8 * i;
    return v;
}

static inline float wave_sample(const unsigned char *p, int bits, bool floating)
{
    uint32_t v = wave_le(p, bits / 8) << (32 - bits);
    float f;
    memcpy(&f, &v, sizeof(f));
    return floating ? f : (float)((int32_t)v / 2147483648.0);
}

// A WAV file of 16, 24 or 32 bits from the folder of real recordings. False: not there.
static inline bool wave_load(struct wave *w, const char *name)
{
    static unsigned char file[4 << 20];
    char path[512];
    const char *media = getenv("DGL_MEDIA");
    snprintf(path, sizeof(path), "%s/%s", media ? media : "../shared/media", name);
    FILE *f = fopen(path, "rb");
    size_t len = f ? fread(file, 1, sizeof(file), f) : 0;
    if (f)
        fclose(f);
    int bits = 0;
    bool floating = false;
    for (size_t i = 12; i + 8 <= len;) {
        size_t size = wave_le(file + i + 4, 4);
        const unsigned char *body = file + i + 8;
        if (!memcmp(file + i, "fmt ", 4)) {
            wave_init(w, (int)wave_le(body + 4, 4), (int)wave_le(body + 2, 2));
            bits = (int)wave_le(body + 14, 2);
            floating = wave_le(body, 2) == 3;
        } else if (!memcmp(file + i, "data", 4) && bits) {
            size = size < len - i - 8 ? size : len - i - 8;
            size_t frame = (size_t)(bits / 8 * w->channels);
            wave_extend(w, size / frame);
            for (size_t n = 0; n < w->frames * (size_t)w->channels; n++)
                w->plane[n % (size_t)w->channels][n / (size_t)w->channels] =
                    wave_sample(body + n * (size_t)bits / 8, bits, floating);
            return w->frames > 0;
        }
        i += 8 + size + size % 2;
    }
    return false;
}
