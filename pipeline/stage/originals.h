// SPDX-License-Identifier: GPL-3.0-or-later
// <show>/originals/<sha256>.<extension>: recordings as they came, write-once. They are copied
// beside the listening, and become originals by rename once they are judged good.
#pragma once
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct err;
struct stage_job;

struct original {
    const char *from, *name, *sha256; // the recording; name: for people
    const char *path;                 // of the original, relative to the show; from originals_keep
    char *copy;                       // of it until then; both are the job's arena's
    bool there;                       // this content was kept before
    const atomic_bool *unwanted;      // set: the copy is of no use; NULL: never
};

// Says whether there is room for those that are not there yet: ERR_FAILED, -ENOSPC.
int originals_prepare(struct stage_job *job, struct original *const *all, size_t n, struct err *e);
// Copied, synced, read back from the disk and compared with sha256. Any thread. Unwanted meanwhile:
// 0, and no copy.
int originals_copy(struct stage_job *job, struct original *o, struct err *e);
int originals_keep(struct stage_job *job, struct original *o, const char *extension, struct err *e);
void originals_drop(struct original *o); // the copy, where it did not become an original
