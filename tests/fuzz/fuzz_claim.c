// SPDX-License-Identifier: GPL-3.0-or-later
// What a file says of its own length, in every format that is asked.
#include "fuzz.h"

#include "media/claim.h"

FUZZ(claim)
{
    static const char *const formats[] = {"wav", "w64", "caf", "mp3", "ogg", "matroska,webm"};
    const char *path = fuzz_file(data, size);
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct claim c;
        claim_read(path, formats[i], 48000, &c);
        FUZZ_HOLD(c.length == TICK_NONE || c.length >= 0);
    }
    return 0;
}
