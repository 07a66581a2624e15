// SPDX-License-Identifier: GPL-3.0-or-later
// What status says beside what is fresh: what is due next, what is still to be done by hand, where
// the originals lie.
#pragma once
#include "cmd.h"
#include "plan/plan.h"

// What an episode that is not public waits for, added to its status: "due": {"what": "broadcast" or
// "publish", "when", "days_left"}, "lacking": ["recording", ids of model/law.h]. Nothing where
// nothing is due.
void reminder_episode(struct plan *p, struct json *o);
// "todo" after the first delivery, and "backup".
int reminder_show(struct session *s, struct json *o, struct err *e);
void reminder_print(const struct json *status);
