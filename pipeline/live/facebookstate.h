// SPDX-License-Identifier: GPL-3.0-or-later
// What must be remembered of a live video over a crash, so that none is made twice and none stays
// open: a small file beside the episode. It never holds the stream key.
#pragma once
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

enum facebook_phase {
    FACEBOOK_NONE,
    FACEBOOK_CREATING, // written before the call is sent: one may be there or not
    FACEBOOK_SCHEDULED,
    FACEBOOK_CREATED,
    FACEBOOK_ENDED,
};
extern const char *const facebook_phases[]; // "none", "creating", …

struct facebook_state { // texts in the arena; NULL: not known
    enum facebook_phase phase;
    const char *live_id, *page, *title, *permalink;
    int64_t asked_utc_s; // when it was about to be created
    int64_t start_utc_s; // of a scheduled one
    int64_t ended_utc_s;
};
// A missing file: FACEBOOK_NONE. One that cannot be read is refused, for what it held may be open.
int facebook_state_load(struct arena *a, const char *path, struct facebook_state *ret,
                        struct err *e);
int facebook_state_save(const char *path, const struct facebook_state *s, struct err *e);
