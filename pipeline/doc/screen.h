// SPDX-License-Identifier: GPL-3.0-or-later
// Graphics that lie over the picture, drawn for a frame of any shape as PNG with straight alpha.
// Each is only as large as what is drawn and says where it belongs; its edges and sides are even.
// Where there is nothing to say, *ret has width 0 and no file is written. Any text does no harm,
// see doc/lettering.h; any sans will do.
#pragma once
#include "doc/canvas.h"
#include "doc/facts.h"

struct screen_look {
    int width, height;    // of the frame, even, 128 to 8192 pixels
    const char *theme;    // with its word, as on the cover, whose colours it chooses; NULL: none
    const char *language; // of the program's own words: "nb", "nn", "en"
};

// Where graphics may stand. EBU R 95 (revision 1, 2017): 5 % of each side. On an upright frame the
// players lay their own signs over the picture; Meta's guide for Reels asks for 14 % above, 35 %
// below and 6 % beside. Edges are even.
struct screen_piece screen_safe(int width, int height);

// Name, and below it role and municipality; without a role, that it is the host or a guest.
// above_captions: leaves the room that screen_caption() takes.
struct screen_strap {
    const struct fact_person *person;
    bool host, above_captions;
};
int screen_strap(const struct screen_look *look, const struct screen_strap *strap, const char *path,
                 struct screen_piece *ret, struct err *e);
// The theme and the goals as chips, at the upper left.
int screen_chips(const struct screen_look *look, const struct fact_goal *goals, size_t n,
                 const char *path, struct screen_piece *ret, struct err *e);
// What a clip is about: its title, and below it theme and place (NULL: none), at the upper edge.
int screen_title(const struct screen_look *look, const char *title, const char *place,
                 const char *path, struct screen_piece *ret, struct err *e);
// A caption of a clip, larger (an eighteenth of the frame's width) because it is read on a
// telephone without sound; in `room`, at its lower edge or, of `hangs`, at its upper one. As
// screen_caption else.
int screen_clip_caption(const struct screen_look *look, const char *text,
                        const struct screen_piece *room, bool hangs, const char *path,
                        struct screen_piece *ret, struct err *e);
// A caption for burning in: white on a dark box at the lower edge of the safe area, at most three
// lines; line ends in the text are kept where they fit. 1: not all of it fits, the rest is cut
// (some 130 letters fit a square or upright frame).
int screen_caption(const struct screen_look *look, const char *text, const char *path,
                   struct screen_piece *ret, struct err *e);
