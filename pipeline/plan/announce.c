// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/announce.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "plan/facts.h"
#include "plan/publish.h"

// One that waits: {"to": "websub"|"podping"|"webhook", "url", "about": what it replaces when the
// same is to be said again, "event": of a webhook, "body"}.
static const char withdrawn[] = "withdrawn", published[] = "published", updated[] = "updated";

static const char *waiting_path(struct session *s)
{
    return fs_join(&s->arena, s->dir, ".dgl/announce.json");
}

// What was told, or waits to be: {"feeds": their hash, "episodes": {guid: hash of what is told of
// it, or "withdrawn"}}; "episodes" only while there is somebody to tell.
static const char *told_path(struct session *s)
{
    return fs_join(&s->arena, s->dir, ".dgl/announced.json");
}

static struct json *load(struct session *s)
{
    struct json *list = NULL;
    if (json_load(waiting_path(s), &list, NULL) < 0)
        list = json_new_array();
    return list;
}

static bool is_same(const struct json *one, const char *to, const char *url, const char *about)
{
    return str_same(json_text(one, "to"), to) && str_same(json_text(one, "url"), url) &&
           str_same(json_text(one, "about"), about);
}

// What is newer takes the place of the same that still waits.
static void add(struct json **list, const char *to, const char *url, const char *about,
                const char *event, const char *body)
{
    struct json *o = json_new_object(), *out = json_new_array();
    for (size_t i = 0; i < json_count(*list); i++)
        if (!is_same(json_at(*list, i), to, url, about))
            json_push(out, json_keep(json_at(*list, i)));
    json_put_text(o, "to", to);
    json_put_text(o, "url", url);
    json_put_text(o, "about", about);
    json_put_text(o, "event", event);
    json_put_text(o, "body", body);
    json_push(out, o);
    json_free(*list);
    *list = out;
}

static struct json *texts_json(const char *const *items, size_t n)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++)
        json_push_text(list, items[i]);
    return list;
}

static struct json *goals_json(sdg_set goals)
{
    struct json *list = json_new_array();
    for (int n = 1; n <= SDG_LAST; n++)
        if (goals & SDG(n))
            json_push_int(list, n);
    return list;
}

static struct json *enclosure_json(struct plan *p)
{
    const struct published_file *f = p->published.num_files ? &p->published.files[0] : NULL;
    struct json *o = json_new_object();
    if (f) {
        json_put_text(o, "url", arena_printf(&p->arena, "%s%s", p->s->show.site, f->path));
        json_put_text(o, "type", f->type);
        json_put_int(o, "bytes", f->bytes);
        json_put_real(o, "duration_s", tick_to_s(f->duration));
    }
    return o;
}

// What a webhook gets.
static const char *episode_body(struct plan *p, const char *event)
{
    const struct episode *ep = p->ep;
    const struct show *show = &p->s->show;
    struct json *o = json_new_object(), *one = json_new_object();
    const char *theme = ep->theme ? facts_theme(ep->theme, show->language) : NULL;
    char when[CLOCK_TEXT];
    clock_iso(plan_published_utc_s(p), when);
    json_put_text(o, "event", event);
    json_put_text(o, "show", show->title);
    json_put_text(o, "feed", show_feed_url(&p->arena, show));
    json_put_text(one, "guid", p->published.guid);
    if (!str_same(event, withdrawn)) { // its words are gone
        json_put_text(one, "title", ep->title);
        json_put_text(one, "summary", ep->summary);
        json_put_text(one, "published", when);
        json_put_text(one, "page",
                      arena_printf(&p->arena, "%sepisodes/%s/", show->site, p->published.slug));
        json_put(one, "themes", texts_json(&theme, theme != NULL));
        json_put(one, "goals", goals_json(ep->goals));
        json_put(one, "enclosure", enclosure_json(p));
    }
    json_put(o, "episode", one);
    struct str s;
    str_init(&s, 1 << 20);
    json_write(&s, o, false);
    const char *body = arena_strdup(&p->s->arena, s.p);
    str_done(&s);
    json_free(o);
    return body;
}

// Of all that a webhook is told of it, and of its files.
static const char *state_of(struct plan *p)
{
    char *hex = arena_alloc(&p->s->arena, HASH_HEX);
    struct hash *h = hash_new();
    hash_add_text(h, episode_body(p, ""));
    for (size_t i = 0; i < p->published.num_files; i++)
        hash_add_text(h, p->published.files[i].sha256);
    hash_finish(h, hex);
    return hex;
}

static bool is_out(struct plan *p)
{
    return json_text(p->published.rest, "delivered") && plan_published_utc_s(p) <= p->s->now_utc_s;
}

static const char *event_of(const char *told, const char *state)
{
    if (str_same(state, withdrawn))
        return told && !str_same(told, withdrawn) ? withdrawn : NULL;
    if (!told || str_same(told, withdrawn))
        return published;
    return str_same(told, state) ? NULL : updated;
}

