// SPDX-License-Identifier: GPL-3.0-or-later
// The keys of show.yaml that only the pages use: colours, logo, directories, accessibility.
#pragma once
#include "model/yaml.h"

struct directory { // where the show can be subscribed to
    const char *title, *url;
};
enum { DIRECTORY_MOST = 12 };

struct show_site {
    const char *accent, *accent_dark; // "#0b5a7d"; NULL: the style sheet's
    const char *logo, *logo_path;     // as written, from episodes/, and absolute; NULL: none
    struct directory directory[DIRECTORY_MOST];
    size_t num_directories; // in the order of the table, not of the file
    const char *statement;  // address of the accessibility statement; NULL: not said
    const char *feedback;   // address or e-mail for what is not accessible; NULL: the owner's
    struct texts known;     // what does not conform, in the show's language
};
extern const struct key_table site_tables[]; // site_colors, directories, accessibility
extern const size_t num_site_tables;

// root: of show.yaml; logo as the table of show.yaml read it. Colours that cannot be read on the
// pages are refused, with one that can.
int show_site_read(struct arena *a, const char *episodes, const struct node *root,
                   struct show_site *s, struct err *e);
