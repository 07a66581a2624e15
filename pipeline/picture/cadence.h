// SPDX-License-Identifier: GPL-3.0-or-later
// The times of a recording's frames: how regular they are and which constant rate suits them;
// and which of them each frame of a file of that rate shows.
#pragma once
#include "model/timeline.h"

struct cadence_rate { // frames a second; {0, 0}: none
    int num, den;
};
enum cadence_family { CADENCE_FILM, CADENCE_PAL, CADENCE_NTSC }; // 24, 25, 30 and multiples

struct cadence;
struct cadence *cadence_new(void);
void cadence_free(struct cadence *c); // NULL is fine
// When a frame is shown, in the order they are shown in; keeps 8 bytes of each.
void cadence_add(struct cadence *c, tick at);

// An interval may differ by so much from what it should be: Matroska rounds both of its ends to a
// millisecond.
#define CADENCE_TOLERANCE (TICKS_PER_SEC / 900)

enum { CADENCE_GAPS = 64 };
struct cadence_result {
    int64_t frames;
    double fps;                  // on average over the whole length
    double usual_fps;            // of what most intervals are, missing frames counted in
    struct cadence_rate nominal; // 24000/1001, 24, 25, 30000/1001, 30, twice, four and eight times
                                 // that, or half of it, nearest to usual_fps; none within 0.5 %:
                                 // {0, 0}
    // At most 1 % of the intervals, and two, differ from the nominal one or a multiple of it by
    // more than CADENCE_TOLERANCE.
    bool constant;
    double jitter_ms;           // root mean square of those differences
    enum cadence_family family; // of the rate that cadence_choose gives
    int64_t missing;            // frames, where an interval is twice the usual one or more
    int64_t repeated, backward; // times that are those of the frame before; or earlier ones. Such
                                // frames count in nothing else.
    int64_t gaps;               // where frames are missing
    struct span gap[CADENCE_GAPS]; // the first of them: from the frame before to the one behind
};
void cadence_result(const struct cadence *c, struct cadence_result *ret);

// The constant rate for a preset that says "as the source":
// - a constant rate keeps its kind and is halved while it is above 30: 24000/1001 (and 48000/1001),
//   24 (48), 25 (50, 100), 30000/1001 (60000/1001), 30 (60, 120, 240); half rates are doubled (15
//   becomes 30, 12.5 becomes 25);
// - otherwise (phones, screen recordings) the usual rate is halved while it is above 40; it then
//   gives 30 above 27.5 or within 2 % of 15, 24 within 2 % of 24 or 12, else 25: the rate of the
//   country for 7 to 15 frames a second;
// - no two frames: 25.
struct cadence_rate cadence_choose(const struct cadence_result *r);

// Which source frame each output frame shows. Output frame n is shown at n / rate on the published
// clock; that moment is `t` in the recording, and half an output frame later is its middle.
// - It shows the last source frame that begins at or before its middle: what is seen is centred
//   on what is heard, and a source of the same rate is taken frame by frame. Where a source frame
//   begins close to the middle (an eighth of an output frame, at most a quarter of the source
//   frame), it goes as it went before: rounded times neither repeat nor drop a frame.
// - Never one that begins at the end of its kept span or later. One from before its span only
//   where the first one in it begins more than an output frame after t, as in a slow screen
//   recording: then that one is what was on the screen.
// - What lies in front of the first kept span (an intro) has no source frame. What is in front of
//   the first source frame shows that one; what follows the last kept span (an outro) or the last
//   source frame, the last one shown.
struct cadence_pick;
// Borrows the timeline; NULL: no such rate. Exact up to a day's length.
struct cadence_pick *cadence_pick_new(const struct timeline *t, struct cadence_rate rate);
void cadence_pick_free(struct cadence_pick *p);           // NULL is fine
int64_t cadence_pick_count(const struct cadence_pick *p); // length times rate, rounded
// The next source frame, at its time in the recording. Returns how many output frames the frame
// before it is shown in, after those already given out; the first call: how many have no source
// frame. Times that go back count as the one before, and of two at one time the second is shown.
int64_t cadence_pick_push(struct cadence_pick *p, tick recorded);
int64_t cadence_pick_end(struct cadence_pick *p); // the same for the last source frame
