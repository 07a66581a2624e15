// SPDX-License-Identifier: GPL-3.0-or-later
// status: the same comparison as publish, without doing anything.
#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "cmd.h"
#include "live.h"
#include "plan/liveitem.h"
#include "plan/publish.h"
#include "plan/retract.h"
#include "plan/review.h"
#include "plan/todo.h"
#include "reminder.h"
#include "report.h"
#include "term.h"

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

// Of guests who were asked, and of all once a broadcast was recorded.
static struct json *consents_missing(const struct episode *ep, bool recorded)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < ep->num_guests; i++) {
        const struct person *g = &ep->guests[i];
        const char *missing[REVIEW_SCOPES];
        size_t n = review_consent(g, missing);
        if (!n || (!recorded && !g->consent_date))
            continue;
        struct json *o = json_new_object(), *scopes = json_new_array();
        json_put_text(o, "name", g->name);
        for (size_t k = 0; k < n; k++)
            json_push_text(scopes, missing[k]);
        json_put(o, "missing", scopes);
        json_push(list, o);
    }
    if (json_count(list))
        return list;
    json_free(list);
    return NULL;
}

// What has to do with a broadcast of it.
static void add_live(struct plan *p, struct json *o)
{
    struct session *s = p->s;
    struct json *due = end_captions_due(&p->arena, s->dir, p->slug, p->ep, s->now_utc_s);
    json_put_text(o, "live", liveitem_statuses[liveitem_status(p, s->now_utc_s)]);
    if (p->ep->planned.start_utc_s) {
        char when[CLOCK_TEXT];
        clock_iso(p->ep->planned.start_utc_s, when);
        json_put_text(o, "live_start", when);
    }
    json_put(o, "consents_missing", consents_missing(p->ep, due != NULL));
    json_put(o, "captions_due", due);
    json_put_text(o, "delivered", json_text(p->published.rest, "delivered"));
    reminder_episode(p, o);
}

// Who took the consent back, of an episode that is not taken down.
static struct json *withdrawn(const struct plan *p)
{
    const struct person *g = retract_withdrawn(p->ep);
    if (!g || published_retracted(&p->published))
        return NULL;
    struct json *o = json_new_object();
    json_put_text(o, "name", g->name);
    json_put_text(o, "date", g->withdrawn);
    json_put_bool(o, "public", p->published.guid != NULL);
    return o;
}

static struct json *retracted_status(struct plan *p)
{
    const struct json *record = retract_record(p);
    struct json *o = json_new_object(), *r = json_new_object();
    json_put_text(o, "episode", p->ep->folder);
    json_put_text(o, "guid", p->published.guid);
    json_put_text(o, "title", p->ep->title);
    json_put_text(o, "state", "retracted");
    json_put_text(r, "at", json_text(record, "at"));
    json_put_text(r, "by", json_text(record, "by"));
    json_put_text(r, "reason", json_text(record, "reason"));
    json_put_text(r, "undone", json_text(record, "undone"));
    json_put_bool(r, "finished", json_text(record, "finished") != NULL);
    json_put(o, "retracted", r);
    return o;
}

// A file that cannot be read is a line of the status, not its end.
static struct json *look(struct session *s, const char *folder, struct catalog *c)
{
    struct plan p;
    struct err e = {0};
    struct json *o = NULL;
    int r = plan_open(&p, s, folder, &e);
    bool opened = r >= 0;
    if (opened && published_retracted(&p.published)) {
        o = retracted_status(&p);
        catalog_look(c, &s->arena, &p);
        plan_close(&p);
        return o;
    }
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
    if (opened) {
        json_put(o, "consent_withdrawn", withdrawn(&p));
        add_live(&p, o);
    }
    if (r >= 0 || (opened && !p.published.guid))
        catalog_look(c, &s->arena, &p);
    else
        c->not_ready = folder;
    plan_close(&p);
    return o;
}

