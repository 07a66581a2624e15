// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/rein.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sound/blocks.h"
#include "sound/gain.h"
#include "sound/loudness.h"

enum {
    WINDOW = LOUDNESS_SHORT_TERM / LOUDNESS_HOP,
    HOPS_PER_S = 1000 / (METER_BLOCK_MS * LOUDNESS_HOP),
    ROUNDS = 8,  // of solving on hops and looking at the blocks
    RIDES = 40,  // until gain and ride agree
    RATIOS = 10, // looked at before bisecting between two
    BISECTIONS = 6,
    LONGEST_LINE = 50, // hops between two points
};
static const double reserve_lu = 0.2; // for the coder, and for windows between the hops
static const double close_lu = 0.005, step_lu = 0.05, audible_lufs = -70, gate_below_lu = 20;
static const double fall_below_gate = 2; // dB of lift lost for every LU below the gate
static const double straight_db = 0.02, ride_most_db = 30;

// The sound as means over 100 ms, and a curve with one gain for each.
struct rein {
    const struct rein_problem *want;
    double aim_short_term, aim_range;
    size_t n;
    double base_db; // the gain without a curve
    float *base;    // energies at that gain, with what the limiter takes away
    double *level;  // of the 3 s around each, LUFS
    double gate, middle;
    double *drawn; // gains that narrow the range, dB
    double *gain;  // with the ride under the short-term limit
    double *over;  // of the window that ends here
    float *out;    // energies behind gain
    double out_db; // the gain behind the curve, besides base_db
    double ratio, range;
};

static double power(double db)
{
    return pow(10, db / 10);
}

// ---- where the sound stands

static void find_levels(struct rein *r)
{
    double sum = 0, audible = loudness_energy(audible_lufs), mean = 0;
    size_t count = 0;
    for (size_t i = 0; i < r->n; i++) {
        size_t from = i > WINDOW / 2 ? i - WINDOW / 2 : 0;
        size_t to = i + WINDOW / 2 < r->n ? i + WINDOW / 2 : r->n;
        sum = 0;
        for (size_t k = from; k < to; k++)
            sum += r->base[k];
        sum /= (double)(to - from);
        r->level[i] = loudness_lufs(sum);
        if (sum >= audible) {
            mean += sum;
            count++;
        }
    }
    r->gate = count ? loudness_lufs(mean / (double)count) - gate_below_lu : HUGE_VAL;
    r->middle = loudness_integrated(r->base, r->n);
}

// ---- the curve

// The highest curve that is nowhere above `gain` and nowhere steeper than it may be.
static void flatten(double *gain, size_t n)
{
    const double step = REIN_DB_PER_S / HOPS_PER_S;
    for (size_t i = 1; i < n; i++)
        gain[i] = fmin(gain[i], gain[i - 1] + step);
    for (size_t i = n; i-- > 1;)
        gain[i - 1] = fmin(gain[i - 1], gain[i] + step);
}

static void draw_together(struct rein *r, double ratio)
{
    double share = 1 - ratio;
    for (size_t i = 0; i < r->n; i++) {
        double lift = share * (r->middle - r->level[i]);
        if (!(r->level[i] >= r->gate))
            lift = share * (r->middle - r->gate) - fall_below_gate * (r->gate - r->level[i]);
        r->drawn[i] = r->level[i] >= r->gate ? lift : fmax(lift, 0);
    }
    flatten(r->drawn, r->n);
}

static void apply(struct rein *r, const double *gain)
{
    for (size_t i = 0; i < r->n; i++)
        r->out[i] = r->base[i] * (float)power(gain[i]);
    r->out_db = r->want->target_lufs - loudness_integrated(r->out, r->n);
}

// By how much each 3 s window behind `gain` is over the limit.
static void find_over(struct rein *r)
{
    double limit = r->aim_short_term - r->out_db;
    for (size_t i = 0; i < r->n; i++) {
        double lufs =
            i + 1 >= WINDOW ? loudness_lufs(loudness_window(r->out, i, WINDOW)) : -HUGE_VAL;
        r->over[i] = fmin(fmax(0, lufs - limit), ride_most_db);
    }
}

