// SPDX-License-Identifier: GPL-3.0-or-later
// The one map between the recording's clock and the published one: an intro, the kept spans of the
// recording one after the other, an outro. Ticks throughout; whoever needs samples or frames takes
// them from absolute ticks, so that nothing adds up.
#pragma once
#include "base/arena.h"
#include "model/tick.h"

struct json;

struct kept { // the recording's from..to is heard from the published `at` on
    tick from, to, at;
};
struct jingle {   // intro or outro
    tick length;  // 0: none
    tick overlap; // with the kept sound beside it
    double integrated_lufs, true_peak_dbtp;
};
struct timeline {
    struct kept *kept; // in order of time, at least one; each begins where the one before ended
    size_t count;
    tick recorded; // length of the recording
    tick length;   // published
    struct jingle intro, outro;
};

// Shorter pieces between two cuts are cut as well: a join needs room on either side.
#define TIMELINE_LEAST (TICKS_PER_SEC / 20)

// What `removed` (any order, overlaps are fine) leaves of the recording. False: nothing.
bool timeline_make(struct arena *a, tick recorded, const struct span *removed, size_t n,
                   const struct jingle *intro, const struct jingle *outro, struct timeline *ret);
// The most that `intended` may overlap a jingle of that length and what is kept beside it.
tick timeline_overlap(tick intended, tick jingle, tick kept);

// A moment that is cut out is found again where the sound goes on; behind the last kept one:
// TICK_NONE.
tick timeline_published(const struct timeline *t, tick recorded);
tick timeline_recorded(const struct timeline *t, tick published); // TICK_NONE: intro or outro only
// What is left of a span of the recording. False: nothing.
bool timeline_span(const struct timeline *t, struct span recorded, struct span *ret);
// The part of the published clock from start to end as a timeline of its own, which begins at 0 and
// has no intro and no outro. False: nothing of the recording is in it.
bool timeline_part(struct arena *a, const struct timeline *t, struct span part,
                   struct timeline *ret);
struct span *timeline_spans(struct arena *a, const struct timeline *t); // of the recording: count

// "length_ticks", "length_s", "recorded_ticks" (where it is not the end of the last kept span),
// "kept": [{"from", "to", "at"}], "intro" and "outro": {"length_ticks", "overlap_ticks",
// "integrated_lufs", "true_peak_dbtp"}, each where there is one.
void timeline_put(const struct timeline *t, struct json *into);
// False: there are no kept spans in it.
bool timeline_read(struct arena *a, const struct json *from, struct timeline *ret);

// Spans as sets of moments: sorted, disjoint, none empty.
size_t spans_unite(struct span *s, size_t n); // makes such a set of any spans
size_t spans_common(struct arena *a, const struct span *x, size_t nx, const struct span *y,
                    size_t ny, struct span **ret);
