// SPDX-License-Identifier: GPL-3.0-or-later
// The index of an M4A (its box moov) and the titles of its chapters.
#pragma once
#include "media/m4a.h"
#include "media/m4abox.h"
#include <stdbool.h>

struct m4a_index {
    struct m4a_track track; // whole
    struct m4a_words words;
    int64_t titles_at, sound_at; // where they lie, each without a gap
    bool large;                  // offsets of 64 bits
};
void m4aindex_put(struct boxes *b, const struct m4a_index *x);
void m4aindex_put_titles(struct boxes *b, const struct m4a_index *x);
void m4aindex_put_format(struct boxes *b, const struct m4a_track *t); // stsd; needs t->sizes
