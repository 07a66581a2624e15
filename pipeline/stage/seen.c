// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/seen.h"

#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct json *gaps_json(const struct reel_facts *f)
{
    struct json *list = json_new_array();
    for (int i = 0; i < f->num_gaps; i++) {
        struct json *one = json_new_object();
        json_put_int(one, "from_ticks", f->gap[i].start);
        json_put_int(one, "to_ticks", f->gap[i].end);
        json_push(list, one);
    }
    return list;
}

struct json *seen_json(const struct reel_facts *f)
{
    struct json *o = json_new_object();
    json_put_text(o, "codec", f->codec);
    json_put_text(o, "profile", f->profile);
    json_put_int(o, "level", f->level);
    json_put_text(o, "pixels", f->pixels);
    json_put_int(o, "width", f->width);
    json_put_int(o, "height", f->height);
    json_put_int(o, "sar_num", f->sar_num);
    json_put_int(o, "sar_den", f->sar_den);
    json_put_text(o, "turn", f->turn);
    json_put_text(o, "matrix", f->matrix);
    json_put_text(o, "primaries", f->primaries);
    json_put_text(o, "transfer", f->transfer);
    json_put_bool(o, "full_range", f->full_range);
    json_put_text(o, "dynamic_range", f->dynamic_range);
    if (f->dolby_vision)
        json_put_int(o, "dolby_vision", f->dolby_vision);
    json_put_bool(o, "interlaced", f->interlaced);
    json_put_int(o, "bit_rate", f->bit_rate);
    json_put_int(o, "frames", f->frames);
    json_put_int(o, "first_ticks", f->first);
    json_put_int(o, "end_ticks", f->end);
    json_put_int(o, "rate_num", f->rate_num);
    json_put_int(o, "rate_den", f->rate_den);
    json_put_real(o, "fps", f->fps);
    json_put_int(o, "suits_num", f->suits_num);
    json_put_int(o, "suits_den", f->suits_den);
    json_put_bool(o, "constant", f->constant);
    json_put_int(o, "missing", f->missing);
    if (f->num_gaps)
        json_put(o, "gaps", gaps_json(f));
    json_put_int(o, "longest_group_ticks", f->longest_group);
    json_put_bool(o, "closed_groups", f->closed_groups);
    json_put_bool(o, "starts_with_key", f->starts_with_key);
    return o;
}

int seen_look(const char *path, const char *name, tick zero, const struct progress *progress,
              struct seen *ret, struct err *e)
{
    struct err why = {0};
    *ret = (struct seen){0};
    int r = reel_look(path, zero, progress, &ret->facts, &why);
    ret->has_picture = r > 0;
    if (r >= 0)
        return 0;
    if (why.kind != ERR_INPUT) {
        *e = why;
        return r;
    }
    const char *text = str_starts(why.text, path) ? why.text + strlen(path) : "";
    size_t room = sizeof ret->refused - 1;
    snprintf(ret->refused, sizeof ret->refused, "%s%.*s", name, (int)(room - strnlen(name, room)),
             *text ? text : why.text);
    return 0;
}

void seen_put(const struct seen *s, struct json *part)
{
    if (s->has_picture)
        json_put(part, "picture", seen_json(&s->facts));
    else if (s->refused[0])
        json_put_text(part, "picture_refused", s->refused);
}

static void copy(char *ret, size_t size, const struct json *o, const char *key)
{
    snprintf(ret, size, "%s", json_text_or(o, key, "unknown"));
}

void seen_read(struct arena *a, const struct json *o, struct reel_facts *ret)
{
    *ret = (struct reel_facts){
        .level = (int)json_int(o, "level", 0),
        .width = (int)json_int(o, "width", 0),
        .height = (int)json_int(o, "height", 0),
        .sar_num = (int)json_int(o, "sar_num", 1),
        .sar_den = (int)json_int(o, "sar_den", 1),
        .turn = arena_strdup(a, json_text_or(o, "turn", "none")),
        .full_range = json_bool(o, "full_range", false),
        .dynamic_range = arena_strdup(a, json_text_or(o, "dynamic_range", "sdr")),
        .dolby_vision = (int)json_int(o, "dolby_vision", 0),
        .interlaced = json_bool(o, "interlaced", false),
        .bit_rate = json_int(o, "bit_rate", 0),
        .frames = json_int(o, "frames", 0),
        .first = json_int(o, "first_ticks", 0),
        .end = json_int(o, "end_ticks", 0),
        .rate_num = (int)json_int(o, "rate_num", 0),
        .rate_den = (int)json_int(o, "rate_den", 1),
        .fps = json_number(o, "fps", 0),
        .suits_num = (int)json_int(o, "suits_num", 25),
        .suits_den = (int)json_int(o, "suits_den", 1),
        .constant = json_bool(o, "constant", false),
        .missing = json_int(o, "missing", 0),
        .longest_group = json_int(o, "longest_group_ticks", 0),
        .closed_groups = json_bool(o, "closed_groups", false),
        .starts_with_key = json_bool(o, "starts_with_key", false),
    };
    copy(ret->codec, sizeof ret->codec, o, "codec");
    copy(ret->profile, sizeof ret->profile, o, "profile");
    copy(ret->pixels, sizeof ret->pixels, o, "pixels");
    copy(ret->matrix, sizeof ret->matrix, o, "matrix");
    copy(ret->primaries, sizeof ret->primaries, o, "primaries");
    copy(ret->transfer, sizeof ret->transfer, o, "transfer");
}

