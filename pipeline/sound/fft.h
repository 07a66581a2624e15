// SPDX-License-Identifier: GPL-3.0-or-later
// Fourier transform of real samples, a power of two of them. An object holds its own memory to
// work in: one object a thread.
#pragma once
#include <stddef.h>

enum { FFT_MIN = 16, FFT_MAX = 1 << 20 };

struct fft;
struct fft *fft_new(size_t n); // NULL: no power of two from FFT_MIN to FFT_MAX
void fft_free(struct fft *f);  // NULL is fine
size_t fft_size(const struct fft *f);

// in: n samples. out: n / 2 + 1 pairs of real and imaginary part, n + 2 floats; the imaginary parts
// of the first and the last are 0. Nothing is scaled: a constant 1 gives n in the first.
// in and out may not overlap, in either direction.
void fft_forward(struct fft *f, const float *in, float *out);
// The same back: n + 2 floats into n samples, scaled by 1 / n so that it undoes fft_forward. The
// imaginary parts of the first and the last are not looked at.
void fft_inverse(struct fft *f, const float *in, float *out);
