// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "doc/curvedata.h"
#include "doc/curveframe.h"
#include "sound/loudness.h"

static struct panel next_panel(struct curve *c, double title, double height, double low,
                               double high)
{
    struct panel p = {c->y + title, height, low, high};
    c->y += title + height + GAP;
    c->bottom = p.top + height;
    return p;
}

// ---- loudness

static bool is_last(const struct curve *c, const struct curve_sound *s)
{
    return s == &c->p->sound[c->p->num_sounds - 1];
}

static const struct svg_color *color_of(const struct curve *c, const struct curve_sound *s)
{
    return is_last(c, s) ? &curve_colors.after : &curve_colors.before;
}

// Where the sound begins and ends; before and behind there is nothing to draw.
static void reach(const struct curve_column *column, size_t n, size_t *ret_from, size_t *ret_to)
{
    size_t from = 0, to = n;
    while (from < to && isnan(column[from].high))
        from++;
    while (to > from && isnan(column[to - 1].high))
        to--;
    *ret_from = from;
    *ret_to = to;
}

static double column_x(size_t i, size_t n)
{
    return LEFT + ((double)i + 0.5) * PLOT / (double)n;
}

// Between what is lowest and highest in each column, as one closed line.
static void short_term(const struct curve *c, const struct panel *p, const struct curve_sound *s)
{
    size_t from, to;
    struct curve_column *column = curve_loudness(s, c->p->length_s, LOUDNESS_SHORT_TERM, PLOT);
    reach(column, PLOT, &from, &to);
    for (size_t i = from; i < to; i++)
        curve_point(c, column_x(i, PLOT), curve_y(p, column[i].high));
    for (size_t i = to; i-- > from;)
        curve_point(c, column_x(i, PLOT), curve_y(p, column[i].low));
    cairo_close_path(c->cr);
    svg_use(c->svg, color_of(c, s), 0.7);
    cairo_fill_preserve(c->cr);
    svg_use(c->svg, color_of(c, s), 1);
    cairo_set_line_width(c->cr, 1.5);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(c->cr);
    free(column);
}

// A pale hill behind the line that matters.
static void momentary(const struct curve *c, const struct panel *p, const struct curve_sound *s)
{
    const size_t n = MOMENTARY_COLUMNS;
    size_t from, to;
    struct curve_column *column = curve_loudness(s, c->p->length_s, LOUDNESS_MOMENTARY, n);
    reach(column, n, &from, &to);
    curve_point(c, column_x(from, n), p->top + p->height);
    for (size_t i = from; i < to; i++)
        curve_point(c, column_x(i, n), curve_y(p, column[i].high));
    curve_point(c, column_x(to ? to - 1 : 0, n), p->top + p->height);
    cairo_close_path(c->cr);
    svg_use(c->svg, color_of(c, s), 0.2);
    cairo_fill(c->cr);
    free(column);
}

static void target(const struct curve *c, const struct panel *p)
{
    double lufs = c->p->target_lufs, off = c->p->tolerance_lu;
    if (isnan(lufs))
        return;
    double top = curve_y(p, lufs + off), bottom = curve_y(p, lufs - off);
    if (bottom - top < 5) { // as narrow as it is, it must be seen
        double middle = (top + bottom) / 2;
        top = middle - 2.5;
        bottom = middle + 2.5;
    }
    svg_use(c->svg, &curve_colors.good, 0.45);
    cairo_rectangle(c->cr, LEFT, curve_fine(top), PLOT, curve_fine(bottom - top));
    cairo_fill(c->cr);
}

static void sound_title(const struct curve *c, const struct curve_sound *s, double y)
{
    struct str t;
    str_init(&t, 400);
    str_add(&t, s->label);
    if (isfinite(s->integrated_lufs)) {
        str_add(&t, ": ");
        curve_add_level(c, &t, s->integrated_lufs, 1);
        str_add(&t, " LUFS");
    }
    curve_heading(c, color_of(c, s), y, t.p);
    str_done(&t);
}

static void draw_sound(struct curve *c, const struct curve_sound *s, double low, double high)
{
    struct panel p = next_panel(c, TITLE, LOUDNESS, low, high);
    sound_title(c, s, p.top - 9);
    curve_grid(c, &p, 10);
    target(c, &p);
    momentary(c, &p, s);
    short_term(c, &p, s);
    if (isfinite(s->integrated_lufs))
        curve_dashed(c, &curve_colors.ink, 1.25, curve_y(&p, s->integrated_lufs));
}

