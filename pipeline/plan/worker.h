// SPDX-License-Identifier: GPL-3.0-or-later
// The worker process that runs stages: one line of JSON a job, lines of JSON back (see
// cmd/worker.c).
#pragma once
#include "base/err.h"
#include "base/json.h"
#include "base/progress.h"

struct worker;
// Started when the first job comes. path: of dgl-episode-worker.
struct worker *worker_new(const char *path);
// Starts it now, so that it is ready when the job comes; that it cannot be started is said then.
void worker_begin(struct worker *w);
struct worker *worker_another(const struct worker *w); // of the same program
void worker_free(struct worker *w);                    // ends it; NULL is fine
// One of this process's workers did, in the middle of a job: what it wrote may be half-done.
bool worker_died(void);
// *ret: {"variants":[{"name","measured","outputs":[{file,bytes,sha256}]}], "versions":{…}}, to
// free. A worker that dies is an error that says so. Stop (progress->stop) ends the job and the
// worker.
int worker_run(struct worker *w, const struct json *job, const struct progress *p,
               struct json **ret, struct err *e);
// One line of what a worker says back, which is not trusted. 1: the job is done, *ret is set, to
// free; 0: go on. progress may be NULL.
int worker_take(const char *line, size_t len, const struct progress *p, struct json **ret,
                struct err *e);
