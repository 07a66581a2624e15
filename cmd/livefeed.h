// SPDX-License-Identifier: GPL-3.0-or-later
// The feed follows the broadcast: when it becomes live and when it ends, `dgl-episode feed` runs
// beside it, as a program of its own. What goes wrong there is a warning; the broadcast waits for
// nothing.
#pragma once
#include "live.h"

struct livefeed;
typedef void livefeed_warn(void *ctx, const char *text);

// NULL: the broadcast is none that a feed tells of. All below accept it.
struct livefeed *livefeed_new(struct broadcast *b, livefeed_warn *warn, void *ctx);
void livefeed_look(struct livefeed *f); // often; returns at once
// The relay has ended: until the feed says so, a minute at most, or until is_enough(ctx).
void livefeed_finish(struct livefeed *f, bool (*is_enough)(const void *ctx), const void *ctx);
void livefeed_free(struct livefeed *f); // ends what runs
