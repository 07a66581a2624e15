// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/curveframe.h"

#include <math.h>

#include "base/arena.h"
#include "base/str.h"
#include "doc/words.h"

enum { MAX_LABELS = 8 };          // of cuts; more stand without words
static const double letter = 7.2; // how wide one of 12 pixels is, about

const struct curve_colors curve_colors = {
    .paper = {0xfffefb, 0x161e25},
    .rule = {0xe4e0d6, 0x2d3943},
    .ink = {0x1c2730, 0xeceae4},
    .soft = {0x55626e, 0xa9b4bc},
    .good = {0x2f8f5b, 0x55c98e},
    .bad = {0xc4162a, 0xff7b84},
    .cut = {0x8a2f6b, 0xe58cc4},
    .music = {0x757b82, 0x98a1a9},
    .before = {0xbf5a10, 0xf0a05a},
    .after = {0x0b5a7d, 0x7cc7ec},
    .voices =
        {
            {0x6b4fa0, 0xb79cf0},
            {0x0f8a7e, 0x4fd0c2},
            {0xa8480f, 0xf2955c},
            {0x8a6d00, 0xe0c34c},
            {0x345fb0, 0x8fb4ff},
            {0xa02f5f, 0xf08bb4},
        },
};

const struct svg_color *curve_voice(int color)
{
    return color == CURVE_MUSIC ? &curve_colors.music
                                : &curve_colors.voices[(size_t)color % COUNT(curve_colors.voices)];
}

double curve_x(const struct curve *c, double s)
{
    s = s < 0 ? 0 : s > c->p->length_s ? c->p->length_s : s;
    return LEFT + PLOT * s / c->p->length_s;
}

double curve_y(const struct panel *p, double value)
{
    double share = (value - p->low) / (p->high - p->low);
    share = !(share > 0) ? 0 : share > 1 ? 1 : share; // -inf and NAN lie at the bottom
    return p->top + p->height * (1 - share);
}

double curve_fine(double v)
{
    return round(v * 4) / 4;
}

void curve_point(const struct curve *c, double x, double y)
{
    cairo_line_to(c->cr, curve_fine(x), curve_fine(y));
}

void curve_word(const struct curve *c, const struct svg_color *color, enum svg_anchor anchor,
                double x, double y, const char *text)
{
    svg_text(c->svg, &(struct svg_type){.color = color, .size = 12, .anchor = anchor}, x, y, text);
}

void curve_heading(const struct curve *c, const struct svg_color *color, double y, const char *text)
{
    svg_text(c->svg, &(struct svg_type){.color = color, .size = 14, .bold = true}, LEFT, y, text);
}

void curve_add_level(const struct curve *c, struct str *s, double v, int decimals)
{
    struct str plain;
    str_init(&plain, 32);
    str_add_real(&plain, v, decimals);
    for (const char *at = plain.p; *at; at++) {
        if (*at == '-')
            str_add(s, "\u2212");
        else if (*at == '.')
            str_add(s, c->p->words.decimal);
        else
            str_addc(s, *at);
    }
    str_done(&plain);
}

static void level_word(const struct curve *c, const struct svg_color *color, double y, double v)
{
    struct str s;
    str_init(&s, 32);
    curve_add_level(c, &s, v, 0);
    curve_word(c, color, SVG_END, LEFT - 8, y + 4, s.p);
    str_done(&s);
}

void curve_rule(const struct curve *c, const struct svg_color *color, double width, double y)
{
    svg_use(c->svg, color, 1);
    cairo_set_line_width(c->cr, width);
    cairo_move_to(c->cr, LEFT, curve_fine(y));
    cairo_line_to(c->cr, RIGHT, curve_fine(y));
    cairo_stroke(c->cr);
}

void curve_dashed(const struct curve *c, const struct svg_color *color, double width, double y)
{
    static const double dash[] = {6, 4};
    cairo_set_dash(c->cr, dash, 2, 0);
    curve_rule(c, color, width, y);
    cairo_set_dash(c->cr, NULL, 0, 0);
}

void curve_grid(const struct curve *c, const struct panel *p, double step)
{
    for (double v = ceil(p->low / step) * step; v <= p->high; v += step) {
        curve_rule(c, &curve_colors.rule, 1, curve_y(p, v));
        level_word(c, &curve_colors.soft, curve_y(p, v), v);
    }
}

