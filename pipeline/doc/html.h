// SPDX-License-Identifier: GPL-3.0-or-later
// Pages: an XML document through the stylesheets of presets/site/, written as HTML5. The only place
// that knows libxslt. A stylesheet can neither read nor write nor fetch anything.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

// Several stylesheet files (NULL at the end) count as one, in their order; xsl:import and
// xsl:include are refused, so that a page depends on nothing but what it is given. The result:
// doctype, void elements without an end tag, script and style as raw text, no comments; the same
// input gives the same bytes. Refuses a result with an address that link_allowed() refuses, or with
// an "on…" attribute; an img may hold its JPEG in its address.
struct html_sheet;
int html_sheet_open(struct arena *a, const char *const *stylesheets, struct html_sheet **ret,
                    struct err *e);
int html_sheet_render(const struct html_sheet *s, const struct str *document, struct str *out,
                      struct err *e);
void html_sheet_close(struct html_sheet *s); // NULL is fine
// One page alone.
int html_render(struct arena *a, const char *const *stylesheets, const struct str *document,
                struct str *out, struct err *e);
