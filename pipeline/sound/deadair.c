// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/deadair.h"

#include "base/arena.h"
#include "sound/loudness.h"

#include <math.h>
#include <stdlib.h>

enum {
    SECOND = 1000 / METER_BLOCK_MS, // blocks
    TENTH = SECOND / 10,
    AROUND = SECOND / 4, // a sound has FEW loud blocks among those so near to it; a click has not
    FEW = 6,
    NOISY = 60, // sign changes a block: of noise, not of a note
};

static const double silent_lufs = -70;  // dead, unless the recording is very soft
static const double softest_lu = 45;    // below the sound: dead whatever there is of noise
static const double clear_lu = 10;      // the noise is told from the sound by so much,
static const double clear_tone_lu = 20; // and if it may be a soft note, by so much
static const double steady = 4;         // 6 dB: what noise varies within a second
static const double over_share = 0.25, over_least_lu = 4, over_most_lu = 10;

// The energy of a block and its neighbours, which one click does not lift far.
static double smooth(const struct blocks *b, size_t i)
{
    double sum = (double)b->energy[i];
    sum += (double)b->energy[i ? i - 1 : i] + (double)b->energy[i + 1 < b->n ? i + 1 : i];
    return sum / 3;
}

// Loudness of all blocks that are above the gate; -HUGE_VAL: none.
static double gated(const struct deadair_part *parts, size_t n, double gate_lufs)
{
    double sum = 0, gate = loudness_energy(gate_lufs);
    size_t count = 0;
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0; i < parts[p].blocks->n; i++) {
            double v = (double)parts[p].blocks->energy[i];
            sum += v > gate ? v : 0;
            count += v > gate;
        }
    return count ? loudness_lufs(sum / (double)count) : -HUGE_VAL;
}

struct floor {
    double noise, tone; // LUFS of the softest steady second that is surely noise, and of any;
                        // HUGE_VAL: there is none
};

static void look_at_second(const struct blocks *b, size_t from, double dead, struct floor *f)
{
    double least = HUGE_VAL, most = 0, sum = 0, crossings = 0;
    for (size_t i = from; i < from + SECOND; i += TENTH) {
        double tenth = 0;
        for (size_t k = i; k < i + TENTH; k++) {
            tenth += (double)b->energy[k] / TENTH;
            crossings += b->crossings[k];
        }
        least = tenth < least ? tenth : least;
        most = tenth > most ? tenth : most;
        sum += tenth;
    }
    double level = loudness_lufs(sum * TENTH / SECOND);
    if (most > least * steady || level <= dead)
        return;
    f->tone = level < f->tone ? level : f->tone;
    if (crossings / SECOND >= NOISY && level < f->noise)
        f->noise = level;
}

// Energy above which a block is sound.
static double threshold(const struct deadair_part *parts, size_t n)
{
    double sound = gated(parts, n, gated(parts, n, silent_lufs - softest_lu) - 10);
    double dead = fmin(silent_lufs, sound - softest_lu);
    struct floor f = {HUGE_VAL, HUGE_VAL};
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0; i + SECOND <= parts[p].blocks->n; i += TENTH)
            look_at_second(parts[p].blocks, i, dead, &f);
    double noise = fmin(f.noise <= sound - clear_lu ? f.noise : HUGE_VAL,
                        f.tone <= sound - clear_tone_lu ? f.tone : HUGE_VAL);
    if (!isfinite(noise))
        return loudness_energy(dead);
    double over = fmin(fmax(over_share * (sound - noise), over_least_lu), over_most_lu);
    return loudness_energy(noise + over);
}

struct finding {
    struct span *dead;
    size_t count;
};

static void add(struct finding *f, tick from, tick to)
{
    if (to <= from)
        return;
    if (f->count && f->dead[f->count - 1].end == from)
        f->dead[f->count - 1].end = to;
    else
        f->dead[f->count++] = (struct span){from, to};
}

static tick time_of(const struct deadair_part *p, size_t block)
{
    tick t = (tick)block * (TICKS_PER_SEC / SECOND);
    return p->at + (t < p->length ? t : p->length);
}

static void find_in_part(const struct deadair_part *p, double over, struct finding *f)
{
    const struct blocks *b = p->blocks;
    size_t near = 0, silent_from = 0; // loud blocks up to AROUND ahead and behind
    for (size_t i = 0; i < AROUND && i < b->n; i++)
        near += smooth(b, i) > over;
    for (size_t i = 0; i < b->n; i++) {
        near += i + AROUND < b->n && smooth(b, i + AROUND) > over;
        near -= i > AROUND && smooth(b, i - AROUND - 1) > over;
        if (smooth(b, i) <= over || near < FEW)
            continue;
        add(f, time_of(p, silent_from), time_of(p, i));
        silent_from = i + 1;
    }
    // what is left behind the last whole block is as that one was
    bool ends_dead = b->n && silent_from < b->n;
    add(f, time_of(p, silent_from), ends_dead ? p->at + p->length : time_of(p, b->n));
}

size_t deadair_find(const struct deadair_part *parts, size_t n, struct span **ret)
{
    size_t blocks = 0;
    for (size_t p = 0; p < n; p++)
        blocks += parts[p].blocks->n;
    struct finding f = {mem_alloc((blocks / 2 + n + 1) * sizeof *f.dead), 0};
    double over = threshold(parts, n);
    for (size_t p = 0; p < n; p++)
        find_in_part(&parts[p], over, &f);
    *ret = f.dead;
    return f.count;
}

size_t deadair_trim(const struct span *dead, size_t n, tick length, struct span ret[2])
{
    size_t count = 0;
    if (!n || (dead[0].start <= 0 && dead[0].end >= length))
        return 0;
    if (dead[0].start <= 0 && dead[0].end > DEADAIR_LEAD)
        ret[count++] = (struct span){0, dead[0].end - DEADAIR_LEAD};
    if (dead[n - 1].end >= length && dead[n - 1].start + DEADAIR_TAIL < length)
        ret[count++] = (struct span){dead[n - 1].start + DEADAIR_TAIL, length};
    return count;
}

size_t deadair_pauses(const struct span *dead, size_t n, tick length, tick longest,
                      struct span *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        tick own = dead[i].end - dead[i].start;
        if (own <= longest || dead[i].start <= 0 || dead[i].end >= length)
            continue;
        tick from = dead[i].start + longest / 2;
        ret[count++] = (struct span){from, from + own - longest};
    }
    return count;
}
