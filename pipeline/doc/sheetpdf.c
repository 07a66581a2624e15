// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/sheetpdf.h"

#include <string.h>

#include "doc/canvas.h"
#include "doc/chip.h"
#include "doc/color.h"
#include "doc/lettering.h"
#include "doc/pdf.h"
#include "doc/qr.h"
#include "doc/scene.h"

// Points. The ink is that of the web page.
#define MARGIN 54.0
#define INNER (PDF_A4_WIDTH - 2 * MARGIN)
#define BOTTOM (PDF_A4_HEIGHT - 66)
#define BAND 168.0 // the landscape's height
enum { INK = 0x1c2730, SOFT = 0x4c5a66, LINK = 0x0b5a7d, LINE = 0xd8d5cc };

struct writer {
    struct pdf pdf;
    cairo_t *cr;
    const struct sheet *s;
    const char *page; // its word
    double y;         // where the next thing stands
    int number;       // of the page, from 1
};

struct style {
    const char *font;
    double size, leading; // leading: of one line to the next
    uint32_t color;
};
static const struct style heading = {"Sans Bold", 15, 20, INK},
                          under = {"Sans Bold", 11, 15.5, INK}, text = {"Sans", 10.5, 15.5, INK},
                          bold = {"Sans Bold", 10.5, 15.5, INK}, small = {"Sans", 9, 13, SOFT},
                          linked = {"Sans", 9.5, 14, LINK};

static void foot(struct writer *w)
{
    struct str number;
    struct lettering l = {.font = "Sans",
                          .largest = 8,
                          .smallest = 5,
                          .width = INNER - 90,
                          .height = 24,
                          .color = SOFT,
                          .lines = 2,
                          .one_line = true};
    str_init(&number, 64);
    str_addf(&number, "%s %d", w->page, w->number);
    color_use(w->cr, LINE);
    cairo_rectangle(w->cr, MARGIN, BOTTOM + 12, INNER, 0.7);
    cairo_fill(w->cr);
    lettering_draw(w->cr, w->s->foot, MARGIN, BOTTOM + 18, &l);
    PangoLayout *layout = lettering_at(w->cr, number.p, &l, 8);
    lettering_show(w->cr, layout, MARGIN + INNER - lettering_extent(layout).width, BOTTOM + 18,
                   SOFT);
    g_object_unref(layout);
    str_done(&number);
}

static void next_page(struct writer *w)
{
    foot(w);
    cairo_show_page(w->cr);
    w->number++;
    w->y = MARGIN;
}

static void need(struct writer *w, double height)
{
    if (w->y + height > BOTTOM && w->y > MARGIN)
        next_page(w);
}

static PangoLayout *lay_out(struct writer *w, const char *words, const struct style *st,
                            double width)
{
    struct lettering l = {.font = st->font, .width = width, .most = strlen(words) + 1};
    PangoLayout *layout = lettering_at(w->cr, words, &l, st->size);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR); // long addresses
    return layout;
}

// Line by line, on to the next page where one is full.
static void write_lines(struct writer *w, PangoLayout *layout, double x, const struct style *st)
{
    int n = pango_layout_get_line_count(layout);
    for (int i = 0; i < n; i++) {
        need(w, st->leading);
        color_use(w->cr, st->color);
        cairo_move_to(w->cr, x, w->y + st->size);
        pango_cairo_show_layout_line(w->cr, pango_layout_get_line_readonly(layout, i));
        w->y += st->leading;
    }
}

static void put(struct writer *w, const char *role, const char *words, double x,
                const struct style *st)
{
    if (lettering_blank(words))
        return;
    PangoLayout *layout = lay_out(w, words, st, MARGIN + INNER - x);
    if (role)
        pdf_begin(w->cr, role);
    write_lines(w, layout, x, st);
    if (role)
        pdf_end(w->cr, role);
    g_object_unref(layout);
}

// ---- the first page's head

