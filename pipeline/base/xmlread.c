// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/xmlread.h"

#include <errno.h>
#include <iconv.h>
#include <libxml/parser.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

static void refuse_dtd(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    (void)name, (void)external, (void)system;
    xmlParserCtxtPtr parser = ctx;
    parser->_private = parser;
    xmlStopParser(parser);
}

enum { MOST_ATTRIBUTES = 1000, DECODED_AT_ONCE = 1 << 16 };

// libxml2 compares every attribute of an element with every other: 200 000 of them keep it busy for
// minutes.
struct scan {
    size_t values; // of the element
    char quote;    // of the value we are in; 0: none
    bool inside;   // an element
    char last;
};

// Begins anew at each '<': no value may hold one, so whatever a comment held before, in an element
// quotes are read here as they are there. Zeros between are UTF-16's.
static bool is_endless(struct scan *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '<') {
            *s = (struct scan){.inside = true};
        } else if (s->inside && s->quote) {
            s->quote = c == s->quote ? '\0' : s->quote;
        } else if (s->inside && (c == '"' || c == '\'')) {
            s->quote = c;
            if (++s->values > MOST_ATTRIBUTES)
                return true;
        } else if (c == '>' || (s->last == '<' && (c == '!' || c == '?'))) {
            s->inside = false; // a comment or an instruction may hold any number of quotes
        }
        s->last = c ? c : s->last;
    }
    return false;
}

// What the document says it is written in, as libxml2 finds it out. "": it does not.
static void find_encoding(const char *bytes, size_t len, char ret[40])
{
    static const struct {
        xmlCharEncoding by;
        const char *name;
    } found[] = {{XML_CHAR_ENCODING_UTF16LE, "UTF-16LE"},
                 {XML_CHAR_ENCODING_UTF16BE, "UTF-16BE"},
                 {XML_CHAR_ENCODING_UCS4LE, "UCS-4LE"},
                 {XML_CHAR_ENCODING_UCS4BE, "UCS-4BE"},
                 {XML_CHAR_ENCODING_EBCDIC, "IBM037"}};
    static const char declares[] = "encoding";
    xmlCharEncoding by = xmlDetectCharEncoding((const xmlChar *)bytes, len < 4 ? (int)len : 4);
    ret[0] = '\0';
    for (size_t i = 0; i < COUNT(found); i++)
        if (found[i].by == by)
            str_fit(ret, 40, found[i].name);
    const char *end = memmem(bytes, len, "?>", 2);
    const char *at = end ? memmem(bytes, (size_t)(end - bytes), declares, strlen(declares)) : NULL;
    if (*ret || !at)
        return;
    for (at += strlen(declares); at < end && *at != '"' && *at != '\'';)
        at++;
    for (size_t n = 0; ++at < end && *at != '"' && *at != '\'' && n < 39;)
        ret[n++] = *at, ret[n] = '\0';
}

// Also by what the bytes mean: a '<' in some other encoding is none, or one that is none here is.
static bool has_endless_tag(const char *bytes, size_t len)
{
    struct scan s = {0};
    char name[40], *in = (char *)bytes;
    if (is_endless(&s, bytes, len))
        return true;
    find_encoding(bytes, len, name);
    iconv_t cd = *name ? iconv_open("UTF-8", name) : (iconv_t)-1;
    if (cd == (iconv_t)-1)
        return false;
    char *room = mem_alloc(DECODED_AT_ONCE);
    bool more = true, endless = false;
    for (s = (struct scan){0}; more && !endless;) {
        char *out = room;
        size_t left = DECODED_AT_ONCE;
        more = iconv(cd, &in, &len, &out, &left) == (size_t)-1 && errno == E2BIG;
        endless = is_endless(&s, room, (size_t)(out - room));
    }
    free(room);
    iconv_close(cd);
    return endless;
}

