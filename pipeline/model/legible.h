// SPDX-License-Identifier: GPL-3.0-or-later
// Captions that can be read: how long a line may be, how fast, how short and how long a block may
// be shown. What departs from that is found, and mended where no word is lost and nothing is shown
// long before or after it is said. Everything counts in blocks, see captions_block.
#pragma once
#include "model/captions.h"

enum legible_rule {
    LEGIBLE_LINE,    // characters of a line
    LEGIBLE_LINES,   // lines of a block
    LEGIBLE_SPEED,   // characters per second
    LEGIBLE_SHORT,   // seconds a block is shown, at least
    LEGIBLE_LONG,    // at most
    LEGIBLE_OVERLAP, // seconds that two blocks are shown at once
    LEGIBLE_GAP,     // seconds between two blocks, at least
    LEGIBLE_RULES,
};
struct legible_limit {
    const char *name, *source;
    double warn, error; // what lies beyond is a finding
    bool least;         // beyond is below
};
extern const struct legible_limit legible_limits[LEGIBLE_RULES];
enum {
    LEGIBLE_LINE_CHARS = 40, // what is mended keeps to the limits that warn
    LEGIBLE_BLOCK_LINES = 2,
    LEGIBLE_CHARS_PER_S = 17,
    LEGIBLE_SHORT_MS = 1200,
    LEGIBLE_LONG_MS = 7000,
    LEGIBLE_GAP_MS = 80,
};

struct legible_finding {
    enum legible_rule rule;
    bool is_error; // else a warning
    tick at;       // where the block begins
    double value;  // in the rule's unit
};
struct legible_findings { // in order of time
    struct legible_finding *items;
    size_t count;
};
void legible_find(struct arena *a, const struct captions *c, struct legible_findings *ret);
// "a line of 47 characters: break it, or shorten the text"; without its time.
void legible_say(struct str *out, const struct legible_finding *f);

struct legible_mended {
    size_t count[LEGIBLE_RULES]; // blocks that were changed because of the rule
};
// end: of the sound, nothing is shown longer than that; 0: not known. Times become whole
// milliseconds. New texts are in the arena.
void legible_mend(struct arena *a, struct captions *c, tick end, struct legible_mended *ret);
