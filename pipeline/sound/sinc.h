// SPDX-License-Identifier: GPL-3.0-or-later
// What stands between samples, for tables of resamplers.
#pragma once

// sin(pi x) / (pi x) under a Kaiser window that ends at +-half: 1 at 0, 0 at all other whole
// numbers and from half on. beta: the shape of the window; 10 for -100 dB.
double sinc_kaiser(double x, double half, double beta);
