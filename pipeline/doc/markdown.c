// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/markdown.h"

#include <errno.h>
#include <md4c.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/xml.h"
#include "doc/link.h"

// Inside each other; deeper ones lose their markup. Readers of XML and HTML have limits, too.
enum { DEEPEST = 100, DEEPEST_BLOCK = 30 };

struct render {
    struct str *out;
    enum markdown_use use;
    const char *base;
    struct str scratch;
    int top;     // level of the highest heading, shown as h3
    int picture; // how many pictures we are in: no markup there
    int depth;   // spans that are open
    struct {
        MD_SPANTYPE type;
        bool wrote; // a tag that its end must close
    } open[DEEPEST];
    int blocks; // quotes, lists and their items that are open
    int cell;   // cells before in this row
};

struct tag {
    const char *page_open, *page_close, *feed_open, *feed_close;
};

static const struct tag block_tags[] = {
    [MD_BLOCK_QUOTE] = {"<blockquote>", "</blockquote>\n", "", ""},
    [MD_BLOCK_UL] = {"<ul>\n", "</ul>\n", "<ul>\n", "</ul>\n"},
    [MD_BLOCK_OL] = {"<ol>\n", "</ol>\n", "<ol>\n", "</ol>\n"},
    [MD_BLOCK_LI] = {"<li>", "</li>\n", "<li>", "</li>\n"},
    [MD_BLOCK_HR] = {"<hr/>\n", "", "", ""},
    [MD_BLOCK_CODE] = {"<pre><code>", "</code></pre>\n", "<p>", "</p>\n"},
    [MD_BLOCK_P] = {"<p>", "</p>\n", "<p>", "</p>\n"},
    [MD_BLOCK_TABLE] = {"<table>\n", "</table>\n", "", ""},
    [MD_BLOCK_THEAD] = {"<thead>\n", "</thead>\n", "", ""},
    [MD_BLOCK_TBODY] = {"<tbody>\n", "</tbody>\n", "", ""},
    [MD_BLOCK_TR] = {"<tr>", "</tr>\n", "<p>", "</p>\n"},
    [MD_BLOCK_TH] = {"<th scope=\"col\">", "</th>", "<strong>", "</strong>"},
    [MD_BLOCK_TD] = {"<td>", "</td>", "", ""},
};

static const struct tag span_tags[] = {
    [MD_SPAN_EM] = {"<em>", "</em>", "<em>", "</em>"},
    [MD_SPAN_STRONG] = {"<strong>", "</strong>", "<strong>", "</strong>"},
    [MD_SPAN_CODE] = {"<code>", "</code>", "", ""},
    [MD_SPAN_DEL] = {"<del>", "</del>", "", ""},
};

