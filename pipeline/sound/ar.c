// SPDX-License-Identifier: GPL-3.0-or-later
#include "sound/ar.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "sound/quad.h"

static double product(const float *a, const float *b, size_t n)
{
    quad sum = {0};
    size_t i = 0;
    double rest = 0;
    for (; i + QUAD <= n; i += QUAD)
        sum += quad_load(a + i) * quad_load(b + i);
    for (; i < n; i++)
        rest += (double)(a[i] * b[i]);
    return quad_sum(sum) + rest;
}

bool ar_fit(const float *x, const float *window, size_t n, int order, double *a)
{
    double r[AR_MAX_ORDER + 1] = {0}, next[AR_MAX_ORDER + 1];
    float *w = mem_alloc(n * sizeof(*w));
    for (size_t i = 0; i < n; i++)
        w[i] = x[i] * window[i];
    for (int k = 0; k <= order; k++)
        r[k] = product(w, w + k, n - (size_t)k);
    free(w);
    if (r[0] < 1e-12)
        return false;
    double error = r[0] *= 1 + 1e-7;
    for (int k = 0; k <= order; k++)
        a[k] = k == 0;
    for (int m = 1; m <= order; m++) { // Levinson and Durbin
        double sum = 0;
        for (int k = 0; k < m; k++)
            sum += a[k] * r[m - k];
        double reflection = -sum / error;
        for (int k = 0; k <= m; k++)
            next[k] = a[k] + reflection * a[m - k];
        for (int k = 0; k <= m; k++)
            a[k] = next[k];
        error *= 1 - reflection * reflection;
    }
    return true;
}

double ar_forward(const double *a, int order, const float *x)
{
    double sum = 0;
    for (int k = 0; k <= order; k++)
        sum += a[k] * (double)x[-k];
    return sum;
}

double ar_backward(const double *a, int order, const float *x)
{
    double sum = 0;
    for (int k = 0; k <= order; k++)
        sum += a[k] * (double)x[k];
    return sum;
}

// m is the lower half of a positive matrix, row by row; b becomes the solution.
static bool solve(double *m, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = m[i * n + j];
            for (size_t k = 0; k < j; k++)
                sum -= m[i * n + k] * m[j * n + k];
            if (i == j && !(sum > 1e-12))
                return false;
            m[i * n + j] = i == j ? sqrt(sum) : sum / m[j * n + j];
        }
        for (size_t k = 0; k < i; k++)
            b[i] -= m[i * n + k] * b[k];
        b[i] /= m[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= m[k * n + i] * b[k];
        b[i] /= m[i * n + i];
    }
    return true;
}

bool ar_fill(const double *a, int order, float *x, const size_t *missing, size_t count)
{
    double g[AR_MAX_ORDER + 1]; // how much two samples that far apart pull at each other
    for (int k = 0; k <= order; k++) {
        g[k] = 0;
        for (int l = 0; l + k <= order; l++)
            g[k] += a[l] * a[l + k];
    }
    double *m = mem_alloc(count * count * sizeof(*m)), *b = mem_alloc(count * sizeof(*b));
    for (size_t i = 0; i < count; i++) {
        const float *at = x + missing[i];
        for (int k = -order; k <= order; k++)
            b[i] -= g[abs(k)] * (double)at[k];
        for (size_t j = 0; j < count; j++) {
            size_t far =
                missing[j] > missing[i] ? missing[j] - missing[i] : missing[i] - missing[j];
            if (far > (size_t)order)
                continue;
            b[i] += g[far] * (double)x[missing[j]]; // not known: taken out of the sum above
            if (j <= i)
                m[i * count + j] = g[far];
        }
    }
    bool solved = solve(m, b, count);
    for (size_t i = 0; solved && i < count; i++)
        x[missing[i]] = (float)b[i];
    free(m);
    free(b);
    return solved;
}
