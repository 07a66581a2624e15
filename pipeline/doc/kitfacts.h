// SPDX-License-Identifier: GPL-3.0-or-later
// What a kit says beside its episode, read from a stage's settings. Keys that do not apply are left
// out.
//
// KIT: summary, facts ["…"], questions ["…"], programme [{title, from_min, to_min}], clock: the
//   programme's minutes are counted from midnight, not from the meeting's beginning,
//   links [{title, url}], contact {name, role, email, phone, municipality {number, name, …}}
#pragma once
#include "doc/facts.h"

struct kit_moment {
    const char *title;
    int64_t from_min, to_min; // to_min -1: not known
};
struct kit_facts {
    const char *summary; // NULL: none
    const char **facts, **questions;
    size_t num_facts, num_questions;
    struct kit_moment *points;
    size_t num_points;
    bool clock;
    struct fact_link *links;
    size_t num_links;
    struct fact_person contact; // name NULL: none
    const char *email, *phone;
};
// As facts_episode has it.
int kit_facts(struct arena *a, const struct json *j, struct kit_facts *ret, struct err *e);