// The most that any window around hop i is over, with a hop more on either side.
static double most_over(const struct rein *r, size_t i)
{
    double most = 0;
    size_t end = i + WINDOW < r->n ? i + WINDOW : r->n - 1;
    for (size_t k = i ? i - 1 : 0; k <= end; k++)
        most = fmax(most, r->over[k]);
    return most;
}

// Turning down what is loud lets all of it rise to the target again, so ride and gain are sought
// until they agree.
static void ride_down(struct rein *r)
{
    apply(r, r->drawn);
    for (int k = 0; k < RIDES && isfinite(r->want->max_short_term_lufs); k++) {
        double before = r->out_db;
        for (size_t i = 0; i < r->n; i++)
            r->out[i] = r->base[i] * (float)power(r->drawn[i]);
        find_over(r);
        for (size_t i = 0; i < r->n; i++)
            r->gain[i] = r->drawn[i] - most_over(r, i);
        flatten(r->gain, r->n);
        apply(r, r->gain);
        if (fabs(r->out_db - before) < close_lu)
            return;
    }
    if (!isfinite(r->want->max_short_term_lufs))
        for (size_t i = 0; i < r->n; i++)
            r->gain[i] = r->drawn[i];
}

// True when the range holds.
static bool try_ratio(struct rein *r, double ratio)
{
    r->ratio = ratio;
    draw_together(r, ratio);
    ride_down(r);
    float by = (float)power(r->out_db);
    for (size_t i = 0; i < r->n; i++)
        r->out[i] *= by;
    r->range = loudness_range(r->out, r->n);
    return r->range <= r->aim_range;
}

static void solve_curve(struct rein *r)
{
    double nearest = 1, least = HUGE_VAL, good = -1, bad = 1;
    for (int k = RATIOS; k >= 0 && good < 0; k--) {
        double ratio = (double)k / RATIOS;
        if (try_ratio(r, ratio))
            good = ratio;
        else
            bad = ratio;
        nearest = r->range < least ? ratio : nearest;
        least = fmin(least, r->range);
    }
    for (int k = 0; k < BISECTIONS && good >= 0 && good < 1; k++) {
        double between = (good + bad) / 2;
        if (try_ratio(r, between))
            good = between;
        else
            bad = between;
    }
    double best = good >= 0 ? good : nearest;
    if (r->ratio != best)
        try_ratio(r, best);
}

// ---- the curve as lines

static bool is_straight(const double *gain, size_t from, size_t to)
{
    for (size_t i = from + 1; i < to; i++) {
        double line =
            gain[from] + (gain[to] - gain[from]) * (double)(i - from) / (double)(to - from);
        if (fabs(gain[i] - line) > straight_db)
            return false;
    }
    return true;
}

static void sum_up(const struct rein *r, struct leveller_curve *c)
{
    double sum = 0;
    size_t count = 0;
    c->min_db = HUGE_VAL;
    c->max_db = -HUGE_VAL;
    for (size_t i = 0; i < r->n; i++) {
        if (!(r->level[i] >= r->gate))
            continue;
        c->min_db = fmin(c->min_db, r->gain[i]);
        c->max_db = fmax(c->max_db, r->gain[i]);
        sum += r->gain[i];
        count++;
    }
    c->mean_db = count ? sum / (double)count : 0;
    if (!count)
        c->min_db = c->max_db = 0;
}

static void make_lines(const struct rein *r, struct leveller_curve *c)
{
    *c = (struct leveller_curve){.point = mem_alloc((r->n + 1) * sizeof(*c->point))};
    for (size_t i = 0; i < r->n;) {
        c->point[c->n++] = (struct level_point){((double)i + 0.5) * LOUDNESS_HOP, r->gain[i]};
        size_t to = i + 1;
        while (to + 1 < r->n && to - i < LONGEST_LINE && is_straight(r->gain, i, to + 1))
            to++;
        i = to;
    }
    sum_up(r, c);
}

