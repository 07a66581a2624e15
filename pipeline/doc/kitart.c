// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/kitart.h"

#include <string.h>

#include "base/str.h"
#include "doc/canvas.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/lettering.h"
#include "doc/pdf.h"
#include "doc/qr.h"
#include "doc/scene.h"

const struct kit_size kit_sizes[KIT_SHAPES] = {
    [KIT_POSTER] = {1754, 2480}, // 297 × 420 mm
    [KIT_WIDE] = {1200, 630},    // what networks make of a link
    [KIT_SQUARE] = {1080, 1080},
    [KIT_TALL] = {1080, 1920},
};

// Where things are, in pixels of the shape. Words on the sky end at its second band, whose colour
// they are made for, and beside the sun below its upper edge.
struct plan {
    double margin, top;
    double horizon, side; // the sea's edge, the side of the scene's square
    double beside;        // how wide words may be beside the sun
    double title, show, small, name;
    struct chip_block goals;
    double foot_y, foot_x, foot_width; // where to listen
    double foot_size;
    double panel; // height of a light panel for what is read close by; 0: none
};
static const struct plan plans[KIT_SHAPES] = {
    [KIT_POSTER] = {.margin = 124,
                    .top = 118,
                    .horizon = 1530,
                    .side = 1900,
                    .beside = 760,
                    .title = 232,
                    .show = 68,
                    .small = 66,
                    .name = 62,
                    .goals = {124, 1594, 1506, 300, 88, false},
                    .panel = 430},
    [KIT_WIDE] = {.margin = 56,
                  .top = 40,
                  .horizon = 455,
                  .side = 520,
                  .beside = 590,
                  .title = 78,
                  .show = 29,
                  .small = 29,
                  .name = 30,
                  .goals = {56, 476, 640, 128, 38, true},
                  .foot_x = 730,
                  .foot_y = 506,
                  .foot_width = 414,
                  .foot_size = 33},
    [KIT_SQUARE] = {.margin = 64,
                    .top = 56,
                    .horizon = 720,
                    .side = 920,
                    .beside = 520,
                    .title = 108,
                    .show = 38,
                    .small = 38,
                    .name = 40,
                    .goals = {64, 752, 952, 160, 46, false},
                    .foot_x = 64,
                    .foot_y = 930,
                    .foot_width = 952,
                    .foot_size = 40},
    [KIT_TALL] = {.margin = 84,
                  .top = 270, // above and below are the apps' own signs
                  .horizon = 1130,
                  .side = 1150,
                  .beside = 500,
                  .title = 128,
                  .show = 44,
                  .small = 44,
                  .name = 46,
                  .goals = {84, 1190, 912, 240, 66, false},
                  .foot_x = 84,
                  .foot_y = 1456,
                  .foot_width = 912,
                  .foot_size = 50},
};

struct drawing {
    cairo_t *cr;
    const struct plan *p;
    const struct kit_art *art;
    const struct scene_colors *colors;
    double width, height;
};

static double square_y(const struct plan *p, double part)
{
    return p->horizon + (part - SCENE_HORIZON) * p->side;
}

static void draw_scene(const struct drawing *d)
{
    const struct cover_words *w = &d->art->words;
    cairo_save(d->cr);
    cairo_rectangle(d->cr, 0, 0, d->width, d->height);
    cairo_clip(d->cr);
    cairo_translate(d->cr, 0, square_y(d->p, 0));
    cairo_scale(d->cr, d->p->side, d->p->side);
    scene_draw(d->cr, d->colors, scene_seed(w->title ? w->title : w->show), d->width / d->p->side);
    cairo_restore(d->cr);
}

// A text on its own with the role it has; returns the y below.
static double put(const struct drawing *d, const char *role, const char *text, double x, double y,
                  const struct lettering *l)
{
    if (lettering_blank(text))
        return y;
    pdf_begin(d->cr, role);
    y = lettering_draw(d->cr, text, x, y, l);
    pdf_end(d->cr, role);
    return y;
}

static double height_of(const struct drawing *d, const char *text, const struct lettering *l)
{
    if (lettering_blank(text))
        return 0;
    PangoLayout *layout = lettering_fit(d->cr, text, l);
    double height = lettering_extent(layout).height;
    g_object_unref(layout);
    return height;
}

// "Kari Nordmann, ordfører, Meløy", each on a line of its own. brief: without what the person is,
// where the place is known.
static void add_guests(struct str *out, const struct kit_art *art, bool brief)
{
    for (size_t i = 0; i < art->num_guests; i++) {
        const struct fact_person *g = &art->guests[i];
        bool placed = !lettering_blank(g->place.name);
        const char *parts[] = {g->name, brief && placed ? NULL : g->role, g->place.name};
        if (lettering_blank(g->name))
            continue;
        str_add(out, out->len ? "\n" : "");
        for (size_t k = 0; k < COUNT(parts); k++) {
            str_add(out, k && !lettering_blank(parts[k]) ? ", " : "");
            for (const char *c = parts[k] && !lettering_blank(parts[k]) ? parts[k] : ""; *c; c++)
                str_addc(out, *c == '\n' ? ' ' : *c);
        }
    }
}

