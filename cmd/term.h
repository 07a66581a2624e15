// SPDX-License-Identifier: GPL-3.0-or-later
// Words on standard error: progress, warnings, errors. A progress line only on a terminal, plain
// lines elsewhere; NO_COLOR is respected; of foreign texts a terminal gets what str_add_shown
// leaves.
#pragma once
#include "base/err.h"
#include "base/progress.h"

struct term;
struct term *term_new(int verbosity, const atomic_bool *stop);
void term_free(struct term *t);
const struct progress *term_progress(struct term *t);
bool term_colors(void);           // whether standard output is to be coloured
void term_text(const char *text); // as it is, to standard error
void term_error(struct term *t, const struct err *e);
