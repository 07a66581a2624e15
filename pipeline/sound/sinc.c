// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/sinc.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

static double bessel_i0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
        term *= x / (2 * k) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

double sinc_kaiser(double x, double half, double beta)
{
    double place = x / half;
    if (fabs(place) >= 1)
        return 0;
    if (x == 0)
        return 1;
    double window = bessel_i0(beta * sqrt(1 - place * place)) / bessel_i0(beta);
    return x == floor(x) ? 0 : sin(pi * x) / (pi * x) * window;
}
