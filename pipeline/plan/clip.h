// SPDX-License-Identifier: GPL-3.0-or-later
// Clips for social media: their settings, their part of published.json, their place in public/.
#pragma once
#include "plan/plan.h"

// As settings_shared has it. ERR_INPUT: of a clip nothing is left, with its line.
int clip_settings(struct plan *p, struct json *into, struct json *files, struct err *e);
struct json *clip_variant(struct plan *p, const struct step *step);
int clip_record(struct plan *p, struct published *into, struct err *e);
int clip_place(struct plan *p, struct err *e);
void clip_put_facts(const struct plan *p, struct json *into); // as doc/facts.h has them
