// SPDX-License-Identifier: GPL-3.0-or-later
// The broadcast at Facebook, through the Graph API: made once, watched, ended. The stream itself
// goes to facebook_address by RTMPS like any other.
//
// One is never made twice: its state file says "creating" before the call is sent. Where the answer
// was lost, the Page's live videos are listed, and what was made is taken; where that list cannot
// be had, nothing goes on before the user has looked.
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "net/graph.h"
#include "net/graphtoken.h"
#include "net/streamaddress.h"

struct facebook_params {  // all stay the caller's and in place until facebook_free
    struct graph_api api; // its redactor is told of the token and of every stream key
    const char *page;     // the Page's number; NULL: what the token belongs to
    const char *title, *description;
    const char *privacy;    // of a person's: everyone, friends, self; NULL: as the profile has it
    int64_t start_utc_s;    // for facebook_schedule
    const char *state_file; //
    const struct graph_patience *patience; // NULL: the usual, without an end
};
struct facebook;

// Makes the live video, or takes the one that was scheduled, and waits out what passes: for
// minutes, if it must, so call it in a thread of its own. Refused (ERR_INPUT): a token without the
// right, a video of an earlier run that still stands open (--resume, --end-stale).
int facebook_begin(const struct facebook_params *p, int64_t now_utc_s, struct facebook **ret,
                   struct err *e);
// After a crash: the same live video again. Where none was made, as facebook_begin.
int facebook_resume(const struct facebook_params *p, int64_t now_utc_s, struct facebook **ret,
                    struct err *e);
void facebook_free(struct facebook *f); // ends nothing; NULL is fine
const struct stream_address *facebook_address(const struct facebook *f);

// Looks once at what Facebook receives, and starts an unpublished or scheduled one when its time
// has come and the stream arrives. *ret_next_s is always set: 10 s, later where limits are near or
// calls fail. An error is for the status line; the stream goes on.
int facebook_poll(struct facebook *f, int64_t now_utc_s, double *ret_next_s, struct err *e);
// Another title for the video that is on air; asks once.
int facebook_title(struct facebook *f, const char *title, struct err *e);
// {"live_id","status","permalink","viewers","health": {"receiving","video_kbps","audio_kbps","fps",
// "gop_s","width","height"},"usage_percent","warning","why"}. Any thread.
struct json *facebook_json(struct facebook *f);
// Asks for a minute at most, whatever api.stopped says; after an error the video may stay open, for
// facebook_end_stale.
int facebook_end(struct facebook *f, int64_t now_utc_s, struct err *e);

// Only makes it known for p->start_utc_s, at most seven days ahead; facebook_begin takes it then.
int facebook_schedule(const struct facebook_params *p, int64_t now_utc_s, struct err *e);
// Ends what an earlier run left open. ret_said: what was done, for the user.
int facebook_end_stale(const struct facebook_params *p, int64_t now_utc_s, struct str *ret_said,
                       struct err *e);
