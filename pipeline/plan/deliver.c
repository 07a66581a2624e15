// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/deliverparts.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "model/gone.h"
#include "plan/pathlist.h"
#include "plan/tombstone.h"
#include "plan/voices.h"

enum { MIB = 1 << 20 };

// ---- what is to be done

// A file that a feed of ours names stays, whatever public/ says; where one cannot be read, all do.
static bool is_named(struct deliver *d, const char *path)
{
    struct arena *a = &d->s->arena;
    for (size_t i = 0; !d->feeds && i < d->parcel.count; i++) {
        const struct parcel_file *f = &d->parcel.files[i];
        bool feed = f->phase == PARCEL_FEEDS || f->phase == PARCEL_FEED;
        char *text;
        if (!feed)
            continue;
        if (fs_read(a, f->from, DELIVER_FEED_MAX, &text, NULL, NULL) < 0)
            return true;
        d->feed_texts = arena_grow(a, d->feed_texts, d->num_feeds, &d->cap_feeds, sizeof text);
        d->feed_texts[d->num_feeds++] = text;
    }
    d->feeds = true;
    for (size_t i = 0; i < d->num_feeds; i++)
        if (strstr(d->feed_texts[i], path))
            return true;
    return false;
}

static void remove_one(struct deliver *d, struct delivery_job *j, const char *path)
{
    for (size_t i = 0; i < j->num_remove; i++)
        if (str_same(j->remove[i], path))
            return;
    if (parcel_find(&d->parcel, path) || is_named(d, path))
        return;
    j->remove =
        arena_grow(&d->s->arena, j->remove, j->num_remove, &j->cap_remove, sizeof *j->remove);
    j->remove[j->num_remove++] = arena_strdup(&d->s->arena, path);
}

static bool is_gone(const struct json *published, const char *target)
{
    return json_get(json_get(json_get(published, "delivered_to"), target), "gone");
}

// Whatever this machine remembers of the target: somebody else may have brought it there.
static void list_withdrawn(struct deliver *d, struct delivery_job *j)
{
    for (size_t i = 0; i < json_count(d->withdrawn); i++) {
        const struct json *p = json_get(d->withdrawn, json_key_at(d->withdrawn, i));
        struct json *files = pathlist_unfold(json_get(json_get(p, "retracted"), "files"));
        for (size_t k = 0; !is_gone(p, j->target->name) && k < json_count(files); k++)
            remove_one(d, j, json_as_text(json_at(files, k)));
        json_free(files);
    }
}

static void list_removed(struct deliver *d, struct delivery_job *j)
{
    for (size_t i = 0; i < json_count(j->receipt.files); i++) {
        const char *path = json_key_at(j->receipt.files, i);
        if (receipt_may_have(&j->receipt, path))
            remove_one(d, j, path);
    }
    list_withdrawn(d, j);
}

// A colleague took it down, or a run was killed: what would go out is of the time before.
static int refuse_leftovers(struct deliver *d, const char *folder, const char *slug, struct err *e)
{
    const char *below[TOMBSTONE_FOLDERS + 1];
    tombstone_folders(&d->s->arena, slug, below);
    for (size_t i = 0; below[i]; i++) {
        size_t n;
        const struct parcel_file *f = parcel_below(&d->parcel, below[i], &n);
        for (size_t k = 0; k < n; k++)
            if (!tombstone_keeps(f[k].path))
                return err_input(
                    e,
                    "%s was retracted, and public/%s is still there; nothing was sent\n"
                    "bring public/ up to date first: dgl-episode feed",
                    folder, f[k].path);
    }
    return 0;
}

static int add_withdrawn(struct deliver *d, struct err *e)
{
    struct arena *a = &d->s->arena;
    char **folders;
    size_t n;
    int r = episode_folders(a, d->s->dir, &folders, &n, e);
    d->withdrawn = json_new_object();
    d->lifted = json_new_object();
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct published p = {0};
        struct err why = {0};
        const char *path = arena_printf(a, "%s/episodes/%s/published.json", d->s->dir, folders[i]);
        bool there = published_load(a, path, &p, &why) >= 0 && p.rest;
        if (there && published_retracted(&p)) {
            json_put(d->withdrawn, folders[i], json_keep(p.rest));
            r = refuse_leftovers(d, folders[i], p.slug, e);
        } else if (there && json_get(p.rest, "retracted")) {
            json_put(d->lifted, p.slug, json_keep(p.rest));
        }
        published_done(&p);
    }
    return r < 0 ? r : 0;
}

