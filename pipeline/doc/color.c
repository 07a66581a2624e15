// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/color.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

uint32_t color_of(const char *text, uint32_t otherwise)
{
    if (str_same(text, "white") || str_same(text, "black"))
        return *text == 'w' ? 0xffffff : 0;
    if (!text || *text != '#' || strlen(text) != 7)
        return otherwise;
    char *end;
    unsigned long rgb = strtoul(text + 1, &end, 16);
    return *end ? otherwise : (uint32_t)rgb;
}

static double luminance(uint32_t rgb)
{
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double c = (rgb >> (16 - 8 * i) & 255) / 255.0;
        sum += weight[i] * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

double color_contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return x > y ? x / y : y / x;
}

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
