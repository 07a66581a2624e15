// SPDX-License-Identifier: GPL-3.0-or-later
// Telling others that the feed changed: WebSub hubs, podping, webhooks. What could not be said
// waits in .dgl/announce.json for the next run.
#pragma once
#include "plan/deliver.h"

// What this delivery gives to tell, added to what waits. Nothing where no feed has changed.
int announce_add(const struct deliver *d, struct err *e);
// Says all that waits, one after the other. What fails is warned of and stays. *ret_said,
// *ret_left: how many.
int announce_send(struct session *s, const struct keys *keys, size_t *ret_said, size_t *ret_left,
                  struct err *e);