// Who still waits to be told that it is there learns just that.
static void tell_webhook(struct json **list, struct plan *p, const char *url, const char *event)
{
    for (size_t i = 0; i < json_count(*list); i++)
        if (is_same(json_at(*list, i), "webhook", url, p->published.guid) &&
            str_same(json_text(json_at(*list, i), "event"), published) && str_same(event, updated))
            event = published;
    add(list, "webhook", url, p->published.guid, event, episode_body(p, event));
}

// Nobody has to be told any more: it is deleted everywhere.
static bool is_deleted(const struct plan *p)
{
    const struct json *to = json_get(p->published.rest, "delivered_to");
    for (size_t i = 0; i < json_count(to); i++)
        if (!json_get(json_get(to, json_key_at(to, i)), "gone"))
            return false;
    return true;
}

// list NULL: only noted as told.
static void note_episode(struct plan *p, struct json *told, struct json **list)
{
    const struct delivery *delivery = &p->s->show.delivery;
    const char *guid = p->published.guid;
    bool gone = published_retracted(&p->published);
    if (!guid || (!gone && !is_out(p)))
        return;
    const char *state = !gone ? state_of(p) : list || is_deleted(p) ? withdrawn : "";
    const char *event = list ? event_of(json_text(told, guid), state) : NULL;
    for (size_t k = 0; event && k < delivery->num_webhooks; k++)
        tell_webhook(list, p, delivery->webhooks[k].url, event);
    json_put_text(told, guid, state);
}

