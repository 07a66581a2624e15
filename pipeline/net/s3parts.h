// SPDX-License-Identifier: GPL-3.0-or-later
// Large files go to an S3-compatible store in parts. Nothing is remembered on this machine: the
// store lists what it has of an upload that broke off, and what is the same as our piece stays.
#pragma once
#include "base/arena.h"
#include "net/remote.h"

struct s3;

// How lists of uploads are asked for: the first part of the path is the bucket, or the host is.
enum s3_style { S3_UNKNOWN, S3_PATH, S3_HOST };

struct s3parts { // of one connection; {0} at first
    enum s3_style style;
    bool listless; // the store does not list uploads to these keys
    bool opaque;   // its ETags are no MD5s
    // The upload that is under way: which of this process, so that even where nothing can be listed
    // the next try goes on with it. "": none.
    char id[1024], path[1024], sha256[REMOTE_TAG];
    bool completing; // all was sent and asked for: it may be done
};
int s3parts_put(struct s3 *s, struct s3parts *p, const struct remote_file *f, struct err *e);
// Gives up every upload of this path that the store lists.
int s3parts_remove(struct s3 *s, struct s3parts *p, const char *path, struct err *e);
// What could never be found again is given up, so that it costs nothing.
void s3parts_done(struct s3 *s, struct s3parts *p);
// From `wanted` bytes a part (0: 16 MiB) up: at least 5 MiB, at most 10 000 parts, whole MiB.
int64_t s3parts_size(int64_t bytes, int64_t wanted);
