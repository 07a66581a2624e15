// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/watched.h"

#include "media/stillfile.h"
#include "picture/look.h"
#include "picture/still.h"

#include <errno.h>
#include <math.h>

enum { STILLS = 9, POSTER_COARSE = 3, THUMB_COARSE = 5, THUMB_WIDTH = 480, NAMED = 16 };

void watched_open(struct watched *w, const struct film_params *film, bool keys_only)
{
    struct look_params lp = {.width = film->width,
                             .height = film->height,
                             .rate_num = film->rate_num,
                             .rate_den = film->rate_den,
                             .some_only = keys_only};
    struct stills_params sp = {.width = film->width,
                               .height = film->height,
                               .over = {0, film->timeline->length},
                               .count = STILLS};
    w->look = look_new(&lp);
    w->stills = stills_new(&sp);
}

void watched_close(struct watched *w)
{
    look_free(w->look);
    stills_free(w->stills);
    *w = (struct watched){0};
}

static double share(double v)
{
    return round(v * 1e5) / 1e5;
}

static struct json *passages(const struct look_passages *p)
{
    struct json *o = json_new_object(), *list = json_new_array();
    json_put_int(o, "count", (int64_t)p->count);
    json_put_real(o, "seconds", tick_to_s(p->length));
    for (size_t i = 0; i < p->count && i < NAMED; i++) {
        struct json *one = json_new_object();
        json_put_real(one, "from_s", tick_to_s(p->first[i].start));
        json_put_real(one, "to_s", tick_to_s(p->first[i].end));
        json_push(list, one);
    }
    json_put(o, "first", list);
    return o;
}

static struct json *seen_of(struct look *look)
{
    struct look_result r;
    struct json *o = json_new_object();
    look_result(look, &r);
    json_put(o, "black", passages(&r.black));
    json_put(o, "frozen", passages(&r.frozen));
    json_put(o, "illegal", passages(&r.illegal));
    json_put(o, "burnt", passages(&r.burnt));
    json_put_real(o, "range_share", share(r.range));
    json_put_real(o, "crushed_share", share(r.crushed));
    json_put_real(o, "clipped_share", share(r.clipped));
    json_put_real(o, "level", share(r.level));
    json_put_int(o, "flicker_s", r.flicker_s);
    return o;
}

static struct json *still_json(const char *file, const struct still *s)
{
    struct json *o = json_new_object();
    json_put_text(o, "file", file);
    json_put_real(o, "at_s", tick_to_s(s->at));
    json_put_real(o, "score", round(s->score * 100) / 100);
    return o;
}

static int put_stills(const struct stills *stills, struct stage_job *job,
                      const struct stage_variant *v, struct err *e)
{
    struct still list[STILLS_MOST];
    size_t n = stills_result(stills, list);
    struct json *all = json_new_array();
    int r = 0;
    if (n) {
        const struct still *poster = &list[stills_poster(stills, list, n)];
        json_push(all, still_json("poster.jpg", poster));
        r = stillfile_write(&poster->image, POSTER_COARSE, stage_output(job, v, "poster.jpg"), e);
    }
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const char *name = arena_printf(job->arena, "thumb-%zu.jpg", i + 1);
        json_push(all, still_json(name, &list[i]));
        r = stillfile_write_small(&list[i].image, THUMB_WIDTH, THUMB_COARSE,
                                  stage_output(job, v, name), e);
    }
    json_put(v->measured, "stills", all);
    return r < 0 ? r : 0;
}

int watched_put(const struct watched *w, struct stage_job *job, const struct stage_variant *v,
                struct err *e)
{
    if (w->look)
        json_put(v->measured, "seen", seen_of(w->look));
    return w->stills ? put_stills(w->stills, job, v, e) : 0;
}
