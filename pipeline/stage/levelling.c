// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/levelling.h"

#include "base/arena.h"
#include "sound/loudness.h"

#include <math.h>
#include <stdlib.h>

static double seconds(double blocks)
{
    return blocks * METER_BLOCK_MS / 1000;
}

static double rounded(double v, double steps)
{
    return round(v * steps) / steps;
}

// Loudness behind the curve, gated.
static double levelled_lufs(const struct blocks *b, const struct leveller_curve *c)
{
    float *energy = mem_alloc((b->n + 1) * sizeof(*energy));
    for (size_t i = 0; i < b->n; i++)
        energy[i] = b->energy[i] * (float)pow(10, leveller_at(c, (double)i + 0.5) / 10);
    float *hop = mem_alloc((b->n / LOUDNESS_HOP + 1) * sizeof(*hop));
    double lufs = loudness_integrated(hop, loudness_hops(energy, b->n, hop));
    free(hop);
    free(energy);
    return lufs;
}

void levelling_find(const struct blocks *b, double strength, struct levelling *ret)
{
    struct speech s;
    speech_find(b, &s);
    turns_find(b, &s, &ret->turns);
    leveller_solve(b, &s, &ret->turns, strength, &ret->curve);
    speech_done(&s);
    ret->lufs = levelled_lufs(b, &ret->curve);
}

void levelling_done(struct levelling *l)
{
    turns_done(&l->turns);
    leveller_curve_done(&l->curve);
}

static struct json *voice_json(const struct levelling *l, int k)
{
    const struct voice *v = &l->turns.voice[k];
    struct json *o = json_new_object();
    json_put_real(o, "lufs", isfinite(v->lufs) ? rounded(v->lufs, 100) : v->lufs);
    json_put_real(o, "seconds", rounded(v->seconds, 10));
    json_put_real(o, "gain_db", rounded(l->curve.voice_db[k], 100));
    return o;
}

struct json *levelling_json(const struct levelling *l)
{
    if (!l->curve.n)
        return NULL;
    struct json *o = json_new_object(), *voices = json_new_array();
    json_put_real(o, "min_db", rounded(l->curve.min_db, 100));
    json_put_real(o, "mean_db", rounded(l->curve.mean_db, 100));
    json_put_real(o, "max_db", rounded(l->curve.max_db, 100));
    for (int k = 0; k < l->turns.num_voices; k++)
        json_push(voices, voice_json(l, k));
    json_put(o, "voices", voices);
    if (l->turns.voice[TURNS_MUSIC].seconds > 0)
        json_put(o, "music", voice_json(l, TURNS_MUSIC));
    return o;
}

static struct json *turns_json(const struct turns *t)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < t->n; i++) {
        struct json *o = json_new_object();
        json_put_real(o, "from_s", seconds(t->turn[i].from));
        json_put_real(o, "to_s", seconds(t->turn[i].to));
        if (t->turn[i].voice == TURNS_MUSIC)
            json_put_text(o, "voice", "music");
        else
            json_put_int(o, "voice", t->turn[i].voice + 1);
        json_push(list, o);
    }
    return list;
}

struct json *levelling_points(const struct leveller_curve *c)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < c->n; i++) {
        struct json *point = json_new_array();
        json_push(point, json_new_real(rounded(seconds(c->point[i].at), 1000)));
        json_push(point, json_new_real(rounded(c->point[i].db, 1000)));
        json_push(list, point);
    }
    return list;
}

void levelling_read_points(const struct json *points, struct leveller_curve *ret)
{
    size_t n = json_count(points);
    *ret = (struct leveller_curve){.n = n};
    ret->point = mem_alloc((n + 1) * sizeof(*ret->point));
    for (size_t i = 0; i < n; i++) {
        const struct json *pair = json_at(points, i);
        ret->point[i].at = json_as_real(json_at(pair, 0), 0) * 1000 / METER_BLOCK_MS;
        ret->point[i].db = json_as_real(json_at(pair, 1), 0);
    }
}

struct json *levelling_curve_json(const struct levelling *l, const struct leveller_curve *gate,
                                  const char *speaker)
{
    struct json *o = json_new_object();
    json_put_text(o, "speaker", speaker);
    json_put(o, "turns", turns_json(&l->turns));
    json_put(o, "curve", levelling_points(&l->curve));
    if (gate && gate->n)
        json_put(o, "gate", levelling_points(gate));
    return o;
}
