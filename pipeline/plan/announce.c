// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/announce.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/facts.h"
#include "plan/publish.h"

// One that waits: {"to": "websub"|"podping"|"webhook", "url", "about": what it replaces when the
// same is to be said again, "body"}.

static const char *waiting_path(struct session *s)
{
    return fs_join(&s->arena, s->dir, ".dgl/announce.json");
}

static struct json *load(struct session *s)
{
    struct json *list = NULL;
    if (json_load(waiting_path(s), &list, NULL) < 0)
        list = json_new_array();
    return list;
}

// What is newer takes the place of the same that still waits.
static void add(struct json **list, const char *to, const char *url, const char *about,
                const char *body)
{
    struct json *o = json_new_object(), *out = json_new_array();
    for (size_t i = 0; i < json_count(*list); i++) {
        const struct json *one = json_at(*list, i);
        if (!str_same(json_text(one, "to"), to) || !str_same(json_text(one, "url"), url) ||
            !str_same(json_text(one, "about"), about))
            json_push(out, json_keep(one));
    }
    json_put_text(o, "to", to);
    json_put_text(o, "url", url);
    json_put_text(o, "about", about);
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
    if (!str_same(event, "withdrawn")) { // its words are gone
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

// NULL: nothing to tell of it.
static const char *event_of(const struct deliver *d, struct plan *p)
{
    const char *delivered = json_text(p->published.rest, "delivered");
    char now[CLOCK_TEXT];
    bool sent = false, gone = false;
    clock_iso(d->s->now_utc_s, now);
    for (size_t i = 0; i < p->published.num_files; i++)
        sent |= deliver_sent(d, p->published.files[i].path);
    for (size_t i = 0; i < d->num_jobs; i++) {
        const struct json *removed = json_get(d->job[i].done, "removed");
        const char *place = arena_printf(&p->arena, "media/%s/", p->slug);
        for (size_t k = 0; k < json_count(removed); k++)
            gone |= str_starts(json_as_text(json_at(removed, k)), place);
    }
    if (str_same(p->published.state, "retracted"))
        return gone ? "withdrawn" : NULL;
    if (str_same(delivered, now))
        return "published";
    const char *page = arena_printf(&p->arena, "episodes/%s/index.html", p->slug);
    return delivered && (sent || deliver_sent(d, page)) ? "updated" : NULL;
}

// Somebody still has to hear that it is there at all.
static bool waits_as_new(const struct json *list, const char *url, const char *guid)
{
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *one = json_at(list, i);
        if (str_same(json_text(one, "url"), url) && str_same(json_text(one, "about"), guid) &&
            strstr(json_text_or(one, "body", ""), "\"event\":\"published\""))
            return true;
    }
    return false;
}

static int add_episodes(const struct deliver *d, struct json **list, struct err *e)
{
    const struct delivery *delivery = &d->s->show.delivery;
    struct arena a = {0};
    char **folders;
    size_t n = 0;
    int r = delivery->num_webhooks ? episode_folders(&a, d->s->dir, &folders, &n, e) : 0;
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct plan p;
        r = plan_open(&p, d->s, folders[i], e);
        const char *event = r >= 0 && p.published.guid ? event_of(d, &p) : NULL;
        for (size_t k = 0; event && k < delivery->num_webhooks; k++) {
            const char *url = delivery->webhooks[k].url, *guid = p.published.guid;
            bool is_new = str_same(event, "updated") && waits_as_new(*list, url, guid);
            add(list, "webhook", url, guid, episode_body(&p, is_new ? "published" : event));
        }
        plan_close(&p);
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}

int announce_add(const struct deliver *d, struct err *e)
{
    struct session *s = d->s;
    const char *feed = show_feed_url(&s->arena, &s->show);
    if (!deliver_sent(d, "feed.xml"))
        return 0;
    struct json *list = load(s);
    for (size_t i = 0; i < s->show.feeding.num_websub; i++)
        add(&list, "websub", s->show.feeding.websub[i], feed, NULL);
    if (s->show.delivery.podping.url)
        add(&list, "podping", s->show.delivery.podping.url, feed, NULL);
    int r = add_episodes(d, &list, e);
    if (r >= 0 && json_count(list))
        r = json_save(waiting_path(s), list, e);
    json_free(list);
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
    struct json *list = load(s), *done = NULL, *left = json_new_array();
    size_t n = json_count(list);
    int r = n ? ask(s, keys, list, &done, e) : 0;
    for (size_t i = 0; r >= 0 && i < n; i++)
        if (!was_heard(s, json_at(list, i), json_at(json_get(done, "answers"), i)))
            json_push(left, json_keep(json_at(list, i)));
    *ret_left = json_count(left);
    *ret_said = n - *ret_left;
    if (r >= 0 && n)
        r = json_save(waiting_path(s), left, e);
    json_free(done);
    json_free(left);
    json_free(list);
    return r < 0 ? r : 0;
}
