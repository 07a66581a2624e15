// SPDX-License-Identifier: GPL-3.0-or-later
// clean: gives back what can be made again; originals and public/ stay.
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "plan/publish.h"

#include <stdio.h>

static int clean_one(struct session *s, const char *folder, bool dry_run, int64_t *freed,
                     struct err *e)
{
    struct plan p;
    int r = plan_open(&p, s, folder, e);
    // Nothing is dropped of an episode that is still being worked on.
    if (r >= 0 && p.published.guid)
        r = publish_look(&p, NULL, e);
    if (r >= 0 && p.published.guid && !dry_run)
        r = publish_tidy(&p, 0, freed, e);
    else if (r >= 0 && p.published.guid)
        *freed += publish_droppable(&p);
    plan_close(&p);
    return r;
}

int cmd_clean(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    char **folders = NULL;
    size_t n = 0;
    int64_t freed = 0;
    bool dry_run = args_has(args, "dry-run");
    int r = env_open(env, "clean", !dry_run, &s, e);
    if (r >= 0)
        r = episode_folders(&s.arena, s.dir, &folders, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = clean_one(&s, folders[i], dry_run, &freed, e);
    if (r >= 0 && env->json) {
        struct json *o = json_new_object();
        json_put_int(o, "freed_bytes", freed);
        json_put_bool(o, "dry_run", dry_run);
        print_json(o);
        json_free(o);
    } else if (r >= 0 && env->verbosity >= 0) {
        printf("%s %.1f MB\n", dry_run ? "would give back" : "gave back", (double)freed / 1e6);
    }
    session_close(&s);
    return r < 0 ? r : 0;
}