static const struct {
    const char *name, *utf8;
} entities[] = {
    {"amp", "&"},      {"lt", "<"},          {"gt", ">"},        {"quot", "\""},
    {"apos", "'"},     {"nbsp", "\u00a0"},   {"shy", "\u00ad"},  {"colon", ":"},
    {"sol", "/"},      {"bsol", "\\"},       {"num", "#"},       {"percnt", "%"},
    {"lpar", "("},     {"rpar", ")"},        {"Tab", "\t"},      {"NewLine", "\n"},
    {"aring", "å"},    {"Aring", "Å"},       {"aelig", "æ"},     {"AElig", "Æ"},
    {"oslash", "ø"},   {"Oslash", "Ø"},      {"auml", "ä"},      {"Auml", "Ä"},
    {"ouml", "ö"},     {"Ouml", "Ö"},        {"uuml", "ü"},      {"Uuml", "Ü"},
    {"eacute", "é"},   {"Eacute", "É"},      {"egrave", "è"},    {"agrave", "à"},
    {"aacute", "á"},   {"Aacute", "Á"},      {"ograve", "ò"},    {"oacute", "ó"},
    {"ocirc", "ô"},    {"ecirc", "ê"},       {"ccedil", "ç"},    {"ndash", "–"},
    {"mdash", "—"},    {"hellip", "…"},      {"lsquo", "‘"},     {"rsquo", "’"},
    {"ldquo", "“"},    {"rdquo", "”"},       {"bdquo", "„"},     {"laquo", "«"},
    {"raquo", "»"},    {"middot", "·"},      {"bull", "•"},      {"deg", "°"},
    {"times", "×"},    {"plusmn", "±"},      {"frac12", "½"},    {"frac14", "¼"},
    {"frac34", "¾"},   {"sup2", "²"},        {"sup3", "³"},      {"euro", "€"},
    {"pound", "£"},    {"cent", "¢"},        {"sect", "§"},      {"para", "¶"},
    {"copy", "©"},     {"reg", "®"},         {"trade", "™"},     {"rarr", "→"},
    {"larr", "←"},     {"uarr", "↑"},        {"darr", "↓"},      {"minus", "−"},
    {"ne", "≠"},       {"le", "≤"},          {"ge", "≥"},        {"micro", "µ"},
    {"hearts", "♥"},   {"thinsp", "\u2009"}, {"ensp", "\u2002"}, {"emsp", "\u2003"},
    {"zwj", "\u200d"}, {"zwnj", "\u200c"},
};

