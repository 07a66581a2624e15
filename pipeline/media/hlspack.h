// SPDX-License-Identifier: GPL-3.0-or-later
// The files of an HLS package while they are written, one at a time. See hls.h.
#pragma once
#include "media/hls.h"
#include "media/hlsbox.h"

#define HLS_SEGMENT (6 * TICKS_PER_SEC)
#define HLS_TYPE_LIST "application/vnd.apple.mpegurl"
#define HLS_TYPE_INIT "video/mp4"
#define HLS_TYPE_SEGMENT "video/iso.segment"
#define HLS_TYPE_WORDS "text/vtt"

struct hls_pack {
    const struct hls_params *p;
    struct hls_file *files;
    size_t num_files, cap;
    tick *cuts; // where segments begin, set by the first rung
    size_t num_cuts, cap_cuts;
    struct boxes now; // the file that is being written, the last one of files
    char *buffer;     // of now
};
void hlspack_init(struct hls_pack *k, const struct hls_params *p);
void hlspack_done(struct hls_pack *k);
// path: below the package's folder, in the arena.
int hlspack_open(struct hls_pack *k, const char *path, const char *type, struct err *e);
int hlspack_status(struct hls_pack *k, struct err *e); // whether all could be written so far
int hlspack_close(struct hls_pack *k, struct err *e);
int hlspack_text(struct hls_pack *k, const char *path, const char *type, const struct str *text,
                 struct err *e);
void hlspack_add(struct hls_pack *k, struct hls_track *t, struct hls_piece piece);

// The segments of one rendition.
struct hls_strand {
    struct hls_pack *pack;
    const char *folder;
    struct hls_track segments, iframes;
    uint32_t fragments; // so far
};
// Ends the segment before, if there is one.
int hlsstrand_segment(struct hls_strand *s, tick start, struct err *e);
void hlsstrand_head(struct hls_strand *s, struct hls_fragment *f); // numbers it
int hlsstrand_end(struct hls_strand *s, tick end, struct err *e);

// One rung: fills all of ret but its URIs and rates, and the cuts where the pack has none yet.
// from, to: share of the progress
int hlsvideo_copy(struct hls_strand *s, const char *path, double from, double to,
                  struct hls_picture *ret, struct err *e);
// The sound, cut where its frames begin nearest to the cuts.
int hlssound_copy(struct hls_strand *s, const char *path, struct hls_voice *ret, struct err *e);
