// SPDX-License-Identifier: GPL-3.0-or-later
// Passages of the shorter recording are looked for in the longer one; each says at which lags it
// might lie. Where the lags of many passages are on one line, there the recordings run together.
#include "sound/clockline.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "sound/fft.h"

enum {
    PASSAGES = 24,
    LONGEST = 60 * ENVELOPE_RATE, // rows: 200 ppm smear this by half a row
    SHORTEST = 4 * ENVELOPE_RATE,
    GUESSES = 8, // lags a passage
    APART = 10,  // rows between them
};
static const double least_support = 3; // of many passages: chance gives 2
static const double near_s = 0.03;     // from a line: what still agrees with it
static const double least = 4;         // standard deviations: of lags that count

struct guess {
    double at_s, lag_s; // middle of the passage on the shorter one's clock
    double height;      // in standard deviations
    int passage;
};
struct guesses {
    size_t n;
    struct guess item[PASSAGES * GUESSES];
};
struct search {
    const struct envelope *brief, *lengthy;
    size_t size;    // of the transform
    size_t passage; // rows
    struct fft *fft;
    // What of the longer one is looked through, and its spectra and running energy.
    ptrdiff_t start;
    size_t count;
    float *there[ENVELOPE_BANDS], *energy;
    float *motion, *here, *product; // all of these size + 2
};

double clockline_at(const struct clockline *l, double a_s)
{
    return l->offset_s + l->rate * a_s;
}

double clockline_back(const struct clockline *l, double b_s)
{
    return (b_s - l->offset_s) / l->rate;
}

// Adds a * conj(b).
static void product_add(const float *restrict a, const float *restrict b, size_t pairs,
                        float *restrict sum)
{
    for (size_t k = 0; k < pairs; k++) {
        sum[2 * k] += a[2 * k] * b[2 * k] + a[2 * k + 1] * b[2 * k + 1];
        sum[2 * k + 1] += a[2 * k + 1] * b[2 * k] - a[2 * k] * b[2 * k + 1];
    }
}

// Makes ready to look through `count` rows of the longer one from `start` on.
static void look_through(struct search *s, ptrdiff_t start, size_t count)
{
    if (start == s->start && count == s->count)
        return;
    s->start = start;
    s->count = count;
    memset(s->energy, 0, count * sizeof(float));
    for (int b = 0; b < ENVELOPE_BANDS; b++) {
        memset(s->motion, 0, s->size * sizeof(float));
        envelope_motion(s->lengthy, b, start, count, s->motion);
        for (size_t i = 0; i < count; i++)
            s->energy[i] += s->motion[i] * s->motion[i];
        fft_forward(s->fft, s->motion, s->there[b]);
    }
    // From squares to one over the root of their sum over a passage.
    double all = 0, sum = 0;
    for (size_t i = 0; i < count; i++)
        all += (double)s->energy[i];
    for (size_t i = 0; i < s->passage; i++)
        sum += (double)s->energy[i];
    float floor = (float)(0.1 * all / (double)count * (double)s->passage + 1);
    for (size_t i = 0; i + s->passage <= count; i++) {
        float out = s->energy[i], in = i + s->passage < count ? s->energy[i + s->passage] : 0;
        s->energy[i] = 1 / sqrtf((float)fmax(sum, 0) + floor);
        sum += (double)in - (double)out;
    }
}

// The passage from row `from` of the shorter one: leaves a coefficient for every lag in s->motion.
static void correlate(struct search *s, ptrdiff_t from)
{
    memset(s->product, 0, (s->size + 2) * sizeof(float));
    for (int b = 0; b < ENVELOPE_BANDS; b++) {
        memset(s->motion, 0, s->size * sizeof(float));
        envelope_motion(s->brief, b, from, s->passage, s->motion);
        fft_forward(s->fft, s->motion, s->here);
        product_add(s->there[b], s->here, s->size / 2 + 1, s->product);
    }
    fft_inverse(s->fft, s->product, s->motion);
    for (size_t i = 0; i + s->passage <= s->count; i++)
        s->motion[i] *= s->energy[i];
}

static double spread(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)(x[i] * x[i]);
    return sqrt(sum / (double)n) + 1e-9;
}

