// SPDX-License-Identifier: GPL-3.0-or-later
// The one channel on which long work says how far it is, warns, and learns that it should stop.
// In the worker it writes lines to the pipe, in cmd/ it draws on the terminal.
#pragma once
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct err;

struct progress {
    const atomic_bool *stop; // NULL: never
    // what: behind a tab it may hold figures that change; "": it is over. done 0..1; media_s:
    // seconds of media so far, < 0 unknown
    void (*update)(void *ctx, const char *what, double done, double media_s);
    void (*warn)(void *ctx, const char *text); // one sentence for the producer
    void *ctx;
    void (*frames)(void *ctx, int64_t n); // of pictures so far; goes with the next update
};
// All accept p == NULL. Threads may call them only one at a time for the same p.
void progress_update(const struct progress *p, const char *what, double done, double media_s);
void progress_frames(const struct progress *p, int64_t n);
void progress_warn(const struct progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
bool progress_stopped(const struct progress *p);
// -ECANCELED "interrupted" once stop is set.
int progress_check(const struct progress *p, struct err *e);
