// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/cover.h"

#include "doc/canvas.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/lettering.h"
#include "doc/scene.h"

// All measures on a square of 1000 × 1000.
enum { CANVAS = 1000, MARGIN = 70, INNER = CANVAS - 2 * MARGIN };

static void draw_goals(cairo_t *cr, const struct cover_words *w)
{
    const double horizon = CANVAS * SCENE_HORIZON;
    struct chip_block b = {.x = MARGIN,
                           .y = horizon + 40,
                           .width = INNER,
                           .height = CANVAS - horizon - 100,
                           .size = 56,
                           .at_bottom = true};
    chip_draw(cr, w->goals, w->num_goals, &b);
}

// Above the sun and the peaks, which begin at 425 and 500.
static void draw_words(cairo_t *cr, const struct cover_words *w, const struct scene_colors *colors)
{
    struct lettering show = {.font = "Sans Bold", .largest = 40, .smallest = 22, .height = 56};
    struct lettering title = {.font = "Sans Bold", .largest = 118, .smallest = 40, .height = 275};
    struct lettering theme = {.font = "Sans", .largest = 42, .smallest = 20, .height = 60};
    show.width = title.width = INNER;
    show.color = colors->soft;
    title.color = theme.color = colors->ink;
    theme.width = 440; // the sun may stand beside it
    if (!w->title) {
        title.largest = 150;
        title.height = 350;
        lettering_draw(cr, w->show, MARGIN, MARGIN - 10, &title);
        return;
    }
    double y = lettering_draw(cr, w->show, MARGIN, MARGIN - 6, &show);
    y = lettering_draw(cr, w->title, MARGIN, y + 18, &title);
    if (w->theme)
        lettering_draw(cr, w->theme, MARGIN, y + 14, &theme);
}

int cover_draw(const struct cover_words *c, int size, const char *path, struct err *e)
{
    struct canvas v;
    canvas_open(&v, size, size, false);
    const struct scene_colors *colors = scene_palette(scene_seed(c->theme));
    cairo_save(v.cr);
    cairo_scale(v.cr, size, size);
    scene_draw(v.cr, colors, scene_seed(c->title ? c->title : c->show), 1);
    cairo_restore(v.cr);
    cairo_scale(v.cr, (double)size / CANVAS, (double)size / CANVAS);
    draw_words(v.cr, c, colors);
    draw_goals(v.cr, c);
    int r = canvas_save(&v, path, e);
    canvas_close(&v);
    return r;
}

int cover_resize(const char *from, int size, const char *to, struct err *e)
{
    cairo_surface_t *picture = cairo_image_surface_create_from_png(from);
    cairo_status_t status = cairo_surface_status(picture);
    if (status != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(picture);
        return err_input(e, "%s: cannot be read as PNG: %s", from, cairo_status_to_string(status));
    }
    struct canvas v;
    canvas_open(&v, size, size, false);
    v.photo = true;
    color_use(v.cr, 0xffffff);
    cairo_paint(v.cr);
    cairo_scale(v.cr, (double)size / cairo_image_surface_get_width(picture),
                (double)size / cairo_image_surface_get_height(picture));
    cairo_set_source_surface(v.cr, picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(v.cr), CAIRO_FILTER_BEST);
    cairo_paint(v.cr);
    int r = canvas_save(&v, to, e);
    canvas_close(&v);
    cairo_surface_destroy(picture);
    return r;
}
