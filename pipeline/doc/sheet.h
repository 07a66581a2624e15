// SPDX-License-Identifier: GPL-3.0-or-later
// A sheet of a few pages to print, hand out and read on a screen: headings, text and lists, once
// put together and then written as PDF (doc/sheetpdf.h), web page and plain text.
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "doc/facts.h"

enum block_kind {
    BLOCK_HEADING,
    BLOCK_UNDER, // a heading below a heading
    BLOCK_TEXT,
    BLOCK_BULLET,
    BLOCK_NUMBER,
    BLOCK_TIME, // of a programme: lead is when
    BLOCK_ENTRY // of a list of things: text is its name, lead its kind or owner, note more on it
};
struct sheet_block {
    enum block_kind kind;
    const char *text;
    const char *lead, *note, *url; // NULL: none; url "mailto:…" as well
    const char *lang;              // of text and note; NULL: the sheet's
};
struct sheet {
    const char *language, *show, *title, *line; // line: "Tema: trivsel · 12. februar 2026"
    const char *author;
    int64_t date_utc_s;
    const struct fact_goal *goals;
    size_t num_goals;
    const char *theme;   // chooses the colours; NULL: none
    const char *hear;    // "Hør episoden"
    const char *address; // as it is typed
    const char *url;     // the same for cameras and clicks
    const char *foot;    // licence and whose it is
    struct sheet_block *blocks;
    size_t num_blocks, cap;
};
void sheet_add(struct arena *a, struct sheet *s, const struct sheet_block *b);
void sheet_heading(struct arena *a, struct sheet *s, const char *text);

// The bytes in a text file: UTF-8, lines of at most about 80 characters that end in CR LF, so that
// every editor shows them.
void sheet_text(struct str *out, const struct sheet *s);
void sheet_wrap(struct str *out, const char *text, const char *first, const char *indent);

// style: goes into the page; NULL: sheet.css lies beside it.
// <sheet lang><strings>…</strings><title/>…: what presets/kit/sheet.xsl reads.
struct sheet_file { // to download from the page
    const char *title, *path, *type;
    int64_t bytes;
};
void sheet_document(struct str *out, const struct sheet *s, const struct json *strings,
                    const char *style, const struct sheet_file *files, size_t num_files);