static void draw_band(struct writer *w)
{
    const struct scene_colors *colors = scene_palette(scene_seed(w->s->theme));
    const double side = 250, top = BAND - SCENE_HORIZON * side;
    cairo_save(w->cr);
    cairo_rectangle(w->cr, 0, 0, PDF_A4_WIDTH, BAND);
    cairo_clip(w->cr);
    cairo_translate(w->cr, 0, top);
    cairo_scale(w->cr, side, side);
    scene_draw(w->cr, colors, scene_seed(w->s->title), PDF_A4_WIDTH / side);
    cairo_restore(w->cr);
    const double end = top + 0.47 * side;
    struct lettering show = {.font = "Sans Bold",
                             .largest = 11,
                             .smallest = 7,
                             .width = INNER,
                             .height = 16,
                             .color = colors->soft,
                             .lines = 1,
                             .one_line = true};
    struct lettering title = {.font = "Sans Bold",
                              .largest = 30,
                              .smallest = 9,
                              .width = INNER,
                              .height = end - 42,
                              .color = colors->ink,
                              .one_line = true,
                              .even = true};
    pdf_begin(w->cr, "P");
    double y = lettering_draw(w->cr, w->s->show, MARGIN, 22, &show) + 4;
    pdf_end(w->cr, "P");
    pdf_begin(w->cr, "H1");
    lettering_draw(w->cr, w->s->title, MARGIN, y, &title);
    pdf_end(w->cr, "H1");
}

static void write_head(struct writer *w)
{
    const struct sheet *s = w->s;
    draw_band(w);
    w->y = BAND + 16;
    put(w, "P", s->line, MARGIN, &small);
    if (s->num_goals) {
        struct chip_block b = {MARGIN, w->y + 6, INNER, 64, 20, false};
        if (s->num_goals <= CHIP_NAMES)
            b.height = 24.0 * (double)s->num_goals;
        pdf_begin(w->cr, "P");
        w->y = chip_draw_wide(w->cr, s->goals, s->num_goals, &b);
        pdf_end(w->cr, "P");
    }
    w->y += 4;
}

// ---- blocks

static void write_item(struct writer *w, const struct sheet_block *b, const char *mark,
                       double indent)
{
    PangoLayout *layout = lay_out(w, b->text, &text, INNER - indent);
    int lines = pango_layout_get_line_count(layout);
    need(w, (lines < 3 ? lines : 2) * text.leading);
    pdf_begin(w->cr, "LI");
    pdf_begin(w->cr, "Lbl");
    PangoLayout *label = lay_out(w, mark, b->kind == BLOCK_TIME ? &bold : &text, indent);
    color_use(w->cr, INK);
    cairo_move_to(w->cr, MARGIN, w->y + text.size);
    pango_cairo_show_layout_line(w->cr, pango_layout_get_line_readonly(label, 0));
    pdf_end(w->cr, "Lbl");
    pdf_begin(w->cr, "LBody");
    write_lines(w, layout, MARGIN + indent, &text);
    pdf_end(w->cr, "LBody");
    pdf_end(w->cr, "LI");
    g_object_unref(label);
    g_object_unref(layout);
    w->y += 3;
}

// A resource, on its own: name, whose it is, what it is, where it is.
static void write_entry(struct writer *w, const struct sheet_block *b)
{
    need(w, bold.leading + small.leading + linked.leading);
    pdf_begin(w->cr, "LI");
    pdf_begin(w->cr, "LBody");
    put(w, NULL, b->text, MARGIN, &bold);
    put(w, NULL, b->lead, MARGIN, &small);
    put(w, NULL, b->note, MARGIN, &text);
    if (b->url) {
        const char *shown = str_starts(b->url, "mailto:") ? b->url + strlen("mailto:") : b->url;
        PangoLayout *layout = lay_out(w, shown, &linked, INNER);
        need(w, linked.leading * pango_layout_get_line_count(layout));
        pdf_link_begin(w->cr, b->url);
        write_lines(w, layout, MARGIN, &linked);
        pdf_link_end(w->cr);
        g_object_unref(layout);
    }
    pdf_end(w->cr, "LBody");
    pdf_end(w->cr, "LI");
    w->y += 6;
}

