// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/curve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "doc/curvedata.h"
#include "doc/svg.h"
#include "doc/words.h"
#include "sound/loudness.h"

enum {
    LEFT = 92,
    RIGHT = CURVE_WIDTH - 20,
    PLOT = RIGHT - LEFT,
    HEAD = 44,      // legend
    TITLE = 26,     // above a panel
    LOUDNESS = 170, // heights of the panels
    GAIN = 64,
    LANE = 20,
    PEAKS = 72,
    GAP = 18,
    FOOT = 34,
    MOMENTARY_COLUMNS = PLOT / 2,
    MAX_LABELS = 8, // of cuts; more stand without words
};
static const double letter = 6.6; // how wide one of 12 pixels is, about

static const struct svg_color paper = {0xfffefb, 0x161e25}, rule = {0xe4e0d6, 0x2d3943},
                              ink = {0x1c2730, 0xeceae4}, soft = {0x55626e, 0xa9b4bc},
                              good = {0x2f8f5b, 0x55c98e}, bad = {0xc4162a, 0xff7b84},
                              cut = {0x8a2f6b, 0xe58cc4}, music = {0x757b82, 0x98a1a9};
static const struct svg_color before = {0xbf5a10, 0xf0a05a}, after = {0x0b5a7d, 0x7cc7ec};
static const struct svg_color voices[] = {
    {0x6b4fa0, 0xb79cf0}, {0x0f8a7e, 0x4fd0c2}, {0xa8480f, 0xf2955c},
    {0x8a6d00, 0xe0c34c}, {0x345fb0, 0x8fb4ff}, {0xa02f5f, 0xf08bb4},
};

static const struct svg_color *voice_color(int i)
{
    return i == CURVE_MUSIC ? &music : &voices[(size_t)i % COUNT(voices)];
}

struct panel {
    double top, height, low, high; // values at its bottom and its top
};
struct curve {
    const struct curve_params *p;
    struct svg *svg;
    cairo_t *cr;
    double y, bottom; // the next panel begins here; where all panels end
};

static double x_of(const struct curve *c, double s)
{
    s = s < 0 ? 0 : s > c->p->length_s ? c->p->length_s : s;
    return LEFT + PLOT * s / c->p->length_s;
}

static double y_of(const struct panel *p, double value)
{
    double share = (value - p->low) / (p->high - p->low);
    share = !(share > 0) ? 0 : share > 1 ? 1 : share; // -inf and NAN lie at the bottom
    return p->top + p->height * (1 - share);
}

// Quarters of a pixel are fine enough, and short to write.
static double fine(double v)
{
    return round(v * 4) / 4;
}

static void point(const struct curve *c, double x, double y)
{
    cairo_line_to(c->cr, fine(x), fine(y));
}

static void word(const struct curve *c, const struct svg_color *color, enum svg_anchor anchor,
                 double x, double y, const char *text)
{
    svg_text(c->svg, &(struct svg_type){.color = color, .size = 12, .anchor = anchor}, x, y, text);
}

static void heading(const struct curve *c, const struct svg_color *color, double y,
                    const char *text)
{
    svg_text(c->svg, &(struct svg_type){.color = color, .size = 14, .bold = true}, LEFT, y, text);
}

static void add_level(const struct curve *c, struct str *s, double v, int decimals)
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
    add_level(c, &s, v, 0);
    word(c, color, SVG_END, LEFT - 8, y + 4, s.p);
    str_done(&s);
}

static void line(const struct curve *c, const struct svg_color *color, double width, double y)
{
    svg_use(c->svg, color, 1);
    cairo_set_line_width(c->cr, width);
    cairo_move_to(c->cr, LEFT, fine(y));
    cairo_line_to(c->cr, RIGHT, fine(y));
    cairo_stroke(c->cr);
}

static void dashed(const struct curve *c, const struct svg_color *color, double width, double y)
{
    static const double dash[] = {6, 4};
    cairo_set_dash(c->cr, dash, 2, 0);
    line(c, color, width, y);
    cairo_set_dash(c->cr, NULL, 0, 0);
}

