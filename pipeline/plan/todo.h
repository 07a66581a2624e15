// SPDX-License-Identifier: GPL-3.0-or-later
// What a person does once, after the first delivery, and no program can: kept in
// episodes/show.state.json, which belongs into git like the files beside it.
#pragma once
#include "plan/session.h"

// [{"name", "text", "done": day}], done left out until it is ticked.
int todo_list(struct session *s, struct json **ret, struct err *e);
// Ticks one; the session holds the lock. ERR_USAGE names those there are.
int todo_tick(struct session *s, const char *name, struct err *e);
