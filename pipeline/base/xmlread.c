// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/xmlread.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdbool.h>
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

enum { MOST_ATTRIBUTES = 1000 };

// libxml2 compares every attribute of an element with every other: 200 000 of them keep it busy for
// minutes. Zeros between are UTF-16's.
static bool has_endless_tag(const char *bytes, size_t len)
{
    size_t values = 0;
    char quote = '\0';
    bool inside = false;
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        if (!inside) {
            inside = c == '<';
            values = 0;
        } else if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '"' || c == '\'') {
            quote = c;
            if (++values > MOST_ATTRIBUTES)
                return true;
        } else if (c == '>' || c == '!' || c == '?') {
            inside = false; // a comment, data or an instruction may hold any number of quotes
        }
    }
    return false;
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
