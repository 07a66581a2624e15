// SPDX-License-Identifier: GPL-3.0-or-later
// Energies over 5 kHz and in all are taken every millisecond. The shelf's gain follows their mean
// over 9 ms and is itself a mean over 9 ms, both reaching as far ahead as back: it is down when the
// s begins. What is taken away is a share of the sound over 4.5 kHz, by a symmetric filter that is
// worked out only where it is needed.
#include "sound/sibilance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/denormal.h"
#include "sound/tally.h"

enum {
    MIN_RATE = 14000,
    SECTIONS = 2,
    MEAN = 4, // ms on either side
    AHEAD = 2 * MEAN,
    RING = 2 * AHEAD + 1,
    WINDOW = 10, // ms, of the look
    EVERY = 20,  // ms: one window in so many, enough to tell
    SETTLE = 1,  // ms in front of a window, for the filters
    MIN_SIBILANTS = 5,
    LEVELS = TALLY_STEPS,
};
static const double pi = 3.14159265358979323846;
static const double excess_db = -2; // sibilants over speech that are too sharp
static const double damping[SECTIONS] = {0.92387953251, 0.38268343237};

struct section {
    float b0, b1, b2, a1, a2, z1, z2;
};

static void high_pass(struct section *q, double hz, double rate, double damp)
{
    double w = 2 * pi * hz / rate, alpha = sin(w) * damp, a0 = 1 + alpha;
    *q = (struct section){.b0 = (float)((1 + cos(w)) / 2 / a0),
                          .b1 = (float)(-(1 + cos(w)) / a0),
                          .b2 = (float)((1 + cos(w)) / 2 / a0),
                          .a1 = (float)(-2 * cos(w) / a0),
                          .a2 = (float)((1 - alpha) / a0)};
}

static inline float pass(struct section *q, float x)
{
    float y = q->b0 * x + q->z1;
    q->z1 = q->b1 * x - q->a1 * y + q->z2;
    q->z2 = q->b2 * x - q->a2 * y;
    return y;
}

// Energies of what is over 5 kHz and of all, millisecond by millisecond.
struct bands {
    struct section section[SECTIONS];
    size_t block, filled;
    double high, all; // of this block
};

static void bands_init(struct bands *b, int sample_rate)
{
    for (int i = 0; i < SECTIONS; i++)
        high_pass(&b->section[i], SIBILANCE_HZ, sample_rate, damping[i]);
    b->block = (size_t)(sample_rate / 1000);
}

// At most the rest of the block; returns how many were taken. Complete: filled is 0 again.
static size_t bands_add(struct bands *b, const float *in, size_t n, double *ret_high,
                        double *ret_all)
{
    size_t take = b->block - b->filled < n ? b->block - b->filled : n;
    struct section p = b->section[0], q = b->section[1];
    float high = 0, all = 0;
    for (size_t i = 0; i < take; i++) {
        float v = pass(&q, pass(&p, in[i]));
        high += v * v;
        all += in[i] * in[i];
    }
    b->section[0] = p;
    b->section[1] = q;
    b->high += (double)high;
    b->all += (double)all;
    b->filled += take;
    if (b->filled == b->block) {
        *ret_high = b->high / (double)b->block;
        *ret_all = b->all / (double)b->block;
        b->high = b->all = 0;
        b->filled = 0;
    }
    return take;
}

struct sibilance_look {
    bool deaf;
    struct bands bands;
    double high, all;
    int blocks;
    size_t skip; // samples in front of the next window
    struct tally level, sibilants;
    double power[LEVELS]; // of all windows by level
    uint32_t sharp[LEVELS];
};

struct sibilance_look *sibilance_look_new(int sample_rate)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct sibilance_look *l = mem_alloc(sizeof(*l));
    l->deaf = sample_rate < MIN_RATE;
    bands_init(&l->bands, sample_rate);
    return l;
}

void sibilance_look_free(struct sibilance_look *l)
{
    free(l);
}

