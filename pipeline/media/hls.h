// SPDX-License-Identifier: GPL-3.0-or-later
// An HLS package (RFC 8216 and its second edition) of what is encoded already: packets are copied,
// nothing is decoded. A folder a rendition, with init.mp4, numbered segments of 6 s and an
// index.m3u8, and master.m3u8 beside them. Names and contents hold neither dates nor paths, and of
// the episode only what the captions say and the names that are given here.
//
// Picture and sound begin at 0: the first frame of a rung, whatever its time stamp, and the first
// sample behind the priming, which stays in the first segment and is taken out by the edit list of
// sound/init.mp4, as CMAF has it (tests/hls/check.mjs sees that Chromium follows). A clock that is
// put forward instead would put the picture behind 0, because no segment can begin before it.
#pragma once
#include "base/progress.h"
#include "media/hlslist.h"

struct arena;
struct err;

enum { HLS_RUNGS_MAX = 6 };

struct hls_captions {
    const struct captions *captions; // on the clock of the rungs
    const char *name, *language;     // for people; BCP 47
    bool shown;                      // without being asked for: at most one of them
};
struct hls_params {
    const char *dir;          // to write into; made where it is not there
    const char *const *rungs; // MP4 or MOV with H.264, highest first; other tracks are left out
    size_t num_rungs;         // 1 to HLS_RUNGS_MAX
    const char *sound;        // as media/m4a.h writes it
    const char *sound_name, *sound_language;
    const struct hls_captions *captions;
    size_t num_captions;
    struct arena *arena; // for what is returned
    const struct progress *progress;
    const char *what; // for progress
};

struct hls_file {
    const char *path; // below dir
    int64_t bytes;
    const char *type; // MIME
};
struct hls_result {
    struct hls_file *files; // in the order they were written, master.m3u8 last
    size_t num_files;
    tick length; // of the first rung
    int target;  // EXT-X-TARGETDURATION: 6, more where key frames are far apart
    struct hls_picture pictures[HLS_RUNGS_MAX]; // as the rungs
    struct hls_voice voice;
};
// The segments of the first rung end at those of its key frames that are nearest to 6 s; all others
// must have key frames there. Refused (ERR_INPUT) is what cannot be copied: other codecs, groups of
// pictures that refer to those before them, frames that an edit list hides, key frames at other
// times, a file without an index of the whole. Nothing is synced. On failure dir holds a part.
int hls_make(const struct hls_params *p, struct hls_result *ret, struct err *e);
