// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/sheet.h"

#include <string.h>

#include "base/xml.h"
#include "doc/words.h"

enum { TEXT_WIDTH = 78 };
static const char line_end[] = "\r\n";

void sheet_add(struct arena *a, struct sheet *s, const struct sheet_block *b)
{
    s->blocks = arena_grow(a, s->blocks, s->num_blocks, &s->cap, sizeof *s->blocks);
    s->blocks[s->num_blocks++] = *b;
}

void sheet_heading(struct arena *a, struct sheet *s, const char *text)
{
    sheet_add(a, s, &(struct sheet_block){.kind = BLOCK_HEADING, .text = text});
}

static size_t characters(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)s[i] & 0xC0) != 0x80;
    return n;
}

void sheet_wrap(struct str *out, const char *text, const char *first, const char *indent)
{
    size_t column = characters(first, strlen(first));
    bool begun = false;
    str_add(out, first);
    while (*text) {
        size_t len = strcspn(text, " \n");
        size_t wide = characters(text, len);
        if (begun && len && column + 1 + wide > TEXT_WIDTH) {
            str_add(out, line_end);
            str_add(out, indent);
            column = strlen(indent);
            begun = false;
        }
        if (len) {
            str_add(out, begun ? " " : "");
            str_addn(out, text, len);
            column += wide + begun;
            begun = true;
        }
        text += len;
        if (*text == '\n' && begun) {
            str_add(out, line_end);
            str_add(out, text[1] ? indent : "");
            column = strlen(indent);
            begun = false;
        }
        text += *text != '\0';
    }
    if (begun)
        str_add(out, line_end);
}

static void underline(struct str *out, const char *text, char c)
{
    str_add(out, text);
    str_add(out, line_end);
    for (size_t n = characters(text, strlen(text)); n > 0; n--)
        str_addc(out, c);
    str_add(out, line_end);
}

static const char *shown_url(const char *url)
{
    return str_starts(url, "mailto:") ? url + strlen("mailto:") : url;
}

static void text_entry(struct str *out, const struct sheet_block *b)
{
    struct str head;
    str_init(&head, STR_MAX);
    str_addf(&head, "%s%s%s", b->text, b->lead ? ", " : "", b->lead ? b->lead : "");
    sheet_wrap(out, head.p, "* ", "  ");
    if (b->note)
        sheet_wrap(out, b->note, "  ", "  ");
    if (b->url)
        sheet_wrap(out, shown_url(b->url), "  ", "  ");
    str_done(&head);
}

static void text_block(struct str *out, const struct sheet_block *b, int number, bool after_heading)
{
    struct str first;
    str_init(&first, STR_MAX);
    switch (b->kind) {
    case BLOCK_HEADING:
    case BLOCK_UNDER:
        str_add(out, line_end);
        underline(out, b->text, b->kind == BLOCK_HEADING ? '=' : '-');
        break;
    case BLOCK_TEXT:
        if (!after_heading)
            str_add(out, line_end);
        sheet_wrap(out, b->text, "", "");
        break;
    case BLOCK_BULLET:
        sheet_wrap(out, b->text, "* ", "  ");
        break;
    case BLOCK_NUMBER:
        str_addf(&first, "%d. ", number);
        sheet_wrap(out, b->text, first.p, "   ");
        break;
    case BLOCK_TIME:
        str_addf(&first, "%s  ", b->lead);
        sheet_wrap(out, b->text, first.p, "      ");
        break;
    case BLOCK_ENTRY:
        text_entry(out, b);
        break;
    }
    str_done(&first);
}

static int number_of(const struct sheet *s, size_t i)
{
    int n = 0;
    for (; s->blocks[i].kind == BLOCK_NUMBER; i--) {
        n++;
        if (i == 0)
            break;
    }
    return n;
}

