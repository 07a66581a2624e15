// SPDX-License-Identifier: GPL-3.0-or-later
// What show.yaml says to directories and apps alone: money, verification, who may not show it,
// neighbours, and where the feed went.
#pragma once
#include "model/yaml.h"

struct funding {
    const char *url, *text;
};
struct verification {
    const char *purpose, *text;
};
struct other_show {
    const char *guid, *url, *title; // url, title NULL: not said
};

struct feeding {
    struct funding *funding;
    size_t num_funding;
    struct verification *verify;
    size_t num_verify;
    struct texts block; // "all", or services of the podcast namespace
    struct other_show *podroll;
    size_t num_podroll;
    struct other_show publisher; // guid NULL: none
    const char **websub;
    size_t num_websub;
    const char *moved_to; // NULL: it is where it was
    bool complete;
    int64_t entries; // of feed.xml, and of each archive behind it
};
enum { FEED_ENTRIES = 100 }; // default of feeding.entries
extern const char *const feeding_services[];
extern const struct key_table feeding_tables[]; // the maps inside, for the manual
extern const size_t num_feeding_tables;

// The keys that the table of show.yaml leaves aside.
int feeding_read(struct arena *a, const struct node *root, struct feeding *f, struct err *e);
