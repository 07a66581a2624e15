// SPDX-License-Identifier: GPL-3.0-or-later
// Threads, in one place.
#pragma once
#include <stddef.h>

struct err;

int workers_cpus(void); // processors this process may run on (affinity), at least 1
// Runs fn(ctx, 0..n-1), at most `threads` at a time (0: workers_cpus()); the caller's thread takes
// part. The first error wins; items not begun by then are left out.
int workers_run(size_t n, int threads, int (*fn)(void *ctx, size_t i, struct err *e), void *ctx,
                struct err *e);
// Runs all n at the same time, each in a thread of its own, for work whose parts wait for each
// other. -EAGAIN and none begun where so many threads cannot be had.
int workers_together(size_t n, int (*fn)(void *ctx, size_t i, struct err *e), void *ctx,
                     struct err *e);
