// SPDX-License-Identifier: GPL-3.0-or-later
// What feed and pages say of an episode, as the JSON that doc/facts.h describes.
#pragma once
#include "plan/plan.h"

struct json *facts_make(struct plan *p); // EPISODE
// EPISODE of a broadcast: what is known of it before there is a recording.
struct json *facts_of_live(struct plan *p, const char *guid, int64_t start_utc_s);
// What the show's pages say of an episode beside settings_entry.
void facts_put_listed(struct plan *p, struct json *o);
struct json *facts_of_kit(struct plan *p); // EPISODE without its files
// Single keys of it, for stages that say less. Nothing is put where there is nothing to say.
void facts_put_theme(const struct plan *p, struct json *o);
void facts_put_goals(const struct plan *p, struct json *o);
void facts_put_people(const struct plan *p, struct json *o, const char *key,
                      const struct person *people, size_t n);
// municipality of an object; number or name, NULL or unknown: nothing.
void facts_put_place(const struct plan *p, struct json *o, const char *word);
void facts_put_number(struct json *o, const char *key, int64_t number); // above 0
void facts_put_cover(struct plan *p, struct json *o);
const char *facts_theme(const struct theme *t, const char *language); // its title
