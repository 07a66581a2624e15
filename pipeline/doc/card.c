// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/card.h"

#include <math.h>
#include <string.h>

#include "base/str.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/lettering.h"
#include "doc/scene.h"
#include "doc/screenwords.h"
#include "doc/words.h"
#include "picture/moving.h"

// All measures in units of a thousandth of the shorter side.
struct sheet {
    struct canvas canvas;
    cairo_t *cr;
    const struct scene_colors *colors;
    bool upright;
    double pixels;                   // of a unit
    double left, top, width, bottom; // of the safe area
    double horizon;
};

// An upright frame has most of its height above the sea, for the words: 1.2 of its width are a side
// of the scene's square.
static void sheet_open(struct sheet *s, const struct screen_look *look,
                       const struct cover_words *words)
{
    struct screen_piece safe = screen_safe(look->width, look->height);
    s->upright = look->height > look->width;
    s->pixels = (s->upright ? look->width : look->height) / 1000.0;
    s->left = (s->upright ? safe.x : safe.x + 0.01 * look->height) / s->pixels;
    s->top = safe.y / s->pixels;
    s->width = look->width / s->pixels - 2 * s->left;
    s->bottom = (safe.y + safe.height) / s->pixels;
    s->colors = scene_palette(scene_seed(words->theme));
    canvas_open(&s->canvas, look->width, look->height, false);
    s->cr = s->canvas.cr;
    double side = s->upright ? 1.2 * look->width : look->height;
    double above = s->upright ? 0.8 * look->height - SCENE_HORIZON * side : 0;
    s->horizon = (above + SCENE_HORIZON * side) / s->pixels;
    cairo_save(s->cr);
    cairo_translate(s->cr, 0, above);
    cairo_scale(s->cr, side, side);
    scene_draw(s->cr, s->colors, scene_seed(words->title ? words->title : words->show),
               look->width / side);
    cairo_restore(s->cr);
    cairo_scale(s->cr, s->pixels, s->pixels);
}

static int sheet_close(struct sheet *s, const char *path, struct err *e)
{
    int r = canvas_save(&s->canvas, path, e);
    canvas_close(&s->canvas);
    return r;
}

struct style {
    const char *font;
    double largest, smallest, height;
    bool soft; // in the colour of the sun, else in white
};
static const struct style style_show = {"Sans Bold", 40, 22, 56, true},
                          style_theme = {"Sans", 42, 20, 60, false},
                          style_date = {"Sans", 32, 18, 48, true},
                          style_label = {"Sans", 34, 20, 50, true},
                          style_site = {"Sans Bold", 52, 24, 76, false},
                          style_title_small = {"Sans Bold", 54, 24, 130, false},
                          style_small = {"Sans", 30, 20, 48, false};

// Returns the y below.
static double put(struct sheet *s, const char *text, double y, double width, const struct style *st)
{
    struct lettering l = {.font = st->font,
                          .largest = st->largest,
                          .smallest = st->smallest,
                          .width = width,
                          .height = st->height,
                          .color = st->soft ? s->colors->soft : s->colors->ink,
                          .one_line = true,
                          .even = true};
    return lettering_draw(s->cr, text, s->left, y, &l);
}

// What stands above the sun and the peaks; returns the y below. title: the height of its room.
static double heading(struct sheet *s, const struct cover_words *w, const char *when, double title)
{
    double beside = s->upright ? s->width : s->width / 2; // the sun may stand at the right
    const struct style large = {"Sans Bold", 108, 40, title, false};
    double y = s->top + (s->upright ? 0 : 14);
    struct str where;
    str_init(&where, 4 * LETTERING_MAX);
    lettering_join(&where, w->theme, w->place);
    y = put(s, w->title ? w->show : NULL, y, s->width, &style_show);
    y = put(s, w->title ? w->title : w->show, y + 16, s->width, &large);
    y = put(s, where.p, y + 14, beside, &style_theme);
    str_done(&where);
    return put(s, when, y + 8, beside, &style_date);
}

static double usual_title(const struct sheet *s)
{
    return s->upright ? 380 : 220;
}

int card_intro(const struct screen_look *look, const struct cover_words *words, const char *when,
               const char *path, struct err *e)
{
    struct sheet s;
    sheet_open(&s, look, words);
    double y = heading(&s, words, when, usual_title(&s)) + 36;
    struct chip_block b = {
        .x = s.left, .y = y, .width = s.width, .height = s.bottom - y, .size = 58};
    if (!s.upright) {
        b.y = s.horizon + 40;
        b.height = s.bottom - b.y - 10;
        b.at_bottom = true;
    }
    chip_draw(s.cr, words->goals, words->num_goals, &b);
    return sheet_close(&s, path, e);
}

// Each on a line of its own, "Kari Nordmann, Meløy". Returns how many.
static int add_guests(struct str *out, const struct card_thanks *t)
{
    int n = 0;
    for (size_t i = 0; i < t->num_guests; i++) {
        const struct fact_person *p = &t->guests[i];
        if (lettering_blank(p->name))
            continue;
        str_add(out, n++ > 0 ? "\n" : "");
        for (const char *c = p->name; *c; c++)
            str_addc(out, *c == '\n' ? ' ' : *c);
        if (!lettering_blank(p->place.name)) {
            str_add(out, ", ");
            str_add(out, p->place.name);
        }
    }
    return n;
}

