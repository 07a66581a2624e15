// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue is the published.json files: a colleague who clones the show without any media
// rebuilds the same feed.
#include "base/fs.h"
#include "base/str.h"
#include "plan/agenda.h"
#include "plan/facts.h"
#include "plan/feeds.h"
#include "plan/kit.h"
#include "plan/liveitem.h"
#include "plan/pages.h"
#include "plan/publish.h"
#include "plan/remembered.h"
#include "plan/retract.h"
#include "plan/settings.h"
#include "plan/tombstone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_place(struct arena *a, struct plan *p, struct catalog_entry *c, const char *number)
{
    const struct municipality *m = number ? municipality_find(&p->s->municipalities, number) : NULL;
    for (size_t i = 0; m && i < c->num_places; i++)
        if (c->places[i] == m)
            return;
    if (!m)
        return;
    if (!c->places)
        c->places =
            arena_array(a, const struct municipality *, p->ep->num_guests + p->ep->num_resources);
    c->places[c->num_places++] = m;
}

// Which feeds it belongs to.
static void add_membership(struct arena *a, struct plan *p, struct catalog_entry *c)
{
    const struct episode *ep = p->ep;
    c->theme_id = ep->theme ? arena_strdup(a, ep->theme->id) : NULL;
    c->theme = ep->theme ? arena_strdup(a, facts_theme(ep->theme, p->s->show.language)) : NULL;
    c->goals = ep->goals;
    c->season = ep->season;
    for (size_t i = 0; i < ep->num_guests; i++)
        add_place(a, p, c, ep->guests[i].municipality);
    for (size_t i = 0; i < ep->num_resources; i++)
        add_place(a, p, c, ep->resources[i].municipality);
}

static struct json *trailer_json(struct plan *p)
{
    if (!str_same(p->ep->kind, "trailer") || !p->published.num_files)
        return NULL;
    const struct published_file *f = &p->published.files[0];
    struct json *o = json_new_object();
    json_put_text(o, "title", p->ep->title);
    json_put_text(o, "path", f->path);
    json_put_text(o, "type", f->type);
    json_put_int(o, "bytes", f->bytes);
    json_put_int(o, "published_utc_s", plan_published_utc_s(p));
    facts_put_number(o, "season", p->ep->season);
    return o;
}

static const char *hash_of(struct arena *a, const struct step *step, const char *file)
{
    return arena_strdup(a, json_text(store_output(step->record, file), "sha256"));
}

static struct catalog_entry *add_entry(struct arena *a, struct catalog *c, struct plan *p,
                                       const char *folder)
{
    const struct step *item = plan_step(p, "item", NULL);
    c->entries = arena_grow(a, c->entries, c->count, &c->cap, sizeof *c->entries);
    struct catalog_entry *one = &c->entries[c->count++];
    *one = (struct catalog_entry){
        .folder = arena_strdup(a, folder),
        .guid = arena_strdup(a, p->published.guid),
        .published_utc_s = plan_published_utc_s(p),
        .item_path = arena_strdup(a, plan_output_path(p, item, "item.xml")),
        .item_hash = hash_of(a, item, "item.xml"),
        .video_path = arena_strdup(a, plan_output_path(p, item, "video.xml")),
        .video_hash = hash_of(a, item, "video.xml"),
        .entry = pages_entry(p),
        .texts = pages_texts(p),
        .trailer = trailer_json(p),
        .kit = kit_entry(p),
    };
    add_membership(a, p, one);
    return one;
}

// Who took the consent back is not announced any more.
static void add_live(struct catalog *c, struct plan *p)
{
    bool quiet = !p->published.guid && retract_withdrawn(p->ep);
    bool runs = quiet && liveitem_status(p, p->s->now_utc_s) == LIVEITEM_LIVE;
    struct json *live = quiet && !runs ? NULL : liveitem_make(p);
    struct json *broadcast = quiet ? NULL : agenda_broadcast(p);
    if (broadcast && !c->agenda)
        c->agenda = json_new_array();
    if (broadcast)
        json_push(c->agenda, broadcast);
    if (live && !c->live)
        c->live = json_new_object();
    if (live)
        json_put(c->live, p->slug, live);
}

static void add_tomb(struct catalog *c, struct plan *p)
{
    if (!published_retracted(&p->published))
        return;
    c->tombs = c->tombs ? c->tombs : json_new_array();
    json_push(c->tombs, tombstone_facts(p));
}

static bool is_public(const struct plan *p)
{
    return p->published.guid && !published_retracted(&p->published);
}

void catalog_look(struct catalog *c, struct arena *a, struct plan *p)
{
    const struct step *item = plan_step(p, "item", NULL);
    add_live(c, p);
    add_tomb(c, p);
    if (!is_public(p) || plan_published_utc_s(p) > p->s->now_utc_s)
        return;
    if (item->state == STEP_FRESH)
        add_entry(a, c, p, p->ep->folder);
    else
        c->not_ready = arena_strdup(a, p->ep->folder);
}

static struct remembered *memory(struct session *s)
{
    if (!s->remembered)
        s->remembered = remembered_open(s);
    return s->remembered;
}

