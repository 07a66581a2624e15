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
// One piece of work beside the caller's. Where no thread can be had it is done before task_begin
// returns. ctx stays the caller's, and in use until task_end.
struct task;
struct task *task_begin(int (*fn)(void *ctx, struct err *e), void *ctx);
int task_end(struct task *t, struct err *e); // waits; what fn returned; frees t
