// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/contrast.h"

#include <math.h>
#include <stdbool.h>
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

static uint32_t mix(uint32_t a, uint32_t b, int percent)
{
    uint32_t rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        int from = (int)(a >> shift & 255), to = (int)(b >> shift & 255);
        rgb |= (uint32_t)(from + (to - from) * percent / 100) << shift;
    }
    return rgb;
}

static bool is_readable(uint32_t color, const uint32_t *backs, int num_backs)
{
    for (int i = 0; i < num_backs; i++)
        if (color_contrast(color, backs[i]) < CONTRAST_READABLE)
            return false;
    return true;
}

uint32_t color_readable(uint32_t color, uint32_t towards, const uint32_t *backs, int num_backs)
{
    int percent = 0;
    while (percent < 100 && !is_readable(mix(color, towards, percent), backs, num_backs))
        percent += 2;
    return mix(color, towards, percent);
}
