// SPDX-License-Identifier: GPL-3.0-or-later
// Whether an episode may be published as the law and the show want it (model/law.h).
#pragma once
#include "plan/plan.h"

// Findings for each rule that is broken: beside the keys of review_add "id" of the rule and, where
// a waiver holds, "waived": {"reason", "by", "until"}. They are errors once there is a recording,
// consent that does not do at once; what is waived is a warning.
void lawful_review(struct plan *p, struct json *findings);
// EPISODE's "waivers" (doc/facts.h): of the rules that are broken, the waivers that hold.
void lawful_put_waivers(struct plan *p, struct json *o);
