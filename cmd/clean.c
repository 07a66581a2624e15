// SPDX-License-Identifier: GPL-3.0-or-later
// clean: gives back what can be made again; originals and public/ stay.
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "plan/publish.h"

#include <stdio.h>

static int clean_one(struct session *s, const char *folder, struct tidy *t, struct err *e)
{
    struct plan p;
    int r = plan_open(&p, s, folder, e);
    // Nothing is dropped of an episode that is still being worked on.
    if (r >= 0 && p.published.guid && !published_retracted(&p.published)) {
        r = publish_look(&p, NULL, e);
        if (r >= 0)
            r = publish_tidy(&p, t, e);
    }
    plan_close(&p);
    return r;
}

int cmd_clean(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    char **folders = NULL;
    size_t n = 0;
    struct tidy t = {.only_count = args_has(args, "dry-run")};
    int r = env_open(env, "clean", !t.only_count, &s, e);
    if (r >= 0)
        r = episode_folders(&s.arena, s.dir, &folders, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = clean_one(&s, folders[i], &t, e);
    if (r >= 0)
        r = publish_tidy_gone(&s, &t, e);
    if (r >= 0)
        r = publish_tidy_previews(&s, &t, e);
    if (r >= 0 && env->json) {
        struct json *o = json_new_object();
        json_put_int(o, "freed_bytes", t.freed);
        json_put_bool(o, "dry_run", t.only_count);
        print_json(o);
        json_free(o);
    } else if (r >= 0 && env->verbosity >= 0) {
        printf("%s %.1f MB\n", t.only_count ? "would give back" : "gave back",
               (double)t.freed / 1e6);
    }
    session_close(&s);
    return r < 0 ? r : 0;
}
