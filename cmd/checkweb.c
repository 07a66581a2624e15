// SPDX-License-Identifier: GPL-3.0-or-later
// dgl-episode-net fetches, the worker, which has no network, reads what came, and then
// dgl-episode-net looks at the files that are named.
#include "checkweb.h"

#include "base/fs.h"
#include "base/str.h"
#include "plan/weblint.h"

#include <errno.h>
#include <stdlib.h>

enum { NEWEST = 20, SAMPLE = 20 };

static int make_folder(struct arena *a, char **ret, struct err *e)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = arena_printf(a, "%s/dgl-episode-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir))
        return err_errno(e, -errno, dir);
    *ret = dir;
    return 0;
}

static struct json *net_job(const char *what, double timeout_s)
{
    struct json *job = json_new_object();
    json_put_text(job, "do", what);
    json_put_real(job, "timeout_s", timeout_s);
    return job;
}

static int read_feed(const struct env *env, struct arena *a, const char *file, const char *url,
                     struct json **ret, struct err *e)
{
    struct json *settings = json_new_object(), *in = json_new_object();
    json_put_text(settings, "shown", url);
    json_put_int(settings, "newest", NEWEST);
    json_put_int(settings, "sample", SAMPLE);
    json_put_text(in, "feed", file);
    json_put_text(
        in, "categories",
        preset_path(a, session_preset_dirs(a, NULL, env->presets_dir), "apple-categories.json"));
    return tool_run(env, "check", settings, in, ret, e);
}

static int look_at_files(const struct env *env, struct arena *a, const char *url, double timeout_s,
                         const struct json *links, struct json *findings, struct err *e)
{
    struct json *job = net_job("look", timeout_s), *done = NULL;
    json_put(job, "links", weblint_asks(links));
    int r = net_run(env, job, &done, e);
    if (r >= 0)
        weblint_files(a, url, links, json_get(done, "links"), findings);
    json_free(done);
    return r;
}

static int check_in(const struct env *env, struct arena *a, const char *dir, const char *url,
                    double timeout_s, struct json *findings, struct err *e)
{
    struct json *job = net_job("fetch", timeout_s), *fetched = NULL, *read = NULL;
    const char *file = fs_join(a, dir, "feed.xml");
    json_put_text(job, "url", url);
    json_put_text(job, "to", file);
    int r = net_run(env, job, &fetched, e);
    if (r >= 0 && fs_exists(file))
        r = read_feed(env, a, file, url, &read, e);
    if (r >= 0)
        weblint_feed(a, url, fetched, json_text(read, "self"), findings);
    const struct json *found = json_get(read, "findings");
    for (size_t i = 0; r >= 0 && i < json_count(found); i++)
        json_push(findings, json_keep(json_at(found, i)));
    if (r >= 0 && json_count(json_get(read, "links")))
        r = look_at_files(env, a, url, timeout_s, json_get(read, "links"), findings, e);
    json_free(fetched);
    json_free(read);
    return r;
}

int checkweb(const struct env *env, const char *url, double timeout_s, struct json *findings,
             struct err *e)
{
    struct arena a = {0};
    char *dir = NULL;
    int r = make_folder(&a, &dir, e);
    if (r >= 0) {
        r = check_in(env, &a, dir, url, timeout_s, findings, e);
        fs_remove_tree(dir, NULL);
    }
    arena_done(&a);
    return r;
}

bool checkweb_unanswered(const struct json *findings)
{
    for (size_t i = 0; i < json_count(findings); i++)
        if (json_bool(json_at(findings, i), "unanswered", false))
            return true;
    return false;
}
