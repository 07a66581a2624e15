// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue is the published.json files: a colleague who clones the show without any media
// rebuilds the same feed.
#include "base/fs.h"
#include "base/str.h"
#include "plan/agenda.h"
#include "plan/liveitem.h"
#include "plan/publish.h"
#include "plan/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_entry(struct arena *a, struct catalog *c, struct plan *p, const char *folder)
{
    const struct step *item = plan_step(p, "item", NULL);
    const char *path = plan_output_path(p, item, "item.xml");
    c->entries = arena_grow(a, c->entries, c->count, &c->cap, sizeof *c->entries);
    c->entries[c->count++] = (struct catalog_entry){
        .folder = arena_strdup(a, folder),
        .guid = arena_strdup(a, p->published.guid),
        .published_utc_s = plan_published_utc_s(p),
        .item_path = arena_strdup(a, path),
        .entry = settings_entry(p),
    };
}

static void add_live(struct catalog *c, struct plan *p)
{
    struct json *live = liveitem_make(p), *broadcast = agenda_broadcast(p);
    if (broadcast && !c->agenda)
        c->agenda = json_new_array();
    if (broadcast)
        json_push(c->agenda, broadcast);
    if (live && !c->live)
        c->live = json_new_object();
    if (live)
        json_put(c->live, p->slug, live);
}

static bool is_public(const struct plan *p)
{
    return p->published.guid && str_same(p->published.state, "published");
}

void catalog_look(struct catalog *c, struct arena *a, struct plan *p)
{
    const struct step *item = plan_step(p, "item", NULL);
    add_live(c, p);
    if (!is_public(p) || plan_published_utc_s(p) > p->s->now_utc_s)
        return;
    if (item->state == STEP_FRESH)
        add_entry(a, c, p, p->ep->folder);
    else
        c->not_ready = arena_strdup(a, p->ep->folder);
}

static int add_episode(struct session *s, struct arena *a, struct catalog *c, const char *folder,
                       struct err *e)
{
    struct plan p;
    int r = plan_open(&p, s, folder, e);
    if (r >= 0)
        add_live(c, &p);
    if (r >= 0 && is_public(&p)) {
        r = plan_run_words(&p, e);
        if (r >= 0)
            r = publish_episode_files(&p, e);
        if (r >= 0 && plan_published_utc_s(&p) > s->now_utc_s)
            c->waiting++;
        else if (r >= 0)
            add_entry(a, c, &p, folder);
    }
    plan_close(&p);
    return r;
}

static int newest_first(const void *x, const void *y)
{
    const struct catalog_entry *a = x, *b = y;
    if (a->published_utc_s != b->published_utc_s)
        return a->published_utc_s < b->published_utc_s ? 1 : -1;
    return strcmp(b->folder, a->folder);
}

static void sort(struct catalog *c)
{
    if (c->count)
        qsort(c->entries, c->count, sizeof *c->entries, newest_first);
}

int catalog_look_show(struct catalog *c, struct plan *show, struct err *e)
{
    sort(c);
    show->catalog = c;
    // the show's cover comes last in the table, and first in use
    int r = plan_look(show, plan_step(show, "art", NULL), e);
    if (r >= 0)
        r = plan_look_all(show, NULL, e);
    for (size_t i = 0; r >= 0 && c->not_ready && i < show->num_steps; i++) {
        struct step *step = &show->step[i];
        if (str_same(step->flow->name, "art"))
            continue;
        step->state = STEP_WAITS;
        step->why = arena_printf(&show->arena, "after %s", c->not_ready);
    }
    return r;
}

int catalog_make(struct session *s, struct arena *a, struct catalog *ret, struct err *e)
{
    *ret = (struct catalog){0};
    char **folders;
    size_t n;
    int r = episode_folders(a, s->dir, &folders, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = add_episode(s, a, ret, folders[i], e);
    sort(ret);
    return r;
}

void catalog_done(struct catalog *c)
{
    for (size_t i = 0; i < c->count; i++)
        json_free(c->entries[i].entry);
    json_free(c->live);
    json_free(c->agenda);
    *c = (struct catalog){0};
}

struct seen {
    const char *guid, *folder;
};

static int check_guid(struct seen *seen, size_t n, struct plan *p, struct err *e)
{
    const char *guid = plan_guid(p);
    for (size_t i = 0; i < n; i++) {
        if (!str_same(seen[i].guid, guid))
            continue;
        const struct node *node = node_of(p->ep->file->root, "guid");
        if (node)
            return node_error(node, e,
                              "a guid belongs to one episode for life; leave it out of the new one",
                              "the guid is used by %s already", seen[i].folder);
        return err_input(e,
                         "%s/published.json: the guid %s is used by %s already\n"
                         "a copied episode folder must not keep published.json: delete it there",
                         p->ep->folder, guid, seen[i].folder);
    }
    return 0;
}

int catalog_check(struct session *s, struct err *e)
{
    struct arena a = {0};
    char **folders;
    size_t n;
    int r = episode_folders(&a, s->dir, &folders, &n, e);
    struct seen *seen = arena_array(&a, struct seen, n + 1);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct plan p;
        r = plan_open(&p, s, folders[i], e);
        if (r >= 0)
            r = check_guid(seen, i, &p, e);
        if (r >= 0)
            seen[i] = (struct seen){arena_strdup(&a, plan_guid(&p)), folders[i]};
        plan_close(&p);
    }
    arena_done(&a);
    return r;
}