// Feed and pages; NULL: they cannot be looked at.
static struct json *look_at_show(struct session *s, struct catalog *c)
{
    struct plan show;
    struct json *o = NULL;
    plan_open_show(&show, s);
    if (catalog_look_show(c, &show, NULL) >= 0) {
        o = json_new_object();
        json_put(o, "stages", report_stages(&show));
    }
    plan_close(&show);
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

static void print_live(const struct json *o)
{
    const struct json *consents = json_get(o, "consents_missing");
    if (json_text(o, "live"))
        printf("  %-12s %-9s %s\n", "broadcast", json_text(o, "live"),
               json_text_or(o, "live_start", ""));
    for (size_t i = 0; i < json_count(consents); i++) {
        const struct json *c = json_at(consents, i), *missing = json_get(c, "missing");
        printf("  %-12s %-9s %s:", "consent", "missing", json_text_or(c, "name", ""));
        for (size_t k = 0; k < json_count(missing); k++)
            printf("%s %s", k ? "," : "", json_as_text(json_at(missing, k)));
        putchar('\n');
    }
    print_captions_due(json_get(o, "captions_due"));
}

static void print_stages(const struct json *stages, const char *head, int verbosity)
{
    bool first = true;
    for (size_t i = 0; i < json_count(stages); i++) {
        const struct json *s = json_at(stages, i);
        const char *state = json_text_or(s, "state", "");
        bool quiet = str_same(state, "fresh") || str_same(state, "left out");
        if (quiet && verbosity <= 0)
            continue;
        if (first && head)
            puts(head);
        first = false;
        printf("  %-12s %-9s %s\n", json_text_or(s, "name", ""), state, json_text_or(s, "why", ""));
    }
}

// Comes before everything else.
static void print_withdrawn(const struct json *episodes)
{
    const char *begin = term_colors() ? "\033[1;31m" : "", *end = *begin ? "\033[0m" : "";
    for (size_t i = 0; i < json_count(episodes); i++) {
        const struct json *o = json_at(episodes, i), *w = json_get(o, "consent_withdrawn");
        const char *folder = json_text_or(o, "episode", "");
        if (!w)
            continue;
        bool public = json_bool(w, "public", false);
        printf("%sCONSENT WITHDRAWN: %s, by %s on %s%s%s\n", begin, folder,
               json_text_or(w, "name", ""), json_text_or(w, "date", ""),
               public ? ", and it is still public" : ": it must not be published", end);
        if (public)
            printf("%s  dgl-episode retract %s --reason \"the consent was withdrawn\"%s\n", begin,
                   folder, end);
    }
}

static void print_retracted(const struct json *o)
{
    const struct json *r = json_get(o, "retracted");
    if (!r)
        return;
    printf("  since        %.10s, by %s: %s\n", json_text_or(r, "at", ""),
           json_text_or(r, "by", "nobody"), json_text_or(r, "reason", "no reason"));
    if (!json_bool(r, "finished", false))
        printf("  unfinished   dgl-episode retract %s\n", json_text_or(o, "episode", ""));
    if (json_text(r, "undone"))
        printf("  undone       %.10s: dgl-episode publish %s makes it public again\n",
               json_text(r, "undone"), json_text_or(o, "episode", ""));
}

static void print_episode(const struct json *o, int verbosity)
{
    printf("%-24s %-10s %s\n", json_text_or(o, "episode", ""), json_text_or(o, "state", ""),
           json_text_or(o, "title", ""));
    if (json_text(o, "error"))
        printf("  %s\n", json_text(o, "error"));
    print_retracted(o);
    print_live(o);
    print_stages(json_get(o, "stages"), NULL, verbosity);
    report_print_picture(o);
}

static void print_status(const struct json *o, int verbosity)
{
    const struct json *episodes = json_get(o, "episodes"), *next = json_get(o, "next");
    const struct json *disk = json_get(o, "disk");
    print_withdrawn(episodes);
    for (size_t i = 0; i < json_count(episodes); i++)
        print_episode(json_at(episodes, i), verbosity);
    print_stages(json_get(json_get(o, "show"), "stages"), "the show", verbosity);
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
    reminder_print(o);
    printf("disk: originals %.1f MB, results %.1f MB, public %.1f MB, free %.1f GB\n",
           (double)json_int(disk, "originals", 0) / 1e6, (double)json_int(disk, "store", 0) / 1e6,
           (double)json_int(disk, "public", 0) / 1e6, (double)json_int(disk, "free", 0) / 1e9);
}

int cmd_status(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    struct catalog c = {0};
    char **folders = NULL, *one = NULL;
    size_t n = 0;
    const char *done = args_text(args, "done");
    int r = env_open(env, "status", done != NULL, &s, e);
    if (r >= 0 && done)
        r = todo_tick(&s, done, e);
    if (r >= 0)
        r = episode_folders(&s.arena, s.dir, &folders, &n, e);
    if (r >= 0 && args->num_words)
        r = episode_find(&s.arena, s.dir, args->words[0], &one, e);
    if (r >= 0) {
        struct json *o = json_new_object(), *episodes = json_new_array();
        for (size_t i = 0; i < n; i++)
            if (!one || str_same(one, folders[i]))
                json_push(episodes, look(&s, folders[i], &c));
        json_put(o, "episodes", episodes);
        if (!one)
            json_put(o, "show", look_at_show(&s, &c));
        json_put(o, "next", next_month(&s, folders, n));
        json_put(o, "disk", disk_use(&s));
        if (!one)
            r = reminder_show(&s, o, e);
        if (r >= 0 && env->json)
            print_json(o);
        else if (r >= 0)
            print_status(o, env->verbosity);
        json_free(o);
    }
    catalog_done(&c);
    session_close(&s);
    return r < 0 ? r : 0;
}
