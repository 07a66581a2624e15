// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn into a clip: the card around its picture, its title, its captions.
#pragma once
#include "doc/card.h"
#include "media/film.h"
#include "model/captions.h"
#include "stage/stage.h"

struct clip_pieces {
    struct stage_job *job;
    const char *dir; // for the PNGs
    struct screen_look look;
    struct cover_words words;
    double aspect; // of the picture as it is seen; 0: the episode is sound alone
    tick length;
    const struct captions *cues; // by the clip's clock, one at a time
};
// Sets window, background, wave's place, pieces and num_pieces of film; the PNGs must be there as
// long as it is used.
int clip_pieces_draw(const struct clip_pieces *p, struct film_params *film, struct err *e);
