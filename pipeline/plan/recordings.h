// SPDX-License-Identifier: GPL-3.0-or-later
// Which files an episode is made of, and where they are now.
#pragma once
#include "plan/plan.h"

// One entry a file, in order: {"track","part","name","speaker","sha256"}, and its path. A recording
// that was unplugged after ingest is found as its original. Not here at all: *ret_found false when
// the episode is published already, else ERR_INPUT with the line in episode.yaml. Both lists are
// the caller's to free.
int recordings_list(struct plan *p, struct json **ret_list, struct json **ret_paths,
                    bool *ret_found, struct err *e);
// Path of originals/<sha256>.*, NULL: not there.
char *recordings_original(struct arena *a, const char *show_dir, const char *sha256);
// Takes RECORDING… of the command line for the episode. ERR_INPUT when episode.yaml names others,
// unless they are to take their place.
int recordings_take(struct plan *p, const char *const *paths, size_t n, bool replace,
                    struct err *e);
// Writes what recordings_take took into episode.yaml, once ingest has accepted it, in place of what
// is there. 1: written.
int recordings_note(struct plan *p, struct err *e);
