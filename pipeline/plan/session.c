// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/session.h"

#include "base/fs.h"
#include "base/proc.h"
#include "base/str.h"
#include "plan/lock.h"
#include "plan/remembered.h"
#include "plan/store.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

static const char show_file[] = "episodes/show.yaml";

int session_find_show(struct arena *a, const char *from, char **ret, struct err *e)
{
    char *start = fs_absolute(a, from);
    if (!fs_is_dir(start))
        return err_input(e, "%s: there is no such folder", from);
    char *dir = start;
    for (;;) {
        if (fs_exists(fs_join(a, dir, show_file))) {
            *ret = dir;
            return 0;
        }
        if (errno == EACCES && fs_is_dir(fs_join(a, dir, "episodes")))
            return err_input(e,
                             "%s/episodes: the folder may not be read\n"
                             "give yourself the right to read it",
                             dir);
        if (str_same(dir, "/"))
            break;
        dir = fs_dirname(a, dir);
    }
    return err_input(e,
                     "%s: no show here: neither this folder nor one above it holds %s\n"
                     "make one with: dgl-episode init FOLDER",
                     start, show_file);
}

static char *self_dir(struct arena *a)
{
    char *dir = arena_alloc(a, PATH_MAX);
    return proc_self_dir(dir, PATH_MAX) < 0 ? arena_strdup(a, ".") : dir;
}

// The built tree keeps presets/ beside build/, or one further up for build/san.
const char *const *session_preset_dirs(struct arena *a, const char *show_dir,
                                       const char *presets_dir)
{
    char *self = self_dir(a);
    static const char installed[] = DGL_DATADIR "/presets";
    const char *candidates[] = {
        presets_dir ? fs_absolute(a, presets_dir) : NULL,
        show_dir ? fs_join(a, show_dir, "presets") : NULL,
        fs_join(a, self, "presets"),
        fs_join(a, self, "../presets"),
        fs_join(a, self, "../../presets"),
        fs_join(a, self, "../share/dgl-episode/presets"),
        installed,
    };
    const char **dirs = arena_array(a, const char *, COUNT(candidates) + 1);
    size_t n = 0;
    for (size_t i = 0; i < COUNT(candidates); i++)
        if (candidates[i] && fs_is_dir(candidates[i]))
            dirs[n++] = candidates[i];
    return dirs;
}

static char *program_path(struct arena *a, const char *name)
{
    char *self = self_dir(a);
    const char *candidates[] = {
        fs_join(a, self, name),
        fs_join(a, self, arena_printf(a, "../libexec/dgl-episode/%s", name)),
    };
    for (size_t i = 0; i < COUNT(candidates); i++)
        if (fs_exists(candidates[i]))
            return arena_strdup(a, candidates[i]);
    return arena_printf(a, DGL_LIBEXEC "/%s", name);
}

char *session_worker_path(struct arena *a)
{
    return program_path(a, "dgl-episode-worker");
}

char *session_net_path(struct arena *a)
{
    return program_path(a, "dgl-episode-net");
}

static int load_facts(struct session *s, struct err *e)
{
    const char *goals = preset_path(&s->arena, s->preset_dirs, "goals.json");
    const char *municipalities = preset_path(&s->arena, s->preset_dirs, "municipalities.json");
    if (!goals || !municipalities)
        return err_set(e, -2,
                       "the folder presets is missing: the program is not installed "
                       "completely; name it with --presets FOLDER");
    int r = goals_load(&s->arena, goals, &s->goals, e);
    if (r >= 0)
        r = municipalities_load(&s->arena, municipalities, &s->municipalities, e);
    return r;
}

// What is left and cannot be removed stops nobody's work; the next run looks for it again.
static void sweep(struct session *s, const struct progress *progress)
{
    struct err e = {0};
    s->unswept = store_sweep_tmp(s->dir, &e) < 0;
    if (s->unswept)
        progress_warn(progress, "what a run that was killed left behind cannot be removed: %s",
                      e.text);
}

int session_open(struct session *s, const struct session_params *p, struct err *e)
{
    *s = (struct session){.lock_fd = -1, .now_utc_s = p->now_utc_s, .progress = p->progress};
    char *dir;
    bool killed = false;
    int r = session_find_show(&s->arena, p->dir, &dir, e);
    if (r < 0)
        return r;
    s->dir = dir;
    s->preset_dirs = session_preset_dirs(&s->arena, dir, p->presets_dir);
    r = load_facts(s, e);
    if (r >= 0)
        r = show_load(&s->arena, dir, s->preset_dirs, &s->show, e);
    if (r >= 0 && p->lock_for)
        r = lock_take(dir, p->lock_for, &s->lock_fd, &killed, e);
    if (r < 0)
        return r;
    if (killed)
        sweep(s, p->progress);
    s->hashes = hashes_open(dir);
    s->worker = worker_new(session_worker_path(&s->arena));
    return 0;
}

void session_close(struct session *s)
{
    worker_free(s->worker);
    // Who only looks leaves no trace.
    hashes_close(s->hashes, s->lock_fd > 0);
    remembered_close(s->remembered, s->lock_fd > 0);
    lock_release(s->lock_fd, !s->unswept && !worker_died());
    arena_done(&s->arena);
    *s = (struct session){.lock_fd = -1};
}
