// SPDX-License-Identifier: GPL-3.0-or-later
// Four floats in one register: what compilers leave scalar when it is written as loops.
#pragma once
#include <string.h>

typedef float quad __attribute__((vector_size(16)));
typedef int quad_mask __attribute__((vector_size(16)));

enum { QUAD = 4 };

static inline quad quad_load(const float *x) // any alignment
{
    quad q;
    memcpy(&q, x, sizeof(q));
    return q;
}

static inline void quad_store(float *x, quad q)
{
    memcpy(x, &q, sizeof(q));
}

static inline quad quad_abs(quad q)
{
    return (quad)((quad_mask)q & 0x7fffffff);
}

static inline quad quad_max(quad a, quad b)
{
#ifdef __SSE__
    return __builtin_ia32_maxps(a, b); // compilers make four instructions of what follows
#endif
    quad_mask m = a > b;
    return (quad)(((quad_mask)a & m) | ((quad_mask)b & ~m));
}

static inline float quad_largest(quad q)
{
    float a = q[0] > q[1] ? q[0] : q[1], b = q[2] > q[3] ? q[2] : q[3];
    return a > b ? a : b;
}

static inline double quad_sum(quad q)
{
    return ((double)q[0] + (double)q[1]) + ((double)q[2] + (double)q[3]);
}
