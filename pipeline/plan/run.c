// SPDX-License-Identifier: GPL-3.0-or-later
// Running what is stale: one job a stage, its stale variants together.
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "plan/beside.h"
#include "plan/feeds.h"
#include "plan/plan.h"
#include "plan/recordings.h"
#include "plan/settings.h"
#include "plan/transcribe.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

struct group { // steps of one stage that run together
    struct step *step[PLAN_MAX_STEPS];
    char *tmp[PLAN_MAX_STEPS];
    size_t n;
};

static struct json *paths_of(struct plan *p, const struct step *maker, const char *pattern)
{
    if (!str_starts(pattern, "*.")) {
        const char *path = plan_output_path(p, maker, pattern);
        return path ? json_new_text(path) : NULL;
    }
    struct json *all = json_new_array();
    const struct json *outputs = json_get(maker->record, "outputs");
    for (size_t i = 0; i < json_count(outputs); i++) {
        const char *file = json_text_or(json_at(outputs, i), "file", "");
        if (!fnmatch(pattern, file, 0))
            json_push_text(all, fs_join(&p->arena, maker->dir, file));
    }
    return all;
}

// own: those of the variant, else those that all variants share.
static void put_inputs(struct plan *p, const struct step *step, bool own, struct json *into)
{
    for (const struct flow_input *in = step->flow->in; in && in->stage; in++) {
        if (own != (in->of == OF_SAME_VARIANT))
            continue;
        const struct step *maker = plan_maker(p, step, in, 0);
        struct json *list = in->of == OF_PICTURES ? json_new_array() : NULL;
        for (size_t i = 0; maker && maker->record; maker = plan_maker(p, step, in, ++i)) {
            struct json *paths = paths_of(p, maker, in->file);
            if (list)
                json_push(list, paths);
            else
                json_put(into, in->name, paths);
        }
        json_put(into, in->name, list);
    }
}

static int put_files(struct plan *p, const struct step *step, struct json *into, struct err *e)
{
    struct json *settings = NULL, *files = NULL;
    int r = settings_shared(p, step->flow, &settings, &files, e);
    for (size_t i = 0; r >= 0 && i < json_count(files); i++) {
        const char *name = json_key_at(files, i);
        json_put(into, name, json_keep(json_get(files, name)));
    }
    json_free(settings);
    json_free(files);
    if (r >= 0 && str_same(step->flow->name, "feed"))
        r = feeds_put_paths(p, step, into, e);
    if (r < 0 || !str_same(step->flow->name, "ingest"))
        return r;
    struct json *list = NULL, *paths = NULL;
    bool found = false;
    r = recordings_list(p, &list, &paths, &found, e);
    json_free(list);
    if (r >= 0)
        json_put(into, "recordings", paths);
    return r;
}

static int make_job(struct plan *p, const struct group *g, struct json **ret, struct err *e)
{
    struct step *first = g->step[0];
    struct json *job = json_new_object(), *in = json_new_object(), *list = json_new_array();
    json_put_text(job, "stage", first->flow->name);
    json_put_text(job, "show_dir", p->s->dir);
    json_put(job, "settings", json_keep(first->settings));
    put_inputs(p, first, false, in);
    int r = put_files(p, first, in, e);
    json_put(job, "in", in);
    for (size_t i = 0; i < g->n; i++) {
        struct json *v = json_new_object(), *own = json_new_object();
        const struct step *step = g->step[i];
        put_inputs(p, step, true, own);
        json_put_text(v, "name", step->variant ? step->variant : "");
        const struct json *variant = json_get(step->settings, "variant");
        json_put(v, "settings", variant ? json_keep(variant) : NULL);
        json_put(v, "in", own);
        json_put_text(v, "dir", g->tmp[i]);
        json_push(list, v);
    }
    json_put(job, "variants", list);
    *ret = job;
    return r;
}

