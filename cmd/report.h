// SPDX-License-Identifier: GPL-3.0-or-later
// What publish says at the end, for people and for programs, from one JSON object an episode.
#pragma once
#include "plan/publish.h"

struct json *report_stages(struct plan *p); // those that were looked at
struct json *report_episode(struct plan *p, bool is_public);
// One line: which way the picture went, and why. Nothing where none is made.
void report_print_picture(const struct json *episode);
void report_json(const struct json *reports, bool all);
void report_print(const struct json *reports, const char *show_dir, int verbosity);
// "fresh", "stale", "waits", "left out", or "ran".
const char *report_state(const struct step *step);