static bool is_same(void *ctx, const char *folder)
{
    return remembered_guid(memory(ctx), folder) != NULL;
}

// No command that reads the catalogue makes an episode.
static int list_folders(struct session *s, struct err *e)
{
    return s->folders ? 0
                      : episode_folders_but(&s->arena, s->dir, is_same, s, &s->folders,
                                            &s->num_folders, e);
}

static int read_episode(struct session *s, struct arena *a, struct catalog *c, const char *folder,
                        struct err *e)
{
    struct plan p;
    int r = plan_open(&p, s, folder, e);
    if (r >= 0)
        add_live(c, &p);
    if (r >= 0)
        add_tomb(c, &p);
    if (r >= 0 && is_public(&p)) {
        retract_warn(&p);
        r = plan_run_words(&p, e);
        if (r >= 0)
            r = publish_episode_files(&p, e);
        if (r >= 0 && plan_published_utc_s(&p) > s->now_utc_s)
            c->waiting++;
        else if (r >= 0)
            remembered_put(memory(s), &p, add_entry(a, c, &p, folder));
    }
    plan_close(&p);
    return r;
}

static int add_episode(struct session *s, struct arena *a, struct catalog *c, const char *folder,
                       struct err *e)
{
    struct catalog_entry known;
    if (!remembered_get(memory(s), folder, &known))
        return read_episode(s, a, c, folder, e);
    c->entries = arena_grow(a, c->entries, c->count, &c->cap, sizeof *c->entries);
    c->entries[c->count++] = known;
    return 0;
}

int catalog_fill(struct session *s, struct catalog *c, struct err *e)
{
    for (size_t i = 0; i < c->count; i++) {
        struct catalog_entry *one = &c->entries[i];
        if (one->entry)
            continue;
        struct json *more;
        int r = remembered_more(s->remembered, one, &more, e);
        if (r < 0)
            return r;
        one->entry = json_keep(json_get(more, "entry"));
        one->texts = json_keep(json_get(more, "texts"));
        one->kit = json_get(more, "kit") ? json_keep(json_get(more, "kit")) : NULL;
        json_free(more);
    }
    return 0;
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
    int r = feeds_make(show->s, &show->arena, c, &c->feeds, e);
    if (r >= 0)
        r = plan_look(show, plan_step(show, "art", NULL), e);
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
    int r = list_folders(s, e);
    for (size_t i = 0; r >= 0 && i < s->num_folders; i++)
        r = add_episode(s, a, ret, s->folders[i], e);
    sort(ret);
    return r;
}

void catalog_done(struct catalog *c)
{
    for (size_t i = 0; i < c->count; i++) {
        json_free(c->entries[i].entry);
        json_free(c->entries[i].trailer);
        json_free(c->entries[i].texts);
        json_free(c->entries[i].kit);
    }
    json_free(c->live);
    json_free(c->agenda);
    json_free(c->tombs);
    *c = (struct catalog){0};
}

struct owner {
    const char *guid, *folder;
};

// A guid belongs to one episode.
static int refuse_guid(struct session *s, const struct owner *first, const struct owner *second,
                       struct err *e)
{
    struct plan p;
    int r = plan_open(&p, s, second->folder, e);
    const struct node *node = r < 0 ? NULL : node_of(p.ep->file->root, "guid");
    if (r >= 0 && node)
        r = node_error(node, e,
                       "a guid belongs to one episode for life; leave it out of the new one",
                       "the guid is used by %s already", first->folder);
    else if (r >= 0)
        r = err_input(e,
                      "%s/published.json: the guid %s is used by %s already\n"
                      "a copied episode folder must not keep published.json: delete it there",
                      second->folder, second->guid, first->folder);
    plan_close(&p);
    return r;
}

static int by_guid(const void *x, const void *y)
{
    const struct owner *a = x, *b = y;
    int order = strcmp(a->guid, b->guid);
    return order ? order : strcmp(a->folder, b->folder);
}

static int read_owner(struct session *s, struct arena *a, const char *folder, struct owner *ret,
                      struct err *e)
{
    const char *known = remembered_guid(memory(s), folder);
    struct plan p;
    if (known) {
        *ret = (struct owner){known, folder};
        return 0;
    }
    int r = plan_open(&p, s, folder, e);
    if (r >= 0)
        *ret = (struct owner){arena_strdup(a, plan_guid(&p)), folder};
    plan_close(&p);
    return r;
}

int catalog_check(struct session *s, struct err *e)
{
    struct arena a = {0};
    int r = list_folders(s, e);
    size_t n = s->num_folders;
    struct owner *owners = arena_array(&a, struct owner, n + 1);
    for (size_t i = 0; r >= 0 && i < n; i++)
        r = read_owner(s, &a, s->folders[i], &owners[i], e);
    if (r >= 0 && n)
        qsort(owners, n, sizeof *owners, by_guid);
    for (size_t i = 1; r >= 0 && i < n; i++)
        if (str_same(owners[i - 1].guid, owners[i].guid))
            r = refuse_guid(s, &owners[i - 1], &owners[i], e);
    arena_done(&a);
    return r < 0 ? r : 0;
}
