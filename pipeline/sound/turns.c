// SPDX-License-Identifier: GPL-3.0-or-later
// Levels are fitted to the units of speech as a few states: each unit costs the square of its
// distance to the level of its state, each change of state as much as a third of a second at the
// other level. The cheapest path and the levels are improved in turn. A further state must pay for
// itself. When the levels stand, so do the colours of the voices, roughly; then both decide, and a
// soft word of the louder voice stays with it.
#include "sound/turns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/loudness.h"

enum {
    ROUNDS = 12,
    COLOUR_ROUNDS = 4,
    SMOOTH = 2,        // units to either side for the first guess
    SNAP = 8,          // blocks to either side of a change where the softest is looked for
    MUSIC_LEAST = 200, // blocks: shorter music is a jingle between words, or no music
};
// Units of one speaker stray by 4 dB (readers and meetings measured: 3.1 to 4.5). Two voices 12 dB
// apart leave a quarter of the cost that one level has, 6 dB half, 4 dB three quarters with every
// fifth unit taken for the other: that is no longer told apart.
static const double change_s = 0.3;
static const double most_square = 400;  // one outlier does not count more than 20 dB
static const double worth_share = 0.33; // a further state takes so much off the cost
static const double apart_db = 3;       // and lies so far from the others

// Colours are compared in units of their own spread; eight bands that hang together count as three.
static const double colour_counts = 32.0 * 3 / BANDS;
static const double colour_most = 9;        // a band counts no more than three times its spread
static const double colour_least_s = 8;     // of a voice, to know its colour
static const double colour_spread_db = 1.5; // at least

static const double breath_db = 8; // so much softer than its voice is no word

struct colour {
    float db[BANDS]; // of a unit, of its own mean
};
struct fit {
    const struct speech_unit *unit;
    const struct colour *colour; // NULL: not known
    size_t n;
    int k;
    double level[TURNS_VOICES];
    double mean[TURNS_VOICES][BANDS], spread[BANDS]; // once coloured
    bool coloured;
    uint8_t *state;
    double cost; // without changes
};

static double weight(const struct speech_unit *u)
{
    return u->music < 0.5f ? (double)u->seconds : 0;
}

static double colour_square(const struct fit *f, const float *db, const double *mean)
{
    double sum = 0;
    for (int b = 0; b < BANDS; b++) {
        double z = ((double)db[b] - mean[b]) / f->spread[b];
        sum += fmin(z * z, colour_most);
    }
    return colour_counts * sum;
}

static double square(const struct fit *f, size_t i, int k)
{
    double d = (double)f->unit[i].lufs - f->level[k], cost = fmin(d * d, most_square);
    if (f->coloured)
        cost += colour_square(f, f->colour[i].db, f->mean[k]);
    return weight(&f->unit[i]) * cost;
}

static double change_cost(const struct fit *f, int from, int to)
{
    double d = f->level[from] - f->level[to], apart = fmin(d * d, most_square);
    for (int b = 0; f->coloured && b < BANDS; b++) {
        double z = (f->mean[from][b] - f->mean[to][b]) / f->spread[b];
        apart += colour_counts * fmin(z * z, colour_most);
    }
    return change_s * apart;
}

static void cheapest_path(struct fit *f)
{
    uint8_t(*from)[TURNS_VOICES] = mem_alloc((f->n + 1) * sizeof(*from));
    double cost[TURNS_VOICES] = {0};
    for (size_t i = 0; i < f->n; i++) {
        double before[TURNS_VOICES];
        memcpy(before, cost, sizeof(before));
        for (int k = 0; k < f->k; k++) {
            int best = k;
            for (int j = 0; j < f->k; j++)
                if (before[j] + change_cost(f, j, k) < before[best] + change_cost(f, best, k))
                    best = j;
            from[i][k] = (uint8_t)best;
            cost[k] = before[best] + change_cost(f, best, k) + square(f, i, k);
        }
    }
    int k = 0;
    for (int j = 1; j < f->k; j++)
        k = cost[j] < cost[k] ? j : k;
    for (size_t i = f->n; i-- > 0;) {
        f->state[i] = (uint8_t)k;
        k = from[i][k];
    }
    free(from);
}

