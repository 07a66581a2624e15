// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers under 1e-38, as in the tail of a fade, cost a hundred times their arithmetic; between
// these two calls they are 0.
#pragma once

#ifdef __SSE2__
#include <xmmintrin.h>

static inline unsigned denormal_off(void)
{
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040); // flush results, read operands as 0
    return before;
}
static inline void denormal_restore(unsigned before)
{
    _mm_setcsr(before);
}
#else
static inline unsigned denormal_off(void)
{
    return 0;
}
static inline void denormal_restore(unsigned before)
{
    (void)before;
}
#endif
