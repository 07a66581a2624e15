// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/scene.h"

#include "base/arena.h"
#include "doc/color.h"

enum { BEYOND = 3 }; // how far sky and sea go on above and below

static const struct scene_colors palettes[] = {
    // blue hour
    {{0x0f3350, 0x174463, 0x2a5f7c, 0x5a8c9c},
     0xf7c56b,
     {0x3d7288, 0x245168, 0x143a50},
     {0x2f6077, 0x1b4259, 0x0e2c3f},
     0xe8f0ee,
     0x0a2436,
     0xffffff,
     0xf7c56b},
    // midnight sun
    {{0x4a2545, 0x69304f, 0x9b4a58, 0xd98060},
     0xffd98a,
     {0x7d4258, 0x54304c, 0x381f3a},
     {0x69364f, 0x432640, 0x2a172d},
     0xf6dccb,
     0x24132a,
     0xffffff,
     0xffd98a},
    // northern lights
    {{0x10303a, 0x164550, 0x23696a, 0x4f9c86},
     0xf3efc2,
     {0x2f6a6a, 0x1d4b52, 0x11343d},
     {0x255758, 0x163c43, 0x0b262e},
     0xe3f2e6,
     0x081e26,
     0xffffff,
     0xd7f0b4},
    // autumn birch
    {{0x3c2c1e, 0x573f25, 0x8a6230, 0xc9984a},
     0xffe7a8,
     {0x6f5a34, 0x4b4229, 0x31301f},
     {0x5c4a2b, 0x3c3521, 0x252417},
     0xf7ecd2,
     0x1d2119,
     0xffffff,
     0xffd58a},
    // winter noon
    {{0x263a6b, 0x36508a, 0x6579ad, 0xb79fb6},
     0xffd3b0,
     {0x6b7ba6, 0x455a8c, 0x2c406e},
     {0x596993, 0x394c7b, 0x22335b},
     0xf4f3fa,
     0x1b2a4f,
     0xffffff,
     0xffd9bf},
};

struct dice {
    uint32_t state;
};

static double roll(struct dice *d, double from, double to)
{
    d->state = d->state * 1664525u + 1013904223u;
    return from + (to - from) * (double)(d->state >> 8) / 16777216.0;
}

