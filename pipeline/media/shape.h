// SPDX-License-Identifier: GPL-3.0-or-later
// From a camera's frame to the frame that is published: turned upright, square pixels, the wanted
// size with bars or cropped, BT.709 limited range, 8 bits 4:2:0.
#pragma once
#include "media/graph.h"
#include <stdbool.h>

struct str;

// How the picture lies in the file: the eight ways of a display matrix (ISO/IEC 14496-12, 6.2.2).
enum turn {
    TURN_NONE,
    TURN_CLOCK, // by 90 degrees, clockwise
    TURN_HALF,
    TURN_COUNTER,
    TURN_MIRROR, // left and right change places
    TURN_FLIP,   // top and bottom do
    TURN_TRANSPOSE,
    TURN_CROSS, // transposed along the other diagonal
};
enum turn turn_of_matrix(const int32_t *matrix); // NULL: TURN_NONE
const char *turn_name(enum turn t);
bool turn_on_side(enum turn t);         // width and height change places
enum turn turn_named(const char *name); // TURN_NONE where there is none of that name

// What a frame says of its colours, or what is usual where it says nothing: BT.601 up to 576 lines,
// BT.709 above.
struct colours {
    enum AVColorSpace matrix;
    enum AVColorPrimaries primaries;
    enum AVColorTransferCharacteristic transfer;
    bool full_range;
};
struct colours colours_of(const AVFrame *f);
bool colours_are_hdr(const struct colours *c);

struct shape {
    enum turn turn;
    AVRational pixel_aspect; // of the file's container; 0: as the frame says
    int width, height;       // wanted, even
    bool crop;               // false: bars
};
// The graph's description for frames like f; empty: they are right as they are.
void shape_describe(const struct shape *s, const AVFrame *f, struct str *ret);
