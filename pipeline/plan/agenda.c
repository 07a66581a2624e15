// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/agenda.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "plan/facts.h"
#include "plan/publish.h"

enum { HOUR_S = 3600 };

static const char *uid(struct plan *p, const char *name)
{
    char *text = arena_alloc(&p->arena, UUID_TEXT);
    return uuid_v5(p->s->show.guid, name, text, NULL) < 0 ? name : text;
}

// Where it is about: the municipalities of the guests.
static const char *places(struct plan *p)
{
    struct str s;
    str_init(&s, 1024);
    for (size_t i = 0; i < p->ep->num_guests; i++) {
        const char *number = p->ep->guests[i].municipality;
        const struct municipality *m =
            number ? municipality_find(&p->s->municipalities, number) : NULL;
        if (m && !strstr(s.p ? s.p : "", m->name))
            str_addf(&s, "%s%s", s.len ? ", " : "", m->name);
    }
    const char *text = s.len ? arena_strdup(&p->arena, s.p) : NULL;
    str_done(&s);
    return text;
}

struct json *agenda_broadcast(struct plan *p)
{
    const struct planned *b = &p->ep->planned;
    if (!b->start_utc_s || published_retracted(&p->published))
        return NULL;
    // Where it is seen; once its recording is public, there.
    const char *page = p->published.guid
                           ? arena_printf(&p->arena, "%sepisodes/%s/", p->s->show.site, p->slug)
                       : b->watch ? b->watch
                                  : p->s->show.site;
    struct json *o = json_new_object();
    json_put_text(o, "uid", uid(p, arena_printf(&p->arena, "%s/broadcast", p->slug)));
    json_put_text(o, "title", p->ep->title);
    json_put_text(o, "summary", p->ep->summary);
    json_put_int(o, "start_utc_s", b->start_utc_s);
    // Calendars draw nothing where nothing lasts: an hour, as most talks do.
    json_put_int(o, "seconds", b->end_utc_s ? b->end_utc_s - b->start_utc_s : HOUR_S);
    json_put_text(o, "url", page);
    json_put_text(o, "location", places(p));
    json_put_text(o, "status", b->status);
    return o;
}

// ---- the themes

static struct json *month_json(struct plan *p, int year, int month, const struct calendar_month *m)
{
    const char *language = p->s->show.language;
    struct json *o = json_new_object(), *goals = json_new_array();
    const char *name = arena_printf(&p->arena, "%04d-%02d", year, month);
    json_put_text(o, "uid", uid(p, name));
    json_put_text(o, "month", name);
    json_put_text(o, "theme", facts_theme(m->theme, language));
    json_put_text(o, "note", m->note);
    for (int n = 1; n <= SDG_LAST; n++) {
        if (!(calendar_goals(m) & SDG(n)))
            continue;
        struct json *one = json_new_object();
        json_put_int(one, "number", n);
        json_put_text(one, "title", goal_title(&p->s->goals, n, language));
        json_push(goals, one);
    }
    json_put(o, "goals", goals);
    return o;
}

static int year_of(int64_t utc_s)
{
    struct civil c;
    clock_civil(utc_s, &c);
    return c.year;
}

// From the first year the show has something in, to the end of the next one.
static struct json *months(struct plan *p)
{
    const struct catalog *c = p->catalog;
    int last = year_of(p->s->now_utc_s) + 1, first = last - 1;
    struct json *list = json_new_array();
    for (size_t i = 0; i < c->count; i++)
        if (year_of(c->entries[i].published_utc_s) < first)
            first = year_of(c->entries[i].published_utc_s);
    for (int year = first; year <= last; year++)
        for (int month = 1; month <= 12; month++) {
            const struct calendar_month *m = calendar_at(&p->s->show.calendar, year, month);
            if (m && m->theme)
                json_push(list, month_json(p, year, month, m));
        }
    return list;
}

// ---- what was changed, and when

static char *state_path(struct plan *show)
{
    return fs_join(&show->arena, show->s->dir, "episodes/show.state.json");
}

static void fingerprint(const struct json *broadcast, char ret[HASH_HEX])
{
    struct str s;
    str_init(&s, STR_MAX);
    json_canonical(&s, broadcast);
    hash_bytes(s.p, s.len, ret);
    str_done(&s);
}

// A copy with sequence and stamp: those that are known where nothing has changed since.
static struct json *dated(const struct json *broadcast, const struct json *known, int64_t now_utc_s)
{
    struct json *o = json_new_object();
    char sha[HASH_HEX], when[CLOCK_TEXT];
    fingerprint(broadcast, sha);
    for (size_t i = 0; i < json_count(broadcast); i++) {
        const char *key = json_key_at(broadcast, i);
        json_put(o, key, json_keep(json_get(broadcast, key)));
    }
    const struct json *before = json_get(known, json_text(broadcast, "uid"));
    bool same = str_same(json_text(before, "sha256"), sha);
    clock_iso(now_utc_s, when);
    json_put_int(o, "sequence",
                 before ? json_int_in(before, "sequence", 0, INT_MAX - 1, 0) + !same : 0);
    json_put_text(o, "stamp", same ? json_text_or(before, "stamp", when) : when);
    json_put_text(o, "sha256", sha);
    return o;
}

void agenda_put(struct plan *show, struct json *into)
{
    const struct json *all = show->catalog->agenda;
    struct json *state = NULL, *list = json_new_array();
    json_load(state_path(show), &state, NULL); // without it everything is new
    for (size_t i = 0; i < json_count(all); i++)
        json_push(list, dated(json_at(all, i), json_get(state, "agenda"), show->s->now_utc_s));
    json_put_text(into, "title", show->s->show.title);
    json_put_text(into, "summary", show->s->show.summary);
    json_put_text(into, "site", show->s->show.site);
    json_put(into, "broadcasts", list);
    json_put(into, "months", months(show));
    json_free(state);
}

int agenda_remember(struct plan *show, const struct json *settings, struct err *e)
{
    const struct json *list = json_get(settings, "broadcasts");
    struct json *state = NULL, *agenda = json_new_object();
    int r = json_load(state_path(show), &state, e);
    if (r == -ENOENT)
        r = 0;
    if (r < 0 || (!state && !json_count(list))) {
        json_free(agenda);
        return r;
    }
    state = state ? state : json_new_object();
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *b = json_at(list, i);
        struct json *o = json_new_object();
        json_put_text(o, "sha256", json_text(b, "sha256"));
        json_put_int(o, "sequence", json_int(b, "sequence", 0));
        json_put_text(o, "stamp", json_text(b, "stamp"));
        json_put(agenda, json_text_or(b, "uid", ""), o);
    }
    json_put(state, "agenda", agenda);
    r = json_save(state_path(show), state, e);
    json_free(state);
    return r < 0 ? r : 0;
}
