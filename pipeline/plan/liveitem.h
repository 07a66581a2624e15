// SPDX-License-Identifier: GPL-3.0-or-later
// An episode's broadcast in the feed. It is planned in episode.yaml (live:), live from when the
// first endpoint takes it, and ended when the relay says so, when nothing has been heard of the
// relay for some minutes and its process is gone, or an hour after its planned end: a feed never
// goes on saying live because a program died.
#pragma once
#include "plan/plan.h"

enum liveitem_status { LIVEITEM_NONE, LIVEITEM_PENDING, LIVEITEM_LIVE, LIVEITEM_ENDED };
extern const char *const liveitem_statuses[]; // NULL, "pending", "live", "ended"

// As the relay's state file of this episode says at that time.
enum liveitem_status liveitem_status(struct plan *p, int64_t now_utc_s);
// LIVE of doc/facts.h; NULL: none is in the feed. An ended one stays for a day, and until the
// recording is published, but not for more than a month.
struct json *liveitem_make(struct plan *p);
// Its own, so that the recording is a new entry; the same however often it is begun again.
const char *liveitem_guid(struct plan *p);
// What a relay that was killed left behind says from now on that it has ended.
int liveitem_end(struct plan *p, struct err *e);
