// SPDX-License-Identifier: GPL-3.0-or-later
// screen.json, which says what is drawn into the picture and when; its files lie beside it.
#pragma once
#include "base/arena.h"
#include "base/json.h"
#include "media/film.h"

// {"pieces": [{"file", "x", "y", "from_ticks", "to_ticks", "fade_in_ticks", "fade_out_ticks"}],
//  "background": file that fills the frame of an episode without a picture, "wave": {"x", "y",
//  "width", "height"}}; the last two only for such an episode
struct json *screen_piece_json(const char *file, const struct film_piece *p);
// Sets background, wave's place, pieces and num_pieces of ret. path: of screen.json.
int screen_read(struct arena *a, const char *path, struct film_params *ret, struct err *e);
