// SPDX-License-Identifier: GPL-3.0-or-later
// wave: the picture of an episode that is sound alone: its card, with a waveform that moves with
// the sound. Services that take video refuse pictures that stand still.
//
// settings, variant: as in stage/rungs.h
// in:       {"timeline": timeline.json, "master": master.flac, "screen": screen.json}
// makes:    picture.mp4: H.264 alone
// measured: as in stage/rungs.h, {"way": "drawn", "frames", "from_ticks", "to_ticks"}
#include "stage/levels.h"
#include "stage/rungs.h"
#include "stage/screenfile.h"

#include <errno.h>
#include <stdlib.h>

static const struct rungs_rate usual = {25, 1};

static int read_timeline(struct stage_job *job, struct timeline *ret, struct err *e)
{
    struct json *o;
    int r = stage_load(job->in, "timeline", &o, e);
    if (r < 0)
        return r;
    bool good = timeline_read(job->arena, o, ret);
    json_free(o);
    return good ? 0 : err_set(e, -EINVAL, "timeline.json has no kept spans");
}

static int wave_run(struct stage_job *job, struct err *e)
{
    const char *master = stage_input(job->in, "master"), *screen = stage_input(job->in, "screen");
    struct wave_sound sound = {0};
    struct film_params film = {0};
    struct film_result made = {0};
    struct timeline timeline;
    if (!master || !screen)
        return err_set(e, -EINVAL, "the job has no input 'master' or 'screen'");
    int r = read_timeline(job, &timeline, e);
    if (r >= 0)
        r = screen_read(job->arena, screen, &film, e);
    if (r >= 0)
        r = levels_read(master, job->progress, &sound, e);
    if (r >= 0) {
        rungs_read(job, usual, &film);
        film.timeline = &timeline;
        levels_show(&sound, &film);
        r = film_make(&film, &made, e);
    }
    free(sound.level);
    for (size_t i = 0; r >= 0 && i < job->num_variants; i++) {
        json_put_text(job->variants[i].measured, "way", "drawn");
        json_put_int(job->variants[i].measured, "frames", made.frames);
        json_put_int(job->variants[i].measured, "from_ticks", 0);
        json_put_int(job->variants[i].measured, "to_ticks",
                     tick_from_samples(made.frames * film.rate_den, film.rate_num));
        rungs_put_measured(job, &job->variants[i], &film);
    }
    return r < 0 ? r : 0;
}

const struct stage stage_wave = {"wave", wave_run};