void sheet_text(struct str *out, const struct sheet *s)
{
    struct str top;
    str_init(&top, STR_MAX);
    underline(out, s->title, '=');
    str_addf(&top, "%s%s%s", s->show, s->line ? " · " : "", s->line ? s->line : "");
    sheet_wrap(out, top.p, "", "");
    str_done(&top);
    for (size_t i = 0; i < s->num_goals; i++)
        str_addf(out, "%d %s%s", (int)s->goals[i].number, s->goals[i].title, line_end);
    for (size_t i = 0; i < s->num_blocks; i++)
        text_block(out, &s->blocks[i], number_of(s, i),
                   i > 0 && s->blocks[i - 1].kind <= BLOCK_UNDER);
    str_add(out, line_end);
    if (s->url)
        str_addf(out, "%s: %s%s", s->hear, s->url, line_end);
    sheet_wrap(out, s->foot, "", "");
}

// ---- the web page's document

static void write_goals(struct xml *x, const struct sheet *s)
{
    for (size_t i = 0; i < s->num_goals; i++) {
        const struct fact_goal *g = &s->goals[i];
        xml_open(x, "goal");
        xml_attr_int(x, "number", g->number);
        xml_text(x, g->title);
        xml_close(x);
    }
}

static const char *list_of(enum block_kind kind)
{
    static const char *const names[] = {[BLOCK_BULLET] = "bullets",
                                        [BLOCK_NUMBER] = "numbers",
                                        [BLOCK_TIME] = "times",
                                        [BLOCK_ENTRY] = "entries"};
    return (size_t)kind < COUNT(names) ? names[kind] : NULL;
}

static void write_block(struct xml *x, const struct sheet *s, const struct sheet_block *b)
{
    static const char *const names[] = {
        [BLOCK_HEADING] = "h2", [BLOCK_UNDER] = "h3", [BLOCK_TEXT] = "p"};
    xml_open(x, list_of(b->kind) ? "item" : names[b->kind]);
    xml_attr(x, "lang", b->lang && !str_same(b->lang, s->language) ? b->lang : NULL);
    xml_attr(x, "lead", b->lead);
    xml_attr(x, "url", b->url);
    xml_attr(x, "shown", b->url ? shown_url(b->url) : NULL);
    xml_attr(x, "note", b->note);
    xml_text(x, b->text);
    xml_close(x);
}

static void write_blocks(struct xml *x, const struct sheet *s)
{
    for (size_t i = 0; i < s->num_blocks; i++) {
        const struct sheet_block *b = &s->blocks[i];
        const char *list = list_of(b->kind);
        if (list && (i == 0 || s->blocks[i - 1].kind != b->kind))
            xml_open(x, list);
        write_block(x, s, b);
        if (list && (i + 1 == s->num_blocks || s->blocks[i + 1].kind != b->kind))
            xml_close(x);
    }
}

static void write_files(struct xml *x, const struct words *w, const struct sheet_file *files,
                        size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str size;
        str_init(&size, 64);
        words_size(&size, w, files[i].bytes);
        xml_open(x, "file");
        xml_attr(x, "path", files[i].path);
        xml_attr(x, "type", files[i].type);
        xml_attr(x, "size", size.p);
        xml_text(x, files[i].title);
        xml_close(x);
        str_done(&size);
    }
}

void sheet_document(struct str *out, const struct sheet *s, const struct json *strings,
                    const char *style, const struct sheet_file *files, size_t num_files)
{
    struct xml x;
    struct words w = {strings, NULL};
    xml_init(&x, out, 0);
    xml_open(&x, "sheet");
    xml_attr(&x, "lang", s->language);
    xml_open(&x, "strings");
    for (size_t i = 0; i < json_count(strings); i++) {
        const char *key = json_key_at(strings, i);
        if (!json_text(strings, key))
            continue;
        xml_open(&x, "s");
        xml_attr(&x, "key", key);
        xml_text(&x, json_text(strings, key));
        xml_close(&x);
    }
    xml_close(&x);
    xml_leaf(&x, "style", style);
    xml_leaf(&x, "show", s->show);
    xml_leaf(&x, "title", s->title);
    xml_leaf(&x, "line", s->line);
    xml_leaf(&x, "foot", s->foot);
    if (s->url) {
        xml_open(&x, "hear");
        xml_attr(&x, "url", s->url);
        xml_attr(&x, "address", s->address);
        xml_text(&x, s->hear);
        xml_close(&x);
    }
    write_goals(&x, s);
    write_files(&x, &w, files, num_files);
    xml_open(&x, "body");
    write_blocks(&x, s);
    xml_close(&x);
    xml_close(&x);
}
