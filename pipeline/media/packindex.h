// SPDX-License-Identifier: GPL-3.0-or-later
// The index (its box moov) of what pack.h puts together.
#pragma once
#include "media/m4a.h"
#include "media/mp4titles.h"
#include "media/packcues.h"
#include "media/packlane.h"
#include "media/packpicture.h"

struct packindex_captions {
    const struct packlane *lane;
    const char *language, *title; // as in pack_captions
};
struct packindex {
    uint32_t rate; // of the movie's clock, which is the sound's where there is some
    bool large;    // offsets of 64 bits
    const struct picture_index *picture;
    const struct packlane *picture_lane;
    tick picture_at;
    const struct m4a_track *sound; // NULL: none
    const struct packlane *sound_lane;
    const char *language; // BCP 47; NULL: none
    const struct packindex_captions *captions;
    size_t num_captions;
    size_t words_room;        // bytes left free for a tag with words and a cover; 0: no tag
    struct mp4_titles titles; // rate, track and whether it is large are set here
};
// How long all of it is, captions and chapters aside, on the movie's clock.
int64_t packindex_length(const struct packindex *x);
void packindex_put(struct boxes *b, const struct packindex *x);
