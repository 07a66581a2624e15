// SPDX-License-Identifier: GPL-3.0-or-later
// The contract of a stage: a function of its settings and inputs, and of nothing else. What it may
// read is in the job; what it makes are the files it writes into its variants' folders.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/progress.h"

struct stage_variant {
    const char *name;            // "mp3"; "" where the stage has no variants
    const struct json *settings; // the variant's own settings, fingerprinted
    const struct json *in;       // the variant's own inputs: name -> path, or array of paths
    const char *dir; // empty folder to write into; everything found in it afterwards is a result
    struct json *measured; // to fill: goes into record.json and into reports
};

struct stage_job {
    const char *show_dir;           // where originals/ is
    const struct json *settings;    // shared by the variants, fingerprinted
    const struct json *in;          // shared inputs: name -> path, or array of paths
    struct stage_variant *variants; // the stale ones, at least one
    size_t num_variants;
    int threads;         // processors to use
    struct arena *arena; // emptied after the stage
    const struct progress *progress;
};

struct stage {
    const char *name;
    int (*run)(struct stage_job *job,
               struct err *e); // ERR_INPUT: the recording or the text is refused
};
extern const struct stage *const stage_table[]; // ends with NULL
const struct stage *stage_find(const char *name);

// Helpers every stage needs.
const char *stage_input(const struct json *in, const char *name); // path; NULL: not there
int stage_load(const struct json *in, const char *name, struct json **ret,
               struct err *e); // a JSON input; free it
char *stage_output(struct stage_job *job, const struct stage_variant *v,
                   const char *file); // path in v->dir
