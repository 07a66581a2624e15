// SPDX-License-Identifier: GPL-3.0-or-later
// The bytes of an MP3: its frames, its tags, and the sound without them.
#include "fuzz.h"

#include <unistd.h>

#include "base/fs.h"
#include "media/mp3info.h"
#include "media/tagparts.h"

FUZZ(mp3)
{
    struct err e = {0};
    struct mp3info i = {.frames = 1, .bytes = 2, .delay = 576, .padding = 100};
    if (size >= 4) {
        memcpy(i.header, data, 4);
        size_t frame = mp3info_frame_bytes(i.header), n = mp3info_bytes(i.header);
        FUZZ_HOLD(frame <= MP3INFO_MAX && n <= MP3INFO_MAX);
        uint8_t *tag = malloc(n + 1);
        if (n)
            mp3info_build(&i, tag);
        free(tag);
    }
    mp3info_crc(0, data, size);
    const char *from = fuzz_file(data, size);
    char to[300];
    snprintf(to, sizeof to, "%s/out.mp3", fuzz_dir());
    tagparts_kind(from);
    if (tagparts_write_mp3(from, to, "ID3", 3, &e) < 0)
        fuzz_refusal(&e);
    else
        FUZZ_HOLD(fs_size(to) <= (int64_t)size + 3);
    unlink(to);
    return 0;
}
