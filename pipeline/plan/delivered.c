// SPDX-License-Identifier: GPL-3.0-or-later
// What published.json of each episode learns from a delivery.
#include "plan/deliver.h"

#include <errno.h>

#include "base/clock.h"
#include "base/str.h"
#include "model/published.h"
#include "plan/pathlist.h"
#include "plan/tombstone.h"

static bool lies_there(const struct delivery_job *j, const struct published *p)
{
    for (size_t i = 0; i < p->num_files; i++)
        if (!str_same(receipt_of(&j->receipt, p->files[i].path), p->files[i].sha256))
            return false;
    return p->num_files > 0;
}

static bool went_now(const struct delivery_job *j, const struct published *p)
{
    for (size_t i = 0; i < p->num_files; i++)
        if (json_get(json_get(j->done, "sent"), p->files[i].path))
            return true;
    return false;
}

static bool took_away(const struct deliver *d, const struct delivery_job *j,
                      const struct json *files)
{
    if (!deliver_is_done(j))
        return false;
    for (size_t i = 0; i < json_count(files); i++) {
        const char *path = json_as_text(json_at(files, i));
        // the page stays, and says that it is gone
        if (path && receipt_may_have(&j->receipt, path) && !parcel_find(&d->parcel, path))
            return false;
    }
    return true;
}

// An object with the same members.
static struct json *members_of(const struct json *o)
{
    struct json *same = json_new_object();
    for (size_t i = 0; i < json_count(o); i++)
        json_put(same, json_key_at(o, i), json_keep(json_get(o, json_key_at(o, i))));
    return same;
}

// "delivered_to": {target: {"url", "at", "gone"}} of an episode that was retracted.
static bool learn_gone(struct deliver *d, struct published *p)
{
    const struct json *was = json_get(p->rest, "delivered_to");
    struct json *files = pathlist_unfold(json_get(json_get(p->rest, "retracted"), "files"));
    struct json *to = members_of(was);
    char now[CLOCK_TEXT];
    clock_iso(d->s->now_utc_s, now);
    for (size_t i = 0; i < d->num_jobs; i++) {
        const struct delivery_job *j = &d->job[i];
        const struct json *known = json_get(to, j->target->name);
        if (json_get(known, "gone") || !took_away(d, j, files))
            continue;
        struct json *o = json_new_object();
        json_put_text(o, "url", j->target->url);
        json_put_text(o, "at", json_text(known, "at"));
        json_put_text(o, "gone", now);
        json_put(to, j->target->name, o);
    }
    bool changed = !json_same(to, was) && json_count(to);
    if (changed)
        json_put(p->rest, "delivered_to", json_keep(to));
    json_free(files);
    json_free(to);
    return changed;
}

// It may still lie at a target: one that was not asked now, or that says so.
static bool may_lie_somewhere(const struct deliver *d, const char *path)
{
    if (d->num_jobs < d->s->show.delivery.num_targets)
        return true;
    for (size_t i = 0; i < d->num_jobs; i++)
        if (!deliver_is_done(&d->job[i]) || receipt_may_have(&d->job[i].receipt, path))
            return true;
    return false;
}

// "delivered_files": all of it that may lie at targets, as pathlist.h has it. Who takes it down
// later may do so from a clone of the show, which has neither files nor receipts.
static bool learn_files(struct deliver *d, struct published *p)
{
    struct arena a = {0};
    const struct json *known = json_get(p->rest, "delivered_files");
    struct json *files = json_new_array(), *was = pathlist_unfold(known);
    const char *below[TOMBSTONE_FOLDERS + 1];
    tombstone_folders(&a, p->slug, below);
    for (size_t i = 0; below[i]; i++) {
        size_t n;
        const struct parcel_file *f = parcel_below(&d->parcel, below[i], &n);
        for (size_t k = 0; k < n; k++)
            if (!tombstone_keeps(f[k].path))
                json_push_text(files, f[k].path);
    }
    for (size_t i = 0; i < json_count(was); i++) {
        const char *path = json_as_text(json_at(was, i));
        if (!parcel_find(&d->parcel, path) && may_lie_somewhere(d, path))
            json_push_text(files, path);
    }
    struct json *folded = pathlist_fold(files);
    bool changed = !json_same(folded, known);
    if (changed)
        json_put(p->rest, "delivered_files", json_keep(folded));
    json_free(folded);
    json_free(files);
    json_free(was);
    arena_done(&a);
    return changed;
}

// "delivered": since when it is public anywhere; "delivered_to": {target: {"url", "at"}}.
static bool learn(struct deliver *d, struct published *p)
{
    const struct json *was = json_get(p->rest, "delivered_to");
    struct json *to = members_of(was);
    char now[CLOCK_TEXT];
    clock_iso(d->s->now_utc_s, now);
    for (size_t i = 0; i < d->num_jobs; i++) {
        const struct delivery_job *j = &d->job[i];
        const struct json *known = json_get(to, j->target->name);
        bool stands = known && !json_get(known, "gone");
        if (!deliver_is_done(j) || !lies_there(j, p) || (stands && !went_now(j, p)))
            continue;
        struct json *o = json_new_object();
        json_put_text(o, "url", j->target->url);
        json_put_text(o, "at", now);
        json_put(to, j->target->name, o);
    }
    bool changed = !json_same(to, was) && json_count(to);
    if (changed && !json_text(p->rest, "delivered"))
        json_put_text(p->rest, "delivered", now);
    if (changed)
        json_put(p->rest, "delivered_to", json_keep(to));
    json_free(to);
    return learn_files(d, p) || changed; // of a delivery that broke off as well
}

int deliver_remember(struct deliver *d, struct err *e)
{
    struct arena a = {0};
    char **folders;
    size_t n;
    int r = episode_folders(&a, d->s->dir, &folders, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct published p = {0};
        const char *path = arena_printf(&a, "%s/episodes/%s/published.json", d->s->dir, folders[i]);
        r = published_load(&a, path, &p, e);
        bool gone = r >= 0 && published_retracted(&p);
        if (r >= 0 && p.rest && (gone ? learn_gone(d, &p) : learn(d, &p)))
            r = published_save(&p, path, e);
        r = r == -ENOENT ? 0 : r;
        published_done(&p);
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}
