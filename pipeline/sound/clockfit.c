// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/clockfit.h"

#include <errno.h>
#include <math.h>

// Points on a line, on the second, and how many times more the first may have.
enum { FEWEST = 3, FEWEST_SECOND = 2, SHARE = 8 };
static const double tolerance_s = 0.0007;
static const double most_rise = 400e-6;
static const double most_path_s = 0.03; // 10 m

struct lines { // parallel; the second may be missing
    double rise, lag_s[2];
    int n;
    size_t agreeing[2];
};

static double rest(const struct clockfit_point *p, double rise)
{
    return p->lag_s - rise * p->at_s;
}

// Which of the lines a point is on; -1: on none.
static int line_of(const struct clockfit_point *p, const struct lines *l)
{
    double r = rest(p, l->rise), best = tolerance_s;
    int line = -1;
    for (int i = 0; i < l->n; i++)
        if (fabs(r - l->lag_s[i]) <= best) {
            best = fabs(r - l->lag_s[i]);
            line = i;
        }
    return line;
}

static size_t count_on(const struct clockfit_point *p, size_t n, const struct lines *l, int line)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += line_of(&p[i], l) == line;
    return count;
}

// The line of this slope that most points are on, through one of them.
static void try_rise(const struct clockfit_point *p, size_t n, double rise, struct lines *best)
{
    for (size_t i = 0; i < n; i++) {
        struct lines one = {.rise = rise, .lag_s = {rest(&p[i], rise)}, .n = 1};
        one.agreeing[0] = count_on(p, n, &one, 0);
        if (one.agreeing[0] > best->agreeing[0])
            *best = one;
    }
}

// Two people take turns; where one line ends before the other begins, samples were lost instead.
static bool in_turns(const struct clockfit_point *p, size_t n, const struct lines *l)
{
    size_t before = 0, behind = 0; // pairs
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (line_of(&p[i], l) == 0 && line_of(&p[j], l) == 1) {
                before += p[i].at_s < p[j].at_s;
                behind += p[i].at_s > p[j].at_s;
            }
    return 20 * before >= before + behind && 20 * behind >= before + behind;
}

// From the points that are not on the first.
static void add_second(const struct clockfit_point *p, size_t n, struct lines *best)
{
    struct lines found = *best;
    for (size_t i = 0; i < n; i++) {
        struct lines second = {.rise = best->rise, .lag_s = {rest(&p[i], best->rise)}, .n = 1};
        size_t count = 0;
        for (size_t k = 0; k < n; k++)
            count += line_of(&p[k], best) < 0 && line_of(&p[k], &second) == 0;
        if (fabs(second.lag_s[0] - best->lag_s[0]) <= 2 * most_path_s &&
            count > found.agreeing[1]) {
            found.lag_s[1] = second.lag_s[0];
            found.agreeing[1] = count;
        }
    }
    found.n = 2;
    if (found.agreeing[1] >= FEWEST_SECOND && SHARE * found.agreeing[1] >= found.agreeing[0] &&
        in_turns(p, n, &found))
        *best = found;
}

// Least squares over the points on the lines: one slope, a height for each.
static void settle(const struct clockfit_point *p, size_t n, struct lines *l)
{
    double at[2] = {0}, lag[2] = {0}, square = 0, product = 0;
    size_t count[2] = {0};
    for (size_t i = 0; i < n; i++) {
        int line = line_of(&p[i], l);
        if (line < 0)
            continue;
        count[line]++;
        at[line] += (p[i].at_s - at[line]) / (double)count[line];
        lag[line] += (p[i].lag_s - lag[line]) / (double)count[line];
    }
    for (size_t i = 0; i < n; i++) {
        int line = line_of(&p[i], l);
        if (line < 0)
            continue;
        square += (p[i].at_s - at[line]) * (p[i].at_s - at[line]);
        product += (p[i].at_s - at[line]) * (p[i].lag_s - lag[line]);
    }
    l->rise = square > 0 ? product / square : 0;
    for (int line = 0; line < l->n; line++) {
        l->lag_s[line] = lag[line] - l->rise * at[line];
        l->agreeing[line] = count[line];
    }
}

static void result(struct clockfit_point *p, size_t n, const struct lines *l, struct clockfit *ret)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        int line = line_of(&p[i], l);
        p[i].agrees = line >= 0;
        if (line >= 0)
            sum += pow(rest(&p[i], l->rise) - l->lag_s[line], 2);
    }
    size_t agreeing = l->agreeing[0] + l->agreeing[1];
    *ret = (struct clockfit){
        .lag_s = l->n == 2 ? (l->lag_s[0] + l->lag_s[1]) / 2 : l->lag_s[0],
        .rise = l->rise,
        .path_s = l->n == 2 ? fabs(l->lag_s[0] - l->lag_s[1]) / 2 : 0,
        .rms_s = sqrt(sum / (double)agreeing),
        .agreeing = agreeing,
    };
}

int clockfit_solve(struct clockfit_point *p, size_t n, struct clockfit *ret)
{
    struct lines best = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double rise = (p[j].lag_s - p[i].lag_s) / (p[j].at_s - p[i].at_s);
            if (fabs(rise) <= most_rise)
                try_rise(p, n, rise, &best);
        }
    if (best.agreeing[0] < FEWEST)
        return -ENOENT;
    settle(p, n, &best);
    add_second(p, n, &best);
    settle(p, n, &best);
    settle(p, n, &best);
    if (best.agreeing[0] + best.agreeing[1] < FEWEST)
        return -ENOENT;
    result(p, n, &best, ret);
    return 0;
}
