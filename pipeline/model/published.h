// SPDX-License-Identifier: GPL-3.0-or-later
// published.json: the memory of what is public, kept with the episode in git. Never loses a key it
// does not know.
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "model/episode.h"

struct published_file {
    const char *output, *path, *type, *sha256; // path: below public/
    int64_t bytes;
    tick duration;
    double integrated_lufs, true_peak_dbtp;
    int64_t width, height;  // pixels; 0: sound alone
    const char *frame_rate; // "25", "30000/1001", of a picture; NULL: not known
    int64_t bit_rate_kbps;  // of sound and picture together; 0: not known
};
struct published_clip {         // a piece for social media
    struct published_file file; // output: "clip-1-square"
    const char *title;
    const char *text;     // what is said in it; NULL: there are no captions
    const char *captions; // as path; NULL: the same
};
struct published_kit { // material for municipalities
    const char *title, *path, *type, *sha256;
    int64_t bytes;
};
struct published_source {
    const char *path, *sha256;
};
// old media that cached feeds still name
struct published_former {
    const char *path;
    int64_t until_utc_s;
};

struct published {
    const char *guid, *slug, *state; // state: published|retracted
    int64_t first_published_utc_s;   // pubDate
    struct published_source *sources;
    size_t num_sources;
    struct published_file *files;
    size_t num_files;
    struct published_clip *clips;
    size_t num_clips;
    struct published_kit *kit;
    size_t num_kit;
    struct published_former *former;
    size_t num_former;
    struct chapter *chapters;
    size_t num_chapters; // on the published clock
    tick length;
    struct json *rest; // the whole object as read: keys of others survive; NULL: none
};
// -ENOENT (e untouched) when the episode was never published. Damaged: ERR_INPUT.
int published_load(struct arena *a, const char *path, struct published *ret, struct err *e);
bool published_retracted(const struct published *p);    // taken down; never published is not
struct json *published_json(const struct published *p); // deterministic
int published_save(const struct published *p, const char *path, struct err *e); // 1 when it changed
void published_done(struct published *p); // releases rest; {0} is fine
