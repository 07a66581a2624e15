// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/texts.h"

#include <errno.h>

#include "base/fs.h"

int texts_show(struct stage_job *job, struct fact_show *ret, struct err *e)
{
    return facts_show(job->arena, json_get(job->settings, "show"), ret, e);
}

int texts_episode(struct stage_job *job, struct fact_episode *ret, struct err *e)
{
    return facts_episode(job->arena, json_get(job->settings, "episode"), ret, e);
}

const char **texts_paths(struct stage_job *job, const char *name)
{
    const struct json *in = json_get(job->in, name);
    const char *one = json_as_text(in);
    size_t n = one ? 0 : json_count(in);
    const char **paths = arena_array(job->arena, const char *, n + 2);
    if (one)
        paths[0] = one;
    for (size_t i = 0; i < n; i++)
        paths[i] = json_as_text(json_at(in, i));
    return paths;
}

int texts_need(struct stage_job *job, const char *name, const char **ret, struct err *e)
{
    const char *path = json_text(job->in, name);
    if (!path)
        return err_set(e, -EINVAL, "input '%s' is missing", name);
    *ret = path;
    return 0;
}

int texts_save(struct stage_job *job, const char *file, const struct str *text, struct err *e)
{
    if (text->over)
        return err_set(e, -EFBIG, "%s is larger than %u MB", file, STR_MAX >> 20);
    int r = fs_replace(fs_join(job->arena, job->variants[0].dir, file), text->p, text->len, e);
    return r < 0 ? r : 0;
}
