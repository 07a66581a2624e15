// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/rungs.h"

#include "base/fs.h"
#include "base/str.h"

#include <math.h>

int rungs_level(const struct json *variant)
{
    double level = 4;
    str_to_real(json_text_or(variant, "level", "4.0"), &level);
    return (int)lround(level * 10);
}

const struct stage_variant *rungs_main(const struct stage_job *job)
{
    for (size_t i = 0; i < job->num_variants; i++)
        if (json_bool(job->variants[i].settings, "main", false))
            return &job->variants[i];
    return NULL;
}

void rungs_read(struct stage_job *job, struct rungs_rate suits, struct film_params *ret)
{
    const struct json *s = job->settings;
    struct film_rung *rungs = arena_array(job->arena, struct film_rung, job->num_variants);
    for (size_t i = 0; i < job->num_variants; i++) {
        const struct json *v = job->variants[i].settings;
        rungs[i] = (struct film_rung){
            .path = stage_output(job, &job->variants[i], "picture.mp4"),
            .width = (int)json_int(v, "width", 0),
            .height = (int)json_int(v, "height", 0),
            .crf = json_number(v, "crf", 21),
            .speed = json_text_or(v, "speed", "medium"),
            .level = rungs_level(v),
            .max_kbps = (int)json_int(v, "max_bitrate_kbps", 0),
            .buffer_kbit = (int)json_int(v, "buffer_kbit", 0),
        };
    }
    ret->rungs = rungs;
    ret->num_rungs = job->num_variants;
    ret->width = (int)json_int(s, "width", 1920);
    ret->height = (int)json_int(s, "height", 1080);
    ret->crop = json_bool(s, "crop", false);
    ret->rate_num = (int)json_int(s, "rate_num", 0);
    ret->rate_den = (int)json_int(s, "rate_den", 1);
    if (ret->rate_num <= 0) {
        ret->rate_num = suits.num;
        ret->rate_den = suits.den;
    }
    double frames = json_number(s, "gop_s", 2) * ret->rate_num / ret->rate_den;
    ret->group_frames = (int)lround(frames);
    ret->threads = job->threads;
    ret->progress = job->progress;
}

void rungs_put_measured(struct stage_job *job, const struct stage_variant *v,
                        const struct film_params *film)
{
    json_put_int(v->measured, "width", json_int(v->settings, "width", 0));
    json_put_int(v->measured, "height", json_int(v->settings, "height", 0));
    json_put_int(v->measured, "rate_num", film->rate_num);
    json_put_int(v->measured, "rate_den", film->rate_den);
    json_put_int(v->measured, "bytes", fs_size(stage_output(job, v, "picture.mp4")));
    json_put_real(v->measured, "duration_s", tick_to_s(film->timeline->length));
}
