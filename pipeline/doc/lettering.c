// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/lettering.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "doc/color.h"

// Characters that show nothing themselves and may turn what stands around them: from first to last
// byte, behind a common beginning.
static const struct {
    const char *lead;
    unsigned char from, to;
    bool blank; // a blank takes their place
} unseen[] = {
    {"", 0x01, 0x20, true},          // controls and the blank itself
    {"", 0x7f, 0x7f, true},          //
    {"\xc2", 0x80, 0x9f, true},      // controls
    {"\xd8", 0x9c, 0x9c, false},     // Arabic letter mark
    {"\xe2\x80", 0x8b, 0x8b, false}, // zero width space
    {"\xe2\x80", 0x8e, 0x8f, false}, // left-to-right, right-to-left mark
    {"\xe2\x80", 0xa8, 0xa9, true},  // line and paragraph separators
    {"\xe2\x80", 0xaa, 0xae, false}, // embeddings and overrides
    {"\xe2\x81", 0xa0, 0xaf, false}, // joiner, invisible operators, isolates
    {"\xef\xbb", 0xbf, 0xbf, false}, // byte order mark
};

// Length of the unseen character at p; 0: it is seen.
static size_t unseen_at(const char *p, bool *ret_blank)
{
    for (size_t i = 0; i < COUNT(unseen); i++) {
        size_t n = strlen(unseen[i].lead);
        if (strncmp(p, unseen[i].lead, n) != 0)
            continue;
        unsigned char last = (unsigned char)p[n];
        if (last < unseen[i].from || last > unseen[i].to)
            continue;
        *ret_blank = unseen[i].blank;
        return n + 1;
    }
    return 0;
}

// Without blanks and empty lines at either end, and never two blanks in a row.
static void add_seen(struct str *out, const char *text, bool one_line)
{
    bool gap = false, blank = false;
    while (*text) {
        bool ends = *text == '\n' && !one_line;
        size_t n = ends ? 0 : unseen_at(text, &blank);
        gap |= n > 0 && blank;
        if (n == 0) {
            bool begun = out->len > 0 && out->p[out->len - 1] != '\n';
            if (gap && begun && !ends)
                str_addc(out, ' ');
            if (!ends || out->len > 0)
                str_addc(out, *text);
            gap = false;
        }
        text += n ? n : 1;
    }
    while (out->len > 0 && out->p[out->len - 1] == '\n')
        out->p[--out->len] = '\0';
}

static void clean(struct str *out, const char *text, size_t most, bool one_line)
{
    struct str part, whole;
    str_init(&part, most + 1);
    str_init(&whole, 3 * most + 1);
    str_init(out, 3 * most + 1);
    size_t len = strnlen(text, most);
    while (text[len] && len > 0 && (text[len] & 0xc0) == 0x80) // in the middle of a character
        len--;
    str_addn(&part, text, len);
    str_add_utf8(&whole, part.p);
    add_seen(out, whole.p, one_line);
    str_done(&part);
    str_done(&whole);
}

bool lettering_blank(const char *text)
{
    struct str seen;
    clean(&seen, text ? text : "", LETTERING_MAX, true);
    bool blank = seen.len == 0;
    str_done(&seen);
    return blank;
}

void lettering_join(struct str *out, const char *a, const char *b)
{
    bool both = !lettering_blank(a) && !lettering_blank(b);
    str_add(out, lettering_blank(a) ? "" : a);
    str_add(out, both ? " · " : "");
    str_add(out, lettering_blank(b) ? "" : b);
}

PangoLayout *lettering_at(cairo_t *cr, const char *text, const struct lettering *l, double size)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *d = pango_font_description_from_string(l->font);
    pango_font_description_set_absolute_size(d, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, d);
    pango_font_description_free(d);
    struct str seen;
    clean(&seen, text, l->most ? l->most : LETTERING_MAX, l->one_line);
    pango_layout_set_text(layout, seen.p, -1);
    str_done(&seen);
    pango_layout_set_auto_dir(layout, false); // else a name in Arabic moves to the other side
    pango_layout_set_line_spacing(layout, 0.95f);
    pango_layout_set_alignment(layout, l->middle ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
    if (l->width > 0) {
        pango_layout_set_width(layout, (int)(l->width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    }
    return layout;
}

struct extent lettering_extent(PangoLayout *layout)
{
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    return (struct extent){(double)box.width / PANGO_SCALE, (double)box.height / PANGO_SCALE};
}

// Narrows the layout as far as it keeps its lines and whole words.
static void even_out(PangoLayout *layout)
{
    int lines = pango_layout_get_line_count(layout), high = pango_layout_get_width(layout);
    int low = 0;
    while (high - low > PANGO_SCALE) {
        int width = low + (high - low) / 2;
        PangoRectangle box;
        pango_layout_set_width(layout, width);
        pango_layout_get_extents(layout, NULL, &box);
        if (pango_layout_get_line_count(layout) > lines || box.width > width)
            low = width;
        else
            high = width;
    }
    pango_layout_set_width(layout, high);
}

PangoLayout *lettering_fit(cairo_t *cr, const char *text, const struct lettering *l)
{
    for (double size = l->largest; size >= l->smallest; size *= 0.96) {
        PangoLayout *layout = lettering_at(cr, text, l, size);
        struct extent e = lettering_extent(layout);
        bool few = l->lines == 0 || pango_layout_get_line_count(layout) <= l->lines;
        if (few && e.width <= l->width && e.height <= l->height) {
            if (l->even)
                even_out(layout);
            return layout;
        }
        g_object_unref(layout);
    }
    PangoLayout *layout = lettering_at(cr, text, l, l->smallest);
    double height = l->height;
    if (l->lines > 0) {
        PangoRectangle first;
        pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), NULL, &first);
        double most = (double)l->lines * first.height / PANGO_SCALE;
        height = most < height ? most : height;
    }
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, (int)(height * PANGO_SCALE));
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    return layout;
}

void lettering_show(cairo_t *cr, PangoLayout *layout, double x, double y, uint32_t color)
{
    color_use(cr, color);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
}

double lettering_draw(cairo_t *cr, const char *text, double x, double y, const struct lettering *l)
{
    if (lettering_blank(text))
        return y;
    PangoLayout *layout = lettering_fit(cr, text, l);
    lettering_show(cr, layout, x, y, l->color);
    y += lettering_extent(layout).height;
    g_object_unref(layout);
    return y;
}
