// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/canvas.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "doc/pngfile.h"

void canvas_letters(cairo_t *cr)
{
    cairo_font_options_t *font = cairo_font_options_create();
    cairo_font_options_set_hint_style(font, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(font, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(font, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, font);
    cairo_font_options_destroy(font);
}

void canvas_open(struct canvas *c, int width, int height, bool clear)
{
    c->surface =
        cairo_image_surface_create(clear ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, width, height);
    c->cr = cairo_create(c->surface);
    canvas_letters(c->cr);
    c->photo = false;
}

void canvas_close(struct canvas *c)
{
    cairo_destroy(c->cr);
    cairo_surface_destroy(c->surface);
}

static int drawn_well(const struct canvas *c, const char *path, struct err *e)
{
    cairo_status_t status = cairo_status(c->cr);
    if (status == CAIRO_STATUS_SUCCESS)
        return 0;
    return err_set(e, -ENOMEM, "%s: %s", path, cairo_status_to_string(status));
}

int canvas_save(const struct canvas *c, const char *path, struct err *e)
{
    int r = drawn_well(c, path, e);
    return r < 0 ? r : pngfile_save(c->surface, c->photo, path, e);
}

static struct screen_piece drawn(const unsigned char *data, int stride, int width, int height)
{
    int left = width, right = 0, top = height, bottom = 0;
    for (int y = 0; y < height; y++) {
        const unsigned char *row = data + (size_t)y * (size_t)stride;
        int from = 0, to = width;
        for (uint32_t p; from < width; from++) {
            memcpy(&p, row + 4 * from, 4);
            if (p)
                break;
        }
        if (from == width)
            continue;
        for (uint32_t p; to > from; to--) {
            memcpy(&p, row + 4 * (to - 1), 4);
            if (p)
                break;
        }
        left = from < left ? from : left;
        right = to > right ? to : right;
        top = y < top ? y : top;
        bottom = y + 1;
    }
    if (right == 0)
        return (struct screen_piece){0};
    left -= left & 1;
    top -= top & 1;
    return (struct screen_piece){left, top, (right - left + 1) & ~1, (bottom - top + 1) & ~1};
}

int canvas_save_drawn(const struct canvas *c, const char *path, struct screen_piece *ret,
                      struct err *e)
{
    int r = drawn_well(c, path, e);
    if (r < 0)
        return r;
    cairo_surface_flush(c->surface);
    unsigned char *data = cairo_image_surface_get_data(c->surface);
    int stride = cairo_image_surface_get_stride(c->surface);
    struct screen_piece box = drawn(data, stride, cairo_image_surface_get_width(c->surface),
                                    cairo_image_surface_get_height(c->surface));
    if (box.width > 0) {
        cairo_surface_t *part = cairo_image_surface_create_for_data(
            data + (size_t)box.y * (size_t)stride + 4 * (size_t)box.x, CAIRO_FORMAT_ARGB32,
            box.width, box.height, stride);
        r = pngfile_save(part, false, path, e);
        cairo_surface_destroy(part);
    }
    if (r >= 0)
        *ret = box;
    return r;
}

void canvas_rounded(cairo_t *cr, double x, double y, double w, double h, double r)
{
    const double quarter = 1.57079633;
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -quarter, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, quarter);
    cairo_arc(cr, x + r, y + h - r, r, quarter, 2 * quarter);
    cairo_arc(cr, x + r, y + r, r, 2 * quarter, 3 * quarter);
    cairo_close_path(cr);
}
