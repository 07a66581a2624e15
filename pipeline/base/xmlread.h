// SPDX-License-Identifier: GPL-3.0-or-later
// Reading XML. The only place that knows libxml2's parser: nothing is fetched, a document type
// declaration is refused (and so every entity but XML's five), depth and size are bounded.
#pragma once
#include <stddef.h>

struct arena;
struct err;
struct _xmlDoc; // libxml2's own tree, for libxslt

struct xml_attribute {
    const char *ns, *name, *value;
}; // ns "": none
struct xml_elem {
    const char *ns, *name; // namespace ("": none) and name without prefix
    const char *text;      // of this element itself, its parts joined; never NULL
    int line;
    struct xml_attribute *attrs;
    size_t num_attrs;
    struct xml_elem *parent, *first, *next;
};
struct xml_doc {
    struct xml_elem *root;
    const char *encoding; // as declared; NULL: not declared, so UTF-8
};

// Errors: ERR_INPUT, "shown:line:column: what the parser says".
int xmlread_tree(struct arena *a, const char *bytes, size_t len, const char *shown,
                 struct xml_doc *ret, struct err *e);
int xmlread_doc(const char *bytes, size_t len, const char *shown, struct _xmlDoc **ret,
                struct err *e);
const char *xml_attr_of(const struct xml_elem *el,
                        const char *name); // without namespace; NULL: not there