static void read_part(struct arena *a, const char *show_dir, const struct json *part,
                      struct film_part *ret)
{
    struct reel_facts f;
    seen_read(a, json_get(part, "picture"), &f);
    *ret = (struct film_part){
        .path = fs_join(a, show_dir, json_text_or(part, "original", "")),
        .zero = json_int(part, "zero_ticks", 0),
        .length = json_int(part, "length_ticks", 0),
        .first = f.first,
        .interlaced = f.interlaced,
        .turn = f.turn,
        .sar_num = f.sar_num,
        .sar_den = f.sar_den,
    };
}

static int read_track(struct arena *a, const char *show_dir, const struct json *parts,
                      struct seen_track *ret, struct err *e)
{
    size_t n = json_count(parts);
    struct film_part *list = arena_array(a, struct film_part, n);
    const char **names = arena_array(a, const char *, n);
    for (size_t i = 0; i < n; i++) {
        const struct json *part = json_at(parts, i);
        names[i] = arena_strdup(a, json_text_or(part, "name", ""));
        const char *refused = json_text(part, "picture_refused");
        if (refused)
            return err_input(e, "%s", refused);
        if (!json_get(part, "picture"))
            return err_input(e, "%s: no picture in it, and in the part before there is one",
                             names[i]);
        read_part(a, show_dir, part, &list[i]);
    }
    seen_read(a, json_get(json_at(parts, 0), "picture"), &ret->facts);
    struct reel_facts last;
    seen_read(a, json_get(json_at(parts, n - 1), "picture"), &last);
    tick end = last.end;
    for (size_t i = 0; i + 1 < n; i++)
        end += list[i].length;
    ret->end = (tick)(((double)end - ret->film.offset_s * (double)TICKS_PER_SEC) /
                      (1 + ret->film.drift_ppm / 1e6));
    ret->film.parts = list;
    ret->film.num_parts = n;
    ret->names = names;
    ret->name = names[0];
    return 1;
}

int seen_track(struct arena *a, const char *show_dir, const struct json *facts,
               const struct json *tracks, struct seen_track *ret, struct err *e)
{
    const struct json *list = json_get(facts, "tracks");
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *track = json_at(list, i), *first = json_at(json_get(track, "parts"), 0);
        const struct json *lies = json_at(json_get(tracks, "tracks"), i);
        bool has = json_get(first, "picture") || json_text(first, "picture_refused");
        if (!has || str_same(json_text(track, "use"), "sound"))
            continue;
        *ret = (struct seen_track){.parts = json_get(track, "parts")};
        ret->film.offset_s = json_number(lies, "offset_s", 0);
        ret->film.drift_ppm = json_number(lies, "drift_ppm", 0);
        return read_track(a, show_dir, json_get(track, "parts"), ret, e);
    }
    return 0;
}

int seen_inputs(const struct stage_job *job, struct timeline *ret_timeline, struct seen_track *ret,
                struct err *e)
{
    struct json *facts = NULL, *tracks = NULL, *timeline = NULL;
    int r = stage_load(job->in, "facts", &facts, e);
    if (r >= 0)
        r = stage_load(job->in, "tracks", &tracks, e);
    if (r >= 0)
        r = stage_load(job->in, "timeline", &timeline, e);
    if (r >= 0 && !timeline_read(job->arena, timeline, ret_timeline))
        r = err_set(e, -EINVAL, "timeline.json has no kept spans");
    if (r >= 0)
        r = seen_track(job->arena, job->show_dir, facts, tracks, ret, e);
    json_free(facts);
    json_free(tracks);
    json_free(timeline);
    return r;
}
