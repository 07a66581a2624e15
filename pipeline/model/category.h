// SPDX-License-Identifier: GPL-3.0-or-later
// Apple's categories: what a feed may carry, in exactly these English words.
#pragma once
#include "model/yaml.h"

enum { CATEGORIES_MAX = 3 };

// Each of *t against presets/apple-categories.json; rewritten as "A > B" with single blanks.
int categories_check(struct arena *a, const char *const *preset_dirs, struct texts *t,
                     struct err *e);
