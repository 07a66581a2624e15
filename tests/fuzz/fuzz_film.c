// SPDX-License-Identifier: GPL-3.0-or-later
// A film of anybody's: what its picture is, and where picture and sound end.
#include "fuzz.h"

#include "media/input.h"
#include "media/library.h"
#include "media/reelfacts.h"
#include "media/sync.h"

FUZZ(film)
{
    struct err e = {0};
    struct reel_facts f;
    struct sync_ends ends;
    library_begin();
    const char *path = fuzz_file(data, size);
    if (reel_look(path, TICK_NONE, NULL, &f, &e) < 0) {
        fuzz_refusal(&e);
    } else if (f.width) {
        FUZZ_HOLD(f.width > 0 && f.height > 0);
        FUZZ_HOLD((int64_t)f.width * f.height <= INPUT_MAX_PIXELS);
        FUZZ_HOLD(f.frames >= 0 && f.num_gaps >= 0 && f.num_gaps <= REEL_GAPS);
    }
    if (sync_ends(path, &ends, &e) < 0)
        fuzz_refusal(&e);
    return 0;
}
