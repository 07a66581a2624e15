// SPDX-License-Identifier: GPL-3.0-or-later
// A PNG that becomes pixels: slates, overlays, covers.
#include "fuzz.h"

#include "media/library.h"
#include "media/stillfile.h"

FUZZ(still)
{
    struct err e = {0};
    struct pixels p = {0};
    library_begin();
    if (stillfile_read(fuzz_file(data, size), &p, &e) < 0)
        fuzz_refusal(&e);
    else
        FUZZ_HOLD(p.width > 0 && p.width <= STILL_MAX_SIDE && p.height > 0 &&
                  p.height <= STILL_MAX_SIDE && p.stride >= 4 * p.width);
    pixels_done(&p);
    return 0;
}
