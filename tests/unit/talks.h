// SPDX-License-Identifier: GPL-3.0-or-later
// Two people talk in turns, each into a microphone of their own; every microphone hears the other
// one too. Nothing in it repeats, so that only one way of laying the recordings together is right.
#pragma once
#include "sound/drift.h"
#include "unit/waves.h"

struct talk {
    double seconds_a, seconds_b; // lengths of the recordings
    double offset_s, drift_ppm;  // moment t of a is offset_s + t * (1 + drift_ppm / 1e6) of b
    double bleed_db;             // the other voice under one's own; 0: none at all
    double noise_db;             // under the voices; every microphone its own
    double path_ms;              // from one microphone to the other
    double hum_db;               // of the mains, the same for both; 0: none
    bool inverted;               // b's microphone
    int rate, seed;
};

struct talker {
    uint32_t random;
    double pitch, phase;
};

static inline double talk_between(uint32_t *random, double low, double high)
{
    return low + (high - low) * (wave_random(random) + 1) / 2;
}

// One syllable: harmonics under two formants, or now and then noise; returns its length.
static inline size_t talk_syllable(struct talker *t, float *x, size_t most, int rate)
{
    enum { HARMONICS = 24 };
    size_t n = (size_t)(talk_between(&t->random, 0.09, 0.28) * rate);
    double pitch = t->pitch * talk_between(&t->random, 0.8, 1.25), weight[HARMONICS + 1];
    double glide = talk_between(&t->random, -0.2, 0.2), loud = talk_between(&t->random, 0.3, 1);
    double first = talk_between(&t->random, 300, 800), second = talk_between(&t->random, 900, 2400);
    bool hiss = wave_random(&t->random) > 0.5;
    int count = (int)(0.45 * rate / (pitch * 1.2));
    count = count < HARMONICS ? count : HARMONICS;
    for (int h = 1; h <= count; h++)
        weight[h] = loud * (0.3 / (1 + pow((h * pitch - first) / 120, 2)) +
                            0.15 / (1 + pow((h * pitch - second) / 200, 2)));
    n = n < most ? n : most;
    for (size_t i = 0; i < n; i++) {
        double part = (double)i / (double)n, v = 0;
        t->phase += wave_turn * pitch * (1 + glide * part) / rate;
        double before = 1, now = cos(t->phase), twice = 2 * now;
        for (int h = 1; h <= count && !hiss; h++) {
            v += weight[h] * now;
            double next = twice * now - before;
            before = now;
            now = next;
        }
        v += (hiss ? 0.2 : 0.01) * loud * wave_random(&t->random);
        x[i] += (float)(v * 4 * part * (1 - part));
    }
    t->phase = fmod(t->phase, wave_turn);
    return n;
}

static inline void talk_speak(struct talker *t, float *x, size_t n, int rate)
{
    for (size_t i = 0; i < n;) {
        if (wave_random(&t->random) > 0.75)
            i += (size_t)(talk_between(&t->random, 0.1, 0.6) * rate);
        if (i < n)
            i += talk_syllable(t, x + i, n - i, rate);
    }
}

enum { TALK_PATHS = 4, TALK_TAIL = 2400 };

struct talk_scene { // made turn by turn, because the time in common may be a small part of it
    const struct talk *k;
    struct talker who[2];
    uint32_t random, noise[2];
    size_t late[2][TALK_PATHS];
    float gain[2][TALK_PATHS];
    double common_s[2];           // from, to
    float *voice, *microphone[2]; // of this turn, and what rings on after it
    struct wave *a, *b;
    int64_t at, a_from; // samples
    size_t b_got;
    struct drift *drift;
};

// Adds what reaches the other microphone: dull, with some of the room behind it.
static inline void talk_bleed(struct talk_scene *s, int speaks, size_t n)
{
    float dull = 0, *to = s->microphone[!speaks];
    for (size_t i = 0; i < n; i++) {
        dull += 0.7f * (s->voice[i] - dull);
        for (int p = 0; p < TALK_PATHS; p++)
            to[i + s->late[speaks][p]] += s->gain[speaks][p] * dull;
    }
}

