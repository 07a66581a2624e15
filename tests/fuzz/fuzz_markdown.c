// SPDX-License-Identifier: GPL-3.0-or-later
// Notes in Markdown: whatever they say, what comes out is well-formed, has known elements only, and
// no address but those that are allowed.
#include "fuzz.h"

#include "base/xmlread.h"
#include "doc/link.h"
#include "doc/markdown.h"

static const char *const elements[] = {
    "x",  "p",  "ul", "ol",    "li", "a",    "strong",     "em",  "br",    "h3",
    "h4", "h5", "h6", "pre",   "hr", "code", "blockquote", "del", "table", "thead",
    "th", "td", "tr", "tbody", "u",  "s",    "input",      "div",
};

static void look(const struct xml_elem *el)
{
    bool known = false;
    for (size_t i = 0; i < COUNT(elements); i++)
        known |= strcmp(el->name, elements[i]) == 0;
    if (!known)
        fprintf(stderr, "<%s>\n", el->name);
    FUZZ_HOLD(known);
    for (size_t i = 0; i < el->num_attrs; i++) {
        const struct xml_attribute *at = &el->attrs[i];
        FUZZ_HOLD(strncmp(at->name, "on", 2) != 0 && strcmp(at->name, "style") != 0);
        FUZZ_HOLD(strcmp(at->name, "src") != 0);
        if (strcmp(at->name, "href") == 0) {
            FUZZ_HOLD(link_allowed(at->value) && link_is_ascii(at->value));
        }
    }
    for (const struct xml_elem *c = el->first; c; c = c->next)
        look(c);
}

static void well_formed(const struct str *s)
{
    struct arena a = {0};
    struct xml_doc doc;
    struct err e = {0};
    struct str x;
    str_init(&x, STR_MAX);
    str_add(&x, "<x>");
    str_addn(&x, s->p ? s->p : "", s->len);
    str_add(&x, "</x>");
    if (xmlread_tree(&a, x.p, x.len, "x", &doc, &e) < 0) {
        fprintf(stderr, "%s\n%s\n", e.text, x.p);
        FUZZ_HOLD(!"well-formed");
    }
    look(doc.root);
    str_done(&x);
    arena_done(&a);
}

FUZZ(markdown)
{
    static const char *const bases[] = {NULL, "https://example.org/x/"};
    struct err e = {0};
    char *text = fuzz_text(data, size);
    struct str clean; // notes are read as UTF-8 alone
    str_init(&clean, STR_MAX);
    str_add_utf8(&clean, text);
    const char *notes = clean.p ? clean.p : "";
    for (int i = 0; i < 4; i++) {
        struct str s;
        str_init(&s, STR_MAX);
        if (markdown_html(&s, notes, i < 2 ? MARKDOWN_PAGE : MARKDOWN_FEED, bases[i % 2], &e) >= 0)
            well_formed(&s);
        str_done(&s);
    }
    struct str s;
    str_init(&s, STR_MAX);
    markdown_text(&s, notes, bases[1], &e);
    text_cut(&s, 100);
    FUZZ_HOLD(s.len <= 100 && (!s.p || str_is_utf8(s.p, s.len, NULL)));
    str_done(&s);
    str_done(&clean);
    free(text);
    return 0;
}