static int note_episodes(struct session *s, struct json *told, struct json **list, struct err *e)
{
    struct arena a = {0};
    char **folders;
    size_t n = 0;
    int r = episode_folders(&a, s->dir, &folders, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct plan p;
        r = plan_open(&p, s, folders[i], e);
        if (r >= 0)
            note_episode(&p, told, list);
        plan_close(&p);
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}

static struct json *load_told(struct session *s)
{
    struct json *o = NULL;
    if (json_load(told_path(s), &o, NULL) < 0)
        o = json_new_object();
    return o;
}

int announce_begin(const struct deliver *d, struct err *e)
{
    struct session *s = d->s;
    struct json *told = load_told(s), *episodes = json_new_object();
    int r = 0;
    if (s->show.delivery.num_webhooks && !json_get(told, "episodes")) {
        r = note_episodes(s, episodes, NULL, e);
        json_put(told, "episodes", json_keep(episodes));
        if (r >= 0)
            r = json_save(told_path(s), told, e);
    }
    json_free(episodes);
    json_free(told);
    return r < 0 ? r : 0;
}

static const char *feeds_hash(const struct deliver *d)
{
    char *hex = arena_alloc(&d->s->arena, HASH_HEX);
    struct hash *h = hash_new();
    for (size_t i = 0; i < d->parcel.count; i++)
        if (d->parcel.files[i].phase == PARCEL_FEEDS || d->parcel.files[i].phase == PARCEL_FEED)
            hash_add_text(h, d->parcel.files[i].sha256);
    hash_finish(h, hex);
    return hex;
}

// now: what is told after it.
static int add_all(const struct deliver *d, const struct json *was, struct json *now,
                   struct json **list, struct err *e)
{
    struct session *s = d->s;
    const char *feed = show_feed_url(&s->arena, &s->show);
    for (size_t i = 0; i < s->show.feeding.num_websub; i++)
        add(list, "websub", s->show.feeding.websub[i], feed, NULL, NULL);
    if (s->show.delivery.podping.url)
        add(list, "podping", s->show.delivery.podping.url, feed, NULL, NULL);
    if (!s->show.delivery.num_webhooks)
        return 0;
    struct json *episodes = json_new_object();
    for (size_t i = 0; i < json_count(was); i++)
        json_put(episodes, json_key_at(was, i), json_keep(json_get(was, json_key_at(was, i))));
    int r = note_episodes(s, episodes, list, e);
    json_put(now, "episodes", episodes);
    return r;
}

// Also at the targets that this run was not asked to look at.
static bool is_everywhere(const struct deliver *d)
{
    const struct delivery *delivery = &d->s->show.delivery;
    const struct parcel_file *feed = parcel_find(&d->parcel, "feed.xml");
    bool all = feed != NULL;
    for (size_t i = 0; all && i < delivery->num_targets; i++) {
        struct receipt r = {0};
        receipt_open(d->s, &delivery->targets[i], &r);
        all = str_same(receipt_of(&r, "feed.xml"), feed->sha256);
        receipt_done(&r);
    }
    return all;
}

int announce_add(const struct deliver *d, struct err *e)
{
    struct session *s = d->s;
    const char *feeds = feeds_hash(d);
    struct json *told = load_told(s), *now = json_new_object(), *list = load(s);
    int r = 0;
    if (!str_same(json_text(told, "feeds"), feeds) && is_everywhere(d)) {
        json_put_text(now, "feeds", feeds);
        r = add_all(d, json_get(told, "episodes"), now, &list, e);
        if (r >= 0 && json_count(list))
            r = json_save(waiting_path(s), list, e);
        if (r >= 0)
            r = json_save(told_path(s), now, e);
    }
    json_free(list);
    json_free(now);
    json_free(told);
    return r < 0 ? r : 0;
}

// ---- saying it

static const char *secret_of(struct session *s, const struct keys *keys, const struct json *one)
{
    const struct delivery *d = &s->show.delivery;
    const char *url = json_text(one, "url"), *name = NULL;
    if (str_same(json_text(one, "to"), "podping"))
        name = d->podping.secret;
    for (size_t i = 0; i < d->num_webhooks; i++)
        if (str_same(json_text(one, "to"), "webhook") && str_same(d->webhooks[i].url, url))
            name = d->webhooks[i].secret;
    return keys_get(keys, name);
}

// WebSub as hubs take it (W3C WebSub §7 leaves it open; PubSubHubbub 0.4 §7.1), podping as
// podping.cloud documents it.
static struct json *request_json(struct session *s, const struct keys *keys, const struct json *one)
{
    struct json *q = json_new_object();
    const char *to = json_text_or(one, "to", ""), *secret = secret_of(s, keys, one);
    struct str text;
    str_init(&text, 1 << 20);
    if (str_same(to, "websub")) {
        str_add(&text, "hub.mode=publish&hub.url=");
        str_add_url_part(&text, json_text_or(one, "about", ""));
        json_put_text(q, "body", text.p);
        json_put_text(q, "url", json_text(one, "url"));
    } else if (str_same(to, "podping")) {
        const char *url = json_text_or(one, "url", "");
        str_addf(&text, "%s%curl=", url, strchr(url, '?') ? '&' : '?');
        str_add_url_part(&text, json_text_or(one, "about", ""));
        str_add(&text, "&reason=update&medium=podcast");
        json_put_text(q, "url", text.p);
        json_put_text(q, "authorization", secret);
    } else {
        json_put_text(q, "url", json_text(one, "url"));
        json_put_text(q, "body", json_text(one, "body"));
        json_put_text(q, "type", "application/json");
        json_put_text(q, "bearer", secret);
    }
    str_done(&text);
    return q;
}

// Who is in show.yaml no more is told nothing.
static bool is_wanted(struct session *s, const struct json *one)
{
    const struct delivery *d = &s->show.delivery;
    const char *to = json_text(one, "to"), *url = json_text(one, "url");
    bool found = str_same(to, "podping") && str_same(url, d->podping.url);
    for (size_t i = 0; i < s->show.feeding.num_websub; i++)
        found |= str_same(to, "websub") && str_same(url, s->show.feeding.websub[i]);
    for (size_t i = 0; i < d->num_webhooks; i++)
        found |= str_same(to, "webhook") && str_same(url, d->webhooks[i].url);
    return found;
}

static struct json *load_wanted(struct session *s)
{
    struct json *list = load(s), *wanted = json_new_array();
    for (size_t i = 0; i < json_count(list); i++)
        if (is_wanted(s, json_at(list, i)))
            json_push(wanted, json_keep(json_at(list, i)));
    json_free(list);
    return wanted;
}

static int ask(struct session *s, const struct keys *keys, const struct json *list,
               struct json **ret, struct err *e)
{
    struct json *job = json_new_object(), *requests = json_new_array();
    struct worker *w = worker_new(session_net_path(&s->arena));
    for (size_t i = 0; i < json_count(list); i++)
        json_push(requests, request_json(s, keys, json_at(list, i)));
    json_put_text(job, "do", "ask");
    json_put(job, "requests", requests);
    int r = worker_run(w, job, s->progress, ret, e);
    json_free(job);
    worker_free(w);
    return r;
}

static bool was_heard(struct session *s, const struct json *one, const struct json *answer)
{
    int64_t status = json_int(answer, "status", 0);
    const char *failed = json_text(answer, "failed");
    if (!failed && status >= 200 && status < 300)
        return true;
    char text[40];
    snprintf(text, sizeof text, "it answers %lld", (long long)status);
    progress_warn(s->progress, "%s %s was not told: %s; the next run tries again",
                  json_text_or(one, "to", ""), json_text_or(one, "url", ""),
                  failed ? failed : text);
    return false;
}

int announce_send(struct session *s, const struct keys *keys, size_t *ret_said, size_t *ret_left,
                  struct err *e)
{
    struct json *list = load_wanted(s), *done = NULL, *left = json_new_array();
    size_t n = json_count(list);
    int r = n ? ask(s, keys, list, &done, e) : 0;
    for (size_t i = 0; r >= 0 && i < n; i++)
        if (!was_heard(s, json_at(list, i), json_at(json_get(done, "answers"), i)))
            json_push(left, json_keep(json_at(list, i)));
    *ret_left = json_count(left);
    *ret_said = n - *ret_left;
    if (r >= 0 && fs_exists(waiting_path(s)))
        r = json_save(waiting_path(s), left, e);
    json_free(done);
    json_free(left);
    json_free(list);
    return r < 0 ? r : 0;
}
