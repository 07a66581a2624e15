// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/preview.h"

#include "base/fs.h"
#include "plan/publish.h"
#include "plan/settings.h"

static const char *const results[] = {"before.wav", "after.wav"};

const char *preview_dir(struct plan *p)
{
    return arena_printf(&p->arena, "%s/preview", publish_report_dir(p));
}

static int put_inputs(struct plan *p, struct json *in, struct err *e)
{
    const struct flow *sound = flow_find("sound");
    for (const struct flow_input *i = sound->in; i && i->stage; i++) {
        const char *path = plan_output_path(p, plan_step(p, i->stage, NULL), i->file);
        if (!path)
            return err_input(e, "the recording is not here");
        json_put_text(in, i->name, path);
    }
    // The master's own gain, where it was made from what is still so.
    struct step *made = plan_step(p, "sound", NULL);
    int r = plan_look(p, made, e);
    if (r >= 0 && made->state == STEP_FRESH)
        json_put_text(in, "sound", plan_output_path(p, made, "sound.json"));
    return r;
}

static int make_job(struct plan *p, struct span excerpt, const char *dir, struct json **ret,
                    struct err *e)
{
    struct json *settings = NULL, *in = NULL;
    int r = settings_shared(p, flow_find("sound"), &settings, &in, e);
    if (r < 0)
        return r;
    struct json *job = json_new_object(), *list = json_new_array(), *v = json_new_object();
    struct json *span = json_new_object();
    json_put_int(span, "from_ticks", excerpt.start);
    json_put_int(span, "to_ticks", excerpt.end);
    json_put(settings, "excerpt", span);
    json_put_text(job, "stage", "preview");
    json_put_text(job, "show_dir", p->s->dir);
    json_put(job, "settings", settings);
    r = put_inputs(p, in, e);
    json_put(job, "in", in);
    json_put_text(v, "dir", dir);
    json_push(list, v);
    json_put(job, "variants", list);
    *ret = job;
    return r;
}

static int place(struct plan *p, const char *dir, struct err *e)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < COUNT(results); i++) {
        const char *to = arena_printf(&p->arena, "%s/%s/%s", p->s->dir, preview_dir(p), results[i]);
        r = fs_place(fs_join(&p->arena, dir, results[i]), to, e);
    }
    return r;
}

static int run(struct plan *p, struct span excerpt, const char *dir, struct json **ret,
               struct err *e)
{
    struct json *job = NULL, *done = NULL;
    int r = make_job(p, excerpt, dir, &job, e);
    if (r >= 0)
        r = worker_run(p->s->worker, job, p->s->progress, &done, e);
    if (r >= 0)
        r = place(p, dir, e);
    if (r >= 0)
        *ret = json_keep(json_get(json_at(json_get(done, "variants"), 0), "measured"));
    json_free(job);
    json_free(done);
    return r;
}

int preview_make(struct plan *p, struct span excerpt, struct json **ret, struct err *e)
{
    struct store_place at = store_place(&p->arena, p->s->dir, p->slug, "preview", NULL);
    char *dir = NULL;
    int r = plan_run(p, NULL, "timeline", false, e);
    if (r >= 0)
        r = store_begin(&p->arena, &at, "excerpt", &dir, e);
    if (r < 0)
        return r;
    r = run(p, excerpt, dir, ret, e);
    fs_remove_tree(at.dir, NULL);
    return r < 0 ? r : 0;
}
