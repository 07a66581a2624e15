// SPDX-License-Identifier: GPL-3.0-or-later
// A PDF to draw on: real text, tagged for screen readers, with title, author, language and date.
// The same drawing, the same bytes. What is drawn between pdf_begin() and pdf_end() has that role;
// what stands outside of any is decoration. Both work on every surface and do nothing but on PDFs,
// so that one drawing serves for PDF and PNG.
#pragma once
#include <cairo.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct pdf_words {
    const char *title, *author, *subject; // author, subject NULL: none
    const char *language;                 // BCP 47
    int64_t created_utc_s;
};
struct pdf {
    cairo_surface_t *surface;
    cairo_t *cr;
    const char *language;
    struct str bytes;
};

// Sizes in points, 1/72 inch; A4 and A3 upright are below.
#define PDF_A4_WIDTH 595.276
#define PDF_A4_HEIGHT 841.89
#define PDF_A3_WIDTH 841.89
#define PDF_A3_HEIGHT 1190.551
void pdf_open(struct pdf *f, double width, double height, const struct pdf_words *words);
int pdf_save(struct pdf *f, const char *path, struct err *e); // once, at the end
void pdf_close(struct pdf *f);

void pdf_begin(cairo_t *cr, const char *role); // of PDF 1.7: "H1", "P", "L", "LI", "Table" …
void pdf_end(cairo_t *cr, const char *role);
void pdf_link_begin(cairo_t *cr, const char *url);
void pdf_link_end(cairo_t *cr);
