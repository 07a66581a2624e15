// SPDX-License-Identifier: GPL-3.0-or-later
// wave: the picture of an episode that is sound alone: its card, with a waveform that moves with
// the sound. Services that take video refuse pictures that stand still.
//
// settings, variant: as in stage/rungs.h
// in:       {"timeline": timeline.json, "master": master.flac, "screen": screen.json}
// makes:    picture.mp4: H.264 alone
// measured: as in stage/rungs.h, {"way": "drawn", "frames", "from_ticks", "to_ticks"}
#include "media/feed.h"
#include "picture/wave.h"
#include "stage/rungs.h"
#include "stage/screenfile.h"

#include <errno.h>
#include <stdlib.h>

enum { BLOCK = 4800, CHANNELS_MAX = 8 };
static const uint32_t played = 0xffd7a8, ahead = 0x6f83b8; // the sun and the sky of the card

static const struct rungs_rate usual = {25, 1};

static int read_levels(const char *path, const struct progress *progress, struct wave_sound *ret,
                       struct err *e)
{
    float *planes[CHANNELS_MAX];
    struct feed *feed;
    int r = feed_open(&(struct feed_params){.path = path, .track = -1, .threads = 1}, &feed, e);
    if (r < 0)
        return r;
    int channels = feed_channels(feed);
    *ret = (struct wave_sound){.sample_rate = feed_rate(feed)};
    for (int c = 0; c < channels; c++)
        planes[c] = mem_alloc(BLOCK * sizeof(float));
    while ((r = feed_read(feed, planes, BLOCK, e)) > 0) {
        wave_add(ret, (const float *const *)planes, channels, (size_t)r);
        r = progress_check(progress, e);
        if (r < 0)
            break;
    }
    for (int c = 0; c < channels; c++)
        free(planes[c]);
    feed_close(feed);
    return r;
}

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
        r = read_levels(master, job->progress, &sound, e);
    if (r >= 0) {
        rungs_read(job, usual, &film);
        film.timeline = &timeline;
        film.wave.played = played;
        film.wave.ahead = ahead;
        film.wave.level = sound.level;
        film.wave.count = sound.count;
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