static void draw_sounds(struct curve *c)
{
    const struct curve_params *p = c->p;
    double middle = isnan(p->target_lufs) ? p->sound[0].integrated_lufs : p->target_lufs;
    middle = isfinite(middle) ? middle : -23;
    for (size_t i = 0; i < p->num_sounds; i++)
        draw_sound(c, &p->sound[i], middle - 30, middle + 14);
}

// ---- gain

static void gain_line(const struct curve *c, const struct panel *p, const struct curve_gain *g)
{
    double last = -1;
    cairo_new_path(c->cr);
    for (size_t k = 0; k < g->n; k++) {
        double x = curve_x(c, g->point[k][0]), db = g->point[k][1];
        bool corner = k + 1 == g->n || isnan(db) || fabs(db - g->point[k + 1][1]) > 0.5;
        if (isnan(db)) {
            cairo_new_sub_path(c->cr);
            last = -1;
        } else if (x - last >= 0.5 || corner) {
            curve_point(c, last = x, curve_y(p, db));
        }
    }
    svg_use(c->svg, c->p->num_gains > 1 ? curve_voice(g->color) : &curve_colors.after, 1);
    cairo_set_line_width(c->cr, 1.5);
    cairo_stroke(c->cr);
}

static void draw_gains(struct curve *c)
{
    double most = 3;
    size_t points = 0;
    for (size_t i = 0; i < c->p->num_gains; i++) {
        points += c->p->gains[i].n;
        for (size_t k = 0; k < c->p->gains[i].n; k++)
            most = fmax(most, fabs(c->p->gains[i].point[k][1])); // NAN counts for nothing
    }
    if (!points)
        return;
    most = ceil(most / 3) * 3;
    struct panel p = next_panel(c, TITLE, GAIN, -most, most);
    curve_heading(c, &curve_colors.ink, p.top - 9, c->p->words.gain);
    curve_grid(c, &p, most);
    for (size_t i = 0; i < c->p->num_gains; i++)
        gain_line(c, &p, &c->p->gains[i]);
}

// ---- who speaks when

// Turns that fall on the same pixels are one stroke.
static void lane_strokes(const struct curve *c, const struct curve_lane *l, double y)
{
    double from = -1, to = -1;
    for (size_t i = 0; i <= l->n; i++) {
        double a = i < l->n ? curve_x(c, l->span[i].from_s) : HUGE_VAL;
        double z = i < l->n ? curve_x(c, l->span[i].to_s) : HUGE_VAL;
        z = z - a < 1 ? a + 1 : z;
        if (to >= 0 && a > to + 0.75) {
            cairo_move_to(c->cr, curve_fine(from), y);
            cairo_line_to(c->cr, curve_fine(to), y);
            to = -1;
        }
        from = to < 0 ? a : from;
        to = z > to ? z : to;
    }
}

static void draw_lanes(struct curve *c)
{
    size_t n = c->p->num_lanes;
    if (!n)
        return;
    struct panel p = next_panel(c, TITLE, (double)n * LANE, 0, 1);
    curve_heading(c, &curve_colors.ink, p.top - 9, c->p->words.voices);
    for (size_t i = 0; i < n; i++) {
        const struct curve_lane *l = &c->p->lanes[i];
        const struct svg_color *color = curve_voice(l->color);
        double y = p.top + ((double)i + 0.5) * LANE;
        curve_rule(c, &curve_colors.rule, 1, y);
        lane_strokes(c, l, y);
        svg_use(c->svg, color, 1);
        cairo_set_line_width(c->cr, LANE - 6);
        cairo_stroke(c->cr);
        struct svg_type t = {.color = color, .size = 12, .anchor = SVG_END};
        curve_short_word(c, &t, LEFT - 8, y + 4, LEFT - 12, l->label);
    }
}

static void draw_chapters(struct curve *c)
{
    size_t n = c->p->num_chapters;
    if (!n)
        return;
    struct panel p = next_panel(c, TITLE, LANE, 0, 1);
    curve_heading(c, &curve_colors.ink, p.top - 9, c->p->words.chapters);
    curve_rule(c, &curve_colors.rule, 1, p.top);
    struct svg_type t = {.color = &curve_colors.ink, .size = 12};
    for (size_t i = 0; i < n; i++) {
        const struct curve_mark *m = &c->p->chapters[i];
        double x = curve_fine(curve_x(c, m->at_s));
        cairo_move_to(c->cr, x, p.top);
        cairo_line_to(c->cr, x, p.top + LANE);
        curve_short_word(c, &t, x + 5, p.top + 15, curve_x(c, m->at_s + m->length_s) - x - 8,
                         m->label);
    }
    svg_use(c->svg, &curve_colors.soft, 1);
    cairo_set_line_width(c->cr, 1);
    cairo_stroke(c->cr);
}

