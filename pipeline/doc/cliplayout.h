// SPDX-License-Identifier: GPL-3.0-or-later
// Where things stand in a clip for social media. A square one is filled by the picture, which loses
// its sides; an upright one shows all of it across its width, the title above and captions below,
// and is filled only by a picture that is upright itself. Captions of an upright one keep off the
// players' own signs: the lower fifth, and an eighth of the width at either side, because those at
// the right are and captions stand in the middle.
#pragma once
#include "doc/canvas.h"

struct clip_layout {
    struct screen_piece window;   // of the picture; width 0: it fills the frame
    struct screen_piece captions; // room for three lines at least
    bool hangs;                   // they begin at the room's upper edge, else end at its lower one
};
// aspect: width to height of the picture as it is seen.
void clip_layout_filmed(int width, int height, double aspect, struct clip_layout *ret);
// Without a picture: with the waveform in `wave`, of card_sound.
void clip_layout_heard(int width, int height, const struct screen_piece *wave,
                       struct clip_layout *ret);