static double draw_guests(struct sheet *s, const struct card_thanks *t, double y, double bottom,
                          const char *thanks)
{
    struct lettering names = {.font = "Sans Bold",
                              .largest = 46,
                              .smallest = 22,
                              .width = s->width,
                              .color = s->colors->ink};
    struct str guests;
    str_init(&guests, STR_MAX);
    names.lines = add_guests(&guests, t);
    if (names.lines > 0) {
        y = put(s, thanks, y, s->width, &style_label) + 4;
        names.height = bottom - y;
        y = lettering_draw(s->cr, guests.p, s->left, y, &names);
    }
    str_done(&guests);
    return y;
}

// Without what people need not type.
static void add_address(struct str *out, const char *site)
{
    const char *begin = strstr(site, "://");
    str_add(out, begin ? begin + 3 : site);
    while (out->len > 0 && out->p[out->len - 1] == '/')
        out->p[--out->len] = '\0';
}

static void draw_where(struct sheet *s, const struct card_thanks *t, double y,
                       const struct screenwords *w)
{
    struct str text;
    str_init(&text, 4 * LETTERING_MAX);
    if (!lettering_blank(t->site)) {
        add_address(&text, t->site);
        y = put(s, w->hear, y, s->width, &style_label) + 2;
        y = put(s, text.p, y, s->width, &style_site) + 18;
    }
    str_clear(&text);
    if (!lettering_blank(t->license)) {
        const struct license *known = license_find(t->license);
        str_addf(&text, "%s: %s", w->license, known ? known->name : t->license);
        put(s, text.p, y, s->width, &style_small);
    }
    str_done(&text);
}

int card_outro(const struct screen_look *look, const struct cover_words *words,
               const struct card_thanks *thanks, const char *path, struct err *e)
{
    struct sheet s;
    sheet_open(&s, look, words);
    const struct screenwords *w = screenwords_in(look->language);
    const struct style show = {"Sans Bold", 84, 40, s.upright ? 290 : 195, false};
    double y = put(&s, words->show, s.top + (s.upright ? 0 : 14), s.width, &show) + 26;
    y = draw_guests(&s, thanks, y, s.upright ? s.bottom - 260 : 415, w->thanks);
    draw_where(&s, thanks, s.upright ? y + 50 : s.horizon + 44, w);
    return sheet_close(&s, path, e);
}

int card_clip(const struct screen_look *look, const struct cover_words *words,
              const struct screen_piece *window, const char *path, struct err *e)
{
    struct sheet s;
    sheet_open(&s, look, words);
    double others = style_show.height + style_theme.height + 2 * 20;
    double room = window->y / s.pixels - s.top - others;
    heading(&s, words, NULL, room > 60 ? room : 60);
    return sheet_close(&s, path, e);
}

int card_sound(const struct screen_look *look, const struct cover_words *words, const char *path,
               struct screen_piece *ret, struct err *e)
{
    struct sheet s;
    sheet_open(&s, look, words);
    double y = heading(&s, words, NULL, usual_title(&s)) + 40;
    y = s.upright ? y : s.horizon + 80; // below the light on the water
    double height = s.upright ? 220 : s.bottom - y;
    height = height > s.bottom - y ? s.bottom - y : height;
    struct screen_piece piece = {
        .x = (int)(s.left * s.pixels) & ~1,
        .y = (int)(y * s.pixels) & ~1,
        .width = (int)(s.width * s.pixels) & ~1,
        .height = (int)(height * s.pixels) & ~1,
    };
    int r = sheet_close(&s, path, e);
    if (r >= 0)
        *ret = piece;
    return r;
}

static double strip_top(const struct sheet *s, const struct screen_look *look)
{
    return moving_place(look->width, look->height).y / s->pixels - 20;
}

// Goals between what is written and the strip that moves.
static void draw_goals(struct sheet *s, const struct cover_words *w, double y, double bottom)
{
    double room = bottom - y, each = w->num_goals <= CHIP_NAMES ? (double)w->num_goals : 1;
    struct chip_block b = {.x = s->left, .y = y, .width = s->width, .height = room};
    b.size = fmin(58, room / each / 1.2);
    if (b.size >= 28) // smaller ones cannot be read
        chip_draw(s->cr, w->goals, w->num_goals, &b);
}

int card_away(const struct screen_look *look, const struct cover_words *words, const char *path,
              struct err *e)
{
    struct sheet s;
    sheet_open(&s, look, words);
    double bottom = strip_top(&s, look), beside = s.upright ? s.width : s.width * 0.6;
    const struct style back = {"Sans Bold", 104, 40, s.upright ? 230 : 200, false};
    double y = s.top + (s.upright ? 0 : 14);
    y = put(&s, words->show, y, s.width, &style_show);
    y = put(&s, screenwords_in(look->language)->back, y + 16, s.width, &back);
    y = put(&s, words->title, y + 18, beside, &style_title_small);
    y = put(&s, words->theme, y + 8, beside, &style_theme);
    draw_goals(&s, words, y + 30, bottom);
    return sheet_close(&s, path, e);
}

int card_live(const struct screen_look *look, const struct cover_words *words, const char *path,
              struct err *e)
{
    struct sheet s;
    sheet_open(&s, look, words);
    double y = heading(&s, words, NULL, usual_title(&s));
    draw_goals(&s, words, y + 30, strip_top(&s, look));
    return sheet_close(&s, path, e);
}