static void grid(const struct curve *c, const struct panel *p, double step)
{
    for (double v = ceil(p->low / step) * step; v <= p->high; v += step) {
        line(c, &rule, 1, y_of(p, v));
        level_word(c, &soft, y_of(p, v), v);
    }
}

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
    return is_last(c, s) ? &after : &before;
}

// Between what is lowest and highest in each column, as one closed line.
static void band(const struct curve *c, const struct panel *p, const struct curve_column *column,
                 size_t n)
{
    double width = PLOT / (double)n;
    for (size_t i = 0; i < n; i++)
        point(c, LEFT + ((double)i + 0.5) * width, y_of(p, column[i].high));
    for (size_t i = n; i-- > 0;)
        point(c, LEFT + ((double)i + 0.5) * width, y_of(p, column[i].low));
    cairo_close_path(c->cr);
}

static void short_term(const struct curve *c, const struct panel *p, const struct curve_sound *s)
{
    struct curve_column *column = curve_loudness(s, c->p->length_s, LOUDNESS_SHORT_TERM, PLOT);
    band(c, p, column, PLOT);
    svg_use(c->svg, color_of(c, s), 1);
    cairo_set_line_width(c->cr, 1.75);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(c->cr);
    free(column);
}

// A pale hill behind the line that matters.
static void momentary(const struct curve *c, const struct panel *p, const struct curve_sound *s)
{
    struct curve_column *column =
        curve_loudness(s, c->p->length_s, LOUDNESS_MOMENTARY, MOMENTARY_COLUMNS);
    point(c, LEFT, p->top + p->height);
    for (size_t i = 0; i < MOMENTARY_COLUMNS; i++)
        point(c, LEFT + ((double)i + 0.5) * PLOT / MOMENTARY_COLUMNS, y_of(p, column[i].high));
    point(c, RIGHT, p->top + p->height);
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
    double top = y_of(p, lufs + off), bottom = y_of(p, lufs - off);
    if (bottom - top < 5) { // as narrow as it is, it must be seen
        double middle = (top + bottom) / 2;
        top = middle - 2.5;
        bottom = middle + 2.5;
    }
    svg_use(c->svg, &good, 0.45);
    cairo_rectangle(c->cr, LEFT, fine(top), PLOT, fine(bottom - top));
    cairo_fill(c->cr);
}

static void sound_title(const struct curve *c, const struct curve_sound *s, double y)
{
    struct str t;
    str_init(&t, 400);
    str_add(&t, s->label);
    if (isfinite(s->integrated_lufs)) {
        str_add(&t, ": ");
        add_level(c, &t, s->integrated_lufs, 1);
        str_add(&t, " LUFS");
    }
    heading(c, color_of(c, s), y, t.p);
    str_done(&t);
}

static void draw_sound(struct curve *c, const struct curve_sound *s, double low, double high)
{
    struct panel p = next_panel(c, TITLE, LOUDNESS, low, high);
    sound_title(c, s, p.top - 9);
    grid(c, &p, 10);
    target(c, &p);
    momentary(c, &p, s);
    short_term(c, &p, s);
    if (isfinite(s->integrated_lufs))
        dashed(c, &ink, 1.25, y_of(&p, s->integrated_lufs));
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
        double x = x_of(c, g->point[k][0]), db = g->point[k][1];
        bool corner = k + 1 == g->n || isnan(db) || fabs(db - g->point[k + 1][1]) > 0.5;
        if (isnan(db)) {
            cairo_new_sub_path(c->cr);
            last = -1;
        } else if (x - last >= 0.5 || corner) {
            point(c, last = x, y_of(p, db));
        }
    }
    svg_use(c->svg, c->p->num_gains > 1 ? voice_color(g->color) : &after, 1);
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
    heading(c, &ink, p.top - 9, c->p->words.gain);
    grid(c, &p, most);
    for (size_t i = 0; i < c->p->num_gains; i++)
        gain_line(c, &p, &c->p->gains[i]);
}

