// SPDX-License-Identifier: GPL-3.0-or-later
// status: the same comparison as publish, without doing anything.
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "live.h"
#include "plan/publish.h"
#include "report.h"

#include <stdio.h>

static struct json *episode_status(struct plan *p)
{
    struct json *o = report_episode(p, false);
    const char *state = !p->published.guid ? "new" : p->published.state;
    if (p->published.guid && plan_published_utc_s(p) > p->s->now_utc_s)
        state = "waiting";
    json_put_text(o, "state", state);
    if (p->published.guid || p->ep->published_utc_s) {
        char when[CLOCK_TEXT];
        clock_iso(plan_published_utc_s(p), when);
        json_put_text(o, "published", when);
    }
    return o;
}

// A file that cannot be read is a line of the status, not its end.
static struct json *look(struct session *s, const char *folder)
{
    struct plan p;
    struct err e = {0};
    struct json *o = NULL;
    int r = plan_open(&p, s, folder, &e);
    bool opened = r >= 0;
    if (r >= 0)
        r = publish_look(&p, NULL, &e);
    if (r >= 0) {
        o = episode_status(&p);
    } else {
        o = json_new_object();
        json_put_text(o, "episode", folder);
        json_put_text(o, "state", opened ? "not ready" : "unreadable");
        json_put_text(o, "title", opened ? p.ep->title : NULL);
        json_put_text(o, "error", e.text);
    }
    if (opened)
        json_put(o, "captions_due", end_captions_due(&p.arena, s->dir, p.slug, p.ep, s->now_utc_s));
    plan_close(&p);
    return o;
}

// The first month from now on that the calendar names and no episode has.
static struct json *next_month(struct session *s, char **folders, size_t n)
{
    struct civil now;
    clock_civil(s->now_utc_s, &now);
    for (int i = 0; i < 12; i++) {
        int year = now.year + (now.month - 1 + i) / 12, month = (now.month - 1 + i) % 12 + 1;
        const struct calendar_month *m = calendar_at(&s->show.calendar, year, month);
        char prefix[16];
        snprintf(prefix, sizeof prefix, "%04d-%02d", year, month);
        bool taken = false;
        for (size_t k = 0; k < n; k++)
            taken |= str_starts(folders[k], prefix);
        if (!m || taken)
            continue;
        struct json *o = json_new_object(), *goals = json_new_array();
        json_put_text(o, "month", prefix);
        json_put_text(o, "theme", m->theme ? m->theme->nb : NULL);
        for (int g = 1; g <= SDG_LAST; g++)
            if (calendar_goals(m) & SDG(g))
                json_push(goals, json_new_real(g));
        json_put(o, "goals", goals);
        return o;
    }
    return NULL;
}

static struct json *disk_use(struct session *s)
{
    static const char *const dirs[] = {"originals", ".dgl/store", "public"};
    struct json *o = json_new_object();
    for (size_t i = 0; i < COUNT(dirs); i++)
        json_put_int(o, fs_basename(dirs[i]),
                     store_tree_bytes(fs_join(&s->arena, s->dir, dirs[i])));
    json_put_int(o, "free", fs_free_bytes(s->dir));
    return o;
}

static void print_captions_due(const struct json *due)
{
    int64_t days = json_int(due, "days_left", 0);
    if (!due || json_bool(due, "have", false))
        return;
    if (days < 0)
        printf("  captions     overdue   by %lld days", (long long)-days);
    else
        printf("  captions     due       in %lld days", (long long)days);
    printf(" (%.10s): the recording of the broadcast must have them\n",
           json_text_or(due, "until", ""));
}

static void print_episode(const struct json *o, int verbosity)
{
    printf("%-24s %-10s %s\n", json_text_or(o, "episode", ""), json_text_or(o, "state", ""),
           json_text_or(o, "title", ""));
    if (json_text(o, "error"))
        printf("  %s\n", json_text(o, "error"));
    print_captions_due(json_get(o, "captions_due"));
    const struct json *stages = json_get(o, "stages");
    for (size_t i = 0; i < json_count(stages); i++) {
        const struct json *s = json_at(stages, i);
        const char *state = json_text_or(s, "state", "");
        bool calm = str_same(state, "fresh") || str_same(state, "left out");
        if (!calm || verbosity > 0)
            printf("  %-12s %-9s %s\n", json_text_or(s, "name", ""), state,
                   json_text_or(s, "why", ""));
    }
    report_print_picture(o);
}

static void print_status(const struct json *o, int verbosity)
{
    const struct json *episodes = json_get(o, "episodes"), *next = json_get(o, "next");
    const struct json *disk = json_get(o, "disk");
    for (size_t i = 0; i < json_count(episodes); i++)
        print_episode(json_at(episodes, i), verbosity);
    if (!json_count(episodes))
        puts("no episode yet: dgl-episode new YYYY-MM");
    if (next) {
        printf("next: %s, %s, goals", json_text_or(next, "month", ""),
               json_text_or(next, "theme", "no theme"));
        const struct json *goals = json_get(next, "goals");
        for (size_t i = 0; i < json_count(goals); i++)
            printf("%s %.0f", i ? "," : "", json_as_real(json_at(goals, i), 0));
        putchar('\n');
    }
    printf("disk: originals %.1f MB, results %.1f MB, public %.1f MB, free %.1f GB\n",
           (double)json_int(disk, "originals", 0) / 1e6, (double)json_int(disk, "store", 0) / 1e6,
           (double)json_int(disk, "public", 0) / 1e6, (double)json_int(disk, "free", 0) / 1e9);
}

int cmd_status(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    char **folders = NULL, *one = NULL;
    size_t n = 0;
    int r = env_open(env, "status", false, &s, e);
    if (r >= 0)
        r = episode_folders(&s.arena, s.dir, &folders, &n, e);
    if (r >= 0 && args->num_words)
        r = episode_find(&s.arena, s.dir, args->words[0], &one, e);
    if (r >= 0) {
        struct json *o = json_new_object(), *episodes = json_new_array();
        for (size_t i = 0; i < n; i++)
            if (!one || str_same(one, folders[i]))
                json_push(episodes, look(&s, folders[i]));
        json_put(o, "episodes", episodes);
        json_put(o, "next", next_month(&s, folders, n));
        json_put(o, "disk", disk_use(&s));
        if (env->json)
            print_json(o);
        else
            print_status(o, env->verbosity);
        json_free(o);
    }
    session_close(&s);
    return r < 0 ? r : 0;
}
