// SPDX-License-Identifier: GPL-3.0-or-later
// What an S3-compatible store answers: small XML documents, flat or nearly so. A strict reader of
// bytes from far away: bounded, and whatever is no such document is refused.
#pragma once
#include <stddef.h>

struct arena;

// Most bytes, elements, and levels below the root.
enum { S3ANSWER_MAX = 4 << 20, S3ANSWER_ITEMS = 40000, S3ANSWER_DEEP = 6 };

struct s3answer_item {
    const char *path; // names below the root: "Part/ETag"
    const char *text; // decoded, UTF-8; NULL: here ends an element that holds others
};
struct s3answer {     // in the arena
    const char *root; // "ListPartsResult"
    const struct s3answer_item *items;
    size_t n;
};
// Elements, attributes (left out), the five entities, character references, and the declaration
// <?xml …?>, with white space in front of either. Everything else is -EBADMSG: comments, CDATA,
// document types, text beside elements, control characters, bytes that are not UTF-8.
int s3answer_read(struct arena *a, const char *bytes, size_t len, struct s3answer *ret);
const char *s3answer_text(const struct s3answer *s, const char *path); // the first; NULL: none
