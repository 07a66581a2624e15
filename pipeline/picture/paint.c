// SPDX-License-Identifier: GPL-3.0-or-later
#include "picture/paint.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "picture/ycbcr.h"

enum { STRIP = 64 }; // columns at a time

struct ink ink_of(uint32_t rgb)
{
    struct ycbcr v = ycbcr_709(rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
    return (struct ink){{(uint8_t)lrint(v.y), (uint8_t)lrint(v.cb), (uint8_t)lrint(v.cr)}};
}

// How much of a pixel the box covers, 0 to 256: by the distance from the box without its corners.
static int coverage(const struct paint_box *b, double x, double y, double alpha)
{
    double dx = fabs(x - b->x - b->width / 2) - (b->width / 2 - b->radius);
    double dy = fabs(y - b->y - b->height / 2) - (b->height / 2 - b->radius);
    double beyond = dx > 0 && dy > 0 ? sqrt(dx * dx + dy * dy) : fmax(dx, dy);
    double v = b->radius + 0.5 - beyond;
    return (int)((v <= 0 ? 0 : v >= 1 ? 1 : v) * alpha * 256 + 0.5);
}

static void blend(uint8_t *to, int part, uint8_t ink)
{
    *to = (uint8_t)(*to + (((ink - *to) * part + 128) >> 8));
}

// Two rows of luma and the one of chroma between them, columns from to to (even).
static void paint_rows(struct image *into, const struct paint_box *b, int y, int from, int to,
                       struct ink ink, double alpha)
{
    int part[2][STRIP];
    for (int row = 0; row < 2; row++) {
        uint8_t *luma = into->plane[0] + (ptrdiff_t)(y + row) * into->stride[0];
        for (int x = from; x < to; x++) {
            part[row][x - from] = coverage(b, x + 0.5, y + row + 0.5, alpha);
            blend(luma + x, part[row][x - from], ink.level[0]);
        }
    }
    for (int x = 0; x < to - from; x += 2) {
        // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): all are set above
        int mean = (part[0][x] + part[0][x + 1] + part[1][x] + part[1][x + 1] + 2) >> 2;
        for (int p = 1; p < 3; p++)
            blend(into->plane[p] + (ptrdiff_t)(y / 2) * into->stride[p] + (from + x) / 2, mean,
                  ink.level[p]);
    }
}

static int even_within(double v, int most)
{
    return v <= 0 ? 0 : v >= most ? most : (int)v & ~1;
}

void paint_box(struct image *into, const struct paint_box *b, struct ink ink, double alpha)
{
    int left = even_within(b->x - 1, into->width), top = even_within(b->y - 1, into->height);
    int right = even_within(b->x + b->width + 3, into->width);
    int bottom = even_within(b->y + b->height + 3, into->height);
    for (int y = top; y < bottom; y += 2)
        for (int x = left; x < right; x += STRIP)
            paint_rows(into, b, y, x, right - x < STRIP ? right : x + STRIP, ink, alpha);
}

// ---- digits

// Bars by bit: above, the two at the right, below, the two at the left, across.
static const uint8_t bars[] = {0x3F, 0x06, 0x5B, 0x4F, 0x66, 0x6D, 0x7D, 0x07, 0x7F, 0x6F};
// Of a digit 1 high and 0.5 wide: where each begins, and how long it is in either direction.
static const struct {
    double x, y, width, height;
} bar_place[] = {{0, 0, 0.5, 0},   {0.5, 0, 0, 0.5}, {0.5, 0.5, 0, 0.5}, {0, 1, 0.5, 0},
                 {0, 0.5, 0, 0.5}, {0, 0, 0, 0.5},   {0, 0.5, 0.5, 0}};
static const double thick = 0.1, digit_step = 0.72, dot_step = 0.36;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void paint_bar(struct image *into, double x, double y, double width, double height,
                      double size, struct ink ink)
{
    double t = thick * size;
    struct paint_box b = {x - t / 2, y - t / 2, width * size + t, height * size + t, t / 2};
    paint_box(into, &b, ink, 1);
}

static void paint_sign(struct image *into, char c, double x, double y, double size, struct ink ink)
{
    if (is_digit(c))
        for (int i = 0; i < 7; i++)
            if (bars[c - '0'] >> i & 1)
                paint_bar(into, x + bar_place[i].x * size, y + bar_place[i].y * size,
                          bar_place[i].width, bar_place[i].height, size, ink);
    if (c == ':')
        paint_bar(into, x + 0.05 * size, y + 0.25 * size, 0, 0, size, ink);
    if (c == ':')
        paint_bar(into, x + 0.05 * size, y + 0.75 * size, 0, 0, size, ink);
    if (c == '.')
        paint_bar(into, x + 0.05 * size, y + size, 0, 0, size, ink);
}

void paint_digits(struct image *into, const char *text, double right, double y, double height,
                  struct ink ink)
{
    double size = height / (1 + thick), x = right;
    for (const char *c = text; *c; c++)
        x -= (is_digit(*c) ? digit_step : dot_step) * size;
    x += (digit_step - 0.5 - thick / 2) * size; // no room behind the last one
    for (const char *c = text; *c; c++) {
        paint_sign(into, *c, x, y + thick / 2 * size, size, ink);
        x += (is_digit(*c) ? digit_step : dot_step) * size;
    }
}