void curve_short_word(const struct curve *c, const struct svg_type *t, double x, double y,
                      double width, const char *text)
{
    struct str s;
    size_t letters = 0, room = width < letter ? 0 : (size_t)(width / letter * 12 / t->size);
    str_init(&s, 1000);
    for (const char *at = text; *at; at++) {
        bool begins = ((unsigned char)*at & 0xc0) != 0x80;
        letters += begins;
        if (begins && letters == room && at[1]) {
            str_add(&s, "…");
            break;
        }
        if (letters > room)
            break;
        str_addc(&s, *at);
    }
    if (room > 1)
        svg_text(c->svg, t, x, y, s.p);
    str_done(&s);
}

void curve_cuts(const struct curve *c, double top)
{
    static const double dash[] = {2, 3};
    double last = -HUGE_VAL;
    for (size_t i = 0; i < c->p->num_cuts; i++) {
        const struct curve_mark *m = &c->p->cuts[i];
        double x = curve_fine(curve_x(c, m->at_s));
        if (x - last < 1)
            continue;
        last = x;
        cairo_move_to(c->cr, x, top);
        cairo_line_to(c->cr, x, c->bottom);
        if (c->p->num_cuts <= MAX_LABELS)
            curve_word(c, &curve_colors.cut, x > RIGHT - 60 ? SVG_END : SVG_START,
                       x + (x > RIGHT - 60 ? -4 : 4), top + 11, m->label);
    }
    svg_use(c->svg, &curve_colors.cut, 1);
    cairo_set_dash(c->cr, dash, 2, 0);
    cairo_set_line_width(c->cr, 1.25);
    cairo_stroke(c->cr);
    cairo_set_dash(c->cr, NULL, 0, 0);
}

void curve_clock(const struct curve *c)
{
    static const int every[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200};
    double length = c->p->length_s;
    size_t i = 0;
    while (i + 1 < COUNT(every) && length / every[i] > 12)
        i++;
    for (int64_t t = 0; (double)t <= length && t <= 24 * every[i]; t += every[i]) {
        double x = curve_fine(curve_x(c, (double)t));
        struct str s;
        str_init(&s, 32);
        words_clock(&s, t * TICKS_PER_SEC, length >= 3600);
        cairo_move_to(c->cr, x, c->bottom);
        cairo_line_to(c->cr, x, c->bottom + 6);
        curve_word(c, &curve_colors.soft, x > RIGHT - 8 ? SVG_END : SVG_MIDDLE, x, c->bottom + 20,
                   s.p);
        str_done(&s);
    }
    svg_use(c->svg, &curve_colors.soft, 1);
    cairo_set_line_width(c->cr, 1);
    cairo_stroke(c->cr);
}

static double sample(const struct curve *c, double x, const struct svg_color *color, double width,
                     double opacity, const char *text)
{
    if (!text)
        return x;
    svg_use(c->svg, color, opacity);
    cairo_set_line_width(c->cr, width);
    cairo_move_to(c->cr, x, 20);
    cairo_line_to(c->cr, x + 22, 20);
    cairo_stroke(c->cr);
    curve_word(c, &curve_colors.soft, SVG_START, x + 28, 24, text);
    size_t letters = 0;
    for (const char *at = text; *at; at++)
        letters += ((unsigned char)*at & 0xc0) != 0x80;
    return x + 28 + (double)letters * letter + 22;
}

void curve_legend(const struct curve *c)
{
    static const double dash[] = {6, 4}, dots[] = {2, 3};
    const struct curve_words *w = &c->p->words;
    double x = sample(c, LEFT, &curve_colors.after, 2.5, 1, w->short_term);
    x = sample(c, x, &curve_colors.after, 9, 0.2, w->momentary);
    cairo_set_dash(c->cr, dash, 2, 0);
    x = sample(c, x, &curve_colors.ink, 1.5, 1, w->integrated);
    cairo_set_dash(c->cr, NULL, 0, 0);
    if (!isnan(c->p->target_lufs))
        x = sample(c, x, &curve_colors.good, 6, 0.45, w->target);
    cairo_set_dash(c->cr, dash, 2, 0);
    if (!isnan(c->p->ceiling_dbtp))
        x = sample(c, x, &curve_colors.bad, 1.5, 1, w->ceiling);
    cairo_set_dash(c->cr, dots, 2, 0);
    if (c->p->num_cuts)
        sample(c, x, &curve_colors.cut, 1.5, 1, w->cut);
    cairo_set_dash(c->cr, NULL, 0, 0);
}
