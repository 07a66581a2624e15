// SPDX-License-Identifier: GPL-3.0-or-later
// A live video at Facebook: made, looked at, started, ended; and where its stream is sent.
#pragma once
#include "base/arena.h"
#include "net/graph.h"

enum { LIVE_TITLE_MAX = 254 };

struct live_health { // of what Facebook receives; 0: it does not say
    bool receiving;
    double video_kbps, audio_kbps, fps, gop_ms;
    int width, height;
};
struct live_video { // texts in the arena; NULL: Facebook did not say
    const char *id, *title, *permalink;
    const char *status;     // LIVE, UNPUBLISHED, SCHEDULED_UNPUBLISHED, VOD …
    const char *secure_url; // with the key in it: a secret
    int64_t created_utc_s;  // 0: Facebook did not say
    int64_t viewers;        // -1: Facebook did not say
    struct live_health health;
};
struct live_video_params {
    const char *page;        // its number; NULL: the token's own, "me"
    const char *title;       // any length: cut by live_video_title
    const char *description; // NULL: none
    const char *privacy;     // of a person's: everyone, friends, self; NULL: as the profile has it
    int64_t start_utc_s;     // 0: live at once; else scheduled
};
// At most LIVE_TITLE_MAX characters (those outside the basic plane count as two), cut behind a word
// with "…".
void live_video_title(struct str *out, const char *title);
// Asks once and no more: whether one was made may be unknown afterwards (answer->unsure).
// Both ret and answer are set in each case; the latter for graph_answer_done.
int live_video_create(const struct graph_api *g, struct arena *a, const struct live_video_params *p,
                      struct live_video *ret, struct graph_answer *answer, struct err *e);
// id: graph_id_is. These ask again as the patience allows.
int live_video_get(const struct graph_api *g, struct arena *a, const char *id,
                   const struct graph_patience *p, struct live_video *ret,
                   struct graph_answer *answer, struct err *e);
int live_video_list(const struct graph_api *g, struct arena *a, const char *page,
                    const struct graph_patience *p, struct live_video **ret, size_t *ret_n,
                    struct graph_answer *answer, struct err *e);
int live_video_start(const struct graph_api *g, const char *id, const struct graph_patience *p,
                     struct err *e); // an unpublished or scheduled one becomes live
int live_video_retitle(const struct graph_api *g, const char *id, const char *title,
                       const struct graph_patience *p, struct err *e);
// 0 also where it had ended before, or is not there any more. page: as it was created with.
int live_video_end(const struct graph_api *g, const char *id, const char *page,
                   const struct graph_patience *p, struct err *e);
bool live_video_is_over(const char *status);    // NULL is not
bool live_video_is_waiting(const char *status); // for live_video_start
