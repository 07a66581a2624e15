// SPDX-License-Identifier: GPL-3.0-or-later
// n real samples go as n / 2 complex ones, even samples real and odd ones imaginary, through
// Stockham's transform: every pass of radix 4 reads one buffer and writes another in the order the
// next one wants, so nothing is permuted and all inner loops run over neighbours.
#include "sound/fft.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sound/quad.h"

static const double turn = 6.283185307179586476925;

struct turns { // of a row of complex numbers of length 1
    float *re, *im;
};
struct fft {
    size_t n, half;                   // half: complex numbers
    struct turns once, twice, thrice; // e^(-i 2 pi p / half), its square and cube; half / 4 each
    struct turns split;               // e^(-i 2 pi k / n), for k up to half / 2
    float *work;                      // n
    float *memory;                    // all of these
};
struct parts { // complex numbers, real and imaginary parts apart
    float *re, *im;
};

static struct turns turns_make(float **at, size_t count, double step)
{
    struct turns t = {*at, *at + count};
    for (size_t i = 0; i < count; i++) {
        t.re[i] = (float)cos(turn * step * (double)i);
        t.im[i] = (float)-sin(turn * step * (double)i);
    }
    *at += 2 * count;
    return t;
}

struct fft *fft_new(size_t n)
{
    if (n < FFT_MIN || n > FFT_MAX || n & (n - 1))
        return NULL;
    struct fft *f = mem_alloc(sizeof(*f));
    size_t quarter = n / 8, split = n / 4 + 4;
    f->n = n;
    f->half = n / 2;
    f->memory = mem_alloc((n + 6 * quarter + 2 * split) * sizeof(float));
    f->work = f->memory;
    float *at = f->memory + n;
    f->once = turns_make(&at, quarter, 1.0 / (double)f->half);
    f->twice = turns_make(&at, quarter, 2.0 / (double)f->half);
    f->thrice = turns_make(&at, quarter, 3.0 / (double)f->half);
    f->split = turns_make(&at, split, 1.0 / (double)n);
    return f;
}

void fft_free(struct fft *f)
{
    if (f)
        free(f->memory);
    free(f);
}

size_t fft_size(const struct fft *f)
{
    return f->n;
}

static inline struct parts parts_of(const struct fft *f, float *buffer)
{
    return (struct parts){buffer, buffer + f->half};
}

// Pairs of re, im from x into separate parts in y.
static void pass_first(const struct fft *f, const float *restrict x, float *restrict yr,
                       float *restrict yi)
{
    const size_t m = f->half / 4;
    const float *restrict w1r = f->once.re, *restrict w1i = f->once.im;
    const float *restrict w2r = f->twice.re, *restrict w2i = f->twice.im;
    const float *restrict w3r = f->thrice.re, *restrict w3i = f->thrice.im;
    for (size_t p = 0; p < m; p++) {
        float ar = x[2 * p], ai = x[2 * p + 1];
        float br = x[2 * (p + m)], bi = x[2 * (p + m) + 1];
        float cr = x[2 * (p + 2 * m)], ci = x[2 * (p + 2 * m) + 1];
        float dr = x[2 * (p + 3 * m)], di = x[2 * (p + 3 * m) + 1];
        float sr = ar + cr, si = ai + ci, tr = ar - cr, ti = ai - ci;
        float ur = br + dr, ui = bi + di, vr = bi - di, vi = dr - br;
        float er = sr - ur, ei = si - ui;
        float fr = tr + vr, fi = ti + vi, gr = tr - vr, gi = ti - vi;
        yr[4 * p] = sr + ur;
        yr[4 * p + 1] = fr * w1r[p] - fi * w1i[p];
        yr[4 * p + 2] = er * w2r[p] - ei * w2i[p];
        yr[4 * p + 3] = gr * w3r[p] - gi * w3i[p];
        yi[4 * p] = si + ui;
        yi[4 * p + 1] = fr * w1i[p] + fi * w1r[p];
        yi[4 * p + 2] = er * w2i[p] + ei * w2r[p];
        yi[4 * p + 3] = gr * w3i[p] + gi * w3r[p];
    }
}

static inline void store_turned(float *yr, float *yi, quad re, quad im, float wr, float wi)
{
    quad_store(yr, re * wr - im * wi);
    quad_store(yi, re * wi + im * wr);
}

// Radix 4 over rows of `row` numbers, a multiple of 4.
static void pass_next(const struct fft *f, size_t row, struct parts x, struct parts y)
{
    const size_t leap = f->half / 4;
    for (size_t p = 0; p < leap; p += row) {
        const float w1r = f->once.re[p], w1i = f->once.im[p];
        const float w2r = f->twice.re[p], w2i = f->twice.im[p];
        const float w3r = f->thrice.re[p], w3i = f->thrice.im[p];
        const float *re = x.re + p, *im = x.im + p;
        float *yr = y.re + 4 * p, *yi = y.im + 4 * p;
        for (size_t q = 0; q < row; q += QUAD) {
            quad ar = quad_load(re + q), ai = quad_load(im + q);
            quad br = quad_load(re + leap + q), bi = quad_load(im + leap + q);
            quad cr = quad_load(re + 2 * leap + q), ci = quad_load(im + 2 * leap + q);
            quad dr = quad_load(re + 3 * leap + q), di = quad_load(im + 3 * leap + q);
            quad sr = ar + cr, si = ai + ci, tr = ar - cr, ti = ai - ci;
            quad ur = br + dr, ui = bi + di, vr = bi - di, vi = dr - br;
            quad_store(yr + q, sr + ur);
            quad_store(yi + q, si + ui);
            store_turned(yr + row + q, yi + row + q, tr + vr, ti + vi, w1r, w1i);
            store_turned(yr + 2 * row + q, yi + 2 * row + q, sr - ur, si - ui, w2r, w2i);
            store_turned(yr + 3 * row + q, yi + 3 * row + q, tr - vr, ti - vi, w3r, w3i);
        }
    }
}