// The highest of n coefficients become guesses; lag of the first is `start` rows.
static void guesses_add(struct guesses *g, struct search *s, size_t n, ptrdiff_t start,
                        struct guess common)
{
    double unit = spread(s->motion, n);
    float *x = s->motion;
    for (int k = 0; k < GUESSES; k++) {
        size_t top = 0;
        for (size_t i = 1; i < n; i++)
            top = x[i] > x[top] ? i : top;
        common.height = (double)x[top] / unit;
        if (common.height < least)
            return;
        double bend = 0, slope = 0;
        if (top > 0 && top + 1 < n) {
            slope = (double)(x[top + 1] - x[top - 1]) / 2;
            bend = (double)(2 * x[top] - x[top - 1] - x[top + 1]);
        }
        double peak = (double)top + (bend > fabs(slope) ? slope / bend : 0);
        common.lag_s = (peak + (double)start) / ENVELOPE_RATE;
        g->item[g->n++] = common;
        size_t to = top + APART < n ? top + APART : n - 1;
        for (size_t i = top > APART ? top - APART : 0; i <= to; i++)
            x[i] = 0;
    }
}

// Returns how many passages were looked for.
static size_t passages_seek(struct search *s, struct guesses *g)
{
    const ptrdiff_t far = (ptrdiff_t)CLOCKLINE_MAX_OFFSET_S * ENVELOPE_RATE;
    const ptrdiff_t passage = (ptrdiff_t)s->passage, half = passage / 2;
    const ptrdiff_t rows = (ptrdiff_t)envelope_count(s->lengthy);
    const size_t spare = envelope_count(s->brief) - s->passage;
    size_t number = spare / (s->passage / 2) + 1;
    number = number < PASSAGES ? number : PASSAGES;
    for (size_t i = 0; i < number; i++) {
        ptrdiff_t from = number > 1 ? (ptrdiff_t)(spare * i / (number - 1)) : 0;
        ptrdiff_t start = from - far > -half ? from - far : -half;
        ptrdiff_t end = from + far + passage < rows + half ? from + far + passage : rows + half;
        if (end - start < passage)
            continue;
        look_through(s, start, (size_t)(end - start));
        correlate(s, from);
        struct guess common = {.at_s = (double)(from + half) / ENVELOPE_RATE, .passage = (int)i};
        guesses_add(g, s, (size_t)(end - start - passage + 1), start - from, common);
    }
    return number;
}

struct verdict {
    struct clockline line; // lengthy = offset + rate * brief
    struct clockline_score score;
};

// What agrees with a line; the guesses that do are marked.
static struct clockline_score support(const struct guesses *g, const struct clockline *l,
                                      bool *agrees)
{
    struct clockline_score score = {0};
    for (size_t i = 0; i < g->n;) {
        size_t best = g->n, end = i;
        for (; end < g->n && g->item[end].passage == g->item[i].passage; end++) {
            const struct guess *q = &g->item[end];
            double off = fabs(clockline_at(l, q->at_s) - q->at_s - q->lag_s);
            if (agrees)
                agrees[end] = false;
            if (off < near_s && (best == g->n || q->height > g->item[best].height))
                best = end;
        }
        if (best < g->n) {
            score.support += g->item[best].height - least;
            score.passages++;
            if (agrees)
                agrees[best] = true;
        }
        i = end;
    }
    return score;
}

static struct clockline through(const struct guess *p, const struct guess *q)
{
    double rise = p->passage == q->passage ? 0 : (q->lag_s - p->lag_s) / (q->at_s - p->at_s);
    rise = fmin(fmax(rise, -CLOCKLINE_MAX_DRIFT), CLOCKLINE_MAX_DRIFT);
    double at = (p->at_s + q->at_s) / 2, lag = (p->lag_s + q->lag_s) / 2;
    return (struct clockline){lag - rise * at, 1 + rise};
}

