// SPDX-License-Identifier: GPL-3.0-or-later
// The sizes of a film, from a job's variants, and what is measured of each.
#pragma once
#include "media/film.h"
#include "stage/stage.h"

// settings: {"width", "height", "gop_s", "crop", "rate_num", "rate_den": 0 and 1 where `suits` is
// to be taken}; variant: {"width", "height", "crf", "speed", "level": "4.0", "max_bitrate_kbps",
// "buffer_kbit", "main": bool}. Each writes picture.mp4. Sets sizes, rate, rungs, threads and
// progress of ret.
struct rungs_rate {
    int num, den;
};
void rungs_read(struct stage_job *job, struct rungs_rate suits, struct film_params *ret);
int rungs_level(const struct json *variant);                         // 42: "4.2"
const struct stage_variant *rungs_main(const struct stage_job *job); // NULL: it is not stale
// {"width", "height", "rate_num", "rate_den", "bytes", "duration_s"} into v->measured.
void rungs_put_measured(struct stage_job *job, const struct stage_variant *v,
                        const struct film_params *film);
