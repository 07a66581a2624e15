// SPDX-License-Identifier: GPL-3.0-or-later
// How files of public/ are given out, by their names.
#pragma once
#include <stdbool.h>

struct file_type {
    const char *suffix, *mime;
    bool pages, shared;
};
// pages: feeds, pages and JSON, in which a server may put its own address; shared: other sites'
// players may read it (CORS). Never NULL; an unknown suffix is application/octet-stream.
const struct file_type *file_type_of(const char *path);
