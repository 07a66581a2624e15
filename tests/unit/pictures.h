// SPDX-License-Identifier: GPL-3.0-or-later
// Headers of pictures, for tests of what looks no further.
#pragma once
#include <string.h>

#include "base/fs.h"

// PNG with one IDAT; trns: with a tRNS chunk in front of it.
static inline size_t png_bytes(unsigned char *p, unsigned width, unsigned height, int color_type,
                               int trns)
{
    static const unsigned char start[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
    unsigned char *q = p;
    memcpy(q, start, 16);
    q += 16;
    for (int i = 0; i < 4; i++) {
        q[i] = (unsigned char)(width >> (24 - 8 * i));
        q[4 + i] = (unsigned char)(height >> (24 - 8 * i));
    }
    q[8] = 8;
    q[9] = (unsigned char)color_type;
    memset(q + 10, 0, 7);
    q += 17;
    if (trns) {
        memcpy(q, "\0\0\0\x02tRNS\xFF\0\0\0\0\0", 14);
        q += 14;
    }
    memcpy(q, "\0\0\0\0IDAT\0\0\0\0", 12);
    return (size_t)(q + 12 - p);
}

static inline size_t jpeg_bytes(unsigned char *p, unsigned width, unsigned height, int channels)
{
    static const unsigned char head[] =
        "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xFF\xFF\xC2\0\x11\x08";
    memcpy(p, head, 26);
    p[26] = (unsigned char)(height >> 8);
    p[27] = (unsigned char)height;
    p[28] = (unsigned char)(width >> 8);
    p[29] = (unsigned char)width;
    p[30] = (unsigned char)channels;
    return 31;
}

static inline void png_write(const char *path, unsigned side)
{
    unsigned char bytes[128];
    fs_replace(path, bytes, png_bytes(bytes, side, side, 2, 0), NULL);
}