uint32_t scene_seed(const char *text)
{
    uint32_t h = 2166136261u;
    for (; text && *text; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return text ? h : 0;
}

const struct scene_colors *scene_palette(uint32_t seed)
{
    return &palettes[(seed >> 16) % COUNT(palettes)]; // the upper bits are the better mixed ones
}

static void draw_sky(cairo_t *cr, const struct scene_colors *c, double width)
{
    static const double top[] = {-BEYOND, 0.30, 0.47, 0.60};
    for (size_t i = 0; i < COUNT(top); i++) {
        color_use(cr, c->sky[i]);
        cairo_rectangle(cr, 0, top[i], width, 1 - top[i]);
        cairo_fill(cr);
    }
}

static void draw_sun(cairo_t *cr, const struct scene_colors *c, double x, double y)
{
    color_use(cr, c->sun);
    cairo_arc(cr, x, y, 0.085, 0, 6.2831853);
    cairo_fill(cr);
}

// One mountain: its lit body, the side in the shade with a broken edge, and snow on high ones.
static void draw_peak(cairo_t *cr, const struct scene_colors *c, int layer, double x, double top,
                      double base, double width, struct dice *d)
{
    double left = x - width * roll(d, 0.9, 1.15), right = x + width * roll(d, 0.9, 1.15);
    double height = base - top;
    color_use(cr, c->range[layer]);
    cairo_move_to(cr, left, base);
    cairo_line_to(cr, x - width * 0.42, top + height * roll(d, 0.48, 0.58));
    cairo_line_to(cr, x - width * 0.30, top + height * roll(d, 0.30, 0.36));
    cairo_line_to(cr, x, top);
    cairo_line_to(cr, x + width * 0.26, top + height * roll(d, 0.27, 0.34));
    cairo_line_to(cr, x + width * 0.45, top + height * roll(d, 0.50, 0.60));
    cairo_line_to(cr, right, base);
    cairo_close_path(cr);
    cairo_path_t *body = cairo_copy_path(cr);
    cairo_fill(cr);

    cairo_save(cr);
    cairo_append_path(cr, body);
    cairo_clip(cr);
    color_use(cr, c->shade[layer]);
    cairo_move_to(cr, x, top);
    cairo_line_to(cr, x - width * 0.05, top + height * 0.25);
    cairo_line_to(cr, x + width * 0.09, top + height * 0.45);
    cairo_line_to(cr, x + width * 0.01, top + height * 0.68);
    cairo_line_to(cr, x + width * 0.16, base);
    cairo_line_to(cr, right + 0.1, base);
    cairo_line_to(cr, right + 0.1, top);
    cairo_close_path(cr);
    cairo_fill(cr);
    if (layer < 2 && height > 0.15) {
        double deep = 0.055, step = width * 0.13;
        color_use(cr, c->snow);
        cairo_move_to(cr, x - width, top - 0.01);
        for (int i = -4; i <= 4; i++)
            cairo_line_to(cr, x + i * step,
                          top + deep * (i & 1 ? 1.15 : 0.62) + roll(d, -0.008, 0.008));
        cairo_line_to(cr, x + width, top - 0.01);
        cairo_close_path(cr);
        cairo_fill(cr);
    }
    cairo_restore(cr);
    cairo_path_destroy(body);
}

static void draw_range(cairo_t *cr, const struct scene_colors *c, int layer, double scene,
                       struct dice *d)
{
    static const struct {
        double low, high, width, base;
    } kinds[] = {{0.09, 0.21, 0.15, SCENE_HORIZON},
                 {0.07, 0.18, 0.17, SCENE_HORIZON},
                 {0.02, 0.085, 0.20, SCENE_HORIZON}};
    double low = kinds[layer].low, high = kinds[layer].high, width = kinds[layer].width;
    double x = roll(d, -0.10, 0.05);
    while (x < scene + 0.15) {
        double base = kinds[layer].base, height = roll(d, low, high);
        draw_peak(cr, c, layer, x, base - height, base, width * roll(d, 0.75, 1.1), d);
        x += width * roll(d, 0.75, 1.35);
    }
}

// The sun's way over the water: bars that grow shorter and wider apart.
static void draw_sea(cairo_t *cr, const struct scene_colors *c, double sun, double width,
                     struct dice *d)
{
    color_use(cr, c->sea);
    cairo_rectangle(cr, 0, SCENE_HORIZON, width, 1 + BEYOND - SCENE_HORIZON);
    cairo_fill(cr);
    color_use(cr, c->sun);
    double y = SCENE_HORIZON + 0.008;
    for (int i = 0; i < 5; i++) {
        double half = (0.085 - i * 0.013) * roll(d, 0.8, 1.1), thick = 0.0055 - i * 0.0006;
        double middle = sun + roll(d, -0.012, 0.012);
        cairo_rectangle(cr, middle - half, y, 2 * half, thick);
        cairo_fill(cr);
        y += 0.013 + i * 0.001;
    }
}

void scene_draw(cairo_t *cr, const struct scene_colors *colors, uint32_t seed, double width)
{
    struct dice d = {seed ^ 0x9e3779b9u};
    roll(&d, 0, 1);
    double sun = width * roll(&d, 0.60, 0.82);
    draw_sky(cr, colors, width);
    draw_sun(cr, colors, sun, SCENE_HORIZON - 0.20);
    for (int layer = 0; layer < 3; layer++)
        draw_range(cr, colors, layer, width, &d);
    draw_sea(cr, colors, sun, width, &d);
}
