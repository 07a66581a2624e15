// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/cover.h"

#include <errno.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/str.h"
#include "doc/scene.h"

// All measures on a square of 1000 × 1000.
enum { CANVAS = 1000, MARGIN = 70, INNER = CANVAS - 2 * MARGIN };

struct text_style {
    const char *font;
    double largest, smallest;
    double width, height;
    uint32_t color;
};

static PangoLayout *layout_new(cairo_t *cr, const char *text, const char *font, double size,
                               double width)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *d = pango_font_description_from_string(font);
    pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, d);
    pango_font_description_free(d);
    pango_layout_set_text(layout, text, -1);
    pango_layout_set_line_spacing(layout, 0.95f);
    if (width > 0) {
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    }
    return layout;
}

static void layout_size(PangoLayout *layout, double *width, double *height)
{
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    *width = (double)box.width / PANGO_SCALE;
    *height = (double)box.height / PANGO_SCALE;
}

// In the largest size that fits without breaking a word; at the smallest, words are broken and the
// rest cut.
static PangoLayout *layout_fit(cairo_t *cr, const char *text, const struct text_style *s)
{
    double width, height;
    for (double size = s->largest; size >= s->smallest; size *= 0.96) {
        PangoLayout *layout = layout_new(cr, text, s->font, size, s->width);
        layout_size(layout, &width, &height);
        if (width <= s->width && height <= s->height)
            return layout;
        g_object_unref(layout);
    }
    PangoLayout *layout = layout_new(cr, text, s->font, s->smallest, s->width);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, (int)(s->height * PANGO_SCALE));
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    return layout;
}

// Returns the y below the text.
static double draw_text(cairo_t *cr, const char *text, double x, double y,
                        const struct text_style *s)
{
    double width, height;
    PangoLayout *layout = layout_fit(cr, text, s);
    layout_size(layout, &width, &height);
    scene_color(cr, s->color);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    g_object_unref(layout);
    return y + height;
}

static uint32_t color_of(const char *text, uint32_t otherwise)
{
    if (str_same(text, "white") || str_same(text, "black"))
        return *text == 'w' ? 0xffffff : 0;
    if (!text || *text != '#' || strlen(text) != 7)
        return otherwise;
    char *end;
    unsigned long rgb = strtoul(text + 1, &end, 16);
    return *end ? otherwise : (uint32_t)rgb;
}

static void rounded(cairo_t *cr, double x, double y, double w, double h, double r)
{
    const double quarter = 1.57079633;
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -quarter, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, quarter);
    cairo_arc(cr, x + r, y + h - r, r, quarter, 2 * quarter);
    cairo_arc(cr, x + r, y + r, r, 2 * quarter, 3 * quarter);
    cairo_close_path(cr);
    cairo_fill(cr);
}

struct chip {
    double height, gap, text;
    bool titled;
};

static void show_middle(cairo_t *cr, PangoLayout *layout, double x, double y, double height)
{
    double w, h;
    layout_size(layout, &w, &h);
    cairo_move_to(cr, x, y + (height - h) / 2);
    pango_cairo_show_layout(cr, layout);
}

// Returns the chip's width.
static double draw_chip(cairo_t *cr, const struct fact_goal *goal, double x, double y,
                        const struct chip *c)
{
    char number[8];
    snprintf(number, sizeof number, "%d", (int)(goal->number % 100));
    uint32_t back = color_of(goal->color, 0xdddddd), ink = color_of(goal->text_color, 0);
    double digits, words = 0, h;
    PangoLayout *n = layout_new(cr, number, "Sans Bold", c->height * 0.62, 0), *t = NULL;
    layout_size(n, &digits, &h);
    if (c->titled) {
        struct text_style s = {"Sans",    c->text, c->text * 0.5, INNER - digits - c->height,
                               c->height, ink};
        t = layout_fit(cr, goal->title, &s);
        layout_size(t, &words, &h);
    }
    double pad = c->height * 0.3, gap = c->titled ? c->height * 0.28 : 0;
    double width = pad + digits + gap + words + pad * (c->titled ? 1.15 : 1);
    scene_color(cr, back);
    rounded(cr, x, y, width, c->height, c->height * 0.18);
    scene_color(cr, ink);
    show_middle(cr, n, x + pad, y, c->height);
    if (t) {
        show_middle(cr, t, x + pad + digits + gap, y, c->height);
        g_object_unref(t);
    }
    g_object_unref(n);
    return width;
}

