// SPDX-License-Identifier: GPL-3.0-or-later
// What the show's calendar holds: the broadcasts of all episodes and the themes of the months. When
// a broadcast was last changed, and how often, is kept in episodes/show.state.json, so that
// calendars learn that it moved, and a clone of the show makes the same file.
#pragma once
#include "plan/plan.h"

// BROADCAST of stage/calendar.c without sequence and stamp; NULL: none is planned.
struct json *agenda_broadcast(struct plan *p);
// The settings of stage/calendar.c; show is the plan of the show, with its catalogue.
void agenda_put(struct plan *show, struct json *into);
// Writes down what such settings say of changes, once the file is public.
int agenda_remember(struct plan *show, const struct json *settings, struct err *e);
