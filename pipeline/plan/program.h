// SPDX-License-Identifier: GPL-3.0-or-later
// Running a program of the producer's, without a shell: until it ends, is stopped, or takes too
// long.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/progress.h"

// A name is looked for in PATH; a path is taken from `dir` unless it is absolute. NULL: not there,
// or it may not be run.
char *program_find(struct arena *a, const char *name, const char *dir);

struct program_params {
    const char *const *argv; // argv[0] is a path
    double limit_s;
    const struct progress *progress;
    const char *what; // for progress
};
// Errors say how it ended, with the last lines of what it said.
int program_run(const struct program_params *p, struct err *e);
