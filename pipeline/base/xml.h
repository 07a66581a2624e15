// SPDX-License-Identifier: GPL-3.0-or-later
// Writing XML.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct str;

// A writer over a string builder. Text is escaped; characters XML 1.0 cannot hold and invalid UTF-8
// become U+FFFD. Elements without content close themselves; indentation is two blanks a level,
// left out inside an element that holds text. The outermost element ends its line.
struct xml {
    struct str *out;
    const char *open[32]; // names of the open elements; they must outlive the element
    bool has_text[32], has_child[32];
    int depth;
    bool tag_open;
    int indent; // levels in front of the outermost element
};
void xml_init(struct xml *x, struct str *out, int indent);
void xml_open(struct xml *x, const char *name);
void xml_attr(struct xml *x, const char *name, const char *value); // NULL value: left out
void xml_attr_int(struct xml *x, const char *name, long long value);
void xml_text(struct xml *x, const char *text);
void xml_cdata(struct xml *x, const char *text); // "]]>" inside is split
// As it is; the caller vouches for it. Markup that begins with a blank (whole indented lines, as
// another writer made them) starts on a line of its own; all other counts as text.
void xml_raw(struct xml *x, const char *markup);
void xml_close(struct xml *x);
void xml_leaf(struct xml *x, const char *name, const char *text); // NULL text: nothing at all
void xml_escape(struct str *out, const char *text, bool attribute);
