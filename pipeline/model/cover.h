// SPDX-License-Identifier: GPL-3.0-or-later
// What directories ask of a cover, read from the picture's header: JPEG or PNG with the right
// extension, square, 1400 to 3000 pixels, RGB or grey without transparency.
#pragma once
#include "model/yaml.h"

struct cover_facts {
    const char *type; // "image/jpeg", "image/png"
    int width, height;
};

// Refuses (ERR_INPUT) what directories refuse. n: where it is named, NULL: nowhere.
int cover_check(const char *path, const struct node *n, struct err *e);
int cover_facts(const char *path, struct cover_facts *ret, struct err *e); // of any JPEG or PNG
