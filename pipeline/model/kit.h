// SPDX-License-Identifier: GPL-3.0-or-later
// kit: in episode.yaml: what a municipality needs to hold a meeting on the episode.
#pragma once
#include "model/yaml.h"

struct kit_point { // of a meeting's programme
    const char *title;
    int64_t minutes; // how long it takes; 0: not said
    const char *at;  // "18:15"; NULL: not said
    int64_t at_min;  // the same, counted from midnight; of the first point -1: not said
    const struct node *node;
};
struct kit_link {
    const char *title, *url;
};
struct kit_contact {
    const char *name, *role, *email, *phone, *municipality; // municipality: its number; NULL: none
};

struct kit {
    const char *summary; // NULL: the episode's
    struct texts facts, questions;
    struct kit_point *programme; // each says minutes, or each says at
    size_t num_points;
    const char *start; // of points that say minutes: "18:00"; NULL: they count from 0
    int64_t start_min; // -1: not said
    struct kit_link *links;
    size_t num_links;
    const struct kit_contact *contact; // NULL: none
};
extern const struct key_table kit_tables[]; // kit and the maps inside
extern const size_t num_kit_tables;
