// SPDX-License-Identifier: GPL-3.0-or-later
// The feed that is public at a target, held against ours.
#include "plan/deliverparts.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "plan/publish.h"

// The guids of a feed's entries, to free; NULL: it is none.
static int read_guids(struct deliver *d, const char *file, const char *shown, struct json **ret,
                      struct err *e)
{
    struct json *job = json_new_object(), *in = json_new_object(), *settings = json_new_object(),
                *list = json_new_array(), *done = NULL;
    json_put_text(settings, "shown", shown);
    json_put_bool(settings, "guids", true);
    json_put_text(in, "feed", file);
    json_push(list, json_new_object());
    json_put_text(job, "stage", "check");
    json_put(job, "settings", settings);
    json_put(job, "in", in);
    json_put(job, "variants", list);
    // A worker that knows the show would be the next one's, too.
    struct worker *w = worker_another(d->s->worker);
    int r = worker_run(w, job, d->s->progress, &done, e);
    worker_free(w);
    const struct json *measured = json_get(json_at(json_get(done, "variants"), 0), "measured");
    bool feed = r >= 0 && json_text(measured, "self");
    *ret = feed ? json_keep(json_get(measured, "guids")) : NULL;
    json_free(done);
    json_free(job);
    return r;
}

// Those of our feeds, and of episodes that were retracted.
static int known_guids(struct deliver *d, struct json **ret, struct err *e)
{
    int r = 0;
    *ret = json_new_object();
    for (size_t i = 0; i < json_count(d->withdrawn); i++) {
        const struct json *p = json_get(d->withdrawn, json_key_at(d->withdrawn, i));
        json_put_bool(*ret, json_text_or(p, "guid", ""), true);
    }
    for (size_t i = 0; r >= 0 && i < d->parcel.count; i++) {
        const struct parcel_file *f = &d->parcel.files[i];
        struct json *guids = NULL;
        bool own = str_same(f->path, "feed.xml") || str_starts(f->path, "feed-archive-");
        if (!own)
            continue;
        r = read_guids(d, f->from, f->path, &guids, e);
        for (size_t k = 0; k < json_count(guids); k++)
            if (json_as_text(json_at(guids, k)))
                json_put_bool(*ret, json_as_text(json_at(guids, k)), true);
        json_free(guids);
    }
    return r < 0 ? r : 0;
}

// Its time was moved into the future: nobody lost it.
static bool is_postponed(struct deliver *d, const char *guid)
{
    struct arena a = {0};
    char **folders;
    size_t n = 0;
    bool found = false;
    if (episode_folders(&a, d->s->dir, &folders, &n, NULL) < 0)
        n = 0;
    for (size_t i = 0; i < n && !found; i++) {
        struct plan p;
        struct err why = {0};
        found = plan_open(&p, d->s, folders[i], &why) >= 0 && str_same(p.published.guid, guid) &&
                plan_published_utc_s(&p) > d->s->now_utc_s;
        plan_close(&p);
    }
    arena_done(&a);
    return found;
}

static int refuse_loss(const struct delivery_job *j, const char *guid, size_t more, struct err *e)
{
    char others[40] = "";
    if (more)
        snprintf(others, sizeof others, " and %zu more", more);
    return err_input(e,
                     "%s: the feed there names the entry %s%s, which the feed of this show lacks: "
                     "its listeners would lose it\n"
                     "fetch the other one's work first (git pull) and publish again; or withdraw "
                     "the episode with dgl-episode retract",
                     j->target->name, guid, others);
}

static int compare_feed(struct deliver *d, struct delivery_job *j, const char *file,
                        const struct json *known, struct err *e)
{
    struct json *guids = NULL;
    const char *lost = NULL;
    size_t num_lost = 0;
    const char *shown = arena_printf(&d->s->arena, "%sfeed.xml", j->target->url);
    int r = read_guids(d, file, shown, &guids, e);
    for (size_t i = 0; r >= 0 && i < json_count(guids); i++) {
        const char *guid = json_as_text(json_at(guids, i));
        if (!guid || json_get(known, guid) || is_postponed(d, guid))
            continue;
        lost = lost ? lost : guid;
        num_lost++;
    }
    if (r >= 0 && lost)
        r = refuse_loss(j, lost, num_lost - 1, e);
    if (r >= 0 && !guids)
        progress_warn(d->s->progress, "%s: what lies there is no feed; it is replaced", shown);
    json_free(guids);
    return r;
}

// 1: it is there now.
static int fetch_feed(struct deliver *d, struct delivery_job *j, const char *to, struct err *e)
{
    struct worker *w = deliver_worker();
    struct json *job = deliver_job(d, j, "get"), *done = NULL;
    json_put_text(job, "path", "feed.xml");
    json_put_text(job, "to", to);
    json_put_int(job, "max_bytes", DELIVER_FEED_MAX);
    int r = worker_run(w, job, d->s->progress, &done, e);
    bool there = json_bool(done, "there", false);
    json_free(done);
    json_free(job);
    worker_free(w);
    return r < 0 ? r : there;
}

// A colleague's machine, or somebody's hand, has been there since: nothing is taken for known.
static int look_anew(struct deliver *d, struct delivery_job *j, const char *file, bool there,
                     struct err *e)
{
    const char *known = receipt_of(&j->receipt, "feed.xml");
    char hex[HASH_HEX] = "";
    int r = there ? hash_file(file, hex, NULL, NULL, NULL, e) : 0;
    if (r < 0 || !known || str_same(hex, known) || j->looks)
        return r < 0 ? r : 0;
    progress_warn(d->s->progress,
                  "%s: the feed there is not the one that was delivered from here last; every file "
                  "there is looked at",
                  j->target->name);
    j->looks = true;
    deliver_list_sent(d, j);
    return 0;
}

int deliver_compare_feeds(struct deliver *d, struct err *e)
{
    struct json *known = NULL;
    int r = fs_mkdirs(fs_join(&d->s->arena, d->s->dir, ".dgl/delivered"), e);
    if (r >= 0)
        r = known_guids(d, &known, e);
    for (size_t i = 0; r >= 0 && i < d->num_jobs; i++) {
        struct delivery_job *j = &d->job[i];
        const char *file =
            arena_printf(&d->s->arena, "%s/.dgl/delivered/%s.feed.xml", d->s->dir, j->target->name);
        r = fetch_feed(d, j, file, e);
        bool there = r > 0;
        if (there)
            r = compare_feed(d, j, file, known, e);
        if (r >= 0)
            r = look_anew(d, j, file, there, e);
        unlink(file);
        if (r < 0 && (e->kind == ERR_REMOTE || (d->withdraws && e->kind == ERR_INPUT))) {
            j->failed = *e;
            *e = (struct err){0};
            r = 0;
        }
    }
    json_free(known);
    return r < 0 ? r : 0;
}
