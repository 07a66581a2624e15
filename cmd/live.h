// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of `live` share: one broadcast, as asked for on the command line.
#pragma once
#include "base/redact.h"
#include "base/secrets.h"
#include "cmd.h"
#include "plan/plan.h"

enum { LIVE_MAX_FROM = 4, LIVE_SECRET_PLACES = 3, LIVE_CAPTION_DAYS = 14 };

enum live_mode { LIVE_BROADCAST, LIVE_REHEARSE, LIVE_CHECK, LIVE_END_STALE, LIVE_ANNOUNCE };

struct broadcast {
    const struct env *env;
    struct session s;
    struct plan plan; // the episode and its slug
    enum live_mode mode;
    bool resume;
    int64_t metrics_port;                   // 0: none
    const struct live_endpoint **endpoints; // those asked for
    size_t num_endpoints;
    struct live_source sources[LIVE_MAX_FROM]; // by priority
    size_t num_sources;
    int input;                                  // descriptor the relay inherits; -1: none
    const char *root, *folder;                  // .dgl/live/<slug>, and below it this broadcast's
    bool drawn;                                 // slate and card are in the folder
    struct secrets secrets[LIVE_SECRET_PLACES]; // the first that has a name counts
    struct redactor *redactor;
};

// cmd/liveopen.c: the episode named first in args, sources and endpoints as the options choose
// them. Nothing is written. The show's lock is not taken: a broadcast keeps nobody from publishing.
int broadcast_open(struct broadcast *b, const struct env *env, const struct args *args,
                   struct err *e);
int broadcast_secrets(struct broadcast *b, const struct args *args, struct err *e);
void broadcast_close(struct broadcast *b); // {0} is fine
const char *broadcast_state_file(struct broadcast *b);
const char *broadcast_report_file(struct broadcast *b);

// cmd/livejob.c
const char *job_secret(const struct broadcast *b, const char *name); // NULL: not there
// The job of live/job.h. secrets: with them, and then each that is needed must be there.
int job_make(struct broadcast *b, bool secrets, struct json **ret, struct err *e);
int64_t job_room_bytes(const struct broadcast *b); // that the recordings may take; an estimate

// cmd/liveslate.c: the pictures of the slate and of a source without picture, drawn by the worker.
// Into the broadcast's folder; nothing to do without a picture.
int slate_draw(struct broadcast *b, struct err *e);
// NULL: neither named nor drawn.
const char *slate_image(struct broadcast *b);
const char *slate_card(struct broadcast *b);

// cmd/liveplan.c
void plan_print(struct broadcast *b);               // --dry-run
int plan_check(struct broadcast *b, struct err *e); // --check; > 0: an exit code

// cmd/liverun.c: starts the relay and shows what it says until it ends. *ret_report, to free: NULL
// where it came to none. ERR_REMOTE: an endpoint never came up, all else is done.
int live_run(struct broadcast *b, struct json *job, struct json **ret_report, struct err *e);

// cmd/liveend.c
int end_write_chapters(struct broadcast *b, const struct json *report, char **ret_path,
                       struct err *e); // *ret_path NULL: no chapter was marked
void end_print(struct broadcast *b, const struct json *report, const char *chapters);
// {"until","days_left","have"} of the newest recorded broadcast; NULL: there was none.
struct json *end_captions_due(struct arena *a, const char *show_dir, const char *slug,
                              const struct episode *ep, int64_t now_utc_s);

// cmd/liveunit.c
int unit_print(struct broadcast *b, struct err *e);
