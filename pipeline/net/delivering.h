// SPDX-License-Identifier: GPL-3.0-or-later
// Brings many files to one target: several connections, each file tried again, one phase after the
// other, and everything that arrived written down at once.
#pragma once
#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "base/progress.h"

// job: {"name": of the target, "target": {"kind", "url", "region", "user", "secret", "ca",
//  "known_hosts", "identity", "part_bytes", "timeout_s"}, "at_once", "tries", "retry_s",
//  "lift": [path]: removed before the first phase
//  "phases": [[{"path", "from", "bytes", "sha256", "type", "cache", "look", "known", "parts"}]]
//      The next phase begins when all files of this one have arrived. look: it may be there, and is
//      not sent where it is; known: it was brought there once; parts: as below.
//  "remove": [path, or {"path", "parts": [sha256]}]: after the last phase. parts: hashes of what
//      was being sent to that path and broke off; it goes, too.
//  "journal": file to which a line "sha256 bytes path" is added for each file that has arrived,
//      "?sha256 bytes path" before it is sent (who knows what lies there when it breaks off?), and
//      "- 0 path" for each that is gone; synced}
// *ret: {"sent": {path: true}, "there": {path that was not sent: true}, "removed": [path],
//  "bytes": of the files that were sent, "failed": [{"path", "text"}]}
//
// What failed is no error of the call; what waiting cannot mend ends it at once (a login that is
// refused, a full disk), and so do four files in a row that failed in all their tries; else the
// rest of the phase goes on. Negative only where nothing could be begun, or stopped.
int delivering(const struct json *job, const atomic_bool *stop, const struct progress *progress,
               struct json **ret, struct err *e);
// {"target", "tries", "retry_s", "path", "to", "max_bytes"} → {"there": bool}: fetches one file.
int delivering_get(const struct json *job, const atomic_bool *stop, const struct progress *progress,
                   struct json **ret, struct err *e);