static void window_done(struct sibilance_look *l)
{
    double high = l->high / WINDOW, all = l->all / WINDOW;
    int at = tally_step(tally_db(all));
    tally_add(&l->level, tally_db(all));
    l->power[at] += all;
    if (high > all / 2) { // hiss without a voice in it
        tally_add(&l->sibilants, tally_db(high));
        l->sharp[tally_step(tally_db(high))]++;
    }
    l->high = l->all = 0;
    l->blocks = 0;
}

void sibilance_look_add(struct sibilance_look *l, const float *in, size_t n)
{
    unsigned before = denormal_off();
    while (n && !l->deaf) {
        if (l->skip) {
            size_t over = l->skip < n ? l->skip : n;
            l->skip -= over;
            in += over;
            n -= over;
            continue;
        }
        double high, all;
        size_t taken = bands_add(&l->bands, in, n, &high, &all);
        in += taken;
        n -= taken;
        if (l->bands.filled)
            break;
        if (l->blocks++ < SETTLE)
            continue;
        l->high += high;
        l->all += all;
        if (l->blocks == SETTLE + WINDOW) {
            window_done(l);
            l->skip = (EVERY - SETTLE - WINDOW) * l->bands.block;
        }
    }
    denormal_restore(before);
}

void sibilance_look_result(const struct sibilance_look *l, struct sibilance_result *ret)
{
    *ret = (struct sibilance_result){.speech_dbfs = -150, .sibilants_dbfs = -150};
    double loud_db = tally_quantile(&l->level, 0.95), power = 0, windows = 0;
    if (loud_db < -70)
        return;
    struct tally near = {0}; // sibilants that are no noise between the words
    for (int i = tally_step(loud_db - 25); i < LEVELS; i++) {
        power += l->power[i];
        windows += l->level.count[i];
        near.count[i] = l->sharp[i];
        near.total += l->sharp[i];
    }
    ret->speech_dbfs = tally_db(power / windows);
    ret->share = near.total / windows;
    if (near.total < MIN_SIBILANTS)
        return;
    ret->sibilants_dbfs = tally_quantile(&near, 0.9);
    ret->over_db = ret->sibilants_dbfs - ret->speech_dbfs;
    ret->threshold_dbfs = ret->speech_dbfs + excess_db - 2;
    // a recording that hisses all the time is noise or cymbals
    ret->needed = ret->over_db > excess_db && ret->share < 0.4;
}

struct sibilance {
    struct bands bands;
    size_t block;
    float *row;        // RING blocks
    float *tap, *near; // low-pass of 2 * block + 1 taps; the block and those beside it
    double energy[RING], all[RING];
    float cut[RING], last; // cut: share taken away, by millisecond
    float threshold;
    size_t blocks, in_block;
    double most;
    unsigned long long taken, given;
};

// A sinc in a raised cosine, 1 ms to either side.
static void low_pass(float *tap, size_t half, double cut)
{
    double sum = 0;
    for (int round_no = 0; round_no < 2; round_no++)
        for (size_t i = 0; i <= 2 * half; i++) {
            double t = (double)i - (double)half;
            double sinc = i == half ? 2 * cut : sin(2 * pi * cut * t) / (pi * t);
            double h = sinc * (0.5 + 0.5 * cos(pi * t / (double)(half + 1)));
            tap[i] = round_no ? (float)(h / sum) : 0;
            sum += round_no ? 0 : h;
        }
}

struct sibilance *sibilance_new(int sample_rate, const struct sibilance_result *found)
{
    if (sample_rate < 8000 || sample_rate > 192000)
        return NULL;
    struct sibilance *s = mem_alloc(sizeof(*s));
    if (!found->needed || sample_rate < MIN_RATE)
        return s;
    bands_init(&s->bands, sample_rate);
    s->block = s->bands.block;
    s->threshold = (float)pow(10, found->threshold_dbfs / 10);
    s->row = mem_alloc(RING * s->block * sizeof(float));
    s->near = mem_alloc(3 * s->block * sizeof(float));
    s->tap = mem_alloc((2 * s->block + 1) * sizeof(float));
    low_pass(s->tap, s->block, SIBILANCE_HZ * 0.9 / sample_rate);
    return s;
}

void sibilance_free(struct sibilance *s)
{
    if (!s)
        return;
    free(s->row);
    free(s->near);
    free(s->tap);
    free(s);
}

