// SPDX-License-Identifier: GPL-3.0-or-later
// What the kits of episodes and themes share: files under names that tell of their content, the ZIP
// of them with its readme, and the page.
#pragma once
#include "doc/sheet.h"
#include "doc/zip.h"
#include "stage/stage.h"

struct kit_entry { // of the ZIP
    struct zip_entry file;
    const char *what; // key of what is said of it in the readme; NULL: nothing
};
struct kit_made { // a file that becomes public
    const char *file, *title, *type;
};
struct kit_parts {
    struct stage_job *job;
    struct json *strings;
    const char *style;        // sheet.css
    struct sheet_file *files; // to download, with their names in the variant's folder
    size_t num_files, cap_files;
    struct kit_made *made;
    size_t num_made, cap_made;
    struct kit_entry *entries;
    size_t num_entries, cap_entries;
};
// Reads strings and style; a close follows whatever it answers.
int kit_parts_open(struct kit_parts *p, struct stage_job *job, struct err *e);
void kit_parts_close(struct kit_parts *p);

const char *kit_parts_path(const struct kit_parts *p, const char *name); // to write it
// name was written: it becomes name-1a2b3c4d, a download, and a part of the ZIP under its plain
// name.
int kit_parts_add(struct kit_parts *p, const char *name, const char *title, const char *type,
                  struct err *e);
// The ZIP itself: a download, the first of them.
int kit_parts_add_first(struct kit_parts *p, const char *name, const char *title, const char *type,
                        struct err *e);
// A file of the folder that keeps its name, into the list of what becomes public.
void kit_parts_list(struct kit_parts *p, const char *file, const char *title, const char *type);
void kit_parts_measured(struct kit_parts *p); // "files", in the order of the list

// Parts of the ZIP alone; text must stay until the ZIP is written.
void kit_parts_file(struct kit_parts *p, const char *name, const char *path, const char *what);
void kit_parts_text(struct kit_parts *p, const char *name, const struct str *text,
                    const char *what);
void kit_parts_told(struct kit_parts *p, const char *stem, const char *what); // of those so far

struct kit_readme {
    const char *title, *intro, *credit, *url;
    const char *alternative;           // to the pictures; NULL: none
    const char *license, *license_url; // NULL: none, not known
};
void kit_parts_readme(struct kit_parts *p, const struct sheet *like, const struct kit_readme *r,
                      struct str *out);
// Everything below `folder`, the readme first.
int kit_parts_zip(struct kit_parts *p, const char *folder, const char *name,
                  const struct str *readme, int64_t utc_s, struct err *e);
// With files to download it is for the web and takes sheet.css, which it writes beside it; without,
// it needs no other file.
int kit_parts_page(struct kit_parts *p, const struct sheet *s, const struct sheet_file *files,
                   size_t n, struct str *out, struct err *e);
const char *kit_fill(struct arena *a, const char *pattern, const char *name, const char *value);
