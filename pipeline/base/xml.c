// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/xml.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

#define REPLACEMENT "\xef\xbf\xbd"

void xml_init(struct xml *x, struct str *out, int indent)
{
    *x = (struct xml){.out = out, .indent = indent};
}

// Adds len bytes with what XML 1.0 cannot hold replaced: control characters, U+FFFE and U+FFFF.
static void add_clean(struct str *out, const char *text, size_t len)
{
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool control = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
        bool noncharacter = c == 0xef && len - i > 2 && (unsigned char)text[i + 1] == 0xbf &&
                            (unsigned char)text[i + 2] >= 0xbe;
        if (!control && !noncharacter)
            continue;
        str_addn(out, text + from, i - from);
        str_add(out, REPLACEMENT);
        i += noncharacter ? 2 : 0;
        from = i + 1;
    }
    str_addn(out, text + from, len - from);
}

static const char *entity(char c, bool attribute)
{
    static const struct {
        char c;
        bool attribute_only;
        const char *entity;
    } table[] =
        {
            {'&', false, "&amp;"},  {'<', false, "&lt;"},  {'>', false, "&gt;"},
            {'"', true, "&quot;"},  {'\n', true, "&#10;"}, {'\t', true, "&#9;"},
            {'\r', false, "&#13;"}, // a bare one would be read back as a line feed
        };
    for (size_t i = 0; i < COUNT(table); i++) {
        if (table[i].c == c && (attribute || !table[i].attribute_only))
            return table[i].entity;
    }
    return NULL;
}

static void escape(struct str *out, const char *text, size_t len, bool attribute)
{
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        const char *e = entity(text[i], attribute);
        if (!e)
            continue;
        add_clean(out, text + from, i - from);
        str_add(out, e);
        from = i + 1;
    }
    add_clean(out, text + from, len - from);
}

// Hands the text on, repaired first where it is not UTF-8.
static void each_valid(struct str *out, const char *text, bool attribute,
                       void (*add)(struct str *out, const char *text, size_t len, bool attribute))
{
    size_t len = strlen(text);
    if (str_is_utf8(text, len, NULL)) {
        add(out, text, len, attribute);
        return;
    }
    struct str repaired;
    str_init(&repaired, STR_MAX);
    str_add_utf8(&repaired, text);
    out->over |= repaired.over;
    add(out, repaired.p, repaired.len, attribute);
    str_done(&repaired);
}

void xml_escape(struct str *out, const char *text, bool attribute)
{
    each_valid(out, text, attribute, escape);
}

static bool in_text(const struct xml *x)
{
    return x->depth > 0 && x->has_text[x->depth - 1];
}

static void start_tag_end(struct xml *x)
{
    if (x->tag_open)
        str_addc(x->out, '>');
    x->tag_open = false;
}

static void new_line(struct xml *x, int level)
{
    const struct str *out = x->out;
    if (out->len > 0 && out->p[out->len - 1] != '\n')
        str_addc(x->out, '\n');
    str_addf(x->out, "%*s", 2 * (x->indent + level), "");
}

void xml_open(struct xml *x, const char *name)
{
    assert((size_t)x->depth < COUNT(x->open));
    bool inside_text = in_text(x);
    start_tag_end(x);
    if (x->depth > 0)
        x->has_child[x->depth - 1] = true;
    if (!inside_text)
        new_line(x, x->depth);
    str_addc(x->out, '<');
    str_add(x->out, name);
    x->open[x->depth] = name;
    x->has_text[x->depth] = inside_text;
    x->has_child[x->depth] = false;
    x->depth++;
    x->tag_open = true;
}

void xml_attr(struct xml *x, const char *name, const char *value)
{
    assert(x->tag_open);
    if (!value)
        return;
    str_addc(x->out, ' ');
    str_add(x->out, name);
    str_add(x->out, "=\"");
    xml_escape(x->out, value, true);
    str_addc(x->out, '"');
}

void xml_attr_int(struct xml *x, const char *name, long long value)
{
    assert(x->tag_open);
    str_addf(x->out, " %s=\"%lld\"", name, value);
}

static void text_begin(struct xml *x)
{
    start_tag_end(x);
    if (x->depth > 0)
        x->has_text[x->depth - 1] = true;
}

void xml_text(struct xml *x, const char *text)
{
    if (!text || !*text)
        return;
    text_begin(x);
    xml_escape(x->out, text, false);
}

static void cdata(struct str *out, const char *text, size_t len, bool attribute)
{
    (void)attribute;
    const char *end;
    str_add(out, "<![CDATA[");
    while ((end = memmem(text, len, "]]>", 3))) {
        size_t part = (size_t)(end - text) + 2;
        add_clean(out, text, part);
        str_add(out, "]]><![CDATA[");
        text += part;
        len -= part;
    }
    add_clean(out, text, len);
    str_add(out, "]]>");
}

void xml_cdata(struct xml *x, const char *text)
{
    if (!text || !*text)
        return;
    text_begin(x);
    each_valid(x->out, text, false, cdata);
}

void xml_raw(struct xml *x, const char *markup)
{
    if (!markup || !*markup)
        return;
    bool block = *markup == ' ' && !in_text(x);
    if (!block)
        text_begin(x);
    start_tag_end(x);
    if (block && x->depth > 0)
        x->has_child[x->depth - 1] = true;
    if (block && x->out->len > 0 && x->out->p[x->out->len - 1] != '\n')
        str_addc(x->out, '\n');
    str_add(x->out, markup);
}

void xml_close(struct xml *x)
{
    assert(x->depth > 0);
    x->depth--;
    if (x->tag_open) {
        str_add(x->out, "/>");
        x->tag_open = false;
    } else {
        if (x->has_child[x->depth] && !x->has_text[x->depth])
            new_line(x, x->depth);
        str_addf(x->out, "</%s>", x->open[x->depth]);
    }
    if (x->depth == 0)
        str_addc(x->out, '\n');
}

void xml_leaf(struct xml *x, const char *name, const char *text)
{
    if (!text)
        return;
    xml_open(x, name);
    xml_text(x, text);
    xml_close(x);
}