// Show, title, theme and, where there is no panel for them, the guests: the title gets what the
// others leave.
static void draw_heading(const struct drawing *d)
{
    const struct plan *p = d->p;
    const struct cover_words *w = &d->art->words;
    const double end = square_y(p, 0.47), gap = p->small * 0.45, inner = d->width - 2 * p->margin;
    struct lettering show = {.font = "Sans Bold",
                             .largest = p->show,
                             .smallest = p->show * 0.55,
                             .width = inner,
                             .height = p->show * 1.5,
                             .color = d->colors->soft,
                             .lines = 1,
                             .one_line = true};
    struct lettering line = {.font = "Sans",
                             .largest = p->small,
                             .smallest = p->small * 0.6,
                             .width = p->beside,
                             .height = p->small * 1.5,
                             .color = d->colors->ink,
                             .lines = 1,
                             .one_line = true};
    struct lettering names = {.font = "Sans Bold",
                              .largest = p->name,
                              .smallest = p->name * 0.55,
                              .width = p->beside,
                              .height = (end - p->top) * 0.36,
                              .color = d->colors->ink};
    struct str guests;
    str_init(&guests, STR_MAX);
    if (!(p->panel > 0))
        add_guests(&guests, d->art, true);
    double below = height_of(d, w->theme, &line) + height_of(d, guests.p, &names) + 2 * gap;
    double y = put(d, "P", w->title ? w->show : NULL, p->margin, p->top, &show) + gap * 0.5;
    struct lettering title = {.font = "Sans Bold",
                              .largest = p->title,
                              .smallest = p->title * 0.22,
                              .width = inner,
                              .height = end - y - below,
                              .color = d->colors->ink,
                              .one_line = true,
                              .even = true};
    y = put(d, "H1", w->title ? w->title : w->show, p->margin, y, &title) + gap;
    y = put(d, "P", w->theme, p->margin, y, &line) + gap * 0.6;
    put(d, "P", guests.p, p->margin, y, &names);
    str_done(&guests);
}

static void draw_goals(const struct drawing *d)
{
    if (!d->art->words.num_goals)
        return;
    pdf_begin(d->cr, "P");
    chip_draw_wide(d->cr, d->art->words.goals, d->art->words.num_goals, &d->p->goals);
    pdf_end(d->cr, "P");
}

static void draw_foot(const struct drawing *d)
{
    const struct plan *p = d->p;
    struct lettering small = {.font = "Sans",
                              .largest = p->foot_size * 0.72,
                              .smallest = p->foot_size * 0.4,
                              .width = p->foot_width,
                              .height = p->foot_size * 1.2,
                              .color = d->colors->soft,
                              .lines = 1,
                              .one_line = true};
    struct lettering large = {.font = "Sans Bold",
                              .largest = p->foot_size,
                              .smallest = p->foot_size * 0.4,
                              .width = p->foot_width,
                              .height = p->foot_size * 1.5,
                              .color = d->colors->ink,
                              .lines = 1,
                              .one_line = true};
    double y = put(d, "P", d->art->hear, p->foot_x, p->foot_y, &small);
    y = put(d, "P", d->art->address, p->foot_x, y + p->foot_size * 0.05, &large);
    small.color = d->colors->ink;
    put(d, "P", d->art->when, p->foot_x, y + p->foot_size * 0.2, &small);
}

// Guests, date and where to listen, dark on light, with the code at the right.
static void draw_panel(const struct drawing *d)
{
    const struct plan *p = d->p;
    const double x = p->margin, y = d->height - p->margin - p->panel, pad = p->panel * 0.1;
    const double side = p->panel - 2 * pad, inner = d->width - 2 * p->margin;
    const uint32_t dark = d->colors->sea;
    color_use(d->cr, 0xffffff);
    canvas_rounded(d->cr, x, y, inner, p->panel, p->panel * 0.07);
    cairo_fill(d->cr);
    bool coded = d->art->url && qr_draw(d->cr, d->art->url, x + inner - pad - side, y + pad, side);
    const double room = inner - (coded ? 3 * pad + side : 2 * pad);
    struct lettering line = {.font = "Sans",
                             .largest = p->name * 0.7,
                             .smallest = p->name * 0.4,
                             .width = room,
                             .height = p->panel * 0.14,
                             .color = dark,
                             .lines = 1,
                             .one_line = true};
    struct lettering address = {.font = "Sans Bold",
                                .largest = p->name,
                                .smallest = p->name * 0.3,
                                .width = room,
                                .height = p->panel * 0.24,
                                .color = dark,
                                .lines = 1,
                                .one_line = true};
    double foot = y + p->panel - pad - height_of(d, d->art->address, &address);
    double over = foot - height_of(d, d->art->hear, &line),
           when = height_of(d, d->art->when, &line);
    struct lettering names = {.font = "Sans Bold",
                              .largest = p->name,
                              .smallest = p->name * 0.42,
                              .width = room,
                              .height = over - y - 1.6 * pad - when,
                              .color = dark};
    struct str guests;
    str_init(&guests, STR_MAX);
    add_guests(&guests, d->art, false);
    double at = put(d, "P", guests.p, x + pad, y + pad, &names);
    put(d, "P", d->art->when, x + pad, at, &line);
    put(d, "P", d->art->hear, x + pad, over, &line);
    put(d, "P", d->art->address, x + pad, foot, &address);
    str_done(&guests);
}

void kit_art_draw(cairo_t *cr, enum kit_shape shape, const struct kit_art *art)
{
    struct drawing d = {.cr = cr,
                        .p = &plans[shape],
                        .art = art,
                        .colors = scene_palette(scene_seed(art->words.theme)),
                        .width = kit_sizes[shape].width,
                        .height = kit_sizes[shape].height};
    draw_scene(&d);
    draw_heading(&d);
    draw_goals(&d);
    if (d.p->panel > 0)
        draw_panel(&d);
    else
        draw_foot(&d);
}

int kit_art_png(enum kit_shape shape, const struct kit_art *art, const char *path, struct err *e)
{
    struct canvas v;
    canvas_open(&v, kit_sizes[shape].width, kit_sizes[shape].height, false);
    kit_art_draw(v.cr, shape, art);
    int r = canvas_save(&v, path, e);
    canvas_close(&v);
    return r;
}
