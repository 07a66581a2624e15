// SPDX-License-Identifier: GPL-3.0-or-later
// Which frames may stand for a recording: sharp, neither black nor white, and at rest. Of faces it
// knows nothing.
#pragma once
#include "model/tick.h"
#include "picture/image.h"

// Root of the variance of the Laplacian of the luma, on a picture made some 480 pixels wide, in
// steps of luma: 0 where there is no detail, some 5 to 30 in a sharp one. Reduced where the picture
// is as a whole dark or bright, and where pixels are black or white; 0 for one that is only that.
double still_score(const struct image *m);

struct still {
    tick at;
    double score; // reduced by motion, to a quarter for the first frame, where it is not known
    struct image image; // its own copy
};
struct stills;
struct stills_params {
    int width, height; // of luma, even
    struct span over;  // of time: the best of each of `count` equal parts is kept
    size_t count;      // 1..STILLS_MOST
};
enum { STILLS_MOST = 64 };
// Keeps at most `count` frames. NULL: a size, span or count that cannot be.
struct stills *stills_new(const struct stills_params *p);
void stills_free(struct stills *s); // NULL is fine
// Every frame, `at` rising. It looks at four a second of them and needs the one before to see
// whether the picture moves, fades or has just been cut; the others cost nothing.
void stills_add(struct stills *s, const struct image *m, tick at);
// The stills in order of time, one for each part that had a picture with a score above 0; fewer or
// none are possible. Borrowed until stills_free.
size_t stills_result(const struct stills *s, struct still ret[STILLS_MOST]);
// Which of them is the poster: the best of those that do not lie in the first or last part, or of
// all where these are all there are. n > 0.
size_t stills_poster(const struct stills *s, const struct still *list, size_t n);
