// SPDX-License-Identifier: GPL-3.0-or-later
// The H.264 of one file: first surveyed, then read once more, so that nothing but what an index
// needs is kept in memory.
#pragma once
#include "base/arena.h"
#include "media/packtimes.h"
#include "model/tick.h"

struct err;
struct progress;

struct picture_shape {
    int width, height;           // pixels
    int aspect_num, aspect_den;  // width by height of a pixel; 0: unknown
    bool has_colour, full_range; // ITU-T H.273
    int primaries, transfer, matrix;
    const uint8_t *config; // avcC
    size_t config_size;
};
struct picture_index { // of what is copied, in the order of decoding; lives as long as the reader
    struct picture_shape shape;
    size_t count;
    const uint32_t *sizes; // bytes
    const bool *keys;
    struct packtimes times;
    int64_t shown_from, shown_length; // of the clock of times
    struct span span;                 // what is shown, on the picture's own clock
};

struct picture_range {
    const char *path;
    int track;     // moving pictures, counted from 0; -1: the best
    tick from, to; // see pack.h
    const struct progress *progress;
};
struct packpicture;
// Reads all that is in the range. ERR_INPUT: what cannot be copied, and why.
int packpicture_open(const struct picture_range *p, struct packpicture **ret, struct err *e);
void packpicture_close(struct packpicture *p); // NULL is fine
const struct picture_index *packpicture_index(const struct packpicture *p);
// The index's packets, one after the other. Valid until the next call.
int packpicture_packet(struct packpicture *p, const uint8_t **ret, size_t *ret_size, struct err *e);
