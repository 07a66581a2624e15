// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/html.h"

#include <errno.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/xml.h"
#include "base/xmlread.h"
#include "doc/link.h"

enum { STYLESHEET_MAX = 1 << 20, DEEPEST = 200 };
static const char xsl_ns[] = "http://www.w3.org/1999/XSL/Transform";
static const char xhtml_ns[] = "http://www.w3.org/1999/xhtml";

static bool listed(const xmlChar *name, const char *const *list)
{
    for (; *list; list++)
        if (strcmp((const char *)name, *list) == 0)
            return true;
    return false;
}

static bool is_void(const xmlChar *name)
{
    static const char *const list[] = {"area",  "base", "br",   "col",    "embed", "hr",  "img",
                                       "input", "link", "meta", "source", "track", "wbr", NULL};
    return listed(name, list);
}

// A line break behind these changes nothing that is seen.
static bool is_block(const xmlChar *name)
{
    static const char *const list[] = {
        "html",   "head",   "meta",   "link",   "title",      "style",   "script",     "body",
        "header", "main",   "footer", "nav",    "section",    "article", "aside",      "div",
        "p",      "ul",     "ol",     "li",     "dl",         "dt",      "dd",         "h1",
        "h2",     "h3",     "h4",     "h5",     "h6",         "details", "summary",    "audio",
        "video",  "source", "track",  "figure", "figcaption", "hr",      "blockquote", "pre",
        "table",  "thead",  "tbody",  "tr",     "td",         "th",      NULL};
    return listed(name, list);
}

static void add_escaped(struct str *out, const char *words, bool attribute)
{
    struct str whole;
    str_init(&whole, STR_MAX);
    str_add_balanced(&whole, words);
    for (const char *text = whole.p; *text; text++) {
        if (*text == '&')
            str_add(out, "&amp;");
        else if (*text == '"' && attribute)
            str_add(out, "&quot;");
        else if (*text == '<')
            str_add(out, "&lt;");
        else if (*text == '>')
            str_add(out, "&gt;");
        else if (text[0] == '\xc2' && text[1] == '\xa0')
            str_add(out, "&nbsp;"), text++;
        else
            str_addc(out, *text);
    }
    str_done(&whole);
}

// A picture that the page brings along: it is neither fetched nor can it run.
static bool is_inline_picture(const xmlNode *el, const char *name, const char *value)
{
    static const char start[] = "data:image/jpeg;base64,";
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    return str_same((const char *)el->name, "img") && str_same(name, "src") &&
           str_starts(value, start) &&
           !value[strlen(start) + strspn(value + strlen(start), letters)];
}

static int check_attribute(const xmlNode *el, const char *name, const char *value, struct err *e)
{
    static const char *const addresses[] = {"href",   "src",  "action", "formaction",
                                            "poster", "data", NULL};
    if (name[0] == 'o' && name[1] == 'n')
        return err_set(e, -EINVAL, "<%s %s>: a page holds no code", (const char *)el->name, name);
    if (listed((const xmlChar *)name, addresses) && !link_allowed(value) &&
        !is_inline_picture(el, name, value))
        return err_set(e, -EINVAL, "<%s %s=\"%s\">: not an address a page may name",
                       (const char *)el->name, name, value);
    return 0;
}

static int write_attributes(struct str *out, const xmlNode *el, struct err *e)
{
    for (const xmlAttr *attr = el->properties; attr; attr = attr->next) {
        xmlChar *value = xmlNodeListGetString(el->doc, attr->children, 1);
        const char *text = value ? (const char *)value : "";
        int r = check_attribute(el, (const char *)attr->name, text, e);
        if (r >= 0) {
            str_addf(out, " %s", (const char *)attr->name);
            if (*text) {
                str_add(out, "=\"");
                add_escaped(out, text, true);
                str_addc(out, '"');
            }
        }
        xmlFree(value);
        if (r < 0)
            return r;
    }
    return 0;
}

static int write_node(struct str *out, const xmlNode *node, int depth, struct err *e);

static int write_raw(struct str *out, const xmlNode *el, struct err *e)
{
    for (const xmlNode *child = el->children; child; child = child->next) {
        const char *text = child->content ? (const char *)child->content : "";
        if (strstr(text, "</") || strstr(text, "<!--"))
            return err_set(e, -EINVAL, "<%s> holds \"</\" or \"<!--\"", (const char *)el->name);
        str_add(out, text);
    }
    return 0;
}

