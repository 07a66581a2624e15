// SPDX-License-Identifier: GPL-3.0-or-later
// A ZIP file whose bytes follow from what is in it and nothing else: one time for all entries, mode
// 0644, in the order they are given.
#pragma once
#include <stdint.h>

#include "base/err.h"
#include "base/progress.h"
#include "base/str.h"

struct zip_entry {
    const char *name;       // UTF-8, with "/" between folders
    const char *path;       // of a file, or
    const struct str *text; // its bytes; kept until zip_write returns
};
// Texts are deflated; what is compressed already (sound, pictures, PDF) is stored as it is. The
// process must be in UTC, because ZIP counts local time.
int zip_write(const char *path, const struct zip_entry *entries, size_t n, int64_t utc_s,
              const struct progress *progress, struct err *e);