static void add_utf8(struct str *out, unsigned long c)
{
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        c = 0xfffd;
    if (c < 0x80) {
        str_addc(out, (char)c);
    } else if (c < 0x800) {
        str_addc(out, (char)(0xc0 | c >> 6));
        str_addc(out, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        str_addc(out, (char)(0xe0 | c >> 12));
        str_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        str_addc(out, (char)(0x80 | (c & 0x3f)));
    } else {
        str_addc(out, (char)(0xf0 | c >> 18));
        str_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
        str_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        str_addc(out, (char)(0x80 | (c & 0x3f)));
    }
}

// "&aring;", "&#229;", "&#xE5;". A name we do not know stays as it was written.
static void add_entity(struct str *out, const char *text, size_t size)
{
    if (size > 3 && text[1] == '#') {
        bool hex = text[2] == 'x' || text[2] == 'X';
        add_utf8(out, strtoul(text + (hex ? 3 : 2), NULL, hex ? 16 : 10));
        return;
    }
    for (size_t i = 0; i < COUNT(entities); i++) {
        size_t n = strlen(entities[i].name);
        if (size == n + 2 && memcmp(text + 1, entities[i].name, n) == 0) {
            str_add(out, entities[i].utf8);
            return;
        }
    }
    str_addn(out, text, size);
}

static void add_plain(struct str *out, MD_TEXTTYPE type, const char *text, size_t size)
{
    if (type == MD_TEXT_ENTITY)
        add_entity(out, text, size);
    else if (type == MD_TEXT_NULLCHAR)
        add_utf8(out, 0);
    else
        str_addn(out, text, size);
}

// An attribute's text with its entities decoded; until the next call.
static const char *attribute(struct str *scratch, const MD_ATTRIBUTE *attr)
{
    str_clear(scratch);
    for (size_t i = 0; attr->text && attr->substr_offsets[i] < attr->size; i++) {
        MD_OFFSET from = attr->substr_offsets[i];
        add_plain(scratch, attr->substr_types[i], attr->text + from,
                  attr->substr_offsets[i + 1] - from);
    }
    return scratch->p;
}

static const char *tag_text(const struct tag *t, enum markdown_use use, bool close)
{
    if (use == MARKDOWN_FEED)
        return close ? t->feed_close : t->feed_open;
    return close ? t->page_close : t->page_open;
}

static void heading(struct render *r, unsigned level, bool close)
{
    unsigned shown = level - (unsigned)r->top + 3;
    if (r->use == MARKDOWN_FEED)
        str_add(r->out, close ? "</strong></p>\n" : "<p><strong>");
    else
        str_addf(r->out, close ? "</h%u>\n" : "<h%u>", shown > 6 ? 6 : shown);
}

static bool holds_blocks(MD_BLOCKTYPE type)
{
    return type == MD_BLOCK_QUOTE || type == MD_BLOCK_UL || type == MD_BLOCK_OL ||
           type == MD_BLOCK_LI;
}

// An item is written where its list was.
static bool too_deep(const struct render *r, MD_BLOCKTYPE type)
{
    return holds_blocks(type) && r->blocks - (type == MD_BLOCK_LI) > DEEPEST_BLOCK;
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *user)
{
    struct render *r = user;
    r->blocks += holds_blocks(type);
    if (type == MD_BLOCK_DOC || too_deep(r, type))
        return 0;
    if (type == MD_BLOCK_H) {
        heading(r, ((MD_BLOCK_H_DETAIL *)detail)->level, false);
        return 0;
    }
    if (type == MD_BLOCK_TR)
        r->cell = 0;
    if ((type == MD_BLOCK_TD || type == MD_BLOCK_TH) && r->cell++ && r->use == MARKDOWN_FEED)
        str_add(r->out, " · ");
    unsigned start = type == MD_BLOCK_OL ? ((MD_BLOCK_OL_DETAIL *)detail)->start : 1;
    if (start != 1 && r->use == MARKDOWN_PAGE)
        str_addf(r->out, "<ol start=\"%u\">\n", start);
    else
        str_add(r->out, tag_text(&block_tags[type], r->use, false));
    return 0;
}

static void close_span(struct render *r)
{
    if (--r->depth >= DEEPEST)
        return;
    MD_SPANTYPE type = r->open[r->depth].type;
    if (type == MD_SPAN_IMG)
        r->picture--;
    if (r->open[r->depth].wrote)
        str_add(r->out, type == MD_SPAN_A ? "</a>" : tag_text(&span_tags[type], r->use, true));
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *user)
{
    struct render *r = user;
    while (r->depth > 0)
        close_span(r);
    if (type == MD_BLOCK_H)
        heading(r, ((MD_BLOCK_H_DETAIL *)detail)->level, true);
    else if (type != MD_BLOCK_DOC && !too_deep(r, type))
        str_add(r->out, tag_text(&block_tags[type], r->use, true));
    r->blocks -= holds_blocks(type);
    return 0;
}

static bool open_link(struct render *r, const MD_SPAN_A_DETAIL *a)
{
    const char *href = attribute(&r->scratch, &a->href);
    if (!link_allowed(href))
        return false;
    struct str url;
    str_init(&url, STR_MAX);
    link_write(&url, href, r->base);
    str_add(r->out, "<a href=\"");
    xml_escape(r->out, url.p, true);
    str_add(r->out, "\">");
    str_done(&url);
    return true;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *user)
{
    struct render *r = user;
    int depth = r->depth++;
    if (depth >= DEEPEST)
        return 0;
    r->open[depth].type = type;
    r->open[depth].wrote = false;
    if (type == MD_SPAN_IMG)
        r->picture++;
    if (r->picture > 0)
        return 0;
    if (type == MD_SPAN_A) {
        r->open[depth].wrote = open_link(r, detail);
    } else if (type < COUNT(span_tags) && span_tags[type].page_open) {
        str_add(r->out, tag_text(&span_tags[type], r->use, false));
        r->open[depth].wrote = true;
    }
    return 0;
}

// md4c 0.4 ends spans that it did not begin, and the other way round, where addresses and links
// overlap: what was not begun is left out, and what is open ends with the span around it.
static int leave_span(MD_SPANTYPE type, void *detail, void *user)
{
    (void)detail;
    struct render *r = user;
    if (r->depth > DEEPEST) {
        r->depth--;
        return 0;
    }
    int at = r->depth;
    while (at > 0 && r->open[at - 1].type != type)
        at--;
    while (at > 0 && r->depth >= at)
        close_span(r);
    return 0;
}

static int add_text(MD_TEXTTYPE type, const char *text, MD_SIZE size, void *user)
{
    struct render *r = user;
    if (type == MD_TEXT_BR && r->picture == 0) {
        str_add(r->out, "<br/>\n");
        return 0;
    }
    if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
        str_addc(r->out, '\n');
        return 0;
    }
    str_clear(&r->scratch);
    add_plain(&r->scratch, type, text, size);
    xml_escape(r->out, r->scratch.p, false);
    return 0;
}

