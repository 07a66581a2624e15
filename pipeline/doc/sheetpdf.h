// SPDX-License-Identifier: GPL-3.0-or-later
// A sheet as a tagged PDF of A4 pages: the landscape on top of the first one, page numbers below.
#pragma once
#include "doc/sheet.h"

// page: "Side"; what it is: for the PDF's subject, NULL: nothing. The number of pages, or an error.
int sheet_pdf(const struct sheet *s, const char *page, const char *subject, const char *path,
              struct err *e);
