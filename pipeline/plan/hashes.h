// SPDX-License-Identifier: GPL-3.0-or-later
// Remembered SHA-256 of large files: by (path, inode, size, mtime_ns), in .dgl/hashes.
#pragma once
#include "base/hash.h"
#include "base/progress.h"
#include <stdbool.h>

struct err;
struct hashes;
struct hashes *hashes_open(const char *show_dir);
// keep: writes what was learnt; a failure only costs time later.
void hashes_close(struct hashes *h, bool keep);
// The file's hash, read again only when the file changed.
int hashes_get(struct hashes *h, const char *path, char ret_hex[HASH_HEX], const struct progress *p,
               struct err *e);
// What the file at path last was, whether or not it still is there. NULL: never seen.
const char *hashes_last(const struct hashes *h, const char *path);