// ---- the blocks behind it

static void measure(const float *energy, size_t n, struct rein_solution *ret)
{
    float *hop = mem_alloc((n / LOUDNESS_HOP + 1) * sizeof *hop);
    ret->short_term_lufs = loudness_max(energy, n, LOUDNESS_SHORT_TERM);
    ret->range_lu = loudness_range(hop, loudness_hops(energy, n, hop));
    free(hop);
}

// Measures the sound behind curve, gain and limiter; energies and levels of `r` become those before
// curve and gain, with what the limiter takes away there.
static int look(const struct meter_table *t, const struct rein_problem *p, struct rein *r,
                struct rein_solution *ret)
{
    const struct gain_problem gp = {.target_lufs = p->target_lufs, .ceiling_dbtp = p->ceiling_dbtp};
    struct gain_solution s;
    struct blocks curved;
    blocks_copy(t, NULL, &curved);
    leveller_apply(&ret->curve, &curved);
    struct meter_table table = blocks_table(&curved);
    int code = gain_solve(&table, &gp, &s);
    if (code != -EDOM) {
        float *behind = mem_alloc((t->num_blocks + 1) * sizeof *behind);
        r->base_db = ret->curve.n ? r->base_db : s.gain_db;
        gain_behind(&table, &gp, s.gain_db, behind);
        measure(behind, t->num_blocks, ret);
        for (size_t i = 0; i < t->num_blocks; i++) {
            double by = s.gain_db - r->base_db + leveller_at(&ret->curve, (double)i + 0.5);
            behind[i] = (float)(behind[i] / power(by));
        }
        r->n = loudness_hops(behind, t->num_blocks, r->base);
        find_levels(r);
        free(behind);
    }
    blocks_done(&curved);
    return code == -EDOM ? code : 0;
}

static bool holds(const struct rein_problem *p, const struct rein_solution *s)
{
    return s->short_term_lufs <= p->max_short_term_lufs && s->range_lu <= p->max_range_lu;
}

// What a curve takes, the limiter need not, and some of it comes back: the next aims lower.
static double lower_by(double over)
{
    return over > 0 ? over + step_lu : 0;
}

static int solve(const struct meter_table *t, const struct rein_problem *p, struct rein *r,
                 struct rein_solution *ret)
{
    int code = look(t, p, r, ret);
    for (int k = 0; code >= 0 && k < ROUNDS && !holds(p, ret); k++) {
        solve_curve(r);
        leveller_curve_done(&ret->curve);
        make_lines(r, &ret->curve);
        ret->ratio = r->ratio;
        code = look(t, p, r, ret);
        r->aim_short_term -= lower_by(ret->short_term_lufs - p->max_short_term_lufs);
        r->aim_range -= lower_by(ret->range_lu - p->max_range_lu);
    }
    return code < 0 ? code : holds(p, ret) ? 0 : -ERANGE;
}

int rein_solve(const struct meter_table *t, const struct rein_problem *p, struct rein_solution *ret)
{
    size_t n = t->num_blocks / LOUDNESS_HOP + 1;
    struct rein r = {
        .want = p,
        .aim_short_term = p->max_short_term_lufs - reserve_lu,
        .aim_range = p->max_range_lu - reserve_lu,
        .base = mem_alloc(n * sizeof *r.base),
        .out = mem_alloc(n * sizeof *r.out),
        .level = mem_alloc(n * sizeof *r.level),
        .drawn = mem_alloc(n * sizeof *r.drawn),
        .gain = mem_alloc(n * sizeof *r.gain),
        .over = mem_alloc(n * sizeof *r.over),
    };
    *ret = (struct rein_solution){.ratio = 1};
    int code = solve(t, p, &r, ret);
    free(r.base);
    free(r.out);
    free(r.level);
    free(r.drawn);
    free(r.gain);
    free(r.over);
    return code;
}
