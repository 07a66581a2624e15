// SPDX-License-Identifier: GPL-3.0-or-later
// Telling others that the feed changed: WebSub hubs, podping, webhooks. What was told stands in
// .dgl/announced.json, so that a run that was killed, or that failed at one target, takes nothing
// with it; what could not be said waits in .dgl/announce.json for the next run.
#pragma once
#include "plan/deliver.h"

// Before a delivery: where nothing is known of what was told, as after webhooks were added or on
// another machine, what was delivered before counts as told.
int announce_begin(const struct deliver *d, struct err *e);
// After one that is complete: what is to be told is added to what waits. Nothing while some target
// lacks the feed.
int announce_add(const struct deliver *d, struct err *e);
// Says all that waits, one after the other. What fails is warned of and stays. *ret_said,
// *ret_left: how many.
int announce_send(struct session *s, const struct keys *keys, size_t *ret_said, size_t *ret_left,
                  struct err *e);