static struct json *make_record(const struct step *step, const struct json *done, size_t i,
                                double seconds)
{
    const struct json *v = json_at(json_get(done, "variants"), i);
    struct json *record = json_new_object();
    json_put_text(record, "stage", step->flow->name);
    json_put_text(record, "variant", step->variant);
    json_put_int(record, "version", step->flow->version);
    json_put_text(record, "fingerprint", step->fingerprint);
    json_put(record, "settings", json_keep(step->settings));
    json_put(record, "inputs", json_keep(step->inputs));
    json_put(record, "outputs", json_keep(json_get(v, "outputs")));
    json_put(record, "measured", json_keep(json_get(v, "measured")));
    json_put(record, "versions", json_keep(json_get(done, "versions")));
    json_put_real(record, "made_at", (double)clock_now());
    json_put_real(record, "seconds", seconds);
    return record;
}

static int commit(struct plan *p, struct group *g, const struct json *done, double seconds,
                  struct err *e)
{
    for (size_t i = 0; i < g->n; i++) {
        struct step *step = g->step[i];
        struct json *record = make_record(step, done, i, seconds);
        int r = store_commit(&p->arena, &step->place, step->fingerprint, g->tmp[i], record, e);
        json_free(record);
        if (r < 0)
            return r;
        g->tmp[i] = NULL;
        const char *why = step->why;
        r = plan_look(p, step, e);
        if (r < 0)
            return r;
        step->ran = true;
        step->seconds = seconds;
        step->why = why;
    }
    return 0;
}

struct prefix { // puts the stage's name in front of what the worker says
    const struct progress *outer;
    const char *stage;
};

static void say_update(void *ctx, const char *what, double done, double media_s)
{
    const struct prefix *x = ctx;
    char text[200];
    snprintf(text, sizeof text, "%s%s%s", x->stage, what && *what ? ": " : "", what ? what : "");
    progress_update(x->outer, text, done, media_s);
}

static void say_frames(void *ctx, int64_t n)
{
    const struct prefix *x = ctx;
    progress_frames(x->outer, n);
}

static void say_warning(void *ctx, const char *text)
{
    const struct prefix *x = ctx;
    progress_warn(x->outer, "%s", text);
}

// At most, of the sizes that the group makes or, made of them, delivers.
static double picture_bytes_per_s(const struct plan *p, const struct group *g)
{
    unsigned flags = g->step[0]->flow->flags;
    double kbps = 0;
    for (size_t i = 0; flags & FLOW_PICTURES && i < g->n; i++)
        kbps += g->step[i]->rung->max_bitrate_kbps;
    for (size_t i = 0; flags & FLOW_HLS && i < p->ep->num_rungs; i++)
        kbps += p->ep->rung[i].max_bitrate_kbps;
    if (flags & FLOW_VIDEO && flags & FLOW_DELIVERED)
        kbps += p->ep->rung[0].max_bitrate_kbps;
    return kbps * 1000 / 8;
}

// Masters and copies are large; their size is known well enough before the work begins.
static int need_room(struct plan *p, const struct group *g, struct err *e)
{
    const struct step *step = g->step[0];
    int64_t need = 0;
    const char *dir = p->s->dir;
    if (str_same(step->flow->name, "ingest")) {
        struct json *list = NULL, *paths = NULL;
        bool found;
        int r = recordings_list(p, &list, &paths, &found, e);
        for (size_t i = 0; r >= 0 && i < json_count(paths); i++) {
            const char *sha = json_text(json_at(list, i), "sha256");
            if (!recordings_original(&p->arena, dir, sha))
                need += fs_size(json_as_text(json_at(paths, i)));
        }
        json_free(list);
        json_free(paths);
        if (r < 0)
            return r;
    }
    double length_s = json_number_in(p->timeline, "length_s", 0, RECORDING_MAX_S, 0);
    if (str_same(step->flow->name, "sound"))
        need = (int64_t)(length_s * 48000 * (double)p->ep->channels * 3);
    if (str_same(step->flow->name, "encode") || str_same(step->flow->name, "tag") ||
        step->flow->flags & FLOW_KIT)
        need = (int64_t)(length_s * 40000);
    if (step->flow->flags & FLOW_PROGRAM)
        need = (int64_t)(length_s * 32000);
    need += (int64_t)(length_s * picture_bytes_per_s(p, g));
    return need > 0 ? fs_need_room(dir, need + (3 << 20), e) : 0; // covers, tables
}

