// SPDX-License-Identifier: GPL-3.0-or-later
// Taking a published episode down, for whatever reason, and people who took their consent back.
//
// published.json is marked first; then the feed goes out without the episode, then the pages, and
// what they named goes last: at no moment does the feed name a file that is not there. A run that
// was killed is finished by the next. The record stays in published.json, which is not public:
//   "retracted": {"at", "by", "reason", "files": [what of it was below public/, as pathlist.h has
//                 it], "originals": true where they went as well, "finished": time, "undone": time,
//                 "before": the same of an earlier time}
#pragma once
#include "plan/plan.h"

// The first, host or guest, who took the consent back; NULL: nobody did.
const struct person *retract_withdrawn(const struct episode *ep);
// It is public although somebody took the consent back; tells what is to be done.
void retract_warn(struct plan *p);
// ERR_INPUT where it must not be published or broadcast: retracted, or a consent was taken back.
int retract_refuse(struct plan *p, struct err *e);
// "unfinished", "done", or "undone"; NULL: it is not retracted.
const char *retract_state(const struct plan *p);
const struct json *retract_record(const struct plan *p); // "retracted"; NULL: never

struct retraction {
    const char *by, *reason; // NULL on a later run: what was said first stays
    bool originals;          // and the recordings in originals/, and those of broadcasts
};
// {"files", "bytes", "results", "originals", "originals_kept", "broadcasts"}: what is there and
// goes, or with `originals` false stays; paths below the show. Changes nothing.
struct json *retract_look(struct plan *p, bool originals);
// Does all of it, on this machine; the session holds the lock. ERR_INPUT while it is broadcast, and
// where it was never published.
int retract_check(struct plan *p, struct err *e);
int retract_run(struct plan *p, const struct retraction *r, struct err *e);
// From now on publish takes it again, under the same guid. ERR_INPUT: it is not retracted.
int retract_undo(struct plan *p, struct err *e);
// Recordings that `is` does not use any more are remembered in its rest: an erasure means them too.
void retract_remember_sources(const struct published *was, struct published *is);
