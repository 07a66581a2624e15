// SPDX-License-Identifier: GPL-3.0-or-later
// The boxes an MP4 is made of (ISO/IEC 14496-12): big-endian numbers into a file, each box's size
// mended when it closes. Without a file everything is only counted.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { BOX_DEPTH = 12 };
struct boxes {
    FILE *file; // NULL: count
    int64_t at; // bytes so far, which is where the next one goes
    int error;  // the first -errno; nothing is written after it
    int depth;
    int64_t open[BOX_DEPTH];
};

void box_open(struct boxes *b, const char type[5]);
void box_open_full(struct boxes *b, const char type[5], int version, unsigned flags);
void box_close(struct boxes *b);
void box_u8(struct boxes *b, unsigned v);
void box_u16(struct boxes *b, unsigned v);
void box_u32(struct boxes *b, uint32_t v);
void box_u64(struct boxes *b, uint64_t v);
void box_zeros(struct boxes *b, size_t n);
void box_type(struct boxes *b, const char type[5]);
void box_bytes(struct boxes *b, const void *data, size_t size);
void box_seek(struct boxes *b, int64_t at); // what is there will be overwritten
