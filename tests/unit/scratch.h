// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of its own for a test that writes files.
#pragma once
#include <stdio.h>
#include <stdlib.h>

#include "base/fs.h"

enum { SCRATCH_MAX = 256 };

// Where the folder lies: TMPDIR, else what the C library says.
static inline void scratch_new(char ret[SCRATCH_MAX])
{
    const char *root = getenv("TMPDIR");
    snprintf(ret, SCRATCH_MAX, "%s/dgl-unit-XXXXXX", root ? root : P_tmpdir);
    if (!mkdtemp(ret))
        abort();
}

static inline void scratch_free(const char *dir)
{
    fs_remove_tree(dir, NULL);
}
