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
    double middle; // of captions
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
    d->middle = look->width / 2.0;
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

static double strap_height(const struct desk *d, const struct strap_text *t)
{
    return 40 * d->unit + t->height + t->gap;
}

static void show_strap(struct desk *d, const struct strap_text *t, double y)
{
    double u = d->unit, pad = 28 * u, bar = 10 * u, rise = 20 * u;
    double w = bar + 2 * pad + t->width, h = strap_height(d, t), x = d->safe.x;
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

static void strap_open(struct desk *d, const char *name, const char *detail, struct strap_text *t)
{
    double u = d->unit, room = d->safe.width * (d->wide ? 0.6 : 1) - 66 * u;
    struct lettering upper = {.font = "Sans Bold",
                              .largest = 46 * u,
                              .smallest = 30 * u,
                              .width = room,
                              .height = 112 * u,
                              .one_line = true,
                              .even = true};
    struct lettering lower = {.font = "Sans",
                              .largest = 29 * u,
                              .smallest = 22 * u,
                              .width = room,
                              .height = 76 * u,
                              .one_line = true,
                              .even = true};
    *t = (struct strap_text){0};
    t->name = fit(d, name, &upper, t);
    t->detail = fit(d, detail, &lower, t);
    t->gap = t->name && t->detail ? 4 * u : 0;
}

static void strap_close(struct strap_text *t)
{
    if (t->name)
        g_object_unref(t->name);
    if (t->detail)
        g_object_unref(t->detail);
}

int screen_strap(const struct screen_look *look, const struct screen_strap *strap, const char *path,
                 struct screen_piece *ret, struct err *e)
{
    struct desk d;
    struct strap_text t;
    struct str line;
    desk_open(&d, look);
    str_init(&line, 4 * LETTERING_MAX);
    add_detail(&line, strap, screenwords_in(look->language));
    strap_open(&d, strap->person->name, line.p, &t);
    double below = strap->above_captions ? caption_room(d.unit) + 24 * d.unit : 0;
    if (t.name || t.detail)
        show_strap(&d, &t, d.safe.y + d.safe.height - below - strap_height(&d, &t));
    strap_close(&t);
    str_done(&line);
    return desk_close(&d, path, ret, e);
}

int screen_title(const struct screen_look *look, const char *title, const char *place,
                 const char *path, struct screen_piece *ret, struct err *e)
{
    struct desk d;
    struct strap_text t;
    struct str line;
    desk_open(&d, look);
    str_init(&line, 4 * LETTERING_MAX);
    lettering_join(&line, look->theme, place);
    strap_open(&d, title, line.p, &t);
    if (t.name || t.detail)
        show_strap(&d, &t, d.safe.y);
    strap_close(&t);
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

// In l's room, whose lower edge (of `hangs`: upper one) is at y. True: not all of it fits.
static bool draw_caption(struct desk *d, const char *text, const struct lettering *l, double y,
                         bool hangs)
{
    if (lettering_blank(text))
        return false;
    double u = d->unit, beside = 24 * u, pad = caption_pad * u, middle = d->middle;
    PangoLayout *layout = lettering_fit(d->cr, text, l);
    bool cut = pango_layout_is_ellipsized(layout);
    struct extent size = lettering_extent(layout);
    double h = size.height + 2 * pad;
    y -= hangs ? 0 : h;
    color_use_alpha(d->cr, 0, 0.8);
    canvas_rounded(d->cr, middle - size.width / 2 - beside, y, size.width + 2 * beside, h, 8 * u);
    cairo_fill(d->cr);
    double half = pango_layout_get_width(layout) / 2.0 / PANGO_SCALE;
    lettering_show(d->cr, layout, middle - half, y + pad, 0xffffff);
    g_object_unref(layout);
    return cut;
}

// In a room of that width, box included.
static struct lettering caption_letters(const struct desk *d, double size, double width)
{
    return (struct lettering){.font = "Sans",
                              .largest = size,
                              .smallest = size * 0.72,
                              .lines = CAPTION_LINES,
                              .width = width - 48 * d->unit,
                              .height = CAPTION_LINES * line_height * size,
                              .middle = true,
                              .even = true};
}

int screen_caption(const struct screen_look *look, const char *text, const char *path,
                   struct screen_piece *ret, struct err *e)
{
    struct desk d;
    desk_open(&d, look);
    struct lettering l =
        caption_letters(&d, caption_size * d.unit, d.safe.width * (d.wide ? 0.7 : 1));
    bool cut = draw_caption(&d, text, &l, d.safe.y + d.safe.height, false);
    int r = desk_close(&d, path, ret, e);
    return r < 0 ? r : cut;
}

int screen_clip_caption(const struct screen_look *look, const char *text,
                        const struct screen_piece *room, bool hangs, const char *path,
                        struct screen_piece *ret, struct err *e)
{
    struct desk d;
    desk_open(&d, look);
    struct lettering l = caption_letters(&d, look->width / 18.0, room->width);
    d.middle = room->x + room->width / 2.0;
    bool cut = draw_caption(&d, text, &l, hangs ? room->y : room->y + room->height, hangs);
    int r = desk_close(&d, path, ret, e);
    return r < 0 ? r : cut;
}
