// SPDX-License-Identifier: GPL-3.0-or-later
// H.264 of a camera's stream, and the names of codecs in playlists.
#include "fuzz.h"

#include "media/avc.h"
#include "media/hlslist.h"

FUZZ(avc)
{
    struct avc_depth depth = {1, 8};
    char codec[HLS_CODEC];
    uint8_t *in = (uint8_t *)fuzz_text(data, size), *out = malloc(avc_room(size) + 1);
    if (avc_has_start_codes(in, size)) {
        FUZZ_HOLD(avc_lengths(in, size, out) <= avc_room(size));
        size_t n = avc_config(in, size, depth, out);
        FUZZ_HOLD(n <= avc_room(size));
        if (n) {
            avc_config_whole(out, n);
            hlslist_avc(out, n, codec);
        }
    }
    avc_config_whole(in, size);
    if (hlslist_avc(in, size, codec))
        FUZZ_HOLD(strlen(codec) == 11 && str_starts(codec, "avc1."));
    if (hlslist_aac(in, size, codec))
        FUZZ_HOLD(str_starts(codec, "mp4a.40."));
    free(in);
    free(out);
    return 0;
}
