// SPDX-License-Identifier: GPL-3.0-or-later
// normalize EPISODE --preview START+LENGTH
#include "plan/preview.h"

#include "base/fs.h"
#include "cmd.h"
#include "plan/retract.h"

#include <stdio.h>
#include <string.h>

static const tick longest = 600 * TICKS_PER_SEC, shortest = TICKS_PER_SEC;

// "00:10:00+30"
static int parse(const char *text, struct span *ret, struct err *e)
{
    static const char form[] =
        "usage: dgl-episode normalize EPISODE --preview 00:10:00+30 (where it "
        "begins in the recording, and how many seconds)";
    struct arena a = {0};
    const char *plus = strchr(text, '+');
    tick start = 0, length = 0;
    bool good = plus && tick_parse(arena_strndup(&a, text, (size_t)(plus - text)), &start) &&
                tick_parse(plus + 1, &length);
    arena_done(&a);
    if (!good)
        return err_usage(e, "--preview %s: not a place and a length\n%s", text, form);
    if (length < shortest || length > longest)
        return err_usage(e, "--preview %s: an excerpt takes 1 to 600 seconds\n%s", text, form);
    *ret = (struct span){start, start + length};
    return 0;
}

static void put_path(struct plan *p, const struct json *measured, const char *name,
                     struct json *into)
{
    static const char *const keys[] = {"integrated_lufs", "true_peak_dbtp", "duration_s"};
    const struct json *from = json_get(measured, name);
    struct json *o = json_new_object();
    json_put_text(o, "path", arena_printf(&p->arena, "%s/%s.wav", preview_dir(p), name));
    for (size_t i = 0; i < COUNT(keys); i++)
        json_put(o, keys[i], json_keep(json_get(from, keys[i])));
    json_put(into, name, o);
}

static struct json *result(struct plan *p, const struct json *measured)
{
    static const char *const keys[] = {"from_s",  "to_s",         "cut_s",
                                       "gain_db", "ceiling_dbtp", "exact"};
    struct json *o = json_new_object();
    json_put_text(o, "episode", p->ep->folder);
    for (size_t i = 0; i < COUNT(keys); i++)
        json_put(o, keys[i], json_keep(json_get(measured, keys[i])));
    put_path(p, measured, "before", o);
    put_path(p, measured, "after", o);
    return o;
}

static void print_one(const struct json *o, const char *name, const char *show_dir)
{
    const struct json *x = json_get(o, name);
    printf("  %-7s", name);
    if (json_number(x, "integrated_lufs", 0) < 0)
        printf("%6.1f LUFS ", json_number(x, "integrated_lufs", 0));
    printf("%6.1f dBTP  %s/%s\n", json_number(x, "true_peak_dbtp", -96), show_dir,
           json_text_or(x, "path", ""));
}

static void print(const struct env *env, const struct json *o, const char *show_dir)
{
    if (env->json) {
        print_json(o);
        return;
    }
    if (env->verbosity < 0)
        return;
    printf("%s  %.1f s from the recording's %.1f s\n", json_text_or(o, "episode", ""),
           json_number(o, "to_s", 0) - json_number(o, "from_s", 0), json_number(o, "from_s", 0));
    print_one(o, "before", show_dir);
    print_one(o, "after", show_dir);
    if (json_number(o, "cut_s", 0) > 0)
        printf("  %.1f s of it are cut out of the episode\n", json_number(o, "cut_s", 0));
    if (!json_bool(o, "exact", true))
        puts("  the master may differ from it by some tenths of a decibel");
}

int cmd_preview(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    struct plan p = {0};
    struct span excerpt = {0};
    struct json *measured = NULL;
    char *folder = NULL;
    int r = parse(args_text(args, "preview"), &excerpt, e);
    if (r < 0)
        return r;
    r = env_open(env, args->command, true, &s, e);
    if (r >= 0)
        r = episode_find(&s.arena, s.dir, args->words[0], &folder, e);
    if (r >= 0)
        r = plan_open(&p, &s, folder, e);
    if (r >= 0)
        r = retract_refuse(&p, e);
    if (r >= 0)
        r = preview_make(&p, excerpt, &measured, e);
    if (r >= 0) {
        struct json *o = result(&p, measured);
        print(env, o, s.dir);
        json_free(o);
    }
    json_free(measured);
    plan_close(&p);
    session_close(&s);
    return r < 0 ? r : 0;
}
