// SPDX-License-Identifier: GPL-3.0-or-later
// Where public/ is uploaded to, and whom to tell afterwards: deliver in show.yaml.
#pragma once
#include "model/yaml.h"

enum { DELIVERY_MAX_TARGETS = 8, DELIVERY_MAX_CONNECTIONS = 16 };

struct delivery_target {
    const char *name; // [a-z0-9-]
    const char *kind; // of target_kinds
    const char *url;  // ends in '/'; of a folder: its path as written, with '/' at the end
    const char *region, *user, *secret;      // secret: a name in the secrets; NULL: none
    const char *ca, *known_hosts, *identity; // absolute paths; NULL: the system's, ssh's
    const char *site;                        // where its files are seen; NULL: it is no site
    int64_t at_once;                         // connections
    int64_t part_mib;                        // of what goes in parts
    double timeout_s;                        // how long nothing may move
    const struct node *node;
};
struct webhook {
    const char *url, *secret; // secret NULL: none
    const struct node *node;
};
struct delivery {
    struct delivery_target targets[DELIVERY_MAX_TARGETS];
    size_t num_targets;
    bool automatic; // publish delivers, too
    bool checks;    // the public feed is looked at afterwards
    int64_t tries;  // of each file
    double retry_s; // before the second one; doubled each time
    struct webhook *webhooks;
    size_t num_webhooks;
    struct webhook podping; // url NULL: none
};
extern const char *const target_kinds[];
extern const struct key_table delivery_tables[]; // the maps inside, for the manual
extern const size_t num_delivery_tables;

// n: the value of deliver, NULL: not written. show_dir: absolute. site: the show's.
int delivery_read(struct arena *a, const struct node *n, const char *show_dir, const char *site,
                  struct delivery *ret, struct err *e);
