// SPDX-License-Identifier: GPL-3.0-or-later
// Words on standard error: progress, warnings, errors. A progress line only on a terminal, plain
// lines elsewhere; NO_COLOR is respected; control characters of foreign texts never reach the
// terminal.
#pragma once
#include "base/err.h"
#include "base/progress.h"

struct term;
struct term *term_new(int verbosity, const atomic_bool *stop);
void term_free(struct term *t);
const struct progress *term_progress(struct term *t);
bool term_colors(void); // whether standard output is to be coloured
void term_error(struct term *t, const struct err *e);
