// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/color.h"

uint32_t color_ink(uint32_t back)
{
    return color_contrast(back, 0xffffff) > color_contrast(back, 0) ? 0xffffff : 0;
}

void color_use(cairo_t *cr, uint32_t rgb)
{
    color_use_alpha(cr, rgb, 1);
}

void color_use_alpha(cairo_t *cr, uint32_t rgb, double alpha)
{
    cairo_set_source_rgba(cr, (rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0,
                          (rgb & 255) / 255.0, alpha);
}
