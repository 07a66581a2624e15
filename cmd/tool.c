// SPDX-License-Identifier: GPL-3.0-or-later
#include "cmd.h"
#include "model/tick.h"

#include <stdio.h>

bool fault_text(const struct json *fault, char ret[FAULT_TEXT])
{
    char at[TICK_TEXT];
    if (json_int(fault, "count", 0))
        return false;
    tick_text_ms(json_int(fault, "at", 0), at);
    snprintf(ret, FAULT_TEXT, "at %s %s (%.2f s)", at, json_text_or(fault, "text", ""),
             tick_to_s(json_int(fault, "lost", 0)));
    return true;
}

int net_run(const struct env *env, struct json *job, struct json **ret, struct err *e)
{
    struct arena a = {0};
    struct worker *w = worker_new(session_net_path(&a));
    int r = worker_run(w, job, env->progress, ret, e);
    json_free(job);
    worker_free(w);
    arena_done(&a);
    return r;
}

// below NULL: it writes nothing.
static int run(const struct env *env, const char *stage, struct json *settings, struct json *in,
               const char *below, struct json **ret, struct err *e)
{
    struct arena a = {0};
    struct worker *w = worker_new(session_worker_path(&a));
    struct json *job = json_new_object(), *list = json_new_array(), *done = NULL;
    json_put_text(job, "stage", stage);
    json_put(job, "settings", settings);
    json_put(job, "in", in);
    json_put_text(job, "write_below", below);
    json_push(list, json_new_object());
    json_put(job, "variants", list);
    int r = worker_run(w, job, env->progress, &done, e);
    if (r >= 0)
        *ret = json_keep(json_get(json_at(json_get(done, "variants"), 0), "measured"));
    json_free(done);
    json_free(job);
    worker_free(w);
    arena_done(&a);
    return r;
}

int tool_run(const struct env *env, const char *stage, struct json *settings, struct json *in,
             struct json **ret, struct err *e)
{
    return run(env, stage, settings, in, NULL, ret, e);
}

int tool_write(const struct env *env, const char *stage, struct json *settings, const char *below,
               struct json **ret, struct err *e)
{
    return run(env, stage, settings, json_new_object(), below, ret, e);
}
