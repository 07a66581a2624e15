// SPDX-License-Identifier: GPL-3.0-or-later
// Giving disk back: results that no step names any more, and masters that can be made again.
#include "base/fs.h"
#include "base/str.h"
#include "plan/publish.h"

enum { DAY_S = 86400 };

static int drop(const char *path, struct tidy *t, struct err *e)
{
    int64_t bytes = fs_is_dir(path) ? store_tree_bytes(path) : fs_size(path);
    int r = t->only_count ? 0 : fs_remove_tree(path, e);
    if (r >= 0 && bytes > 0)
        t->freed += bytes;
    return r;
}

// Everything in dir whose name is not among those to keep.
static int drop_others(struct arena *a, const char *dir, const char *const *keep, size_t num_keep,
                       struct tidy *t, struct err *e)
{
    char **names;
    size_t n;
    int r = fs_list(a, dir, &names, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        bool kept = false;
        for (size_t k = 0; k < num_keep; k++)
            kept |= str_same(names[i], keep[k]);
        if (!kept)
            r = drop(fs_join(a, dir, names[i]), t, e);
    }
    return r < 0 ? r : 0;
}

static int drop_master(struct plan *p, struct tidy *t, struct err *e)
{
    struct step *sound = plan_step(p, "sound", NULL);
    const char *path = plan_output_path(p, sound, "master.flac");
    if (!path || sound->state != STEP_FRESH || !sound->whole)
        return 0;
    double age_s = (double)p->s->now_utc_s - json_number(sound->record, "made_at", 0);
    if (age_s < (double)t->master_days * DAY_S)
        return 0;
    sound->whole = t->only_count;
    return drop(path, t, e);
}

int publish_tidy(struct plan *p, struct tidy *t, struct err *e)
{
    const char *stages[PLAN_MAX_STEPS + 1] = {"slate"}; // live may be drawing it
    int r = 0;
    bool all_fresh = true;
    for (size_t i = 0; r >= 0 && i < p->num_steps; i++) {
        const struct step *step = &p->step[i];
        stages[i + 1] = fs_basename(step->place.dir);
        if (step->state == STEP_FRESH) {
            const char *result = fs_basename(step->dir);
            r = drop_others(&p->arena, step->place.dir, &result, 1, t, e);
        }
        all_fresh &= step->state == STEP_FRESH || step->state == STEP_LEFT_OUT;
    }
    if (r >= 0)
        r = drop_others(&p->arena, arena_printf(&p->arena, "%s/.dgl/store/%s", p->s->dir, p->slug),
                        stages, p->num_steps + 1, t, e);
    return r >= 0 && t->master_days >= 0 && all_fresh ? drop_master(p, t, e) : r;
}

int publish_tidy_previews(struct session *s, struct tidy *t, struct err *e)
{
    struct arena a = {0};
    const char *reports = fs_join(&a, s->dir, "reports");
    char **names;
    size_t n;
    int r = fs_list(&a, reports, &names, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        const char *preview = fs_join(&a, fs_join(&a, reports, names[i]), "preview");
        r = fs_is_dir(preview) ? drop(preview, t, e) : 0;
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}

int publish_tidy_gone(struct session *s, struct tidy *t, struct err *e)
{
    struct arena a = {0};
    char **folders;
    size_t n;
    int r = episode_folders(&a, s->dir, &folders, &n, e);
    const char **slugs = r < 0 ? NULL : arena_array(&a, const char *, n + 1);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct plan p;
        r = plan_open(&p, s, folders[i], e);
        if (r >= 0)
            slugs[i] = arena_strdup(&a, p.slug);
        plan_close(&p);
    }
    if (r >= 0) {
        slugs[n] = "_show";
        r = drop_others(&a, fs_join(&a, s->dir, ".dgl/store"), slugs, n + 1, t, e);
    }
    arena_done(&a);
    return r;
}
