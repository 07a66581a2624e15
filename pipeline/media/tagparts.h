// SPDX-License-Identifier: GPL-3.0-or-later
// What tagging needs besides TagLib: the same cut titles in every carrier, languages, the cover,
// and an MP3 put together from a new tag and the old sound.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct err;

enum tag_kind { TAG_NONE, TAG_MP3, TAG_M4A, TAG_OPUS };
enum tag_kind tagparts_kind(const char *path); // by content

// Longer titles of chapters end in an ellipsis, between two characters: players take the length in
// Nero's list for a signed byte, and libavformat reads an ID3 chapter's frame sizes likewise.
enum { TAG_TITLE = 126 };
void tagparts_title(const char *title, char ret[TAG_TITLE + 1]); // NULL: ""

void tagparts_language(const char *bcp47, char ret[4]); // ISO 639-2; "und" where there is none

struct tag_cover {
    void *data;
    size_t size;
    bool png; // else JPEG
    int width, height;
};
// ERR_INPUT: neither JPEG nor PNG, or above 16 MB.
int tagparts_cover(const char *path, struct tag_cover *ret, struct err *e);
void tagparts_cover_done(struct tag_cover *c);

// `to`, which must not exist: the tag, then from's sound without any tag it had in front or behind.
int tagparts_write_mp3(const char *from, const char *to, const void *tag, size_t size,
                       struct err *e);
