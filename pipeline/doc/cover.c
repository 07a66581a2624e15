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
    if (!w->title) {
        struct lettering alone = {"Sans Bold", 150, 40, INNER, 350, colors->ink, false, false};
        lettering_draw(cr, w->show, MARGIN, MARGIN - 10, &alone);
        return;
    }
    struct lettering show = {"Sans Bold", 40, 22, INNER, 56, colors->soft, true, false};
    struct lettering title = {"Sans Bold", 118, 40, INNER, 275, colors->ink, false, false};
    struct lettering theme = {"Sans", 42, 20, 440, 60, colors->ink, true, false};
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