// ---- who speaks when

// So much of the text as fits into the width.
static void short_word(const struct curve *c, const struct svg_type *t, double x, double y,
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

// Turns that fall on the same pixels are one stroke.
static void lane_strokes(const struct curve *c, const struct curve_lane *l, double y)
{
    double from = -1, to = -1;
    for (size_t i = 0; i <= l->n; i++) {
        double a = i < l->n ? x_of(c, l->span[i].from_s) : HUGE_VAL;
        double z = i < l->n ? x_of(c, l->span[i].to_s) : HUGE_VAL;
        z = z - a < 1 ? a + 1 : z;
        if (to >= 0 && a > to + 0.75) {
            cairo_move_to(c->cr, fine(from), y);
            cairo_line_to(c->cr, fine(to), y);
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
    heading(c, &ink, p.top - 9, c->p->words.voices);
    for (size_t i = 0; i < n; i++) {
        const struct curve_lane *l = &c->p->lanes[i];
        const struct svg_color *color = voice_color(l->color);
        double y = p.top + ((double)i + 0.5) * LANE;
        line(c, &rule, 1, y);
        lane_strokes(c, l, y);
        svg_use(c->svg, color, 1);
        cairo_set_line_width(c->cr, LANE - 6);
        cairo_stroke(c->cr);
        struct svg_type t = {.color = color, .size = 12, .anchor = SVG_END};
        short_word(c, &t, LEFT - 8, y + 4, LEFT - 12, l->label);
    }
}

static void draw_chapters(struct curve *c)
{
    size_t n = c->p->num_chapters;
    if (!n)
        return;
    struct panel p = next_panel(c, TITLE, LANE, 0, 1);
    heading(c, &ink, p.top - 9, c->p->words.chapters);
    line(c, &rule, 1, p.top);
    struct svg_type t = {.color = &ink, .size = 12};
    for (size_t i = 0; i < n; i++) {
        const struct curve_mark *m = &c->p->chapters[i];
        double x = fine(x_of(c, m->at_s));
        cairo_move_to(c->cr, x, p.top);
        cairo_line_to(c->cr, x, p.top + LANE);
        short_word(c, &t, x + 5, p.top + 15, x_of(c, m->at_s + m->length_s) - x - 8, m->label);
    }
    svg_use(c->svg, &soft, 1);
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
                  size_t n)
{
    double width = PLOT / (double)n;
    for (size_t i = 0; i < n; i++) {
        double y = y_of(p, column[i].high);
        if (i == 0 || column[i].high != column[i - 1].high)
            point(c, LEFT + (double)i * width, y);
        if (i + 1 == n || column[i].high != column[i + 1].high)
            point(c, LEFT + (double)(i + 1) * width, y);
    }
}

static void peaks_over(const struct curve *c, const struct panel *p,
                       const struct curve_column *column, size_t n)
{
    double width = PLOT / (double)n;
    for (size_t i = 0; i < n; i++)
        if (column[i].high > c->p->ceiling_dbtp + 0.05)
            cairo_rectangle(c->cr, fine(LEFT + (double)i * width), p->top - 4,
                            width < 1 ? 1 : fine(width), 4);
    svg_use(c->svg, &bad, 1);
    cairo_fill(c->cr);
}

static void draw_peak(const struct curve *c, const struct panel *p, const struct curve_sound *s)
{
    size_t n = peak_columns(c);
    struct curve_column *column = curve_peaks(s, c->p->length_s, n);
    cairo_new_path(c->cr);
    if (is_last(c, s))
        cairo_move_to(c->cr, LEFT, p->top + p->height);
    steps(c, p, column, n);
    svg_use(c->svg, color_of(c, s), is_last(c, s) ? 0.55 : 1);
    if (is_last(c, s)) {
        cairo_line_to(c->cr, RIGHT, p->top + p->height);
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
    heading(c, &ink, p.top - 9, c->p->words.true_peak);
    grid(c, &p, 10);
    for (size_t i = c->p->num_sounds; i-- > 0;)
        draw_peak(c, &p, &c->p->sound[i]);
    if (!isnan(c->p->ceiling_dbtp))
        dashed(c, &bad, 1.25, y_of(&p, c->p->ceiling_dbtp));
}

// ---- around the panels

static void draw_cuts(const struct curve *c, double top)
{
    static const double dash[] = {2, 3};
    double last = -HUGE_VAL;
    for (size_t i = 0; i < c->p->num_cuts; i++) {
        const struct curve_mark *m = &c->p->cuts[i];
        double x = fine(x_of(c, m->at_s));
        if (x - last < 1)
            continue;
        last = x;
        cairo_move_to(c->cr, x, top);
        cairo_line_to(c->cr, x, c->bottom);
        if (c->p->num_cuts <= MAX_LABELS)
            word(c, &cut, x > RIGHT - 60 ? SVG_END : SVG_START, x + (x > RIGHT - 60 ? -4 : 4),
                 top + 11, m->label);
    }
    svg_use(c->svg, &cut, 1);
    cairo_set_dash(c->cr, dash, 2, 0);
    cairo_set_line_width(c->cr, 1.25);
    cairo_stroke(c->cr);
    cairo_set_dash(c->cr, NULL, 0, 0);
}

static void draw_clock(const struct curve *c)
{
    static const int every[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200};
    double length = c->p->length_s;
    size_t i = 0;
    while (i + 1 < COUNT(every) && length / every[i] > 12)
        i++;
    for (int64_t t = 0; (double)t <= length && t <= 24 * every[i]; t += every[i]) {
        double x = fine(x_of(c, (double)t));
        struct str s;
        str_init(&s, 32);
        words_clock(&s, t * TICKS_PER_SEC, length >= 3600);
        cairo_move_to(c->cr, x, c->bottom);
        cairo_line_to(c->cr, x, c->bottom + 6);
        word(c, &soft, x > RIGHT - 8 ? SVG_END : SVG_MIDDLE, x, c->bottom + 20, s.p);
        str_done(&s);
    }
    svg_use(c->svg, &soft, 1);
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
    word(c, &soft, SVG_START, x + 28, 24, text);
    size_t letters = 0;
    for (const char *at = text; *at; at++)
        letters += ((unsigned char)*at & 0xc0) != 0x80;
    return x + 28 + (double)letters * letter + 22;
}

static void draw_legend(const struct curve *c)
{
    static const double dash[] = {6, 4}, dots[] = {2, 3};
    const struct curve_words *w = &c->p->words;
    double x = sample(c, LEFT, &after, 2.5, 1, w->short_term);
    x = sample(c, x, &after, 9, 0.2, w->momentary);
    cairo_set_dash(c->cr, dash, 2, 0);
    x = sample(c, x, &ink, 1.5, 1, w->integrated);
    cairo_set_dash(c->cr, NULL, 0, 0);
    if (!isnan(c->p->target_lufs))
        x = sample(c, x, &good, 6, 0.45, w->target);
    cairo_set_dash(c->cr, dash, 2, 0);
    if (!isnan(c->p->ceiling_dbtp))
        x = sample(c, x, &bad, 1.5, 1, w->ceiling);
    cairo_set_dash(c->cr, dots, 2, 0);
    if (c->p->num_cuts)
        sample(c, x, &cut, 1.5, 1, w->cut);
    cairo_set_dash(c->cr, NULL, 0, 0);
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
    svg_use(c.svg, &paper, 1);
    cairo_rectangle(c.cr, 0, 0, CURVE_WIDTH, height);
    cairo_fill(c.cr);
    draw_legend(&c);
    draw_sounds(&c);
    draw_gains(&c);
    draw_lanes(&c);
    draw_chapters(&c);
    draw_peaks(&c);
    draw_cuts(&c, HEAD + TITLE);
    draw_clock(&c);
    int r = svg_finish(c.svg, p->words.title, p->words.desc, out, e);
    svg_free(c.svg);
    return r;
}
