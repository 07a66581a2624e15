// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/screen.h"

#include <stdio.h>

#include "base/str.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/lettering.h"
#include "doc/scene.h"
#include "doc/screenwords.h"

enum { CAPTION_LINES = 3 };
static const double panel_alpha = 0.92; // white stays readable over a white picture
static const double caption_size = 46, caption_pad = 18, line_height = 1.17;

struct desk {
    struct canvas canvas;
    cairo_t *cr;
    double unit; // pixels; 1 in a frame of 1920 × 1080
    bool wide;
    struct screen_piece safe;
    const struct scene_colors *colors;
};

struct screen_piece screen_safe(int width, int height)
{
    bool upright = height > width;
    double side = upright ? 0.06 : 0.05, above = upright ? 0.14 : 0.05,
           below = upright ? 0.35 : 0.05;
    int left = (int)(width * side + 1.999) & ~1, top = (int)(height * above + 1.999) & ~1;
    int bottom = (int)(height * (1 - below)) & ~1;
    return (struct screen_piece){left, top, width - 2 * left, bottom - top};
}

// Small frames are seen on small screens, and so are square and upright ones, on telephones: their
// letters are larger.
static void desk_open(struct desk *d, const struct screen_look *look)
{
    int shorter = look->width < look->height ? look->width : look->height;
    canvas_open(&d->canvas, look->width, look->height, true);
    d->cr = d->canvas.cr;
    d->wide = look->width > look->height;
    d->unit = (shorter + 120) / (d->wide ? 1200.0 : 1040.0);
    d->safe = screen_safe(look->width, look->height);
    d->colors = scene_palette(scene_seed(look->theme));
}

static int desk_close(struct desk *d, const char *path, struct screen_piece *ret, struct err *e)
{
    int r = canvas_save_drawn(&d->canvas, path, ret, e);
    canvas_close(&d->canvas);
    return r;
}

// "Fysioterapeut · Meløy"
static void add_detail(struct str *out, const struct screen_strap *s, const struct screenwords *w)
{
    const struct fact_person *p = s->person;
    bool role = !lettering_blank(p->role), place = !lettering_blank(p->place.name);
    if (role)
        str_add(out, p->role);
    else if (place || !lettering_blank(p->name))
        str_add(out, s->host ? w->host : w->guest);
    if (place) {
        str_add(out, " · ");
        str_add(out, p->place.name);
    }
}

struct strap_text {
    PangoLayout *name, *detail; // NULL: nothing
    double width, height, gap;
};

static PangoLayout *fit(struct desk *d, const char *text, const struct lettering *l,
                        struct strap_text *t)
{
    if (lettering_blank(text))
        return NULL;
    PangoLayout *layout = lettering_fit(d->cr, text, l);
    struct extent e = lettering_extent(layout);
    t->width = e.width > t->width ? e.width : t->width;
    t->height += e.height;
    return layout;
}

static void show_strap(struct desk *d, const struct strap_text *t, double below)
{
    double u = d->unit, pad = 28 * u, bar = 10 * u, rise = 20 * u;
    double w = bar + 2 * pad + t->width, h = 2 * rise + t->height + t->gap;
    double x = d->safe.x, y = d->safe.y + d->safe.height - below - h;
    color_use_alpha(d->cr, d->colors->range[2], panel_alpha);
    cairo_rectangle(d->cr, x + bar, y, w - bar, h);
    cairo_fill(d->cr);
    color_use(d->cr, d->colors->soft);
    cairo_rectangle(d->cr, x, y, bar, h);
    cairo_fill(d->cr);
    x += bar + pad;
    y += rise;
    if (t->name) {
        lettering_show(d->cr, t->name, x, y, d->colors->ink);
        y += lettering_extent(t->name).height + t->gap;
    }
    if (t->detail)
        lettering_show(d->cr, t->detail, x, y, d->colors->snow);
}

static double caption_room(double unit)
{
    return CAPTION_LINES * line_height * caption_size * unit + 2 * caption_pad * unit;
}

int screen_strap(const struct screen_look *look, const struct screen_strap *strap, const char *path,
                 struct screen_piece *ret, struct err *e)
{
    struct desk d;
    desk_open(&d, look);
    double u = d.unit, room = d.safe.width * (d.wide ? 0.6 : 1) - 66 * u;
    struct lettering name = {.font = "Sans Bold",
                             .largest = 46 * u,
                             .smallest = 30 * u,
                             .width = room,
                             .height = 112 * u,
                             .one_line = true,
                             .even = true};
    struct lettering detail = {.font = "Sans",
                               .largest = 29 * u,
                               .smallest = 22 * u,
                               .width = room,
                               .height = 76 * u,
                               .one_line = true,
                               .even = true};
    struct str line;
    str_init(&line, 4 * LETTERING_MAX);
    add_detail(&line, strap, screenwords_in(look->language));
    struct strap_text t = {0};
    t.name = fit(&d, strap->person->name, &name, &t);
    t.detail = fit(&d, line.p, &detail, &t);
    t.gap = t.name && t.detail ? 4 * u : 0;
    if (t.name || t.detail)
        show_strap(&d, &t, strap->above_captions ? caption_room(u) + 24 * u : 0);
    if (t.name)
        g_object_unref(t.name);
    if (t.detail)
        g_object_unref(t.detail);
    str_done(&line);
    return desk_close(&d, path, ret, e);
}

int screen_chips(const struct screen_look *look, const struct fact_goal *goals, size_t n,
                 const char *path, struct screen_piece *ret, struct err *e)
{
    struct desk d;
    desk_open(&d, look);
    struct chip_block b = {.x = d.safe.x,
                           .y = d.safe.y,
                           .width = d.safe.width * (d.wide ? 0.5 : 1),
                           .height = d.safe.height * 0.5,
                           .size = 50 * d.unit};
    if (!lettering_blank(look->theme)) {
        double below = chip_word(d.cr, look->theme, d.colors->range[2], &b) + b.size * 0.2;
        b.height -= below - b.y;
        b.y = below;
    }
    chip_draw(d.cr, goals, n, &b);
    return desk_close(&d, path, ret, e);
}

int screen_caption(const struct screen_look *look, const char *text, const char *path,
                   struct screen_piece *ret, struct err *e)
{
    struct desk d;
    desk_open(&d, look);
    double u = d.unit, beside = 24 * u, pad = caption_pad * u;
    struct lettering l = {.font = "Sans",
                          .largest = caption_size * u,
                          .smallest = caption_size * u * 0.72,
                          .lines = CAPTION_LINES,
                          .width = d.safe.width * (d.wide ? 0.7 : 1) - 2 * beside,
                          .height = caption_room(u) - 2 * pad,
                          .middle = true,
                          .even = true};
    bool cut = false;
    if (!lettering_blank(text)) {
        PangoLayout *layout = lettering_fit(d.cr, text, &l);
        cut = pango_layout_is_ellipsized(layout);
        struct extent size = lettering_extent(layout);
        double middle = look->width / 2.0, h = size.height + 2 * pad;
        double y = d.safe.y + d.safe.height - h;
        color_use_alpha(d.cr, 0, 0.8);
        canvas_rounded(d.cr, middle - size.width / 2 - beside, y, size.width + 2 * beside, h,
                       8 * u);
        cairo_fill(d.cr);
        double half = pango_layout_get_width(layout) / 2.0 / PANGO_SCALE;
        lettering_show(d.cr, layout, middle - half, y + pad, 0xffffff);
        g_object_unref(layout);
    }
    int r = desk_close(&d, path, ret, e);
    return r < 0 ? r : cut;
}
