// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/chip.h"

#include <stdio.h>

#include "doc/canvas.h"
#include "doc/color.h"
#include "doc/lettering.h"

struct chip {
    double height;
    uint32_t back, ink;
    PangoLayout *number, *words; // NULL: none
};

uint32_t chip_back(const struct fact_goal *goal)
{
    return color_of(goal->color, 0xdddddd);
}

uint32_t chip_ink(const struct fact_goal *goal)
{
    uint32_t back = chip_back(goal), own = color_of(goal->text_color, back);
    return color_contrast(own, back) >= COLOR_READABLE ? own : color_ink(back);
}

static double digits_of(const struct chip *c)
{
    return c->number ? lettering_extent(c->number).width : 0;
}

static struct chip chip_new(cairo_t *cr, const struct fact_goal *goal, double height, double room,
                            bool titled)
{
    struct chip c = {height, chip_back(goal), chip_ink(goal), NULL, NULL};
    struct lettering l = {.font = "Sans Bold"};
    char number[8];
    snprintf(number, sizeof number, "%d", (int)(goal->number % 100));
    c.number = lettering_at(cr, number, &l, height * 0.62);
    if (!titled)
        return c;
    l = (struct lettering){.font = "Sans",
                           .largest = height * 0.56,
                           .smallest = height * 0.28,
                           .width = room - digits_of(&c) - height,
                           .height = height,
                           .lines = 1,
                           .one_line = true};
    c.words = lettering_fit(cr, goal->title ? goal->title : "", &l);
    return c;
}

static void chip_free(struct chip *c)
{
    if (c->number)
        g_object_unref(c->number);
    if (c->words)
        g_object_unref(c->words);
}

static double chip_width(const struct chip *c)
{
    double pad = c->height * 0.3, gap = c->number && c->words ? c->height * 0.28 : 0;
    double words = c->words ? lettering_extent(c->words).width : 0;
    return pad + digits_of(c) + gap + words + pad * (c->words ? 1.15 : 1);
}

static void show_middle(cairo_t *cr, PangoLayout *layout, double x, double y, const struct chip *c)
{
    lettering_show(cr, layout, x, y + (c->height - lettering_extent(layout).height) / 2, c->ink);
}

static void chip_show(cairo_t *cr, const struct chip *c, double x, double y)
{
    color_use(cr, c->back);
    canvas_rounded(cr, x, y, chip_width(c), c->height, c->height * 0.18);
    cairo_fill(cr);
    x += c->height * 0.3;
    if (c->number) {
        show_middle(cr, c->number, x, y, c);
        x += digits_of(c) + c->height * 0.28;
    }
    if (c->words)
        show_middle(cr, c->words, x, y, c);
}

double chip_word(cairo_t *cr, const char *text, uint32_t back, const struct chip_block *b)
{
    struct chip c = {.height = b->size, .back = back, .ink = color_ink(back)};
    struct lettering l = {.font = "Sans",
                          .largest = b->size * 0.56,
                          .smallest = b->size * 0.28,
                          .width = b->width - b->size,
                          .height = b->size,
                          .lines = 1,
                          .one_line = true};
    c.words = lettering_fit(cr, text, &l);
    chip_show(cr, &c, b->x, b->y);
    chip_free(&c);
    return b->y + b->size;
}

static double draw_names(cairo_t *cr, const struct fact_goal *goals, size_t n,
                         const struct chip_block *b)
{
    double height = n < CHIP_NAMES ? b->size : b->size * 5 / 7, most = b->size * 11 / 56;
    double gap = (b->height - (double)n * height) / (double)n;
    gap = gap > most ? most : gap;
    double all = (double)n * height + (double)(n - 1) * gap;
    double y = b->at_bottom ? b->y + b->height - all : b->y;
    for (size_t i = 0; i < n; i++, y += height + gap) {
        struct chip c = chip_new(cr, &goals[i], height, b->width, true);
        chip_show(cr, &c, b->x, y);
        chip_free(&c);
    }
    return y - gap;
}

// In rows from y on, as many in a row as there is room for; shown only where `show`. Returns the y
// below.
static double walk_rows(cairo_t *cr, const struct fact_goal *goals, size_t n,
                        const struct chip_block *b, double y, bool titled, bool show)
{
    double height = titled ? b->size : b->size * 58 / 56, gap = b->size * 12 / 56, x = b->x;
    for (size_t i = 0; i < n; i++) {
        struct chip c = chip_new(cr, &goals[i], height, b->width, titled);
        if (x > b->x && x + chip_width(&c) > b->x + b->width) {
            x = b->x;
            y += height + gap;
        }
        if (show)
            chip_show(cr, &c, x, y);
        x += chip_width(&c) + gap;
        chip_free(&c);
    }
    return y + height;
}

double chip_draw_wide(cairo_t *cr, const struct fact_goal *goals, size_t n,
                      const struct chip_block *b)
{
    const double smallest = 0.4; // of the size of one: smaller names are not read
    struct chip_block rows = *b;
    if (n <= CHIP_NAMES)
        return chip_draw(cr, goals, n, b);
    for (rows.size *= 0.8; rows.size >= b->size * smallest; rows.size *= 0.96) {
        double height = walk_rows(cr, goals, n, &rows, 0, true, false);
        if (height <= b->height)
            return walk_rows(cr, goals, n, &rows, b->at_bottom ? b->y + b->height - height : b->y,
                             true, true);
    }
    return chip_draw(cr, goals, n, b);
}

double chip_draw(cairo_t *cr, const struct fact_goal *goals, size_t n, const struct chip_block *b)
{
    if (n == 0)
        return b->at_bottom ? b->y + b->height : b->y;
    if (n <= CHIP_NAMES)
        return draw_names(cr, goals, n, b);
    double y = b->y;
    if (b->at_bottom)
        y += b->height - walk_rows(cr, goals, n, b, 0, false, false);
    return walk_rows(cr, goals, n, b, y, false, true);
}