// The line with the most support that is not `besides` (NULL: any).
static struct verdict best_line(const struct guesses *g, double middle_s,
                                const struct clockline *besides)
{
    struct verdict best = {.line.rate = 1};
    for (size_t i = 0; i < g->n; i++)
        for (size_t j = i; j < g->n; j++) {
            const struct guess *p = &g->item[i], *q = &g->item[j];
            double most = CLOCKLINE_MAX_DRIFT * (q->at_s - p->at_s) + near_s;
            if (fabs(q->lag_s - p->lag_s) > most || (p->passage == q->passage && i != j))
                continue;
            struct clockline l = through(p, q);
            if (besides && fabs(clockline_at(&l, middle_s) - clockline_at(besides, middle_s)) < 0.5)
                continue;
            struct clockline_score score = support(g, &l, NULL);
            if (score.support > best.score.support)
                best = (struct verdict){l, score};
        }
    return best;
}

// Least squares through the guesses that agree.
static void line_refine(const struct guesses *g, struct clockline *l)
{
    bool agrees[PASSAGES * GUESSES];
    support(g, l, agrees);
    double w = 0, t = 0, y = 0, tt = 0, ty = 0;
    for (size_t i = 0; i < g->n; i++) {
        if (!agrees[i])
            continue;
        const struct guess *q = &g->item[i];
        w += q->height;
        t += q->height * q->at_s;
        y += q->height * q->lag_s;
        tt += q->height * q->at_s * q->at_s;
        ty += q->height * q->at_s * q->lag_s;
    }
    // Between few passages that lie close together a slope is guesswork: none is likelier.
    double doubt = w * pow(near_s / CLOCKLINE_MAX_DRIFT, 2) * 0.1;
    double rise = (ty - t * y / w) / (tt - t * t / w + doubt);
    l->rate = 1 + fmin(fmax(rise, -CLOCKLINE_MAX_DRIFT), CLOCKLINE_MAX_DRIFT);
    l->offset_s = (y - (l->rate - 1) * t) / w;
}

static bool search_init(struct search *s, const struct envelope *a, const struct envelope *b)
{
    bool swap = envelope_count(a) > envelope_count(b);
    s->brief = swap ? b : a;
    s->lengthy = swap ? a : b;
    size_t rows = envelope_count(s->brief), wide = envelope_count(s->lengthy);
    s->passage = rows / 2 < SHORTEST ? SHORTEST : rows / 2 > LONGEST ? LONGEST : rows / 2;
    if (rows < s->passage)
        return false;
    size_t far = 2 * CLOCKLINE_MAX_OFFSET_S * ENVELOPE_RATE;
    size_t most = (wide < far ? wide : far) + 2 * s->passage;
    for (s->size = FFT_MIN; s->size < most;)
        s->size *= 2;
    s->fft = fft_new(s->size);
    float **row[] = {&s->motion, &s->here, &s->product, &s->energy};
    for (size_t i = 0; i < COUNT(row); i++)
        *row[i] = mem_alloc((s->size + 2) * sizeof(float));
    for (int band = 0; band < ENVELOPE_BANDS; band++)
        s->there[band] = mem_alloc((s->size + 2) * sizeof(float));
    return true;
}

static void search_done(struct search *s)
{
    fft_free(s->fft);
    free(s->motion);
    free(s->here);
    for (int b = 0; b < ENVELOPE_BANDS; b++)
        free(s->there[b]);
    free(s->product);
    free(s->energy);
}

int clockline_search(const struct envelope *a, const struct envelope *b, struct clockline *ret,
                     struct clockline_score *score)
{
    struct search s = {0};
    if (!search_init(&s, a, b))
        return -ENOENT;
    struct guesses *g = mem_alloc(sizeof(*g));
    size_t passages = passages_seek(&s, g);
    double middle = (double)envelope_count(s.brief) / 2 / ENVELOPE_RATE;
    struct verdict best = best_line(g, middle, NULL);
    best.score.rival = best_line(g, middle, &best.line).score.support;
    if (score)
        *score = best.score;
    // Few passages prove little either way: a closer look decides.
    bool many = 2 * passages > PASSAGES;
    int r = best.score.support > (many ? least_support : 0) ? 0 : -ENOENT;
    if (!r) {
        line_refine(g, &best.line);
        line_refine(g, &best.line);
        bool swapped = s.brief == b;
        *ret = best.line;
        if (swapped)
            *ret = (struct clockline){-best.line.offset_s / best.line.rate, 1 / best.line.rate};
    }
    free(g);
    search_done(&s);
    return r;
}