// What makes a server answer 410 for an episode that is back must go before anything comes.
static struct json *lifted_json(const struct deliver *d, const struct delivery_job *j)
{
    struct arena a = {0};
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(d->lifted); i++) {
        const char *slug = json_key_at(d->lifted, i), *below[TOMBSTONE_FOLDERS + 1];
        tombstone_folders(&a, slug, below);
        for (size_t k = 0; is_gone(json_get(d->lifted, slug), j->target->name) && below[k]; k++)
            json_push_text(list, fs_join(&a, below[k], gone_file));
    }
    arena_done(&a);
    return list;
}

void deliver_list_sent(struct deliver *d, struct delivery_job *j)
{
    j->send = arena_array(&d->s->arena, const struct parcel_file *, d->parcel.count + 1);
    j->num_send = 0;
    j->bytes = 0;
    for (int phase = 0; phase < PARCEL_PHASES; phase++) {
        for (size_t i = 0; i < d->parcel.count; i++) {
            const struct parcel_file *f = &d->parcel.files[i];
            bool there = !j->looks && str_same(receipt_of(&j->receipt, f->path), f->sha256);
            if ((int)f->phase != phase || there)
                continue;
            j->send[j->num_send++] = f;
            j->bytes += f->bytes;
        }
    }
}

static int add_target(struct deliver *d, const struct delivery_target *t, struct err *e)
{
    struct delivery_job *j = &d->job[d->num_jobs];
    *j = (struct delivery_job){.target = t, .looks = d->verify};
    if (t->secret && !keys_get(d->keys, t->secret))
        return keys_missing(d->s, t->node, t->secret, e);
    receipt_open(d->s, t, &j->receipt);
    d->num_jobs++;
    deliver_list_sent(d, j);
    list_removed(d, j);
    return 0;
}

static int has_secret(const struct deliver *d, const struct webhook *w, struct err *e)
{
    return w->secret && !keys_get(d->keys, w->secret) ? keys_missing(d->s, w->node, w->secret, e)
                                                      : 0;
}

static int no_target(const struct delivery *delivery, const char *name, struct err *e)
{
    struct str s;
    str_init(&s, 1000);
    for (size_t i = 0; i < delivery->num_targets; i++)
        str_addf(&s, "%s%s", i ? ", " : "", delivery->targets[i].name);
    int r = err_usage(e, "there is no target '%s' in episodes/show.yaml; there is: %s", name, s.p);
    str_done(&s);
    return r;
}

int deliver_open(struct deliver *d, struct session *s, const struct keys *keys, const char *only,
                 bool verify, struct err *e)
{
    const struct delivery *delivery = &s->show.delivery;
    *d = (struct deliver){.s = s, .keys = keys, .verify = verify};
    if (!delivery->num_targets)
        return err_input(e, "episodes/show.yaml does not say where to deliver to; for example\n"
                            "deliver: {targets: [{name: web, kind: sftp, url: "
                            "\"sftp://web.example.org/var/www/podkast/\", user: podkast}]}");
    int r = parcel_make(s, &s->arena, &d->parcel, e);
    if (r >= 0)
        r = add_withdrawn(d, e);
    for (size_t i = 0; r >= 0 && i < delivery->num_targets; i++)
        if (!only || str_same(delivery->targets[i].name, only))
            r = add_target(d, &delivery->targets[i], e);
    if (r >= 0 && !d->num_jobs)
        r = no_target(delivery, only, e);
    for (size_t i = 0; r >= 0 && i < delivery->num_webhooks; i++)
        r = has_secret(d, &delivery->webhooks[i], e);
    if (r >= 0)
        r = has_secret(d, &delivery->podping, e);
    return r;
}

// ---- what the program that speaks with servers is told

static struct json *target_json(const struct deliver *d, const struct delivery_target *t)
{
    struct json *o = json_new_object();
    json_put_text(o, "kind", t->kind);
    json_put_text(o, "url", t->url);
    json_put_text(o, "region", t->region);
    json_put_text(o, "user", t->user);
    json_put_text(o, "secret", keys_get(d->keys, t->secret));
    json_put_text(o, "ca", t->ca);
    json_put_text(o, "known_hosts", t->known_hosts);
    json_put_text(o, "identity", t->identity);
    json_put_int(o, "part_bytes", t->part_mib * MIB);
    json_put_real(o, "timeout_s", t->timeout_s);
    return o;
}

