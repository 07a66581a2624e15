// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/tone.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

enum {
    COLUMNS = 240, // that are looked at, or all
    FIELDS = 4,    // across and down
    FINE = 16,     // bins of a field, that a pixel falls into two of
    BLACK = 16,
    WHITE = 235, // luma
    DARK = 40,
    BRIGHT = 220,   // what is between them may be grey
    COLOURFUL = 40, // and so far from it in chroma it is not
    LIKENESS = FIELDS * FIELDS * FINE,
};
static const double cut_least = 0.15, cut_over = 3;    // of the picture; over the usual change
static const double calm = 0.9;                        // how much of the usual change stays
static const double patch = 0.05;                      // the brightest pixels
static const double blue_of = 1.8142, red_of = 1.5397; // B' - Y' and R' - Y' of a step of chroma

struct likeness {
    float share[LIKENESS]; // all of them are 1 together
};
struct sums {
    double luma, blue, red, n;
};
struct measure {
    struct sums all, grey, white;
    int64_t frames, histogram[TONE_BINS];
};
struct tone {
    int width, height, step;
    tick length, last; // of a frame; the last one's time
    struct tone_shot *shots;
    size_t n, room;
    tick from; // of the shot that goes on; TICK_NONE: no frame yet
    struct measure now;
    struct likeness before;
    double usual; // change from frame to frame
    bool pending; // the last frame was unlike the one before
    tick pending_at;
    struct measure pending_measure;
};

struct tone *tone_new(int width, int height, int rate_num, int rate_den)
{
    if (width < 2 || height < 2 || rate_num < 1 || rate_den < 1)
        return NULL;
    struct tone *t = mem_alloc(sizeof(*t));
    t->width = width;
    t->height = height;
    t->step = width / COLUMNS > 1 ? width / COLUMNS : 1;
    t->length = rate_den * TICKS_PER_SEC / rate_num;
    t->from = TICK_NONE;
    return t;
}

void tone_free(struct tone *t)
{
    if (!t)
        return;
    free(t->shots);
    free(t);
}

static void sums_add(struct sums *s, int luma, int cb, int cr)
{
    s->luma += luma - BLACK;
    s->blue += cb;
    s->red += cr;
    s->n++;
}

static void join_sums(struct sums *to, const struct sums *s)
{
    to->luma += s->luma;
    to->blue += s->blue;
    to->red += s->red;
    to->n += s->n;
}

static void join(struct measure *to, const struct measure *m)
{
    join_sums(&to->all, &m->all);
    join_sums(&to->grey, &m->grey);
    join_sums(&to->white, &m->white);
    to->frames += m->frames;
    for (int i = 0; i < TONE_BINS; i++)
        to->histogram[i] += m->histogram[i];
}

struct pixel {
    int luma, cb, cr; // chroma around 0
};

static struct pixel pixel_of(const struct image *m, int x, int y)
{
    ptrdiff_t at = (ptrdiff_t)(y / 2 < m->height / 2 ? y / 2 : m->height / 2 - 1);
    return (struct pixel){
        m->plane[0][(ptrdiff_t)y * m->stride[0] + x],
        m->plane[1][at * m->stride[1] + x / 2] - 128,
        m->plane[2][at * m->stride[2] + x / 2] - 128,
    };
}

static void add_pixel(struct measure *m, struct pixel p)
{
    m->histogram[p.luma * TONE_BINS / 256]++;
    sums_add(&m->all, p.luma, p.cb, p.cr);
    if (p.luma >= DARK && p.luma <= BRIGHT && abs(p.cb) <= COLOURFUL && abs(p.cr) <= COLOURFUL)
        sums_add(&m->grey, p.luma, p.cb, p.cr);
}

// A pixel between the middles of two bins belongs to both, so that a little more light is a little
// change.
static void add_likeness(float *field, int luma)
{
    int at = luma - 256 / FINE / 2, bin = at < 0 ? 0 : at / (256 / FINE);
    int into = at < 0 ? 0 : at % (256 / FINE);
    field[bin] += (float)(256 / FINE - into);
    if (into)
        field[bin + 1 < FINE ? bin + 1 : bin] += (float)into;
}

