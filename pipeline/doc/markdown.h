// SPDX-License-Identifier: GPL-3.0-or-later
// Notes in Markdown, as HTML and as plain text. The only place that knows md4c. HTML in the notes
// is shown as text; a link that link_allowed() refuses leaves its text, a picture its description.
#pragma once
#include "base/err.h"
#include "base/str.h"

enum markdown_use {
    MARKDOWN_PAGE, // headings begin at h3; well-formed as XML too
    MARKDOWN_FEED, // p ol ul li a strong em br: what podcast apps show
};
// base (NULL: none): where relative links start, for texts that leave the page.
int markdown_html(struct str *out, const char *notes, enum markdown_use use, const char *base,
                  struct err *e);
// Paragraphs with an empty line between; links as "text (address)".
int markdown_text(struct str *out, const char *notes, const char *base, struct err *e);

// The first `max` bytes at most, cut behind a whole word, with "…" where something is missing.
void text_cut(struct str *s, size_t max);
