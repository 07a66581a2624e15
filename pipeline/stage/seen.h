// SPDX-License-Identifier: GPL-3.0-or-later
// What was seen of a recording's picture, as JSON in facts.json, and back.
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "media/film.h"
#include "media/reelfacts.h"
#include "stage/stage.h"

// What ingest finds.
struct seen {
    bool has_picture;
    struct reel_facts facts;
    char refused[512]; // why the picture cannot be used; "": it can
};
// zero: source_facts.zero. A picture that cannot be used is no error: its sound may be all that is
// wanted.
int seen_look(const char *path, const char *name, tick zero, const struct progress *progress,
              struct seen *ret, struct err *e);
// Puts "picture", or "picture_refused", or nothing, into a part of facts.json.
void seen_put(const struct seen *s, struct json *part);

// "picture": {codec, profile, level, pixels, width, height, sar_num, sar_den, turn, matrix,
// primaries, transfer, full_range, dynamic_range, dolby_vision, interlaced, bit_rate, frames,
// first_ticks, end_ticks, rate_num, rate_den, fps,
// suits_num, suits_den, constant, missing, "gaps": [{from_ticks, to_ticks}] on the file's clock
// where there are some, longest_group_ticks, closed_groups, starts_with_key}; seen_read leaves out
// gaps.
struct json *seen_json(const struct reel_facts *f);
void seen_read(struct arena *a, const struct json *picture, struct reel_facts *ret);

// A track of facts.json with a picture, and where it lies on the common clock.
struct seen_track {
    struct film_track film;
    const struct json *parts; // of it in facts
    struct reel_facts facts;  // of its first file
    tick end;                 // of its picture, on the common clock
    const char *name;         // of that, in messages
    const char *const *names; // of each file
};
// The job's "facts", "tracks" and "timeline": the timeline, and seen_track of them; its results.
int seen_inputs(const struct stage_job *job, struct timeline *ret_timeline, struct seen_track *ret,
                struct err *e);
// The first track whose picture may be used. 1: there is one; 0: none. ERR_INPUT: there is one that
// cannot be used. facts, tracks: of these files.
int seen_track(struct arena *a, const char *show_dir, const struct json *facts,
               const struct json *tracks, struct seen_track *ret, struct err *e);
