// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in memory: 8-bit Y'CbCr 4:2:0, BT.709, limited range (luma 16 to 235, chroma 16 to 240
// around 128), progressive, square pixels. The planes are borrowed from whoever decoded or drew it.
#pragma once
#include <stdint.h>

struct image {
    int width, height; // of luma, even
    uint8_t *plane[3]; // Y, Cb, Cr; chroma is half as wide and half as high
    int stride[3];     // bytes from one row to the next
};
