// SPDX-License-Identifier: GPL-3.0-or-later
// The way of the data: every stage, what it reads and who made it, in the order they run. What a
// stage may know of the episode is its settings (plan/settings.h) and these inputs, and nothing
// else.
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct flow_input {
    const char *name;  // under which the stage finds it
    const char *stage; // its maker; NULL ends the list
    const char *file; // in the maker's folder; "*.json": a list of all that match; "cover-small.*":
                      // the one that matches; "*": the one that is no .json
    bool same_variant; // the maker's result of the same variant
    bool optional;     // left out where the maker has not made it
};

enum flow_flags {
    FLOW_VARIANTS = 1 << 0, // one result for each output of the show
    FLOW_MEDIA = 1 << 1,    // needs the recording; a show without its media does without it
    FLOW_SHOW = 1 << 2,     // of the show, not of an episode
    FLOW_PROGRAM = 1 << 3, // run by a program that show.yaml names (plan/transcribe.h); its failure
                           // is told and stops nothing
};

struct flow {
    const char *name, *summary;
    unsigned version; // raise it when equal inputs would give another result
    unsigned flags;
    const struct flow_input *in; // NULL: none; files of the episode's folder come with the settings
};
extern const struct flow flow_table[]; // ends with name NULL
const struct flow *flow_find(const char *name);
size_t flow_count(void);
