// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a track as facts.json lists them.
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "media/mix.h"

struct err;

// Sets parts and num_parts; everything else of ret is left alone. The originals lie below show_dir;
// what cleaning found is taken from the folder of facts.json (NULL: nothing is cleaned).
int parts_read(struct arena *a, const char *show_dir, const char *facts_dir,
               const struct json *list, struct mix_track *ret, struct err *e);
