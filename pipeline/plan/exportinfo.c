// SPDX-License-Identifier: GPL-3.0-or-later
// The words of a package: for who finds it in twenty years.
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "plan/export.h"
#include "plan/publish.h"

// One line a value, whatever was written.
static void add(struct str *s, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    str_addf(s, "%s: ", key);
    for (const char *c = value; *c; c++)
        str_addc(s, (unsigned char)*c < ' ' ? ' ' : *c);
    str_addc(s, '\n');
}

static const char *day(struct arena *a, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_iso(utc_s, text);
    return arena_strndup(a, text, strlen("2026-02-12"));
}

static const char *goals(struct plan *p)
{
    struct str s;
    str_init(&s, STR_MAX);
    for (int n = 1; n <= SDG_LAST; n++)
        if (p->ep->goals >> n & 1)
            str_addf(&s, "%s%d %s", s.len ? "; " : "", n,
                     goal_title(&p->s->goals, n, p->ep->language));
    const char *text = arena_strdup(&p->arena, s.p);
    str_done(&s);
    return text;
}

static void add_guest(struct plan *p, struct str *s, const struct person *g)
{
    const struct municipality *m =
        g->municipality ? municipality_find(&p->s->municipalities, g->municipality) : NULL;
    add(s, "Guest", g->name);
    if (m)
        add(s, "Municipality", arena_printf(&p->arena, "%s %s", m->number, m->name));
    if (!g->consent_date)
        return;
    struct str scopes;
    str_init(&scopes, STR_MAX);
    for (size_t i = 0; i < g->scopes.count; i++)
        str_addf(&scopes, "%s%s", i ? ", " : "", g->scopes.items[i]);
    add(s, "Consent",
        arena_printf(&p->arena, "%s: %s (%s)%s%s", g->name, g->consent_date, scopes.p,
                     g->consent_until ? ", until " : "", g->consent_until ? g->consent_until : ""));
    str_done(&scopes);
}

const char *export_info(struct plan *p, const struct published *was)
{
    const struct show *show = &p->s->show;
    const struct episode *ep = p->ep;
    struct str s;
    str_init(&s, STR_MAX);
    add(&s, "Source-Organization", show->author);
    add(&s, "Contact-Name", show->owner_name);
    add(&s, "Contact-Email", show->owner_email);
    add(&s, "External-Identifier", plan_guid(p));
    add(&s, "External-Description", ep->summary);
    add(&s, "Show", show->title);
    add(&s, "Title", ep->title);
    if (was->guid || ep->published_utc_s)
        add(&s, "Date", day(&p->arena, plan_published_utc_s(p)));
    add(&s, "State", was->guid ? was->state : "not published");
    if (ep->theme)
        add(&s, "Theme", ep->theme->nb);
    add(&s, "Goals", goals(p));
    for (size_t i = 0; i < ep->num_hosts; i++)
        add(&s, "Host", ep->hosts[i].name);
    for (size_t i = 0; i < ep->num_guests; i++)
        add_guest(p, &s, &ep->guests[i]);
    add(&s, "Language", ep->language);
    add(&s, "License", ep->license);
    add(&s, "Bagging-Date", day(&p->arena, p->s->now_utc_s));
    add(&s, "Bag-Software-Agent", "dgl-episode " DGL_VERSION);
    const char *text = arena_strdup(&p->arena, s.p);
    str_done(&s);
    return text;
}

const char *export_record(struct plan *p, const struct json *files)
{
    struct json *o = json_new_object(), *list = json_new_array(), *stages = json_new_object();
    json_put_text(o, "episode", p->ep->folder);
    json_put_text(o, "guid", plan_guid(p));
    json_put_text(o, "dgl-episode", DGL_VERSION);
    for (size_t i = 0; i < p->num_steps; i++) {
        const struct step *step = &p->step[i];
        const struct json *versions =
            step->state == STEP_FRESH ? json_get(step->record, "versions") : NULL;
        if (versions)
            json_put(stages, step_name(&p->arena, step), json_keep(versions));
    }
    json_put(o, "made_with", stages);
    for (size_t i = 0; i < json_count(files); i++) {
        static const char *const keys[] = {"name", "bytes", "sha256"};
        struct json *one = json_new_object();
        for (size_t k = 0; k < COUNT(keys); k++)
            json_put(one, keys[k], json_keep(json_get(json_at(files, i), keys[k])));
        json_push(list, one);
    }
    json_put(o, "files", list);
    struct str s;
    str_init(&s, STR_MAX);
    json_write(&s, o, true);
    str_addc(&s, '\n');
    const char *text = arena_strdup(&p->arena, s.p);
    str_done(&s);
    json_free(o);
    return text;
}