struct json *deliver_job(const struct deliver *d, const struct delivery_job *j, const char *what)
{
    const struct delivery *delivery = &d->s->show.delivery;
    struct json *o = json_new_object();
    json_put_text(o, "do", what);
    json_put_text(o, "name", j->target->name);
    json_put(o, "target", target_json(d, j->target));
    json_put_int(o, "at_once", j->target->at_once);
    json_put_int(o, "tries", delivery->tries);
    json_put_real(o, "retry_s", delivery->retry_s);
    return o;
}

static struct json *file_json(const struct delivery_job *j, const struct parcel_file *f)
{
    struct json *o = json_new_object();
    json_put_text(o, "path", f->path);
    json_put_text(o, "from", f->from);
    json_put_int(o, "bytes", f->bytes);
    json_put_text(o, "sha256", f->sha256);
    json_put_text(o, "type", f->type);
    json_put_text(o, "cache", f->cache);
    // what is known to be there is other bytes
    const char *known = receipt_of(&j->receipt, f->path);
    if (j->looks || !known)
        json_put_bool(o, "look", true);
    if (str_same(known, f->sha256))
        json_put_bool(o, "known", true);
    receipt_add_parts(&j->receipt, f->path, o);
    return o;
}

static struct json *removal_json(const struct delivery_job *j, const char *path)
{
    struct json *o = json_new_object();
    json_put_text(o, "path", path);
    receipt_add_parts(&j->receipt, path, o);
    return o;
}

static struct json *phases_json(const struct delivery_job *j)
{
    struct json *phases = json_new_array();
    for (int phase = 0; phase < PARCEL_PHASES; phase++) {
        struct json *files = json_new_array();
        for (size_t i = 0; i < j->num_send; i++)
            if ((int)j->send[i]->phase == phase)
                json_push(files, file_json(j, j->send[i]));
        json_push(phases, files);
    }
    return phases;
}

struct worker *deliver_worker(void)
{
    struct arena a = {0};
    struct worker *w = worker_new(session_net_path(&a));
    arena_done(&a);
    return w;
}

// ---- bringing it there

struct running {
    struct deliver *d;
    struct voices voices;
};

static int run_job(void *ctx, size_t i, struct err *e)
{
    struct running *run = ctx;
    struct deliver *d = run->d;
    struct delivery_job *j = &d->job[i];
    if (j->failed.code)
        return 0;
    struct worker *w = deliver_worker();
    struct json *job = deliver_job(d, j, "deliver"), *remove = json_new_array();
    json_put(job, "lift", lifted_json(d, j));
    json_put(job, "phases", phases_json(j));
    for (size_t k = 0; k < j->num_remove; k++)
        json_push(remove, removal_json(j, j->remove[k]));
    json_put(job, "remove", remove);
    json_put_text(job, "journal", j->receipt.journal);
    int r = worker_run(w, job, voices_of(&run->voices, i), &j->done, e);
    json_free(job);
    worker_free(w);
    if (r >= 0 || e->kind == ERR_INTERRUPTED)
        return r;
    j->failed = *e;
    *e = (struct err){0};
    return 0;
}

int deliver_run(struct deliver *d, struct err *e)
{
    struct running run = {.d = d};
    int r = 0;
    voices_begin(&run.voices, d->s->progress);
    for (size_t i = 0; r >= 0 && i < d->num_jobs; i++) {
        struct delivery_job *j = &d->job[i];
        bool goes = !j->failed.code;
        voices_add(&run.voices, goes ? j->target->name : NULL, goes ? (double)j->bytes : 0);
        r = receipt_begin(&j->receipt, j->target, e);
    }
    if (r >= 0 && d->num_jobs)
        r = workers_run(d->num_jobs, (int)d->num_jobs, run_job, &run, e);
    for (size_t i = 0; i < d->num_jobs; i++) {
        struct err own = {0};
        if (receipt_close(&d->job[i].receipt, d->job[i].target, r < 0 ? &own : e) < 0 && r >= 0)
            r = e->code;
    }
    return r < 0 ? r : 0;
}

bool deliver_is_done(const struct delivery_job *j)
{
    return !j->failed.code && j->done && !json_count(json_get(j->done, "failed"));
}

void deliver_close(struct deliver *d)
{
    for (size_t i = 0; i < d->num_jobs; i++) {
        json_free(d->job[i].done);
        receipt_done(&d->job[i].receipt);
    }
    json_free(d->withdrawn);
    json_free(d->lifted);
    *d = (struct deliver){0};
}
