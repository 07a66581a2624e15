// SPDX-License-Identifier: GPL-3.0-or-later
// What a broadcast looks like on a screen: lines of text with plain ANSI colours.
#pragma once
#include "base/json.h"
#include "base/str.h"
#include <stdbool.h>

struct view_look {
    int width, height; // columns and lines; 60 columns show everything
    bool color;
};
struct view_facts {
    const struct json *state; // STATE of live/job.h; NULL: nothing was said yet
    const char *show, *title;
    double target_lufs, ceiling_dbtp;
    const char *phase;       // in place of the state on top: "STARTING", "ENDING"; NULL: none
    const char *question;    // in the last line, in place of the keys; NULL: none
    const char *const *said; // the newest of num_said last
    size_t num_said;
};
// Of STATE: the source that is on air, else the first; NULL: there is none.
const struct json *view_source(const struct json *state);
// The whole screen, line by line.
void view_render(struct str *out, const struct view_look *look, const struct view_facts *f);
