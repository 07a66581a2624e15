// SPDX-License-Identifier: GPL-3.0-or-later
// Colours as 0xRRGGBB (sRGB), and how well one is seen on another.
#pragma once
#include <stdint.h>

// WCAG 2.1, success criterion 1.4.3: text of ordinary size.
#define CONTRAST_READABLE 4.5

uint32_t color_of(const char *text, uint32_t otherwise); // "#4C9F38", "black", "white"
double color_contrast(uint32_t a, uint32_t b);           // WCAG's ratio, 1 to 21
// The colour moved towards black or white, in the smallest step that makes it readable on all of
// the backs; itself where it is readable already.
uint32_t color_readable(uint32_t color, uint32_t towards, const uint32_t *backs, int num_backs);