static void pass_of_two(const struct fft *f, struct parts x, struct parts y)
{
    const size_t row = f->half / 2;
    for (size_t q = 0; q < row; q += QUAD) {
        quad ar = quad_load(x.re + q), ai = quad_load(x.im + q);
        quad br = quad_load(x.re + row + q), bi = quad_load(x.im + row + q);
        quad_store(y.re + q, ar + br);
        quad_store(y.im + q, ai + bi);
        quad_store(y.re + row + q, ar - br);
        quad_store(y.im + row + q, ai - bi);
    }
}

static size_t pass_count(const struct fft *f)
{
    size_t passes = 1, row = 4;
    for (; row < f->half; row *= 4)
        passes++;
    return passes;
}

// Of half complex numbers; passes go between other and f->work and end in f->work. x may be the
// one of the two that the first pass does not write.
static void transform(const struct fft *f, size_t passes, const float *x, float *other)
{
    struct parts to = parts_of(f, passes % 2 ? f->work : other);
    struct parts from = parts_of(f, passes % 2 ? other : f->work);
    pass_first(f, x, to.re, to.im);
    for (size_t row = 4; row < f->half; row *= 4) {
        struct parts swap = from;
        from = to;
        to = swap;
        if (row * 4 <= f->half)
            pass_next(f, row, from, to);
        else
            pass_of_two(f, from, to);
    }
}

// What belongs to even and to odd samples is told apart by symmetry: pairs k and half - k together,
// counted from the two ends, low and high.
static void split_forward(const struct fft *f, const float *restrict re, const float *restrict im,
                          float *restrict low, float *restrict high)
{
    const float *restrict wr = f->split.re, *restrict wi = f->split.im;
    const ptrdiff_t half = (ptrdiff_t)f->half;
    for (ptrdiff_t k = 1; k < half / 2; k++) {
        float sr = 0.5f * (re[k] + re[half - k]), si = 0.5f * (im[k] - im[half - k]);
        float dr = 0.5f * (im[k] + im[half - k]), di = 0.5f * (re[half - k] - re[k]);
        float tr = dr * wr[k] - di * wi[k], ti = dr * wi[k] + di * wr[k];
        low[2 * k] = sr + tr;
        low[2 * k + 1] = si + ti;
        high[-2 * k] = sr - tr;
        high[1 - 2 * k] = ti - si;
    }
}

void fft_forward(struct fft *f, const float *in, float *out)
{
    const size_t half = f->half;
    transform(f, pass_count(f), in, out);
    struct parts z = parts_of(f, f->work);
    split_forward(f, z.re, z.im, out, out + 2 * half);
    out[half] = z.re[half / 2];
    out[half + 1] = -z.im[half / 2];
    out[0] = z.re[0] + z.im[0];
    out[2 * half] = z.re[0] - z.im[0];
    out[1] = out[2 * half + 1] = 0;
}

// As above, backwards; pairs are written with their parts swapped, which turns the direction of
// the transform.
static void split_inverse(const struct fft *f, const float *restrict in, float *restrict low,
                          float *restrict high)
{
    const float *restrict wr = f->split.re, *restrict wi = f->split.im;
    const ptrdiff_t half = (ptrdiff_t)f->half;
    const float scale = 1 / (float)f->n;
    for (ptrdiff_t k = 1; k < half / 2; k++) {
        float ar = in[2 * k], ai = in[2 * k + 1];
        float br = in[2 * (half - k)], bi = in[2 * (half - k) + 1];
        float sr = scale * (ar + br), si = scale * (ai - bi);
        float dr = scale * (ar - br), di = scale * (ai + bi);
        float tr = dr * wi[k] - di * wr[k], ti = dr * wr[k] + di * wi[k];
        low[2 * k] = si + ti;
        low[2 * k + 1] = sr + tr;
        high[-2 * k] = ti - si;
        high[1 - 2 * k] = sr - tr;
    }
}

void fft_inverse(struct fft *f, const float *in, float *out)
{
    const size_t half = f->half, passes = pass_count(f);
    const float scale = 1 / (float)f->n;
    float *z = passes % 2 ? out : f->work;
    split_inverse(f, in, z, z + 2 * half);
    z[0] = scale * (in[0] - in[2 * half]);
    z[1] = scale * (in[0] + in[2 * half]);
    z[half] = -2 * scale * in[half + 1];
    z[half + 1] = 2 * scale * in[half];
    transform(f, passes, z, out);
    const float *even = f->work + half, *odd = f->work;
    for (size_t i = 0; i < half; i++) {
        out[2 * i] = even[i];
        out[2 * i + 1] = odd[i];
    }
}