// A group's work, which may go on beside that of the next.
struct work {
    struct group g;
    struct json *job;
    double began;
    struct beside *beside; // NULL: it is done at once
};

static int work_begin(struct plan *p, struct work *w, struct err *e)
{
    struct group *g = &w->g;
    w->began = clock_monotonic();
    int r = need_room(p, g, e);
    for (size_t i = 0; r >= 0 && i < g->n; i++)
        r = store_begin(&p->arena, &g->step[i]->place, g->step[i]->fingerprint, &g->tmp[i], e);
    return r < 0 ? r : make_job(p, g, &w->job, e);
}

// r: how it went so far. give_up: it is stopped, and what it made is dropped.
static int work_end(struct plan *p, struct work *w, bool give_up, int r, struct err *e)
{
    struct group *g = &w->g;
    const struct flow *f = g->step[0]->flow;
    struct json *done = NULL;
    struct prefix prefix = {p->s->progress, f->name};
    struct progress progress = {p->s->progress ? p->s->progress->stop : NULL, say_update,
                                say_warning, &prefix, say_frames};
    double seconds = 0;
    if (w->beside)
        r = beside_end(w->beside, give_up, &progress, &done, &seconds, e);
    else if (r >= 0)
        r = f->flags & FLOW_PROGRAM ? transcribe_run(p, w->job, g->tmp[0], &progress, &done, e)
                                    : worker_run(p->s->worker, w->job, &progress, &done, e);
    if (r >= 0 && !give_up)
        r = commit(p, g, done, w->beside ? seconds : clock_monotonic() - w->began, e);
    for (size_t i = 0; i < g->n; i++)
        if (g->tmp[i])
            fs_remove_tree(g->tmp[i], NULL);
    json_free(w->job);
    json_free(done);
    return r >= 0 ? 0 : settings_place(p, e) ? e->code : err_wrap(e, "%s", f->name);
}

static int run_group(struct plan *p, const struct group *g, struct err *e)
{
    struct work w = {.g = *g};
    int r = work_begin(p, &w, e);
    return work_end(p, &w, false, r, e);
}

static int run_one(struct plan *p, struct step *step, struct err *e);

// A master may have been dropped to save disk; who needs it gets it made again.
static int make_whole(struct plan *p, const struct step *step, struct err *e)
{
    for (const struct flow_input *in = step->flow->in; in && in->stage; in++) {
        struct step *maker = plan_maker(p, step, in, 0);
        for (size_t i = 0; maker; maker = plan_maker(p, step, in, ++i)) {
            if (!plan_lacks(p, maker, in))
                continue;
            maker->why = "needed again";
            int r = run_one(p, maker, e);
            if (r < 0)
                return r;
        }
    }
    return 0;
}

static int run_one(struct plan *p, struct step *step, struct err *e)
{
    struct group g = {.step = {step}, .n = 1};
    int r = make_whole(p, step, e);
    return r < 0 ? r : run_group(p, &g, e);
}

// Begins what is to be done and leaves it to its own worker.
static int leave_beside(struct plan *p, const struct group *g, struct work **ret, struct err *e)
{
    struct work *w = mem_alloc(sizeof *w);
    w->g = *g;
    int r = work_begin(p, w, e);
    if (r >= 0) {
        w->beside = beside_begin(p->s->worker, w->job);
        *ret = w;
        return 0;
    }
    r = work_end(p, w, false, r, e);
    free(w);
    return r;
}

// Waits for what goes on beside; r: how it went so far, and if not well the other is given up.
static int take_beside(struct plan *p, struct work **beside, int r, struct err *e)
{
    struct work *w = *beside;
    if (!w)
        return r;
    struct err own = {0};
    int k = work_end(p, w, r < 0, 0, r < 0 ? &own : e);
    free(w);
    *beside = NULL;
    return r < 0 ? r : k;
}