static int find_top(MD_BLOCKTYPE type, void *detail, void *user)
{
    int *top = user;
    int level = type == MD_BLOCK_H ? (int)((MD_BLOCK_H_DETAIL *)detail)->level : 6;
    *top = level < *top ? level : *top;
    return 0;
}

static int skip_block(MD_BLOCKTYPE type, void *detail, void *user)
{
    (void)type, (void)detail, (void)user;
    return 0;
}

static int skip_span(MD_SPANTYPE type, void *detail, void *user)
{
    (void)type, (void)detail, (void)user;
    return 0;
}

static int skip_text(MD_TEXTTYPE type, const char *text, MD_SIZE size, void *user)
{
    (void)type, (void)text, (void)size, (void)user;
    return 0;
}

// Producers begin with # or with ##; on the page both come right below the section's h2.
static const MD_PARSER top_parser = {
    .flags = MD_FLAG_NOHTML,
    .enter_block = find_top,
    .leave_block = skip_block,
    .enter_span = skip_span,
    .leave_span = skip_span,
    .text = skip_text,
};

static const MD_PARSER html_parser = {
    .flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEAUTOLINKS,
    .enter_block = enter_block,
    .leave_block = leave_block,
    .enter_span = enter_span,
    .leave_span = leave_span,
    .text = add_text,
};

int markdown_html(struct str *out, const char *notes, enum markdown_use use, const char *base,
                  struct err *e)
{
    struct render r = {.out = out, .use = use, .base = base, .top = 6};
    str_init(&r.scratch, STR_MAX);
    int failed = md_parse(notes, (MD_SIZE)strlen(notes), &top_parser, &r.top);
    if (!failed)
        failed = md_parse(notes, (MD_SIZE)strlen(notes), &html_parser, &r);
    str_done(&r.scratch);
    return failed ? err_set(e, -ENOMEM, "the notes could not be read as markdown") : 0;
}

struct plain {
    struct str *out;
    const char *base;
    struct str scratch, link;
    size_t label_from; // where in out the label of the open link begins
    int lists;         // lists we are in
    unsigned next[16]; // number of the next item by depth; 0: a bullet
    bool fresh;        // nothing since the last item mark: no blank line
};

static void blank_line(struct plain *p)
{
    if (p->fresh || p->out->len == 0)
        return;
    while (p->out->len > 0 &&
           (p->out->p[p->out->len - 1] == '\n' || p->out->p[p->out->len - 1] == ' '))
        p->out->p[--p->out->len] = '\0';
    str_add(p->out, p->lists > 0 ? "\n" : "\n\n");
    p->fresh = true;
}

static int plain_enter_block(MD_BLOCKTYPE type, void *detail, void *user)
{
    struct plain *p = user;
    if (type == MD_BLOCK_DOC)
        return 0;
    if (type == MD_BLOCK_TD || type == MD_BLOCK_TH) {
        if (!p->fresh)
            str_add(p->out, " · ");
        return 0;
    }
    blank_line(p);
    if (type == MD_BLOCK_UL || type == MD_BLOCK_OL) {
        if (p->lists < (int)COUNT(p->next))
            p->next[p->lists] = type == MD_BLOCK_OL ? ((MD_BLOCK_OL_DETAIL *)detail)->start : 0;
        p->lists++;
    } else if (type == MD_BLOCK_LI) {
        int level = p->lists - 1 < (int)COUNT(p->next) ? p->lists - 1 : (int)COUNT(p->next) - 1;
        for (int i = 0; i < level; i++)
            str_add(p->out, "  ");
        if (p->next[level])
            str_addf(p->out, "%u. ", p->next[level]++);
        else
            str_add(p->out, "- ");
    }
    p->fresh = true;
    return 0;
}

