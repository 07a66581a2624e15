// SPDX-License-Identifier: GPL-3.0-or-later
// Kits for municipalities: of an episode and of a theme; their settings, their part of
// published.json, their place in public/kit/.
#pragma once
#include "plan/plan.h"

// As settings_shared has it; themekit: -ENODATA where no episode has a kit, or the files of one are
// not here.
int kit_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
int themekit_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
int kit_record(struct plan *p, struct published *into, struct err *e);
int kit_place(struct plan *p, struct err *e);
void kit_put_facts(const struct plan *p, struct json *into); // as doc/facts.h has them
// What the kit of its theme needs of an episode: {"episode", "kit": paths in public/}; NULL: it has
// no theme. Free it.
struct json *kit_entry(struct plan *p);
int themekit_place(struct plan *show, struct err *e);
// [{id: of the theme, title, path, type, bytes}] of ZIP, PDF and page of each theme whose kit is
// made. Free it.
struct json *themekit_facts(struct plan *show);