static bool reads(const struct flow *f, const struct work *beside)
{
    for (const struct flow_input *in = f->in; beside && in && in->stage; in++)
        if (str_same(in->stage, beside->g.step[0]->flow->name))
            return true;
    return false;
}

// Looks at all variants of the stage at step[*i] and runs those that need it; moves *i behind them.
// beside: what goes on beside it, or may; NULL: nothing may.
static int run_stage(struct plan *p, size_t *i, bool remake, struct work **beside, struct err *e)
{
    const struct flow *f = p->step[*i].flow;
    struct group g = {.n = 0};
    size_t begin = *i;
    int r = 0;
    for (; r >= 0 && *i < p->num_steps && p->step[*i].flow == f; ++*i)
        r = plan_look(p, &p->step[*i], e);
    for (size_t k = begin; r >= 0 && k < *i; k++) {
        struct step *step = &p->step[k];
        if (step->state != STEP_STALE && !(remake && step->state == STEP_FRESH))
            continue;
        r = make_whole(p, step, e);
        if (r >= 0)
            r = plan_look(p, step, e);
        if (remake && step->state == STEP_FRESH)
            step->why = "asked for";
        g.step[g.n++] = step;
    }
    if (r >= 0)
        r = progress_check(p->s->progress, e);
    if (r < 0 || !g.n)
        return r;
    bool alone = !beside || *beside || !(f->flags & FLOW_BESIDE) || workers_cpus() < 2;
    return alone ? run_group(p, &g, e) : leave_beside(p, &g, beside, e);
}

// That there are no captions is told, and the episode goes on without; not where they were asked
// for.
static int go_on_without_captions(struct plan *p, bool asked, int r, struct err *e)
{
    if (asked || e->kind == ERR_INTERRUPTED || r == -ENOSPC)
        return r;
    progress_warn(p->s->progress,
                  "there are no captions: %s\nmend transcribe: in show.yaml and publish again, or "
                  "write them and name them in %s: captions: [{file: …}]",
                  e->text, p->ep->file->path);
    *e = (struct err){0};
    return 0;
}

// The captions that a program made, and what is made of them; r: how that went.
static int take_captions(struct plan *p, const struct flow *f, bool asked, int r, struct err *e)
{
    struct step *step = plan_step(p, f->name, NULL), *captions = plan_step(p, "captions", NULL);
    if (r >= 0 && step->state != STEP_FRESH)
        return r;
    if (r >= 0) {
        r = transcribe_take(p, step, e);
        r = r < 0 ? err_wrap(e, "%s", f->name) : r;
    }
    if (r < 0)
        return go_on_without_captions(p, asked, r, e);
    r = plan_look(p, captions, e);
    return r >= 0 && captions->state == STEP_STALE ? run_one(p, captions, e) : r;
}

static bool is_past(const struct flow *f, const char *until)
{
    const struct flow *last = until ? flow_find(until) : NULL;
    return last && f > last;
}

int plan_run(struct plan *p, const char *from, const char *until, bool remake, struct err *e)
{
    const struct flow *first = from ? flow_find(from) : NULL;
    struct work *beside = NULL;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < p->num_steps;) {
        if ((first && p->step[i].flow < first) || is_past(p->step[i].flow, until)) {
            i++;
            continue;
        }
        const struct flow *f = p->step[i].flow;
        if (reads(f, beside))
            r = take_beside(p, &beside, r, e);
        if (r >= 0)
            r = run_stage(p, &i, remake, &beside, e);
        if (f->flags & FLOW_PROGRAM)
            r = take_captions(p, f, str_same(until, f->name), r, e);
    }
    return take_beside(p, &beside, r, e);
}

int plan_run_words(struct plan *p, struct err *e)
{
    int r = 0;
    for (size_t i = 0; r >= 0 && i < p->num_steps;) {
        if (p->step[i].flow->flags & FLOW_MEDIA)
            i++;
        else
            r = run_stage(p, &i, false, NULL, e);
    }
    return r;
}
