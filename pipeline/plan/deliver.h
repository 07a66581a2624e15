// SPDX-License-Identifier: GPL-3.0-or-later
// Brings public/ to the targets of show.yaml: only what changed, media first, then pages, then the
// feed; what is not in public/ any more goes last. Nothing else writes there.
#pragma once
#include "plan/keys.h"
#include "plan/parcel.h"
#include "plan/receipt.h"

struct delivery_job {
    const struct delivery_target *target;
    struct receipt receipt;
    bool looks; // at every file, whatever the receipt says
    // Of the parcel: what is to be sent, in its order, and what is to go.
    const struct parcel_file **send;
    size_t num_send;
    int64_t bytes;
    const char **remove;
    size_t num_remove, cap_remove;
    struct json *done; // as net/delivering.h has it; NULL: not run, or it could not begin
    struct err failed; // code 0: it could be begun
};
struct deliver {
    struct session *s;
    const struct keys *keys;
    struct parcel parcel;
    struct delivery_job job[DELIVERY_MAX_TARGETS];
    size_t num_jobs;
    const char **feed_texts; // of our feeds, once `feeds` says so
    size_t num_feeds, cap_feeds;
    bool feeds;
    struct json *withdrawn; // {folder: published.json} of episodes that were retracted
    struct json *lifted;    // {slug: published.json} of those that were, and are public again
    bool verify;            // looks at everything, whatever the receipts say
    bool withdraws;         // what one target's feed forbids keeps nothing from going at the others
};
// only: a target's name; NULL: all. ERR_INPUT: no such target, none at all, a secret that is
// missing; what a target has is compared with public/.
int deliver_open(struct deliver *d, struct session *s, const struct keys *keys, const char *only,
                 bool verify, struct err *e);
// Fetches each target's feed: one that names an episode which ours lacks and nobody retracted is a
// refusal (ERR_INPUT), as it would take the episode from its listeners. Where it is not what was
// delivered from here last, every file there is looked at. A target that does not answer is noted
// in its job.
int deliver_compare_feeds(struct deliver *d, struct err *e);
// All targets side by side. What failed stands in the jobs; negative: stopped, or our own fault.
int deliver_run(struct deliver *d, struct err *e);
// published.json of each episode learns what lies where since when.
int deliver_remember(struct deliver *d, struct err *e);
bool deliver_is_done(const struct delivery_job *j); // all of it arrived
void deliver_close(struct deliver *d);
