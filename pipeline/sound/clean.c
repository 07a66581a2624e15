// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/clean.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum { STEP = 4096 }; // samples that go through all parts at a time

bool clean_needed(const struct clean_found *f)
{
    return f->repair.needed || f->rumble.needed || f->hum.needed || f->noise.needed ||
           f->sibilance.needed;
}

struct clean_look {
    struct repair_look *repair;
    struct rumble_look *rumble;
    struct hum_look *hum;
    struct noise_look *noise;
    struct sibilance_look *sibilance;
};

void clean_look_free(struct clean_look *l)
{
    if (!l)
        return;
    repair_look_free(l->repair);
    rumble_look_free(l->rumble);
    hum_look_free(l->hum);
    noise_look_free(l->noise);
    sibilance_look_free(l->sibilance);
    free(l);
}

struct clean_look *clean_look_new(int sample_rate)
{
    struct clean_look *l = mem_alloc(sizeof(*l));
    l->repair = repair_look_new(sample_rate);
    l->rumble = rumble_look_new(sample_rate);
    l->hum = hum_look_new(sample_rate);
    l->noise = noise_look_new(sample_rate);
    l->sibilance = sibilance_look_new(sample_rate);
    if (l->repair && l->rumble && l->hum && l->noise && l->sibilance)
        return l;
    clean_look_free(l);
    return NULL;
}

void clean_look_add(struct clean_look *l, const float *in, size_t n)
{
    repair_look_add(l->repair, in, n);
    rumble_look_add(l->rumble, in, n);
    hum_look_add(l->hum, in, n);
    noise_look_add(l->noise, in, n);
    sibilance_look_add(l->sibilance, in, n);
}

void clean_look_result(struct clean_look *l, struct clean_found *ret)
{
    repair_look_result(l->repair, &ret->repair);
    rumble_look_result(l->rumble, &ret->rumble);
    hum_look_result(l->hum, &ret->hum);
    noise_look_result(l->noise, &ret->noise);
    sibilance_look_result(l->sibilance, &ret->sibilance);
}

// ---- the parts as links of one chain

struct link {
    size_t (*run)(void *part, const float *in, size_t n, float *out);
    size_t (*flush)(void *part, float *out);
    size_t (*delay)(const void *part);
    void (*free)(void *part);
};

static size_t run_repair(void *part, const float *in, size_t n, float *out)
{
    return repair_run(part, in, n, out);
}
static size_t flush_repair(void *part, float *out)
{
    return repair_flush(part, out);
}
static size_t delay_repair(const void *part)
{
    return repair_delay(part);
}
static void free_repair(void *part)
{
    repair_free(part);
}
static size_t run_rumble(void *part, const float *in, size_t n, float *out)
{
    rumble_run(part, in, n, out);
    return n;
}
static size_t flush_rumble(void *part, float *out)
{
    (void)part;
    (void)out;
    return 0;
}
static size_t delay_rumble(const void *part)
{
    (void)part;
    return 0;
}
static void free_rumble(void *part)
{
    rumble_free(part);
}
static size_t run_hum(void *part, const float *in, size_t n, float *out)
{
    return hum_run(part, in, n, out);
}
static size_t flush_hum(void *part, float *out)
{
    return hum_flush(part, out);
}
static size_t delay_hum(const void *part)
{
    return hum_delay(part);
}
static void free_hum(void *part)
{
    hum_free(part);
}
static size_t run_noise(void *part, const float *in, size_t n, float *out)
{
    return noise_run(part, in, n, out);
}
static size_t flush_noise(void *part, float *out)
{
    return noise_flush(part, out);
}
static size_t delay_noise(const void *part)
{
    return noise_delay(part);
}
static void free_noise(void *part)
{
    noise_free(part);
}

static size_t run_sibilance(void *part, const float *in, size_t n, float *out)
{
    return sibilance_run(part, in, n, out);
}
static size_t flush_sibilance(void *part, float *out)
{
    return sibilance_flush(part, out);
}
static size_t delay_sibilance(const void *part)
{
    return sibilance_delay(part);
}
static void free_sibilance(void *part)
{
    sibilance_free(part);
}

enum { LINKS = 5 };
static const struct link chain[LINKS] = {
    {run_repair, flush_repair, delay_repair, free_repair},
    {run_hum, flush_hum, delay_hum, free_hum},
    {run_rumble, flush_rumble, delay_rumble, free_rumble},
    {run_noise, flush_noise, delay_noise, free_noise},
    {run_sibilance, flush_sibilance, delay_sibilance, free_sibilance},
};

struct clean {
    void *part[LINKS];
    bool idle;
    size_t delay;
    float *from, *to; // between two links
};

void clean_free(struct clean *c)
{
    if (!c)
        return;
    for (int i = 0; i < LINKS; i++)
        if (c->part[i])
            chain[i].free(c->part[i]);
    free(c->from);
    free(c->to);
    free(c);
}

struct clean *clean_new(int sample_rate, const struct clean_found *found)
{
    struct clean *c = mem_alloc(sizeof(*c));
    c->idle = !clean_needed(found);
    c->part[0] = repair_new(sample_rate, &found->repair);
    c->part[1] = hum_new(sample_rate, &found->hum);
    c->part[2] = rumble_new(sample_rate, &found->rumble);
    c->part[3] = noise_new(sample_rate, &found->noise);
    c->part[4] = sibilance_new(sample_rate, &found->sibilance);
    for (int i = 0; i < LINKS; i++) {
        if (!c->part[i]) {
            clean_free(c);
            return NULL;
        }
        c->delay += chain[i].delay(c->part[i]);
    }
    c->from = mem_alloc((2 * c->delay + STEP) * sizeof(float));
    c->to = mem_alloc((2 * c->delay + STEP) * sizeof(float));
    return c;
}

size_t clean_delay(const struct clean *c)
{
    return c->delay;
}

// What stands in c->from goes through the links from `first` on; the result stands in c->from.
static size_t pass(struct clean *c, int first, size_t n)
{
    for (int i = first; i < LINKS; i++) {
        n = chain[i].run(c->part[i], c->from, n, c->to);
        float *other = c->from;
        c->from = c->to;
        c->to = other;
    }
    return n;
}

size_t clean_run(struct clean *c, const float *in, size_t n, float *out)
{
    size_t given = 0;
    if (c->idle) {
        memcpy(out, in, n * sizeof(*out));
        return n;
    }
    for (size_t done = 0; done < n; done += STEP) {
        size_t part = n - done < STEP ? n - done : STEP;
        memcpy(c->from, in + done, part * sizeof(*in));
        part = pass(c, 0, part);
        memcpy(out + given, c->from, part * sizeof(*out));
        given += part;
    }
    return given;
}

// What each link still holds goes through those behind it.
size_t clean_flush(struct clean *c, float *out)
{
    size_t given = 0;
    for (int i = 0; i < LINKS && !c->idle; i++) {
        size_t n = chain[i].flush(c->part[i], c->from);
        n = n ? pass(c, i + 1, n) : 0;
        memcpy(out + given, c->from, n * sizeof(*out));
        given += n;
    }
    return given;
}