static int explain(xmlParserCtxtPtr parser, const char *shown, struct err *e)
{
    if (parser->_private)
        return err_input(
            e, "%s: has a document type declaration (<!DOCTYPE); such a file is not read", shown);
    const xmlError *x = xmlCtxtGetLastError(parser);
    if (!x || !x->message)
        return err_input(e, "%s: is not XML", shown);
    struct str said; // may quote bytes that are no UTF-8
    str_init(&said, 1024);
    str_add_utf8(&said, x->message);
    int n = (int)strcspn(said.p, "\n");
    int r = err_input(e, "%s:%d:%d: %.*s", shown, x->line, x->int2, n, said.p);
    str_done(&said);
    return r;
}

int xmlread_doc(const char *bytes, size_t len, const char *shown, struct _xmlDoc **ret,
                struct err *e)
{
    if (len > STR_MAX)
        return err_input(e, "%s: is larger than %u MB", shown, STR_MAX >> 20);
    if (has_endless_tag(bytes, len))
        return err_input(e, "%s: an element of it has more than %d attributes", shown,
                         MOST_ATTRIBUTES);
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (!parser)
        return err_errno(e, -ENOMEM, shown);
    parser->sax->internalSubset = refuse_dtd;
    int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_BIG_LINES;
    xmlDocPtr doc = xmlCtxtReadMemory(parser, bytes, (int)len, NULL, NULL, options);
    int r = 0;
    if (!doc || parser->_private || !xmlDocGetRootElement(doc))
        r = explain(parser, shown, e);
    xmlFreeParserCtxt(parser);
    if (r < 0)
        xmlFreeDoc(doc);
    else
        *ret = doc;
    return r;
}

static const char *keep(struct arena *a, const xmlChar *s)
{
    return s ? arena_strdup(a, (const char *)s) : "";
}

static void copy_attributes(struct arena *a, const xmlNode *node, struct xml_elem *el)
{
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next)
        el->num_attrs++;
    el->attrs = arena_array(a, struct xml_attribute, el->num_attrs + 1);
    size_t i = 0;
    for (const xmlAttr *attr = node->properties; attr; attr = attr->next, i++) {
        xmlChar *value = xmlNodeListGetString(node->doc, attr->children, 1);
        el->attrs[i] = (struct xml_attribute){
            .ns = keep(a, attr->ns ? attr->ns->href : NULL),
            .name = keep(a, attr->name),
            .value = keep(a, value),
        };
        xmlFree(value);
    }
}

// libxml2 ends at a depth of 256, so this may call itself.
static struct xml_elem *copy_element(struct arena *a, const xmlNode *node, struct xml_elem *parent)
{
    struct xml_elem *el = arena_new(a, struct xml_elem);
    el->ns = keep(a, node->ns ? node->ns->href : NULL);
    el->name = keep(a, node->name);
    el->line = (int)xmlGetLineNo(node);
    el->parent = parent;
    copy_attributes(a, node, el);
    struct str text;
    str_init(&text, STR_MAX);
    struct xml_elem **next = &el->first;
    for (const xmlNode *child = node->children; child; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            str_add(&text, (const char *)child->content);
        } else if (child->type == XML_ELEMENT_NODE) {
            *next = copy_element(a, child, el);
            next = &(*next)->next;
        }
    }
    el->text = arena_strndup(a, text.len ? text.p : "", text.len);
    str_done(&text);
    return el;
}

int xmlread_tree(struct arena *a, const char *bytes, size_t len, const char *shown,
                 struct xml_doc *ret, struct err *e)
{
    xmlDocPtr doc = NULL;
    int r = xmlread_doc(bytes, len, shown, &doc, e);
    if (r < 0)
        return r;
    ret->root = copy_element(a, xmlDocGetRootElement(doc), NULL);
    ret->encoding = doc->encoding ? arena_strdup(a, (const char *)doc->encoding) : NULL;
    xmlFreeDoc(doc);
    return 0;
}

const char *xml_attr_of(const struct xml_elem *el, const char *name)
{
    for (size_t i = 0; i < el->num_attrs; i++)
        if (!*el->attrs[i].ns && strcmp(el->attrs[i].name, name) == 0)
            return el->attrs[i].value;
    return NULL;
}
