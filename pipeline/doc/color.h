// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing with the colours of model/contrast.h.
#pragma once
#include <cairo.h>
#include <stdint.h>

#include "model/contrast.h"

#define COLOR_READABLE CONTRAST_READABLE

uint32_t color_ink(uint32_t back); // black or white, what reads better: always COLOR_READABLE
void color_use(cairo_t *cr, uint32_t rgb);
void color_use_alpha(cairo_t *cr, uint32_t rgb, double alpha);
