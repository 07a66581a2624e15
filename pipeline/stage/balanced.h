// SPDX-License-Identifier: GPL-3.0-or-later
// The shots of a camera brought to one brightness and one white: found in a pass over the picture
// before the one that makes it.
#pragma once
#include "base/json.h"
#include "media/film.h"

struct balanced {
    struct filmtone *tone;
};
// Looks through what film will show, without its rungs, look, stills and pieces.
int balanced_look(struct balanced *b, const struct film_params *film, struct err *e);
void balanced_close(struct balanced *b); // {0} is fine
// "balance" into `measured`, where there was a look: {"shots": n, "changed": n, "first":
// [{"from_s", "to_s", "level", "light_stops", "blue", "red"}]}, light 0 and colours 1 where nothing
// is changed.
void balanced_put(const struct balanced *b, struct json *measured);
