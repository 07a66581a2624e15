// SPDX-License-Identifier: GPL-3.0-or-later
// Opening what lies below a folder, and nothing else: no "..", no symbolic links, no devices.
#pragma once
#include <stdbool.h>
#include <sys/stat.h>

// A descriptor of the regular file or folder `path` below `root` (a descriptor; path without a
// leading slash, "" is root itself), and what fstat says of it. Negative errno otherwise; -ENOENT
// for anything that is neither file nor folder.
int webroot_open(int root, const char *path, struct stat *ret);
// The same for kernels without openat2: one name after the other.
int webroot_walk(int root, const char *path, struct stat *ret);