static inline void talk_noise(struct talk_scene *s, int c, size_t n)
{
    const struct talk *k = s->k;
    double noise = 0.2 * wave_linear(k->noise_db), hum = k->hum_db ? wave_linear(k->hum_db) : 0;
    float *x = s->microphone[c];
    for (size_t i = 0; i < n; i++)
        x[i] += (float)(noise * wave_random(&s->noise[c]));
    for (size_t i = 0; i < n && hum > 0; i++) {
        double turn = fmod(wave_turn * 50 * (double)(s->at + (int64_t)i) / k->rate, wave_turn);
        x[i] += (float)(0.2 * hum * wave_harmonics(turn, 1, 20));
    }
}

static inline void talk_record(struct talk_scene *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t at = s->at + (int64_t)i - s->a_from;
        if (at >= 0 && at < (int64_t)s->a->frames)
            s->a->plane[0][at] = s->microphone[0][i];
        s->microphone[1][i] *= s->k->inverted ? -0.35f : 0.35f;
    }
    const float *in = s->microphone[1];
    s->b_got += drift_run(s->drift, &in, &n, s->b->plane[0] + s->b_got, s->b->frames - s->b_got);
}

static inline void talk_turn(struct talk_scene *s, int speaks)
{
    const struct talk *k = s->k;
    size_t n = (size_t)(talk_between(&s->random, 4, 15) * k->rate);
    double from = (double)s->at / k->rate, to = from + (double)n / k->rate;
    if (to > s->common_s[0] && from < s->common_s[1]) {
        memset(s->voice, 0, n * sizeof(float));
        talk_speak(&s->who[speaks], s->voice, n, k->rate);
        for (size_t i = 0; i < n; i++)
            s->microphone[speaks][i] += s->voice[i];
        if (k->bleed_db < 0)
            talk_bleed(s, speaks, n);
    }
    for (int c = 0; c < 2; c++)
        talk_noise(s, c, n);
    talk_record(s, n);
    for (int c = 0; c < 2; c++) {
        memcpy(s->microphone[c], s->microphone[c] + n, TALK_TAIL * sizeof(float));
        memset(s->microphone[c] + TALK_TAIL, 0, n * sizeof(float));
    }
    s->at += (int64_t)n;
}

static inline void talk_room(struct talk_scene *s)
{
    for (int c = 0; c < 2; c++)
        for (int p = 0; p < TALK_PATHS; p++) {
            double ms = p ? talk_between(&s->random, 2, 50) : 0;
            double gain = p ? 0.5 * wave_random(&s->random) * exp(-ms / 30) : 1;
            s->late[c][p] = (size_t)lround((s->k->path_ms + ms) * s->k->rate / 1000);
            s->gain[c][p] = (float)(wave_linear(s->k->bleed_db) * gain);
        }
}

static inline void talk_make(const struct talk *k, struct wave *a, struct wave *b)
{
    double rate = 1 + k->drift_ppm * 1e-6, before = fmax(k->offset_s, 0);
    double b_from = before - k->offset_s / rate;
    double end = fmax(before + k->seconds_a, b_from + k->seconds_b / rate);
    uint32_t seed = (uint32_t)k->seed * 7919;
    struct talk_scene s = {.k = k, .who = {{1234567 + seed, 115, 0}, {7654321 + seed, 190, 0}}};
    s.random = 99 + seed;
    s.noise[0] = 31337 + seed;
    s.noise[1] = 73313 + seed;
    s.common_s[0] = fmax(before, b_from);
    s.common_s[1] = fmin(before + k->seconds_a, b_from + k->seconds_b / rate);
    s.a_from = lround(before * k->rate);
    size_t most = 15 * (size_t)k->rate + TALK_TAIL;
    for (int i = 0; i < 9; i++)
        wave_random(&s.random);
    talk_room(&s);
    s.voice = mem_alloc(most * sizeof(float));
    for (int c = 0; c < 2; c++)
        s.microphone[c] = mem_alloc(most * sizeof(float));
    wave_init(s.a = a, k->rate, 1);
    wave_extend(a, (size_t)lround(k->seconds_a * k->rate));
    wave_init(s.b = b, k->rate, 1);
    wave_extend(b, (size_t)lround(k->seconds_b * k->rate));
    s.drift = drift_new(&(struct drift_params){1 / rate, b_from * k->rate, (int64_t)b->frames});
    for (int turn = 0; (double)s.at < end * k->rate; turn++)
        talk_turn(&s, turn % 2);
    drift_flush(s.drift, b->plane[0] + s.b_got, b->frames - s.b_got);
    drift_free(s.drift);
    free(s.voice);
    free(s.microphone[0]);
    free(s.microphone[1]);
}
