// SPDX-License-Identifier: GPL-3.0-or-later
// A BagIt bag (RFC 8493) in one tar file (POSIX pax, not compressed): what archives take in. Read
// and written piece by piece, so that it may be larger than memory. Its bytes follow from what is
// in it and the time that is given.
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/progress.h"

struct bag_file {
    const char *name;   // in the bag: "data/originals/x.wav"; UTF-8, without '%', '\' and controls
    const char *path;   // of the file, or
    const char *text;   // its bytes
    const char *sha256; // what it must have; NULL: not known before
    int64_t bytes;      // filled
    char hex[HASH_HEX]; // filled
};
struct bag {
    const char *to;         // the tar file; must not exist
    const char *name;       // of the folder in it
    const char *info;       // lines of bag-info.txt, "Key: value\n"; Payload-Oxum is added
    int64_t utc_s;          // of every entry
    struct bag_file *files; // data/…, as they come in the tar
    size_t num_files;
    const struct progress *progress;
};
// Writes it, flushes it to the disk, reads it back and compares every entry: ret_hex is the SHA-256
// of the tar file. A file whose bytes are not those of its sha256 is an error that names it. Fails:
// nothing is left.
int bag_write(struct bag *b, char ret_hex[HASH_HEX], struct err *e);
const char *bag_library(void); // "libarchive 3.6.2"