static int plain_leave_block(MD_BLOCKTYPE type, void *detail, void *user)
{
    (void)detail;
    struct plain *p = user;
    if (type == MD_BLOCK_UL || type == MD_BLOCK_OL)
        p->fresh = --p->lists > 0;
    if (type != MD_BLOCK_TD && type != MD_BLOCK_TH && type != MD_BLOCK_DOC)
        blank_line(p);
    return 0;
}

static int plain_enter_span(MD_SPANTYPE type, void *detail, void *user)
{
    struct plain *p = user;
    if (type != MD_SPAN_A)
        return 0;
    p->label_from = p->out->len;
    str_clear(&p->link);
    const char *href = attribute(&p->scratch, &((MD_SPAN_A_DETAIL *)detail)->href);
    if (link_allowed(href))
        link_write(&p->link, href, p->base);
    return 0;
}

static int plain_leave_span(MD_SPANTYPE type, void *detail, void *user)
{
    (void)detail;
    struct plain *p = user;
    if (type != MD_SPAN_A || p->link.len == 0 || p->label_from > p->out->len)
        return 0;
    const char *label = p->out->p + p->label_from;
    const char *shown = str_starts(p->link.p, "mailto:") ? p->link.p + 7 : p->link.p;
    size_t n = strlen(label);
    if (!str_same(label, shown) && !(n > 0 && str_ends(shown, label)))
        str_addf(p->out, " (%s)", shown);
    str_clear(&p->link);
    return 0;
}

static int plain_text(MD_TEXTTYPE type, const char *text, MD_SIZE size, void *user)
{
    struct plain *p = user;
    p->fresh = false;
    if (type == MD_TEXT_SOFTBR)
        str_addc(p->out, ' ');
    else if (type == MD_TEXT_BR)
        str_addc(p->out, '\n');
    else
        add_plain(p->out, type, text, size);
    return 0;
}

static const MD_PARSER plain_parser = {
    .flags = MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEAUTOLINKS,
    .enter_block = plain_enter_block,
    .leave_block = plain_leave_block,
    .enter_span = plain_enter_span,
    .leave_span = plain_leave_span,
    .text = plain_text,
};

int markdown_text(struct str *out, const char *notes, const char *base, struct err *e)
{
    struct str made;
    str_init(&made, STR_MAX);
    struct plain p = {.out = &made, .base = base, .fresh = true};
    str_init(&p.scratch, STR_MAX);
    str_init(&p.link, STR_MAX);
    int failed = md_parse(notes, (MD_SIZE)strlen(notes), &plain_parser, &p);
    while (made.len > 0 && (made.p[made.len - 1] == '\n' || made.p[made.len - 1] == ' '))
        made.p[--made.len] = '\0';
    if (!failed)
        str_add(out, made.p);
    str_done(&p.scratch);
    str_done(&p.link);
    str_done(&made);
    return failed ? err_set(e, -ENOMEM, "the notes could not be read as markdown") : 0;
}

void text_cut(struct str *s, size_t max)
{
    static const char more[] = "…";
    if (s->len <= max || max < sizeof more)
        return;
    size_t n = max - (sizeof more - 1);
    while (n > 0 && ((unsigned char)s->p[n] & 0xc0) == 0x80)
        n--;
    size_t word = n;
    while (word > 0 && s->p[word] != ' ' && s->p[word] != '\n')
        word--;
    if (word > n / 2)
        n = word;
    s->len = n;
    s->p[n] = '\0';
    str_add(s, more);
}
