// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/moving.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "picture/paint.h"

static const double turn = 6.283185307179586;
static const uint32_t light = 0xffd7a8, dim = 0x6f83b8; // the sun and the sky of the cards
static const double crossing_s = 4, breath_s = 1.8;     // of the bar; of a dot

struct moving_place moving_place(int width, int height)
{
    bool upright = height > width;
    double side = upright ? 0.06 : 0.05;
    double top = upright ? 0.52 : 0.79, bottom = upright ? 0.65 : 0.95;
    int x = (int)(width * side + 1.999) & ~1, y = (int)(height * top) & ~1;
    return (struct moving_place){x, y, width - 2 * x, ((int)(height * bottom) & ~1) - y};
}

static void restore(const struct image *back, const struct moving_place *at, struct image *into)
{
    for (int p = 0; p < 3; p++) {
        int half = p > 0;
        ptrdiff_t x = at->x >> half;
        for (int i = 0; i < at->height >> half; i++) {
            ptrdiff_t y = (at->y >> half) + i;
            memcpy(into->plane[p] + y * into->stride[p] + x,
                   back->plane[p] + y * back->stride[p] + x, (size_t)(at->width >> half));
        }
    }
}

static void paint_dots(struct image *into, double x, double middle, double size, double time_s)
{
    for (int i = 0; i < 3; i++) {
        double swell = 0.5 + 0.5 * sin(turn * (time_s / breath_s - i / 6.0));
        double d = size * (0.55 + 0.45 * swell), at = x + size / 2 + i * 1.7 * size;
        struct paint_box b = {at - d / 2, middle - d / 2, d, d, d / 2};
        paint_box(into, &b, ink_of(light), 0.45 + 0.55 * swell);
    }
}

// There and back, slower at the ends.
static void paint_travel(struct image *into, const struct moving_place *at, double y, double height,
                         double time_s)
{
    double length = at->width * 0.22, part = 0.5 - 0.5 * cos(turn / 2 * time_s / crossing_s);
    struct paint_box line = {at->x, y, at->width, height, height / 2};
    struct paint_box bar = {at->x + part * (at->width - length), y, length, height, height / 2};
    paint_box(into, &line, ink_of(dim), 0.45);
    paint_box(into, &bar, ink_of(light), 1);
}

static void time_text(double time_s, char *ret, size_t size)
{
    long long s = time_s > 0 ? (long long)time_s : 0;
    if (s < 3600)
        snprintf(ret, size, "%02d:%02d", (int)(s / 60), (int)(s % 60));
    else
        snprintf(ret, size, "%lld:%02d:%02d", s / 3600, (int)(s / 60 % 60), (int)(s % 60));
}

void moving_paint(const struct image *back, double time_s, struct image *into)
{
    struct moving_place at = moving_place(into->width, into->height);
    char text[32];
    double digits = at.height * 0.42, line = at.height * 0.09;
    double middle = at.y + at.height * 0.45;
    restore(back, &at, into);
    paint_dots(into, at.x, middle, at.height * 0.24, time_s);
    time_text(time_s, text, sizeof text);
    paint_digits(into, text, at.x + at.width, middle - digits / 2, digits, ink_of(0xffffff));
    paint_travel(into, &at, at.y + at.height - line - 2, line, time_s);
}