// With names one below the other; more than four goals as numbers alone.
static void draw_goals(cairo_t *cr, const struct cover_words *w)
{
    const double bottom = CANVAS - 60, room = CANVAS * (1 - SCENE_HORIZON) - 60 - 40;
    size_t n = w->num_goals;
    if (n == 0)
        return;
    if (n <= 4) {
        double height = n < 4 ? 56 : 40, gap = (room - (double)n * height) / (double)n;
        gap = gap > 11 ? 11 : gap;
        struct chip c = {height, gap, height * 0.56, true};
        double y = bottom - (double)n * height - (double)(n - 1) * gap;
        for (size_t i = 0; i < n; i++, y += height + gap)
            draw_chip(cr, &w->goals[i], MARGIN, y, &c);
        return;
    }
    struct chip c = {58, 12, 0, false};
    double x = MARGIN, y = bottom - (n > 10 ? 2 : 1) * c.height - (n > 10 ? c.gap : 0);
    for (size_t i = 0; i < n; i++) {
        if (x > CANVAS - MARGIN - c.height * 1.4) {
            x = MARGIN;
            y += c.height + c.gap;
        }
        x += draw_chip(cr, &w->goals[i], x, y, &c) + c.gap;
    }
}

// Above the sun and the peaks, which begin at 425 and 500.
static void draw_words(cairo_t *cr, const struct cover_words *w, const struct scene_colors *colors)
{
    if (!w->title) {
        struct text_style alone = {"Sans Bold", 150, 40, INNER, 350, colors->ink};
        draw_text(cr, w->show, MARGIN, MARGIN - 10, &alone);
        return;
    }
    struct text_style show = {"Sans Bold", 40, 22, INNER, 56, colors->soft};
    struct text_style title = {"Sans Bold", 118, 40, INNER, 275, colors->ink};
    struct text_style theme = {"Sans", 42, 20, 440, 60, colors->ink};
    double y = draw_text(cr, w->show, MARGIN, MARGIN - 6, &show);
    y = draw_text(cr, w->title, MARGIN, y + 18, &title);
    if (w->theme)
        draw_text(cr, w->theme, MARGIN, y + 14, &theme);
}

static cairo_status_t collect(void *out, const unsigned char *data, unsigned len)
{
    str_addn(out, (const char *)data, len);
    return CAIRO_STATUS_SUCCESS;
}

static int save_png(cairo_surface_t *surface, const char *path, struct err *e)
{
    struct str bytes;
    str_init(&bytes, STR_MAX);
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, collect, &bytes);
    int r;
    if (status != CAIRO_STATUS_SUCCESS || bytes.over)
        r = err_set(e, -EIO, "%s: %s", path, cairo_status_to_string(status));
    else
        r = fs_replace(path, bytes.p, bytes.len, e);
    str_done(&bytes);
    return r < 0 ? r : 0;
}

int cover_draw(const struct cover_words *c, int size, const char *path, struct err *e)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, size, size);
    cairo_t *cr = cairo_create(surface);
    cairo_font_options_t *font = cairo_font_options_create();
    cairo_font_options_set_hint_style(font, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(font, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(font, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(cr, font);
    cairo_font_options_destroy(font);

    const struct scene_colors *colors = scene_palette(scene_seed(c->theme));
    cairo_save(cr);
    cairo_scale(cr, size, size);
    scene_draw(cr, colors, scene_seed(c->title ? c->title : c->show));
    cairo_restore(cr);
    cairo_scale(cr, (double)size / CANVAS, (double)size / CANVAS);
    draw_words(cr, c, colors);
    draw_goals(cr, c);

    cairo_status_t status = cairo_status(cr);
    int r = status == CAIRO_STATUS_SUCCESS
                ? save_png(surface, path, e)
                : err_set(e, -ENOMEM, "cover: %s", cairo_status_to_string(status));
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
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
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, size, size);
    cairo_t *cr = cairo_create(surface);
    scene_color(cr, 0xffffff);
    cairo_paint(cr);
    cairo_scale(cr, (double)size / cairo_image_surface_get_width(picture),
                (double)size / cairo_image_surface_get_height(picture));
    cairo_set_source_surface(cr, picture, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
    cairo_paint(cr);
    status = cairo_status(cr);
    int r = status == CAIRO_STATUS_SUCCESS
                ? save_png(surface, to, e)
                : err_set(e, -ENOMEM, "cover: %s", cairo_status_to_string(status));
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    cairo_surface_destroy(picture);
    return r;
}
