// SPDX-License-Identifier: GPL-3.0-or-later
// Colours as 0xRRGGBB (sRGB), and what can be read on them.
#pragma once
#include <cairo.h>
#include <stdint.h>

// WCAG 2.2, success criterion 1.4.3: text of ordinary size.
#define COLOR_READABLE 4.5

uint32_t color_of(const char *text, uint32_t otherwise); // "#4C9F38", "black", "white"
// WCAG's contrast ratio, 1 to 21.
double color_contrast(uint32_t a, uint32_t b);
uint32_t color_ink(uint32_t back); // black or white, what reads better: always COLOR_READABLE
void color_use(cairo_t *cr, uint32_t rgb);
void color_use_alpha(cairo_t *cr, uint32_t rgb, double alpha);
