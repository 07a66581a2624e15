// SPDX-License-Identifier: GPL-3.0-or-later
// How a live video comes to be ours exactly once: made, found again, or taken as scheduled. The
// state file is written before and after each step.
#pragma once
#include "live/facebook.h"
#include "live/facebookstate.h"

struct facebook_maker {
    struct arena arena;
    struct facebook_params p;
    struct facebook_state state; // as the file has it
    const char *url;             // where the stream goes; a secret; NULL: Facebook did not say
};
// New one, state CREATED or SCHEDULED (p.start_utc_s). After an error the state is NONE where none
// was made for certain, else CREATING.
int facebook_make(struct facebook_maker *m, int64_t now_utc_s, struct err *e);
// State CREATING: was one made? 1: yes, and now it is CREATED; 0: no, now it is NONE; an error:
// that cannot be seen, with what the user is to do.
int facebook_settle(struct facebook_maker *m, struct err *e);
// The address of the one that is CREATED or SCHEDULED; a scheduled one becomes CREATED. -ESTALE: it
// has ended, or is not there any more.
int facebook_take(struct facebook_maker *m, struct err *e);
// Ends all that may be ours from a call whose answer was lost. ret_said: what was done.
int facebook_end_lost(struct facebook_maker *m, int64_t now_utc_s, struct str *ret_said,
                      struct err *e);
int facebook_end_known(struct facebook_maker *m, int64_t now_utc_s, struct err *e);
