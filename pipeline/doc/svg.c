// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/svg.h"

#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/xml.h"

enum { MAX_COLORS = 32 };

struct svg {
    double width, height;
    cairo_surface_t *surface;
    cairo_t *cr;
    struct str shapes, words;
    const struct svg_color *colors[MAX_COLORS];
    size_t num_colors;
};

static cairo_status_t collect(void *out, const unsigned char *data, unsigned len)
{
    str_addn(out, (const char *)data, len);
    return CAIRO_STATUS_SUCCESS;
}

struct svg *svg_new(double width, double height)
{
    struct svg *s = mem_alloc(sizeof *s);
    s->width = width;
    s->height = height;
    str_init(&s->shapes, STR_MAX);
    str_init(&s->words, STR_MAX);
    s->surface = cairo_svg_surface_create_for_stream(collect, &s->shapes, width, height);
    s->cr = cairo_create(s->surface);
    return s;
}

static void close_surface(struct svg *s)
{
    if (s->cr)
        cairo_destroy(s->cr);
    if (s->surface)
        cairo_surface_destroy(s->surface);
    s->cr = NULL;
    s->surface = NULL;
}

void svg_free(struct svg *s)
{
    if (!s)
        return;
    close_surface(s);
    str_done(&s->shapes);
    str_done(&s->words);
    free(s);
}

cairo_t *svg_cairo(struct svg *s)
{
    return s->cr;
}

static void remember(struct svg *s, const struct svg_color *c)
{
    for (size_t i = 0; i < s->num_colors; i++)
        if (s->colors[i]->light == c->light)
            return;
    if (s->num_colors < MAX_COLORS)
        s->colors[s->num_colors++] = c;
}

void svg_use(struct svg *s, const struct svg_color *c, double opacity)
{
    remember(s, c);
    cairo_set_source_rgba(s->cr, (c->light >> 16 & 255) / 255.0, (c->light >> 8 & 255) / 255.0,
                          (c->light & 255) / 255.0, opacity);
}

void svg_text(struct svg *s, const struct svg_type *t, double x, double y, const char *text)
{
    static const char *const anchors[] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    remember(s, t->color);
    str_add(&s->words, "<text x=\"");
    str_add_real(&s->words, x, 1);
    str_add(&s->words, "\" y=\"");
    str_add_real(&s->words, y, 1);
    str_add(&s->words, "\" font-size=\"");
    str_add_real(&s->words, t->size, 0);
    str_addf(&s->words, "\"%s%s fill=\"#%06x\">", anchors[t->anchor],
             t->bold ? " font-weight=\"600\"" : "", (unsigned)t->color->light);
    xml_escape(&s->words, text, false);
    str_add(&s->words, "</text>\n");
}

// "rgb(4.3%,35.3%,49%)" of every version of cairo, with or without blanks; 0: it is not one.
static size_t read_rgb(const char *text, uint32_t *ret)
{
    const char *at = text + strlen("rgb(");
    *ret = 0;
    for (int i = 0; i < 3; i++) {
        char *end;
        double percent = strtod(at, &end);
        if (end == at || *end != '%')
            return 0;
        *ret = *ret << 8 | (uint32_t)lround(percent * 255 / 100);
        for (at = end + 1; *at == ',' || *at == ' '; at++)
            ;
    }
    return *at == ')' ? (size_t)(at + 1 - text) : 0;
}

// cairo numbers its surfaces through the life of the program: that is no part of the drawing.
static size_t skip_id(const char *text)
{
    const char *end = str_starts(text, " id=\"") ? strchr(text + strlen(" id=\""), '"') : NULL;
    return end ? (size_t)(end + 1 - text) : 0;
}

static int add_shapes(const struct str *from, struct str *out)
{
    const char *at = from->p ? strstr(from->p, "<svg") : NULL, *end = NULL;
    at = at ? strchr(at, '>') : NULL;
    for (const char *next = at; next && (next = strstr(next, "</svg>")); next++)
        end = next;
    if (!at || !end)
        return -EINVAL;
    for (at++; at < end;) {
        uint32_t rgb = 0;
        size_t id = skip_id(at), color = str_starts(at, "rgb(") ? read_rgb(at, &rgb) : 0;
        if (color)
            str_addf(out, "#%06x", (unsigned)rgb);
        else if (!id)
            str_addc(out, *at);
        at += color ? color : id ? id : 1;
    }
    return 0;
}

static void add_style(const struct svg *s, struct str *out)
{
    str_add(out, "<style>text{font-family:system-ui,sans-serif}\n"
                 "@media screen and (prefers-color-scheme:dark){\n");
    static const char *const what[] = {"fill", "stroke"};
    for (size_t i = 0; i < s->num_colors; i++)
        for (size_t k = 0; k < COUNT(what); k++)
            str_addf(out, "svg [%s=\"#%06x\"],svg [style*=\"%s:#%06x\"]{%s:#%06x!important}\n",
                     what[k], (unsigned)s->colors[i]->light, what[k], (unsigned)s->colors[i]->light,
                     what[k], (unsigned)s->colors[i]->dark);
    str_add(out, "}</style>\n");
}

int svg_finish(struct svg *s, const char *title, const char *desc, struct str *out, struct err *e)
{
    cairo_surface_finish(s->surface);
    cairo_status_t status = cairo_surface_status(s->surface);
    close_surface(s);
    if (status != CAIRO_STATUS_SUCCESS)
        return err_set(e, -EIO, "drawing: %s", cairo_status_to_string(status));
    str_add(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                 "xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 ");
    str_addf(out, "%ld %ld\" width=\"%ld\" height=\"%ld\" role=\"img\">\n", lround(s->width),
             lround(s->height), lround(s->width), lround(s->height));
    str_add(out, "<title>");
    xml_escape(out, title, false);
    str_add(out, "</title>\n<desc>");
    xml_escape(out, desc, false);
    str_add(out, "</desc>\n");
    add_style(s, out);
    int r = add_shapes(&s->shapes, out);
    if (r < 0 || s->shapes.over || s->words.over)
        return err_set(e, r < 0 ? r : -EFBIG, "cairo drew nothing that can be read");
    str_add(out, s->words.p);
    str_add(out, "</svg>\n");
    return 0;
}
