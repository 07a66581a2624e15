// SPDX-License-Identifier: GPL-3.0-or-later
// Results of stages: .dgl/store/<slug>/<stage>[.variant]/<fingerprint>/ with record.json. What is
// in place is whole and read-only, and never made twice.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include <stdbool.h>
#include <stdint.h>

struct store_place { // where one stage or variant keeps its results
    const char *dir; // .dgl/store/<slug>/<stage>[.variant]
};
struct store_place store_place(struct arena *a, const char *show_dir, const char *slug,
                               const char *stage, const char *variant);
char *store_dir(struct arena *a, const struct store_place *p, const char *fingerprint);

// The record of a finished result; -ENOENT (e untouched) when there is none.
int store_load(struct arena *a, const struct store_place *p, const char *fingerprint,
               struct json **ret, struct err *e);
// The newest record whatever its fingerprint, to say what changed; NULL: never made. Free it.
struct json *store_newest(struct arena *a, const struct store_place *p);
// An empty folder to work in; below p, on the same file system.
int store_begin(struct arena *a, const struct store_place *p, const char *fingerprint,
                char **ret_tmp, struct err *e);
// Writes record.json into tmp, syncs, makes everything read-only and renames it into place.
int store_commit(struct arena *a, const struct store_place *p, const char *fingerprint,
                 const char *tmp, const struct json *record, struct err *e);

bool store_whole(const char *dir,
                 const struct json *record); // every output still there with its size
const struct json *store_output(const struct json *record,
                                const char *file); // {file, bytes, sha256}; patterns as in flow.h
// What a killed run left half-done, anywhere in the show but in what `live` writes, which holds no
// lock: .dgl/live, the drawn slate, chapters.live.yaml. Call under the lock. Goes on where
// something cannot be removed; the first error.
int store_sweep_tmp(const char *show_dir, struct err *e);
int64_t store_tree_bytes(const char *dir); // disk use below dir
