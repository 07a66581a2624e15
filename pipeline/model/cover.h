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

struct cover_head {
    struct cover_facts facts; // type NULL: neither PNG nor JPEG, or the header is not whole
    bool alpha;
    int channels; // 1 grey, 3 colours, 4 CMYK
};
// Of a picture's first bytes, as they came from a server.
void cover_read(const void *bytes, size_t len, struct cover_head *ret);
// What directories refuse of it, with what it should be in *ret_remedy; NULL: nothing. file: its
// name, whose extension must fit.
const char *cover_fault(struct arena *a, const char *file, const struct cover_head *h,
                        const char **ret_remedy);
