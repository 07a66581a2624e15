// SPDX-License-Identifier: GPL-3.0-or-later
#include "reminder.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/str.h"
#include "plan/backup.h"
#include "plan/lawful.h"
#include "plan/todo.h"

enum { DAY_S = 86400 };

static void put_lacking(struct plan *p, struct json *o)
{
    struct json *findings = json_new_array(), *list = json_new_array();
    if (!p->ep->num_recordings)
        json_push_text(list, "recording");
    lawful_review(p, findings);
    for (size_t i = 0; i < json_count(findings); i++) {
        const struct json *f = json_at(findings, i);
        if (json_text(f, "id") && !json_get(f, "waived"))
            json_push_text(list, json_text(f, "id"));
    }
    json_put(o, "lacking", list);
    json_free(findings);
}

// The day it is promised for; without one the end of its month.
static int64_t due_utc_s(const struct episode *ep, bool *ret_broadcast, int64_t now_utc_s)
{
    *ret_broadcast =
        ep->planned.start_utc_s > now_utc_s && !str_same(ep->planned.status, "cancelled");
    if (*ret_broadcast)
        return ep->planned.start_utc_s;
    if (ep->published_utc_s || !ep->month)
        return ep->published_utc_s;
    struct civil next = {
        .year = (int)(ep->month / 100), .month = (int)(ep->month % 100) + 1, .day = 1};
    if (next.month > 12)
        next.year++, next.month = 1;
    return clock_from_civil(&next) - DAY_S;
}

void reminder_episode(struct plan *p, struct json *o)
{
    bool broadcast;
    char when[CLOCK_TEXT];
    int64_t due = due_utc_s(p->ep, &broadcast, p->s->now_utc_s);
    if (p->published.guid || !due)
        return;
    struct json *d = json_new_object();
    clock_iso(due, when);
    json_put_text(d, "what", broadcast ? "broadcast" : "publish");
    json_put_text(d, "when", when);
    json_put_int(d, "days_left",
                 (due - p->s->now_utc_s + (due > p->s->now_utc_s ? DAY_S - 1 : 0)) / DAY_S);
    json_put(o, "due", d);
    put_lacking(p, o);
}

static bool delivered(const struct json *status)
{
    const struct json *episodes = json_get(status, "episodes");
    for (size_t i = 0; i < json_count(episodes); i++)
        if (json_text(json_at(episodes, i), "delivered"))
            return true;
    return false;
}

int reminder_show(struct session *s, struct json *o, struct err *e)
{
    struct json *todo = NULL;
    int r = delivered(o) ? todo_list(s, &todo, e) : 0;
    json_put(o, "todo", todo);
    json_put(o, "backup", backup_look(s));
    return r;
}

// The one that comes first.
static const struct json *first_due(const struct json *episodes)
{
    const struct json *first = NULL;
    for (size_t i = 0; i < json_count(episodes); i++) {
        const struct json *o = json_at(episodes, i), *due = json_get(o, "due");
        if (due && (!first || json_int(due, "days_left", 0) <
                                  json_int(json_get(first, "due"), "days_left", 0)))
            first = o;
    }
    return first;
}

static void print_due(const struct json *episodes)
{
    const struct json *o = first_due(episodes), *due = json_get(o, "due");
    const struct json *lacking = json_get(o, "lacking");
    if (!o)
        return;
    int64_t days = json_int(due, "days_left", 0);
    printf("due: %s, %s %.10s, ", json_text_or(o, "episode", ""), json_text_or(due, "what", ""),
           json_text_or(due, "when", ""));
    if (days < 0)
        printf("overdue by %" PRId64 " day%s", -days, days == -1 ? "" : "s");
    else
        printf("in %" PRId64 " day%s", days, days == 1 ? "" : "s");
    for (size_t i = 0; i < json_count(lacking); i++)
        printf("%s %s", i ? "," : "; still lacking", json_as_text(json_at(lacking, i)));
    putchar('\n');
}

static void print_todo(const struct json *todo)
{
    for (size_t i = 0; i < json_count(todo); i++) {
        const struct json *t = json_at(todo, i);
        if (!json_text(t, "done"))
            printf("to do: %s (then: dgl-episode status --done %s)\n", json_text_or(t, "text", ""),
                   json_text_or(t, "name", ""));
    }
}

static void print_backup(const struct json *b)
{
    const char *state = json_text_or(b, "state", ""), *folder = json_text_or(b, "folder", "");
    int64_t n = json_int(b, "originals", 0), missing = json_int(b, "missing", 0);
    if (str_same(state, "none"))
        printf("backup: the originals (%" PRId64
               ") lie on this disk only: copy originals/ to another "
               "disk, and say where: backup: /mnt/… in show.yaml\n",
               n);
    else if (str_same(state, "away"))
        printf("backup: %s is not there now: plug the disk in to see whether the originals are "
               "copied\n",
               folder);
    else if (str_same(state, "same disk"))
        printf("backup: %s is on the same disk as the originals: a broken disk takes both\n",
               folder);
    else if (str_same(state, "missing"))
        printf("backup: %" PRId64 " of %" PRId64
               " originals (%.1f MB) are not in %s: copy originals/ "
               "there\n",
               missing, n, (double)json_int(b, "missing_bytes", 0) / 1e6, folder);
}

void reminder_print(const struct json *status)
{
    print_due(json_get(status, "episodes"));
    print_todo(json_get(status, "todo"));
    print_backup(json_get(status, "backup"));
}
