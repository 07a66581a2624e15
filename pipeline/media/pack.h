// SPDX-License-Identifier: GPL-3.0-or-later
// One MP4 to deliver, put together without encoding anything: a picture, sound, captions and
// chapters on the published clock. Its index is in front; it names no program, device, place or
// date: equal input gives equal bytes.
#pragma once
#include "media/tagfile.h"
#include "model/captions.h"

struct err;
struct progress;

struct pack_captions {
    const char *language;        // BCP 47
    const char *title;           // what a player lists; NULL: nothing but the language
    const struct captions *cues; // on the published clock; see packcues.h for what becomes of them
};
struct pack_params {
    const char *picture; // any file that libavformat reads, with H.264 in it
    int track;           // moving pictures, counted from 0; -1: the best
    // What is shown, on the picture's own clock: its file starts at 0, as media/source.h counts.
    // from: the time of a key frame, 10 ms more or less; TICK_NONE: its first one. to: TICK_NONE or
    // behind the end: all that follows. A frame that is shown at `to` or later stays in the file
    // only where one before it cannot be decoded otherwise, and is not shown.
    tick picture_from, picture_to;
    tick picture_at;   // when its first frame is shown on the published clock, >= 0
    const char *sound; // M4A, which starts at 0; NULL: none
    const struct pack_captions *captions;
    size_t num_captions;
    const struct tag_chapter *chapters; // sorted by start; those from the end on are left out
    size_t num_chapters;
    size_t words_room;    // bytes left free for tagfile_add
    const char *language; // of sound and chapters, BCP 47; NULL: none
    const char *path;     // must not exist
    const struct progress *progress;
};
struct pack_result {
    struct span picture; // on the published clock
    struct span from;    // the same on the picture's own clock
    int64_t frames;      // of the picture
    tick length;         // of the longer one of picture and sound
    int64_t bytes;       // of the file
};
// On failure there is no `path`. -EINVAL, kind ERR_FAILED: picture_from is no key frame's time, the
// text names the nearest. ERR_INPUT: the picture cannot be copied: not H.264, damaged, cut off, or
// its times cannot be stated. ret NULL is fine.
int pack_mp4(const struct pack_params *p, struct pack_result *ret, struct err *e);
