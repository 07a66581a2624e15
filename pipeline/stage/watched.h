// SPDX-License-Identifier: GPL-3.0-or-later
// What is seen of a picture while it is made: its faults, and frames that may stand for it.
#pragma once
#include "media/film.h"
#include "stage/stage.h"

struct watched {
    struct look *look;
    struct stills *stills;
};
// For film's size, rate and length; keys_only: key frames alone will be seen.
void watched_open(struct watched *w, const struct film_params *film, bool keys_only);
void watched_close(struct watched *w); // {0} is fine
// poster.jpg and thumb-1.jpg, thumb-2.jpg, … into v's folder, "stills": [{"file", "at_s",
// "score"}], the poster first, and "seen" into v->measured:
// {"black", "frozen", "illegal", "burnt": {"count", "seconds", "first": [{"from_s", "to_s"}]},
// "range_share", "crushed_share", "clipped_share", "level", "flicker_s"}
int watched_put(const struct watched *w, struct stage_job *job, const struct stage_variant *v,
                struct err *e);
