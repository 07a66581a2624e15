// SPDX-License-Identifier: GPL-3.0-or-later
// A look at a picture that is copied: its key frames alone, so that a copy stays a copy.
#pragma once
#include "media/film.h"

struct glance_params {
    const struct film_part *part; // upright, yuv420p: as it can be copied
    tick from, to;                // what of it is published, on the file's clock
    tick at;                      // where `from` stands on the published clock
    struct look *look;            // NULL: not wanted
    struct stills *stills;        // the same
    int threads;
    const struct progress *progress;
};
int glance_at(const struct glance_params *p, struct err *e);
