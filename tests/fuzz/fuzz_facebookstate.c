// SPDX-License-Identifier: GPL-3.0-or-later
// What is remembered of a live video: read, or refused because something may be open.
#include "fuzz.h"

#include "live/facebookstate.h"

FUZZ(facebookstate)
{
    struct arena a = {0};
    struct err e = {0};
    struct facebook_state s, again;
    char path[300];
    if (facebook_state_load(&a, fuzz_file(data, size), &s, &e) < 0) {
        fuzz_refusal(&e);
    } else {
        FUZZ_HOLD(s.phase >= FACEBOOK_NONE && s.phase <= FACEBOOK_ENDED);
        snprintf(path, sizeof path, "%s/facebook.json", fuzz_dir());
        FUZZ_HOLD(facebook_state_save(path, &s, &e) >= 0);
        FUZZ_HOLD(facebook_state_load(&a, path, &again, &e) >= 0 && again.phase == s.phase);
    }
    arena_done(&a);
    return 0;
}
