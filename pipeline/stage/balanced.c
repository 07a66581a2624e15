// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/balanced.h"

#include "base/err.h"
#include "media/filmtone.h"

#include <errno.h>
#include <math.h>

enum { NAMED = 200 };

int balanced_look(struct balanced *b, const struct film_params *film, struct err *e)
{
    struct tone *measured = tone_new(film->width, film->height, film->rate_num, film->rate_den);
    struct film_params seen = {
        .track = film->track,
        .measured = measured,
        .timeline = film->timeline,
        .rate_num = film->rate_num,
        .rate_den = film->rate_den,
        .width = film->width,
        .height = film->height,
        .crop = film->crop,
        .threads = film->threads,
        .progress = film->progress,
    };
    struct film_result result;
    if (!measured)
        return err_set(e, -EINVAL, "no film is %d×%d with %d/%d frames a second", film->width,
                       film->height, film->rate_num, film->rate_den);
    int r = film_make(&seen, &result, e);
    if (r >= 0)
        b->tone = filmtone_new(measured);
    tone_free(measured);
    return r;
}

void balanced_close(struct balanced *b)
{
    filmtone_free(b->tone);
    *b = (struct balanced){0};
}

static double thousandths(double v)
{
    return round(v * 1000) / 1000;
}

static struct json *shot_json(const struct filmtone_shot *s)
{
    struct json *o = json_new_object();
    json_put_real(o, "from_s", thousandths(tick_to_s(s->at.start)));
    json_put_real(o, "to_s", thousandths(tick_to_s(s->at.end)));
    json_put_real(o, "level", thousandths(s->level));
    json_put_real(o, "light_stops", thousandths(log(s->by.luma) / log(TONE_STOP)));
    json_put_real(o, "blue", thousandths(s->by.blue));
    json_put_real(o, "red", thousandths(s->by.red));
    return o;
}

void balanced_put(const struct balanced *b, struct json *measured)
{
    const struct filmtone_shot *shots;
    int64_t changed = 0;
    if (!b->tone)
        return;
    size_t n = filmtone_shots(b->tone, &shots);
    struct json *o = json_new_object(), *list = json_new_array();
    for (size_t i = 0; i < n; i++) {
        changed += shots[i].by.luma != 1 || shots[i].by.blue != 1 || shots[i].by.red != 1;
        if (i < NAMED)
            json_push(list, shot_json(&shots[i]));
    }
    json_put_int(o, "shots", (int64_t)n);
    json_put_int(o, "changed", changed);
    json_put(o, "first", list);
    json_put(measured, "balance", o);
}