static int write_element(struct str *out, const xmlNode *el, int depth, struct err *e)
{
    static const char *const raw[] = {"script", "style", NULL};
    if (depth > DEEPEST)
        return err_set(e, -EINVAL, "more than %d elements inside each other", DEEPEST);
    str_addf(out, "<%s", (const char *)el->name);
    int r = write_attributes(out, el, e);
    if (r < 0)
        return r;
    str_addc(out, '>');
    if (!is_void(el->name)) {
        // HTML swallows a line break right behind <pre>, so one more keeps the text's own
        if (strcmp((const char *)el->name, "pre") == 0)
            str_addc(out, '\n');
        if (listed(el->name, raw))
            r = write_raw(out, el, e);
        else
            for (const xmlNode *child = el->children; child && r >= 0; child = child->next)
                r = write_node(out, child, depth + 1, e);
        str_addf(out, "</%s>", (const char *)el->name);
    }
    if (is_block(el->name) && !(el->next && el->next->type == XML_TEXT_NODE))
        str_addc(out, '\n');
    return r;
}

static int write_node(struct str *out, const xmlNode *node, int depth, struct err *e)
{
    if (node->type == XML_ELEMENT_NODE)
        return write_element(out, node, depth, e);
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
        add_escaped(out, (const char *)node->content, false);
    return 0;
}

static int write_html(struct str *out, const xmlDoc *doc, struct err *e)
{
    const xmlNode *root = xmlDocGetRootElement(doc);
    if (!root || strcmp((const char *)root->name, "html") != 0)
        return err_set(e, -EINVAL, "the stylesheet made no <html>");
    if (root->ns && strcmp((const char *)root->ns->href, xhtml_ns) != 0)
        return err_set(e, -EINVAL, "the stylesheet's <html> has a foreign namespace");
    str_add(out, "<!DOCTYPE html>\n");
    int r = write_element(out, root, 0, e);
    if (r >= 0 && out->over)
        r = err_set(e, -EFBIG, "the page is too large");
    return r;
}

static bool is_xsl(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && node->ns &&
           strcmp((const char *)node->ns->href, xsl_ns) == 0 &&
           strcmp((const char *)node->name, name) == 0;
}

static int read_stylesheet(struct arena *a, const char *path, xmlDocPtr *ret, struct err *e)
{
    char *bytes;
    size_t len;
    int r = fs_read(a, path, STYLESHEET_MAX, &bytes, &len, e);
    if (r >= 0)
        r = xmlread_doc(bytes, len, path, ret, e);
    if (r < 0)
        return r;
    for (const xmlNode *n = xmlDocGetRootElement(*ret)->children; n; n = n->next) {
        if (!is_xsl(n, "import") && !is_xsl(n, "include"))
            continue;
        r = err_input(e, "%s:%ld: xsl:%s is not allowed here", path, xmlGetLineNo(n),
                      (const char *)n->name);
        xmlFreeDoc(*ret);
        *ret = NULL;
        return r;
    }
    return 0;
}

static int read_stylesheets(struct arena *a, const char *const *paths, xmlDocPtr *ret,
                            struct err *e)
{
    xmlDocPtr all = NULL;
    int r = read_stylesheet(a, paths[0], &all, e);
    for (size_t i = 1; r >= 0 && paths[i]; i++) {
        xmlDocPtr more = NULL;
        r = read_stylesheet(a, paths[i], &more, e);
        if (r < 0)
            break;
        xmlNodePtr root = xmlDocGetRootElement(all);
        for (xmlNodePtr n = xmlDocGetRootElement(more)->children; n; n = n->next)
            if (n->type == XML_ELEMENT_NODE)
                xmlAddChild(root, xmlDocCopyNode(n, all, 1));
        xmlFreeDoc(more);
    }
    if (r < 0)
        xmlFreeDoc(all);
    else
        *ret = all;
    return r;
}

