// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/gain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sound/limiter.h"
#include "sound/loudness.h"

enum { PEAKS_PER_S = 1000 / METER_BLOCK_MS * METER_BLOCK_PEAKS };
static const double default_max_gain_db = 60;
static const double close_lu = 0.001, close_db = 0.0005;
// How much of the cut of a peak its slot's predecessor gets from the attack; tried on recordings.
static const float attack_share = 0.8f;

// What a table sounds like behind gain and limiter.
struct model {
    const struct meter_table *table;
    float ceiling, falling;
    float *hop; // scratch
    size_t hops;
};

static double linear(double db)
{
    return pow(10, db / 20);
}

static float need(float ceiling, float peak)
{
    return peak > ceiling ? 1 - ceiling / peak : 0;
}

// Share of a block's energy that is left, its four slots weighed by their peaks. `held` is the
// limiter's cut before the block and becomes that behind it.
static float block_left(const struct model *m, const uint16_t *peak, float next, float ceiling,
                        float *held)
{
    float left = 0, sum = 0;
    for (int i = 0; i < METER_BLOCK_PEAKS; i++) {
        float p = meter_peak_linear(peak[i]);
        float q = i + 1 < METER_BLOCK_PEAKS ? meter_peak_linear(peak[i + 1]) : next;
        float now = need(ceiling, p), fading = *held * m->falling;
        *held = now > fading ? now : fading;
        float rising = need(ceiling, q) * attack_share, cut = rising > *held ? rising : *held;
        left += p * p * (1 - cut) * (1 - cut);
        sum += p * p;
    }
    return sum > 0 ? left / sum : 1;
}

static float left_of_block(const struct model *m, size_t block, float ceiling, float *held)
{
    const struct meter_table *t = m->table;
    const uint16_t *peak = t->peak + block * METER_BLOCK_PEAKS;
    float next = block + 1 < t->num_blocks ? meter_peak_linear(peak[METER_BLOCK_PEAKS]) : 0;
    return block_left(m, peak, next, ceiling, held);
}

static double model_lufs(struct model *m, double gain_db)
{
    float gain = (float)linear(gain_db), ceiling = m->ceiling / gain, held = 0;
    size_t block = 0;
    for (size_t h = 0; h < m->hops; h++) {
        float sum = 0;
        for (int i = 0; i < LOUDNESS_HOP; i++, block++)
            sum += m->table->energy[block] * left_of_block(m, block, ceiling, &held);
        m->hop[h] = sum / LOUDNESS_HOP * gain * gain;
    }
    return loudness_integrated(m->hop, m->hops);
}

// Between lo, which is too soft, and hi, which is not: the regula falsi, where the end that stays
// twice counts half the next time.
static double refine(struct model *m, double target, double lo, double lo_lufs, double hi,
                     double hi_lufs)
{
    double below = lo_lufs - target, above = hi_lufs - target, middle = hi;
    int kept = 0;
    for (int i = 0; i < 50 && hi - lo > close_db; i++) {
        middle = lo + (hi - lo) * below / (below - above);
        double error = model_lufs(m, middle) - target;
        if (fabs(error) < close_lu)
            break;
        if (error < 0) {
            lo = middle;
            below = error;
            above = kept < 0 ? above / 2 : above;
        } else {
            hi = middle;
            above = error;
            below = kept > 0 ? below / 2 : below;
        }
        kept = error < 0 ? -1 : 1;
    }
    return middle;
}

static double solve(struct model *m, double target, double plain, double max_gain)
{
    double lo = fmin(target - plain, max_gain), lo_lufs = model_lufs(m, lo);
    while (lo_lufs > target) { // the gates may let more through
        lo -= lo_lufs - target + close_lu;
        lo_lufs = model_lufs(m, lo);
    }
    double hi = lo, hi_lufs = lo_lufs;
    while (hi_lufs < target - close_lu) {
        if (hi >= max_gain)
            return max_gain;
        lo = hi;
        lo_lufs = hi_lufs;
        hi = fmin(hi + 2 * (target - hi_lufs), max_gain);
        hi_lufs = model_lufs(m, hi);
    }
    return hi_lufs > target + close_lu ? refine(m, target, lo, lo_lufs, hi, hi_lufs) : hi;
}

static struct model model_of(const struct meter_table *t, const struct gain_problem *p)
{
    double release_ms = p->release_ms > 0 ? p->release_ms : LIMITER_RELEASE_MS;
    return (struct model){
        .table = t,
        .ceiling = (float)linear(p->ceiling_dbtp - LIMITER_MARGIN_DB),
        .falling = (float)exp(-1000 / (release_ms * PEAKS_PER_S)),
    };
}

void gain_behind(const struct meter_table *t, const struct gain_problem *p, double gain_db,
                 float *energy)
{
    struct model m = model_of(t, p);
    float gain = (float)linear(gain_db), held = 0;
    for (size_t i = 0; i < t->num_blocks; i++)
        energy[i] = t->energy[i] * gain * gain * left_of_block(&m, i, m.ceiling / gain, &held);
}

int gain_solve(const struct meter_table *t, const struct gain_problem *p, struct gain_solution *ret)
{
    double max_gain = p->max_gain_db > 0 ? p->max_gain_db : default_max_gain_db;
    struct model m = model_of(t, p);
    m.hop = mem_alloc((t->num_blocks / LOUDNESS_HOP + 1) * sizeof(*m.hop));
    m.hops = loudness_hops(t->energy, t->num_blocks, m.hop);
    double plain = loudness_integrated(m.hop, m.hops);
    int r = -EDOM;
    if (!isinf(plain)) {
        double gain = solve(&m, p->target_lufs, plain, max_gain), lufs = model_lufs(&m, gain);
        *ret = (struct gain_solution){
            .gain_db = gain,
            .expected_lufs = lufs,
            .expected_loss_lu = fmax(0, plain + gain - lufs),
        };
        r = gain >= max_gain && lufs < p->target_lufs - close_lu ? -ERANGE : 0;
    }
    free(m.hop);
    return r;
}