size_t sibilance_delay(const struct sibilance *s)
{
    return (AHEAD + 1) * s->block;
}

double sibilance_most_db(const struct sibilance *s)
{
    return -20 * log10(1 - s->most);
}

// What is to be taken at the millisecond whose neighbours are known: half of what stands over the
// threshold in dB, where the high band makes up most of the sound.
static float wanted(const struct sibilance *s, size_t at)
{
    const float most = 0.49881f; // 6 dB
    double high = 0, all = 0;
    for (size_t i = 0; i <= 2 * MEAN; i++) {
        size_t j = (at + RING + i - MEAN) % RING;
        high += s->energy[j] / (2 * MEAN + 1);
        all += s->all[j] / (2 * MEAN + 1);
    }
    if (high <= (double)s->threshold || high < 0.3 * all)
        return 0;
    float cut = 1 - (float)pow((double)s->threshold / high, 0.35);
    float sure = (float)fmin((high / all - 0.3) / 0.2, 1);
    return (cut < most ? cut : most) * sure;
}

// out = x - cut * (x - what is low in x)
static void shelve(const struct sibilance *s, size_t at, size_t n, float step, float *restrict out)
{
    for (size_t i = 0; i < 3; i++)
        memcpy(s->near + i * s->block, s->row + (at + RING + i - 1) % RING * s->block,
               s->block * sizeof(float));
    const float *restrict x = s->near;
    memset(out, 0, n * sizeof(*out));
    for (size_t k = 0; k <= 2 * s->block; k++)
        for (size_t i = 0; i < n; i++)
            out[i] += s->tap[k] * x[i + k];
    x += s->block;
    for (size_t i = 0; i < n; i++)
        out[i] = x[i] - (s->last + step * (float)(i + 1)) * (x[i] - out[i]);
}

static size_t emit(struct sibilance *s, float *out)
{
    size_t at = (s->blocks - 1 - AHEAD) % RING;
    float cut = 0;
    for (size_t i = 0; i <= 2 * MEAN; i++)
        cut += s->cut[(at + RING + i - MEAN) % RING] / (2 * MEAN + 1);
    unsigned long long left = s->taken - s->given;
    size_t n = left < s->block ? (size_t)left : s->block;
    float step = (cut - s->last) / (float)s->block;
    if (cut == 0 && s->last == 0)
        memcpy(out, s->row + at * s->block, n * sizeof(*out));
    else
        shelve(s, at, n, step, out);
    s->last = cut;
    s->most = (double)cut > s->most ? (double)cut : s->most;
    s->given += n;
    return n;
}

static size_t block_done(struct sibilance *s, double high, double all, float *out)
{
    size_t at = s->blocks % RING;
    s->energy[at] = high;
    s->all[at] = all;
    s->blocks++;
    if (s->blocks > MEAN)
        s->cut[(s->blocks - 1 - MEAN) % RING] = wanted(s, (s->blocks - 1 - MEAN) % RING);
    return s->blocks > AHEAD ? emit(s, out) : 0;
}

static size_t push(struct sibilance *s, const float *in, size_t n, float *out)
{
    size_t given = 0;
    unsigned before = denormal_off();
    while (n) {
        double high = 0, all = 0;
        size_t at = s->blocks % RING * s->block + s->bands.filled;
        size_t taken = bands_add(&s->bands, in, n, &high, &all);
        memcpy(s->row + at, in, taken * sizeof(*in));
        in += taken;
        n -= taken;
        if (!s->bands.filled)
            given += block_done(s, high, all, out + given);
    }
    denormal_restore(before);
    return given;
}

size_t sibilance_run(struct sibilance *s, const float *in, size_t n, float *out)
{
    if (!s->block) {
        memcpy(out, in, n * sizeof(*in));
        return n;
    }
    s->taken += n;
    return push(s, in, n, out);
}

size_t sibilance_flush(struct sibilance *s, float *out)
{
    static const float silence[256];
    size_t given = 0;
    while (s->given < s->taken)
        given += push(s, silence, s->block - s->bands.filled, out + given);
    return given;
}
