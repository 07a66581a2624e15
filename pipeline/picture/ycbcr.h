// SPDX-License-Identifier: GPL-3.0-or-later
// From 8-bit R'G'B' to Y'CbCr of BT.709 in limited range, not rounded.
#pragma once

struct ycbcr {
    double y, cb, cr;
};

static inline struct ycbcr ycbcr_709(double r, double g, double b)
{
    const double wr = 0.2126, wb = 0.0722; // BT.709, item 3.2
    double y = wr * r + (1 - wr - wb) * g + wb * b;
    return (struct ycbcr){
        .y = 16 + y * 219 / 255,
        .cb = 128 + (b - y) / (2 * (1 - wb)) * 224 / 255,
        .cr = 128 + (r - y) / (2 * (1 - wr)) * 224 / 255,
    };
}