static void collect(void *ctx, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void collect(void *ctx, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_addv(ctx, fmt, ap);
    va_end(ap);
}

static int complain(const char *what, struct str *said, struct err *e)
{
    while (said->len > 0 && said->p[said->len - 1] == '\n')
        said->p[--said->len] = '\0';
    for (char *p = said->p; *p; p++)
        if (*p == '\n')
            *p = ' ';
    return err_set(e, -EINVAL, "%s: %s", what, said->len ? said->p : "no reason given");
}

static int transform(xsltStylesheetPtr style, xmlDocPtr input, struct str *said, xmlDocPtr *ret,
                     struct err *e)
{
    static const xsltSecurityOption forbidden[] = {
        XSLT_SECPREF_READ_FILE, XSLT_SECPREF_WRITE_FILE, XSLT_SECPREF_CREATE_DIRECTORY,
        XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK};
    xsltTransformContextPtr ctx = xsltNewTransformContext(style, input);
    xsltSecurityPrefsPtr prefs = xsltNewSecurityPrefs();
    if (!ctx || !prefs) {
        xsltFreeTransformContext(ctx);
        xsltFreeSecurityPrefs(prefs);
        return err_set(e, -ENOMEM, "no memory for the page");
    }
    for (size_t i = 0; i < COUNT(forbidden); i++)
        xsltSetSecurityPrefs(prefs, forbidden[i], xsltSecurityForbid);
    xsltSetCtxtSecurityPrefs(prefs, ctx);
    xsltSetTransformErrorFunc(ctx, said, collect);
    xmlDocPtr result = xsltApplyStylesheetUser(style, input, NULL, NULL, NULL, ctx);
    int r = 0;
    if (!result || ctx->state != XSLT_STATE_OK) {
        r = complain("the stylesheet", said, e);
        xmlFreeDoc(result);
    } else {
        *ret = result;
    }
    xsltFreeTransformContext(ctx);
    xsltFreeSecurityPrefs(prefs);
    return r;
}

struct html_sheet {
    xsltStylesheetPtr style;
};

// Both libraries keep the place for messages in a variable of their own.
static void listen(struct str *said)
{
    xsltSetGenericErrorFunc(said, said ? collect : NULL);
    xmlSetGenericErrorFunc(said, said ? collect : NULL);
}

int html_sheet_open(struct arena *a, const char *const *stylesheets, struct html_sheet **ret,
                    struct err *e)
{
    xmlDocPtr sheet = NULL;
    int r = read_stylesheets(a, stylesheets, &sheet, e);
    if (r < 0)
        return r;
    struct str said;
    str_init(&said, 2048);
    listen(&said);
    xsltStylesheetPtr style = xsltParseStylesheetDoc(sheet);
    if (!style || style->errors > 0) {
        r = complain("the stylesheet", &said, e);
        if (style)
            xsltFreeStylesheet(style); // and the document
        else
            xmlFreeDoc(sheet);
    } else {
        *ret = mem_alloc(sizeof **ret);
        (*ret)->style = style;
    }
    listen(NULL);
    str_done(&said);
    return r;
}

// Before the sheet joins texts: what one of them turns must end with it.
static void balance(xmlNode *node, int depth)
{
    for (; node && depth < DEEPEST; node = node->next) {
        if (node->type == XML_TEXT_NODE && strstr((const char *)node->content, "\xE2")) {
            struct str s;
            str_init(&s, STR_MAX);
            str_add_balanced(&s, (const char *)node->content);
            xmlNodeSetContent(node, (const xmlChar *)s.p);
            str_done(&s);
        }
        if (node->type != XML_ELEMENT_NODE)
            continue;
        for (xmlAttr *attr = node->properties; attr; attr = attr->next)
            balance(attr->children, depth + 1);
        balance(node->children, depth + 1);
    }
}

int html_sheet_render(const struct html_sheet *s, const struct str *document, struct str *out,
                      struct err *e)
{
    xmlDocPtr input = NULL, result = NULL;
    int r = xmlread_doc(document->p, document->len, "the page's document", &input, e);
    if (r < 0)
        return r;
    balance(xmlDocGetRootElement(input), 0);
    struct str said;
    str_init(&said, 2048);
    listen(&said);
    r = transform(s->style, input, &said, &result, e);
    if (r >= 0)
        r = write_html(out, result, e);
    listen(NULL);
    str_done(&said);
    xmlFreeDoc(result);
    xmlFreeDoc(input);
    return r;
}

void html_sheet_close(struct html_sheet *s)
{
    if (!s)
        return;
    xsltFreeStylesheet(s->style);
    free(s);
}

int html_render(struct arena *a, const char *const *stylesheets, const struct str *document,
                struct str *out, struct err *e)
{
    struct html_sheet *sheet = NULL;
    int r = html_sheet_open(a, stylesheets, &sheet, e);
    if (r >= 0)
        r = html_sheet_render(sheet, document, out, e);
    html_sheet_close(sheet);
    return r;
}
