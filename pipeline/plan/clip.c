// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/clip.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/timeline.h"
#include "plan/publish.h"
#include "plan/settings.h"

#include <errno.h>
#include <string.h>

static const char output_name[] = "clip-";
static const tick least = TICKS_PER_SEC * 2 / 5; // as of a recording

// Where the clip is in the episode. False: less than that is left of it.
static bool span_of(const struct timeline *t, const struct clip *c, struct span *ret)
{
    return timeline_span(t, c->span, ret) && ret->end - ret->start >= least;
}

// Those in the episode's language, else the first.
static void put_captions(const struct episode *ep, struct json *into)
{
    const struct caption_file *c = ep->captions;
    for (size_t i = 0; i < ep->num_captions; i++)
        if (str_same(ep->captions[i].language, ep->language))
            c = &ep->captions[i];
    if (!ep->num_captions)
        return;
    struct json *o = json_new_object();
    json_put_text(o, "language", c->language);
    json_put_text(o, "repair", c->is_kept ? "off" : NULL);
    json_put(into, "captions", o);
}

int clip_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    struct timeline t;
    struct span unused;
    if (!p->timeline || !timeline_read(&p->arena, p->timeline, &t))
        return -EAGAIN;
    for (size_t i = 0; i < p->ep->num_clips; i++)
        if (!span_of(&t, &p->ep->clips[i], &unused))
            return node_error(p->ep->clips[i].node, e, "choose another piece, or cut less",
                              "trim, cuts and pauses leave nothing of the clip");
    put_captions(p->ep, into);
    return settings_words(p, into, files, e);
}

struct json *clip_variant(struct plan *p, const struct step *step)
{
    const struct picture_preset *shape = &p->ep->of_clips.shape[step->shape];
    struct json *v = json_new_object(), *sound = json_new_object();
    struct timeline t;
    struct span s = {0};
    if (timeline_read(&p->arena, p->timeline, &t))
        span_of(&t, step->clip, &s);
    json_put_text(v, "title", step->clip->title);
    json_put_int(v, "from_ticks", s.start);
    json_put_int(v, "to_ticks", s.end);
    json_put_int(v, "width", shape->width);
    json_put_int(v, "height", shape->height);
    json_put_int(v, "rate_num", shape->rate_num);
    json_put_int(v, "rate_den", shape->rate_den);
    json_put_real(v, "gop_s", shape->gop_s);
    json_put_real(v, "crf", shape->crf);
    json_put_text(v, "speed", shape->speed);
    json_put_text(v, "level", shape->level);
    json_put_int(v, "max_bitrate_kbps", shape->max_bitrate_kbps);
    json_put_int(v, "buffer_kbit", shape->buffer_kbit);
    settings_put_coding(p, &p->ep->of_clips.sound, &p->ep->of_clips.loudness, sound);
    json_put(v, "sound", sound);
    return v;
}

static int record_one(struct plan *p, const struct step *step, struct published_clip *ret,
                      struct err *e)
{
    const struct json *o = store_output(step->record, "*.mp4");
    const struct json *m = json_get(step->record, "measured");
    const char *captions = json_text(m, "captions");
    if (!o)
        return err_set(e, -ENOENT, "clip.%s left no file", step->variant);
    const char *output = arena_printf(&p->arena, "%s%s", output_name, step->variant);
    const char *sha = arena_strdup(&p->arena, json_text_or(o, "sha256", ""));
    const char *path = arena_printf(&p->arena, "media/%s/%s-%.8s", p->slug, output, sha);
    double seconds = json_number_in(m, "duration_s", 0, RECORDING_MAX_S, 0);
    int64_t bytes = json_int(o, "bytes", 0);
    *ret = (struct published_clip){
        .file = {.output = output,
                 .path = arena_printf(&p->arena, "%s.mp4", path),
                 .type = "video/mp4",
                 .sha256 = sha,
                 .bytes = bytes,
                 .duration = publish_ms((tick)(seconds * (double)TICKS_PER_SEC + 0.5)),
                 .integrated_lufs = json_number(m, "integrated_lufs", 0),
                 .true_peak_dbtp = json_number(m, "true_peak_dbtp", 0),
                 .width = json_int(m, "width", 0),
                 .height = json_int(m, "height", 0),
                 .frame_rate = publish_rate(p, m),
                 .bit_rate_kbps =
                     seconds >= 0.001 ? (int64_t)((double)bytes * 8 / 1000 / seconds) : 0},
        .title = step->clip->title,
        .text = arena_strdup(&p->arena, json_text(m, "text")),
        // clip.nb_NO.srt: what Facebook reads of the name stands behind the first point
        .captions = captions ? arena_printf(&p->arena, "%s%s", path, strchr(captions, '.')) : NULL,
    };
    return 0;
}

int clip_record(struct plan *p, struct published *into, struct err *e)
{
    int r = 0;
    into->clips = arena_array(&p->arena, struct published_clip, PLAN_MAX_STEPS);
    into->num_clips = 0;
    for (size_t i = 0; r >= 0 && i < p->num_steps; i++)
        if (p->step[i].clip && p->step[i].state == STEP_FRESH)
            r = record_one(p, &p->step[i], &into->clips[into->num_clips++], e);
    return r;
}

int clip_place(struct plan *p, struct err *e)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < p->published.num_clips; i++) {
        const struct published_clip *c = &p->published.clips[i];
        const char *variant = c->file.output + strlen(output_name);
        const struct step *maker =
            str_starts(c->file.output, output_name) ? plan_step(p, "clip", variant) : NULL;
        r = publish_place(p, maker, "*.mp4", c->file.path, e);
        if (r >= 0 && c->captions)
            r = publish_place(p, maker, "*.srt", c->captions, e);
    }
    return r;
}

void clip_put_facts(const struct plan *p, struct json *into)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->published.num_clips; i++) {
        const struct published_clip *c = &p->published.clips[i];
        struct json *one = json_new_object();
        json_put_text(one, "shape", c->file.height > c->file.width ? "portrait" : "square");
        json_put_text(one, "title", c->title);
        json_put_text(one, "path", c->file.path);
        json_put_int(one, "bytes", c->file.bytes);
        json_put_int(one, "duration_ticks", c->file.duration);
        json_put_text(one, "text", c->text);
        json_put_text(one, "captions", c->captions);
        json_push(list, one);
    }
    json_put(into, "clips", json_count(list) ? json_keep(list) : NULL);
    json_free(list);
}