static void measure_frame(const struct tone *t, const struct image *m, struct measure *ret,
                          struct likeness *like)
{
    *ret = (struct measure){.frames = 1};
    memset(like, 0, sizeof(*like));
    for (int y = 0; y < t->height; y += t->step) {
        float *row = like->share + y * FIELDS / t->height * FIELDS * FINE;
        for (int x = 0; x < t->width; x += t->step) {
            struct pixel p = pixel_of(m, x, y);
            add_pixel(ret, p);
            add_likeness(row + x * FIELDS / t->width * FINE, p.luma);
        }
    }
    for (int i = 0; i < LIKENESS; i++)
        like->share[i] /= (float)ret->all.n * (256 / FINE);
}

// The luma above which the brightest pixels lie, clipped ones left out.
static int patch_from(const struct measure *m)
{
    int top = WHITE * TONE_BINS / 256 - 1;
    int64_t all = 0, above = 0;
    for (int i = 0; i <= top; i++)
        all += m->histogram[i];
    int i = top;
    for (; i > 0 && (double)above < patch * (double)all; i--)
        above += m->histogram[i];
    return (i + 1) * 256 / TONE_BINS;
}

static void add_patch(const struct tone *t, const struct image *m, struct measure *ret)
{
    int from = patch_from(ret), to = WHITE * TONE_BINS / 256 * 256 / TONE_BINS;
    from = from > DARK ? from : DARK;
    for (int y = 0; y < t->height; y += t->step)
        for (int x = 0; x < t->width; x += t->step) {
            int luma = m->plane[0][(ptrdiff_t)y * m->stride[0] + x];
            if (luma < from || luma >= to)
                continue;
            struct pixel p = pixel_of(m, x, y);
            sums_add(&ret->white, p.luma, p.cb, p.cr);
        }
}

static double unlike(const struct likeness *a, const struct likeness *b)
{
    double sum = 0;
    for (int i = 0; i < LIKENESS; i++)
        sum += fabs((double)a->share[i] - (double)b->share[i]);
    return sum / 2;
}

static struct tone_balance balance(const struct sums *s)
{
    if (s->luma <= 0)
        return (struct tone_balance){1, 1};
    return (struct tone_balance){1 + blue_of * s->blue / s->luma, 1 + red_of * s->red / s->luma};
}

static struct tone_shot shot_of(const struct measure *m, tick from, tick to)
{
    struct tone_shot s = {
        .at = {from, to},
        .frames = m->frames,
        .level = fmin(fmax(m->all.luma / m->all.n / (WHITE - BLACK), 0), 1),
        .grey = balance(&m->grey),
        .white = balance(&m->white),
    };
    memcpy(s.histogram, m->histogram, sizeof(s.histogram));
    return s;
}

static void put_shot(struct tone *t, struct tone_shot s)
{
    if (t->n == t->room) {
        t->room = t->room ? t->room + t->room / 2 : 64;
        t->shots = mem_grow(t->shots, t->room * sizeof(*t->shots));
    }
    t->shots[t->n++] = s;
}

// Whether the frame begins a shot is known with the next one: a flash passes, and is not measured.
static void settle(struct tone *t, bool cut)
{
    t->pending = false;
    if (cut) {
        put_shot(t, shot_of(&t->now, t->from, t->pending_at));
        t->from = t->pending_at;
        t->now = t->pending_measure;
    } else {
        t->now.frames++;
    }
}

void tone_add(struct tone *t, const struct image *m, tick at)
{
    struct measure frame;
    struct likeness like;
    measure_frame(t, m, &frame, &like);
    add_patch(t, m, &frame);
    double change = t->from == TICK_NONE ? 0 : unlike(&like, &t->before);
    bool other = change > cut_least + cut_over * t->usual;
    t->last = at;
    if (t->from == TICK_NONE)
        t->from = at;
    if (other && !t->pending) {
        t->pending = true;
        t->pending_at = at;
        t->pending_measure = frame;
        return;
    }
    if (t->pending)
        settle(t, other);
    else
        t->usual = calm * t->usual + (1 - calm) * change;
    join(&t->now, &frame);
    t->before = like;
}

size_t tone_shots(struct tone *t, const struct tone_shot **ret)
{
    size_t n = t->n;
    if (t->from != TICK_NONE) {
        put_shot(t, shot_of(&t->now, t->from, t->last + t->length));
        t->shots[n].frames += t->pending;
        t->n = n; // it goes on
        n++;
    }
    *ret = t->shots;
    return n;
}
