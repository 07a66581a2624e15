// SPDX-License-Identifier: GPL-3.0-or-later
// What the tracks of an MP4 have in common in its index (ISO/IEC 14496-12). No dates.
#pragma once
#include "media/m4abox.h"
#include <stdbool.h>

enum { MP4_ENABLED = 1, MP4_IN_MOVIE = 2 }; // flags of a track

bool mp4_is_long(int64_t time); // needs 64 bits
void mp4_time(struct boxes *b, bool wide, int64_t time);
void mp4_matrix(struct boxes *b, uint32_t down); // as in mp4_head
// next_track: a number that no track has yet.
void mp4_mvhd(struct boxes *b, uint32_t rate, int64_t length, uint32_t next_track);

struct mp4_head {
    uint32_t track;         // counted from 1
    unsigned flags;         // MP4_ENABLED | MP4_IN_MOVIE
    unsigned group;         // tracks of one group stand for each other; 0: none
    int64_t length;         // of the movie's clock
    bool loud;              // sound
    uint32_t width, height; // where it is shown, pixels of 1/65536
    uint32_t down;          // how far below the top, the same
};
void mp4_tkhd(struct boxes *b, const struct mp4_head *h);

struct mp4_edit {
    int64_t length; // of the movie's clock
    int64_t from;   // of the track's; -1: nothing is played
};
void mp4_edts(struct boxes *b, const struct mp4_edit *edits, uint32_t n);

// language: ISO 639-2; NULL: none
void mp4_mdhd(struct boxes *b, uint32_t rate, int64_t length, const char *language);
void mp4_hdlr(struct boxes *b, const char type[5], const char *name);
void mp4_dinf(struct boxes *b);                          // the data are in this file
void mp4_open_stsd(struct boxes *b, const char type[5]); // two boxes
void mp4_run(struct boxes *b, const char type[5], uint32_t count, uint32_t each);
void mp4_open_offsets(struct boxes *b, bool large, size_t n); // n times mp4_time(b, large, …)