// ---- peaks

static size_t peak_columns(const struct curve *c)
{
    double n = ceil(c->p->length_s);
    return n < 1 ? 1 : n > PLOT ? PLOT : (size_t)n;
}

static void steps(const struct curve *c, const struct panel *p, const struct curve_column *column,
                  size_t n, double *ret_from, double *ret_to)
{
    double width = PLOT / (double)n;
    size_t from, to;
    reach(column, n, &from, &to);
    *ret_from = curve_fine(LEFT + (double)from * width);
    *ret_to = curve_fine(LEFT + (double)to * width);
    for (size_t i = from; i < to; i++) {
        double y = curve_y(p, column[i].high);
        if (i == from || column[i].high != column[i - 1].high)
            curve_point(c, LEFT + (double)i * width, y);
        if (i + 1 == to || column[i].high != column[i + 1].high)
            curve_point(c, LEFT + (double)(i + 1) * width, y);
    }
}

static void peaks_over(const struct curve *c, const struct panel *p,
                       const struct curve_column *column, size_t n)
{
    double width = PLOT / (double)n;
    for (size_t i = 0; i < n; i++)
        if (column[i].high > c->p->ceiling_dbtp + 0.05)
            cairo_rectangle(c->cr, curve_fine(LEFT + (double)i * width), p->top - 4,
                            width < 1 ? 1 : curve_fine(width), 4);
    svg_use(c->svg, &curve_colors.bad, 1);
    cairo_fill(c->cr);
}

static void draw_peak(const struct curve *c, const struct panel *p, const struct curve_sound *s)
{
    size_t n = peak_columns(c);
    struct curve_column *column = curve_peaks(s, c->p->length_s, n);
    double from, to;
    cairo_new_path(c->cr);
    steps(c, p, column, n, &from, &to);
    svg_use(c->svg, color_of(c, s), is_last(c, s) ? 0.55 : 1);
    if (is_last(c, s)) {
        cairo_line_to(c->cr, to, p->top + p->height);
        cairo_line_to(c->cr, from, p->top + p->height);
        cairo_close_path(c->cr);
        cairo_fill(c->cr);
        peaks_over(c, p, column, n);
    } else {
        cairo_set_line_width(c->cr, 1);
        cairo_stroke(c->cr);
    }
    free(column);
}

static void draw_peaks(struct curve *c)
{
    struct panel p = next_panel(c, TITLE, PEAKS, -30, 2);
    curve_heading(c, &curve_colors.ink, p.top - 9, c->p->words.true_peak);
    curve_grid(c, &p, 10);
    for (size_t i = c->p->num_sounds; i-- > 0;)
        draw_peak(c, &p, &c->p->sound[i]);
    if (!isnan(c->p->ceiling_dbtp))
        curve_dashed(c, &curve_colors.bad, 1.25, curve_y(&p, c->p->ceiling_dbtp));
}

static double height_of(const struct curve_params *p)
{
    size_t points = 0;
    for (size_t i = 0; i < p->num_gains; i++)
        points += p->gains[i].n;
    double h = HEAD + (double)p->num_sounds * (TITLE + LOUDNESS + GAP) + TITLE + PEAKS + FOOT;
    h += points ? TITLE + GAIN + GAP : 0;
    h += p->num_lanes ? TITLE + (double)p->num_lanes * LANE + GAP : 0;
    return h + (p->num_chapters ? TITLE + LANE + GAP : 0);
}

int curve_draw(const struct curve_params *p, struct str *out, struct err *e)
{
    struct curve_params whole = *p;
    whole.length_s = p->length_s > 0.1 ? p->length_s : 0.1;
    double height = height_of(p);
    struct curve c = {.p = &whole, .svg = svg_new(CURVE_WIDTH, height), .y = HEAD};
    c.cr = svg_cairo(c.svg);
    svg_use(c.svg, &curve_colors.paper, 1);
    cairo_rectangle(c.cr, 0, 0, CURVE_WIDTH, height);
    cairo_fill(c.cr);
    curve_legend(&c);
    draw_sounds(&c);
    draw_gains(&c);
    draw_lanes(&c);
    draw_chapters(&c);
    draw_peaks(&c);
    curve_cuts(&c, HEAD + TITLE);
    curve_clock(&c);
    int r = svg_finish(c.svg, p->words.title, p->words.desc, out, e);
    svg_free(c.svg);
    return r;
}