// How wide the times of a programme are.
static double indent_of(struct writer *w, const struct sheet_block *b, size_t n)
{
    double widest = 0;
    for (size_t i = 0; i < n && b[i].kind == BLOCK_TIME; i++) {
        struct lettering l = {.font = bold.font};
        PangoLayout *layout = lettering_at(w->cr, b[i].lead, &l, bold.size);
        double width = lettering_extent(layout).width;
        widest = width > widest ? width : widest;
        g_object_unref(layout);
    }
    return widest > 0 ? widest + 14 : 18;
}

// A list, as long as its items are of one kind; returns how many they are.
static size_t write_list(struct writer *w, const struct sheet_block *b, size_t n)
{
    double indent = indent_of(w, b, n);
    size_t i = 0;
    pdf_begin(w->cr, "L");
    for (; i < n && b[i].kind == b->kind; i++) {
        struct str mark;
        str_init(&mark, 64);
        if (b->kind == BLOCK_NUMBER)
            str_addf(&mark, "%zu.", i + 1);
        if (b->kind == BLOCK_ENTRY)
            write_entry(w, &b[i]);
        else
            write_item(w, &b[i],
                       b->kind == BLOCK_TIME     ? b[i].lead
                       : b->kind == BLOCK_NUMBER ? mark.p
                                                 : "•",
                       indent);
        str_done(&mark);
    }
    pdf_end(w->cr, "L");
    return i;
}

static void write_blocks(struct writer *w)
{
    const struct sheet *s = w->s;
    for (size_t i = 0; i < s->num_blocks;) {
        const struct sheet_block *b = &s->blocks[i];
        bool head = b->kind == BLOCK_HEADING || b->kind == BLOCK_UNDER;
        if (!head && b->kind != BLOCK_TEXT) {
            i += write_list(w, b, s->num_blocks - i);
            continue;
        }
        if (head) { // never alone at the end of a page
            bool follows = i > 0 && s->blocks[i - 1].kind == BLOCK_HEADING;
            w->y += b->kind == BLOCK_HEADING ? 15 : follows ? 0 : 7;
            need(w, heading.leading + 3 * text.leading);
        }
        put(w,
            b->kind == BLOCK_HEADING ? "H2"
            : head                   ? "H3"
                                     : "P",
            b->text, MARGIN,
            b->kind == BLOCK_HEADING ? &heading
            : head                   ? &under
                                     : &text);
        w->y += head ? 3 : 4;
        i++;
    }
}

static void write_where(struct writer *w)
{
    const struct sheet *s = w->s;
    const double side = 86;
    if (!s->url)
        return;
    w->y += 16;
    need(w, side);
    double top = w->y;
    bool coded = qr_draw(w->cr, s->url, MARGIN - 9, top, side);
    double x = coded ? MARGIN + side : MARGIN;
    w->y += 16;
    put(w, "P", s->hear, x, &under);
    pdf_begin(w->cr, "P");
    pdf_link_begin(w->cr, s->url);
    put(w, NULL, s->url, x, &linked);
    pdf_link_end(w->cr);
    pdf_end(w->cr, "P");
    w->y = w->y > top + side ? w->y : top + side;
}

int sheet_pdf(const struct sheet *s, const char *page, const char *subject, const char *path,
              struct err *e)
{
    struct writer w = {.s = s, .page = page, .number = 1};
    pdf_open(&w.pdf, PDF_A4_WIDTH, PDF_A4_HEIGHT,
             &(struct pdf_words){s->title, s->author, subject, s->language, s->date_utc_s});
    w.cr = w.pdf.cr;
    write_head(&w);
    write_blocks(&w);
    write_where(&w);
    foot(&w);
    int r = pdf_save(&w.pdf, path, e);
    pdf_close(&w.pdf);
    return r < 0 ? r : w.number;
}