// The mean level of each state's units. False: one has none.
static bool improve_levels(struct fit *f)
{
    double sum[TURNS_VOICES] = {0}, w[TURNS_VOICES] = {0};
    for (size_t i = 0; i < f->n; i++) {
        sum[f->state[i]] += weight(&f->unit[i]) * (double)f->unit[i].lufs;
        w[f->state[i]] += weight(&f->unit[i]);
    }
    for (int k = 0; k < f->k; k++) {
        if (w[k] == 0)
            return false;
        f->level[k] = sum[k] / w[k];
    }
    return true;
}

static int by_level(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Levels spread evenly over what several seconds come to.
static void first_guess(struct fit *f)
{
    double *mean = mem_alloc((f->n + 1) * sizeof(*mean));
    size_t count = 0;
    for (size_t i = 0; i < f->n; i++) {
        double sum = 0, w = 0;
        size_t to = i + SMOOTH < f->n ? i + SMOOTH : f->n - 1;
        for (size_t k = i > SMOOTH ? i - SMOOTH : 0; k <= to; k++) {
            sum += weight(&f->unit[k]) * (double)f->unit[k].lufs;
            w += weight(&f->unit[k]);
        }
        if (w > 0)
            mean[count++] = sum / w;
    }
    qsort(mean, count, sizeof(*mean), by_level);
    for (int k = 0; k < f->k; k++)
        f->level[k] = count ? mean[(size_t)((k + 0.5) / f->k * (double)(count - 1) + 0.5)] : 0;
    free(mean);
}

static bool fit_levels(struct fit *f)
{
    first_guess(f);
    for (int round = 0; round < ROUNDS; round++) {
        cheapest_path(f);
        if (!improve_levels(f))
            return false;
    }
    cheapest_path(f);
    f->cost = 0;
    for (size_t i = 0; i < f->n; i++)
        f->cost += square(f, i, f->state[i]);
    for (int k = 0; k < f->k; k++)
        for (int j = 0; j < k; j++)
            if (fabs(f->level[k] - f->level[j]) < apart_db)
                return false;
    return true;
}

static struct fit fit_best(const struct speech *s)
{
    struct fit best = {.unit = s->units, .n = s->num_units, .k = 1};
    best.state = mem_alloc(s->num_units + 1);
    if (!fit_levels(&best))
        best.k = 0;
    for (int k = 2; best.k && k <= TURNS_VOICES; k++) {
        struct fit more = {.unit = s->units, .n = s->num_units, .k = k};
        more.state = mem_alloc(s->num_units + 1);
        bool good = fit_levels(&more) && more.cost < (1 - worth_share) * best.cost;
        struct fit worse = good ? best : more;
        best = good ? more : best;
        free(worse.state);
        if (!good)
            break;
    }
    return best;
}

// ---- colours

static void find_colour(const struct blocks *b, const struct speech_unit *u, struct colour *ret)
{
    double gate = loudness_energy((double)u->lufs) * 0.1, sum[BANDS] = {0}, mean = 0, n = 0;
    for (size_t i = u->from; i + 1 < u->to; i++) {
        size_t look = i / BANDS_EVERY;
        if (i % BANDS_EVERY || look >= b->looks || b->energy[i] < gate)
            continue;
        for (int k = 0; k < BANDS; k++)
            sum[k] += (double)bands_db(b->bands[look * BANDS + (size_t)k]);
        n++;
    }
    for (int k = 0; k < BANDS; k++)
        mean += sum[k] / BANDS;
    for (int k = 0; k < BANDS; k++)
        ret->db[k] = n > 0 ? (float)((sum[k] - mean) / n) : 0;
}

// Means of each voice, and the spread within voices, all the same. False: too little is heard of
// one.
static bool learn_colours(struct fit *f)
{
    double w[TURNS_VOICES] = {0}, all = 0;
    memset(f->mean, 0, sizeof(f->mean));
    memset(f->spread, 0, sizeof(f->spread));
    for (size_t i = 0; i < f->n; i++) {
        w[f->state[i]] += weight(&f->unit[i]);
        for (int b = 0; b < BANDS; b++)
            f->mean[f->state[i]][b] += weight(&f->unit[i]) * (double)f->colour[i].db[b];
    }
    for (int k = 0; k < f->k; k++) {
        if (w[k] < colour_least_s)
            return false;
        all += w[k];
        for (int b = 0; b < BANDS; b++)
            f->mean[k][b] /= w[k];
    }
    for (size_t i = 0; i < f->n; i++)
        for (int b = 0; b < BANDS; b++) {
            double d = (double)f->colour[i].db[b] - f->mean[f->state[i]][b];
            f->spread[b] += weight(&f->unit[i]) * d * d / all;
        }
    for (int b = 0; b < BANDS; b++)
        f->spread[b] = fmax(sqrt(f->spread[b]), colour_spread_db);
    return true;
}

static void colour_turns(struct fit *f, const struct blocks *b)
{
    if (f->k < 2 || !b->looks)
        return;
    struct colour *colour = mem_alloc((f->n + 1) * sizeof(*colour));
    for (size_t i = 0; i < f->n; i++)
        find_colour(b, &f->unit[i], &colour[i]);
    f->colour = colour;
    for (int round = 0; round < COLOUR_ROUNDS; round++) {
        f->coloured = learn_colours(f);
        if (!f->coloured)
            break;
        cheapest_path(f);
        if (!improve_levels(f))
            break;
    }
    f->colour = NULL;
    f->coloured = false;
    free(colour);
}

// ---- from units to turns

static int voice_of(const struct fit *f, size_t unit)
{
    return f->unit[unit].music >= 0.5f ? TURNS_MUSIC : f->state[unit];
}

// Music is a turn where it lasts; elsewhere it is a vowel held long.
static void drop_short_music(const struct fit *f, int *voice)
{
    for (size_t i = 0; i < f->n;) {
        size_t end = i;
        while (end < f->n && voice[end] == TURNS_MUSIC)
            end++;
        if (end > i && f->unit[end - 1].to - f->unit[i].from < MUSIC_LEAST && f->k)
            for (size_t k = i; k < end; k++)
                voice[k] = f->state[k];
        i = end > i ? end : i + 1;
    }
}

static double level_of(const struct fit *f, int voice, size_t unit)
{
    return voice == TURNS_MUSIC ? (double)f->unit[unit].lufs : f->level[voice];
}

static float loudest_near(const struct speech *s, size_t i)
{
    float most = s->level[i];
    for (size_t k = i > SNAP ? i - SNAP : 0; k < s->n && k <= i + SNAP; k++)
        most = fmaxf(most, s->level[k]);
    return most;
}

static size_t softest(const struct speech *s, size_t from, size_t to)
{
    size_t soft = from < s->n ? from : s->n - 1;
    for (size_t k = from; k < s->n && k < to; k++)
        soft = s->level[k] < s->level[soft] ? k : soft;
    return soft;
}

// Where in from..to, that know no pause, the level goes over from a to b; at a soft moment.
static size_t find_change(const struct speech *s, size_t from, size_t to, double a, double b)
{
    double sum = 0, least = 0;
    size_t best = from;
    for (size_t i = from; i < to; i++) {
        double y = (double)loudest_near(s, i);
        sum += s->active[i] ? (y - a) * (y - a) - (y - b) * (y - b) : 0;
        if (sum < least) {
            least = sum;
            best = i + 1;
        }
    }
    return softest(s, best > SNAP ? best - SNAP : 0, best + SNAP + 1);
}

// Breath and rustle in front of a word do not begin it: the first unit that is loud enough.
static size_t first_word(const struct fit *f, const int *voice, size_t unit)
{
    size_t i = unit;
    while (i + 1 < f->n && voice[i + 1] == voice[unit] && voice[unit] != TURNS_MUSIC &&
           (double)f->unit[i].lufs < f->level[voice[unit]] - breath_db)
        i++;
    return i;
}

// The turn that begins between two units of different voices.
static struct turn turn_between(const struct fit *f, const struct speech *s, size_t unit, int a,
                                int b)
{
    const struct speech_unit *u = &f->unit[unit], *v = u + 1;
    struct turn t = {.voice = b, .to = (uint32_t)s->n, .quiet = u->to, .begins = v->from};
    if (v->from > u->to) {
        t.from = (u->to + v->from) / 2;
        return t;
    }
    t.from = (uint32_t)find_change(s, (u->from + u->to) / 2, (v->from + v->to) / 2,
                                   level_of(f, a, unit), level_of(f, b, unit + 1));
    t.quiet = t.begins = t.from;
    return t;
}

static void make_turns(const struct fit *f, const struct speech *s, const int *voice,
                       struct turns *ret)
{
    ret->turn = mem_alloc((f->n + 1) * sizeof(*ret->turn));
    ret->n = 1;
    ret->turn[0] = (struct turn){.to = (uint32_t)s->n, .voice = f->n ? voice[0] : 0};
    for (size_t i = 1; i < f->n; i++) {
        struct turn *last = &ret->turn[ret->n - 1];
        if (voice[i] == last->voice)
            continue;
        struct turn next = turn_between(f, s, i - 1, last->voice, voice[i]);
        if (next.from <= last->from)
            continue;
        size_t word = first_word(f, voice, i);
        if (word > i)
            next.begins = f->unit[word].from;
        last->to = next.from;
        ret->turn[ret->n++] = next;
    }
}

// ---- the voices

// Gated over all turns of a voice, as if they stood one behind the other.
static void measure_voice(const struct blocks *b, const struct turns *t, int voice,
                          struct voice *ret)
{
    size_t n = 0;
    float *energy = mem_alloc((b->n + 1) * sizeof(*energy));
    for (size_t i = 0; i < t->n; i++) {
        if (t->turn[i].voice != voice)
            continue;
        size_t len = t->turn[i].to - t->turn[i].from;
        memcpy(energy + n, b->energy + t->turn[i].from, len * sizeof(*energy));
        n += len;
    }
    float *hop = mem_alloc((n / LOUDNESS_HOP + 1) * sizeof(*hop));
    size_t hops = loudness_hops(energy, n, hop);
    ret->lufs = loudness_integrated(hop, hops);
    ret->seconds = (double)n * METER_BLOCK_MS / 1000;
    free(hop);
    free(energy);
}

static void sort_voices(struct turns *t)
{
    for (int i = 0; i < t->num_voices; i++)
        for (int k = i + 1; k < t->num_voices; k++) {
            if (t->voice[k].lufs <= t->voice[i].lufs)
                continue;
            struct voice v = t->voice[i];
            t->voice[i] = t->voice[k];
            t->voice[k] = v;
            for (size_t j = 0; j < t->n; j++) {
                int *of = &t->turn[j].voice;
                *of = *of == i ? k : *of == k ? i : *of;
            }
        }
}

void turns_find(const struct blocks *b, const struct speech *s, struct turns *ret)
{
    *ret = (struct turns){0};
    struct fit f = fit_best(s);
    colour_turns(&f, b);
    int *voice = mem_alloc((f.n + 1) * sizeof(*voice));
    for (size_t i = 0; i < f.n; i++)
        voice[i] = voice_of(&f, i);
    drop_short_music(&f, voice);
    make_turns(&f, s, voice, ret);
    ret->num_voices = f.k;
    for (int k = 0; k <= TURNS_MUSIC; k++)
        measure_voice(b, ret, k, &ret->voice[k]);
    sort_voices(ret);
    free(voice);
    free(f.state);
}

void turns_done(struct turns *t)
{
    free(t->turn);
    *t = (struct turns){0};
}
