// SPDX-License-Identifier: GPL-3.0-or-later
// The settings of each stage: exactly the JSON its file in pipeline/stage/ describes, made from the
// episode, the show and what is published. A stage is shown nothing else, so what shapes a result
// is fingerprinted.
#pragma once
#include "plan/plan.h"

// *ret: shared settings, *ret_in: further inputs {name: path or [paths]}, files of the episode, the
// show or the presets (their content is fingerprinted). -EAGAIN: an earlier stage must run first;
// -ENODATA: nothing to do.
int settings_shared(struct plan *p, const struct flow *f, struct json **ret, struct json **ret_in,
                    struct err *e);
struct json *settings_variant(struct plan *p, const struct step *step);
// What tag and package write into files.
int settings_words(struct plan *p, struct json *into, struct json *files, struct err *e);
// Files of the presets into further inputs: {"name", "site/page.xsl"}, "name[]": into a list; and
// <folder>/strings.<language>.json, in bokmål where there is none in that language.
int settings_put_presets(struct plan *p, struct json *files, const char *const (*pairs)[2],
                         size_t n, struct err *e);
int settings_put_strings(struct plan *p, struct json *files, const char *folder,
                         const char *language, struct err *e);
// How a sound is encoded, and how loud it becomes.
void settings_put_coding(const struct plan *p, const struct output_preset *o,
                         const struct loudness_preset *l, struct json *into);
// A stage's complaint about a file that a line of YAML names becomes one with that line. 1: it did.
int settings_place(const struct plan *p, struct err *e);
// SHOW of doc/facts.h.
struct json *settings_show(struct plan *p);
// What lists of episodes say of one.
struct json *settings_entry(struct plan *p);
// Presets as inputs: {name, file below presets/}; "name[]": one more of a list.
int settings_put_presets(struct plan *p, struct json *files, const char *const (*pairs)[2],
                         size_t n, struct err *e);
// The words of pages in that language, and those in bokmål.
int settings_put_words(struct plan *p, struct json *files, const char *language, struct err *e);
