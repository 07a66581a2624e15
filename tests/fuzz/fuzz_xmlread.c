// SPDX-License-Identifier: GPL-3.0-or-later
// XML of anybody's: a tree, or a refusal with its place; no document type, so no entities.
#include "fuzz.h"

#include "base/xmlread.h"

static void walk(const struct xml_elem *el, int depth)
{
    FUZZ_HOLD(depth < 300 && el->name && el->ns && el->text);
    for (size_t i = 0; i < el->num_attrs; i++)
        FUZZ_HOLD(el->attrs[i].name && el->attrs[i].value && el->attrs[i].ns);
    for (const struct xml_elem *c = el->first; c; c = c->next) {
        FUZZ_HOLD(c->parent == el);
        walk(c, depth + 1);
    }
}

FUZZ(xmlread)
{
    struct arena a = {0};
    struct err e = {0};
    struct xml_doc doc;
    char *text = fuzz_text(data, size);
    if (xmlread_tree(&a, text, size, "x.xml", &doc, &e) < 0)
        fuzz_refusal(&e);
    else
        walk(doc.root, 0);
    free(text);
    arena_done(&a);
    return 0;
}
