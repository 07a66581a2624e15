// SPDX-License-Identifier: GPL-3.0-or-later
// What an S3-compatible store lists of uploads in parts, page by page.
#pragma once
#include <stddef.h>

#include "net/remote.h"

struct arena;
struct s3;
struct s3parts;

struct s3part {
    bool there;
    int64_t bytes;
    char etag[REMOTE_TAG]; // without quotes
};
// What the store has of an upload, into parts[0 … n-1]; -ERANGE: more than n, or nonsense. -ESTALE:
// there is no such upload.
int s3partlist_parts(struct s3 *s, const char *path, const char *id, struct s3part *parts, int n,
                     struct err *e);
// The uploads of just this path below the target, their ids in the arena. None where the store does
// not list them to these keys: p->listless. Finds out p->style.
int s3partlist_uploads(struct s3 *s, struct s3parts *p, const char *path, struct arena *a,
                       char ***ret_ids, size_t *ret_n, struct err *e);
