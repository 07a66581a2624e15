// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/liveitem.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/facts.h"
#include "plan/publish.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

enum { SILENT_S = 5 * 60, LATE_S = 3600, DAY_S = 86400, LONGEST_S = 30 * DAY_S };

const char *const liveitem_statuses[] = {NULL, "pending", "live", "ended"};

// What the relay last said of itself.
struct told {
    struct json *state;         // NULL: never broadcast
    int64_t began_utc_s, utc_s; // and when it said so
    bool reached;               // somebody who is not this machine's disk
    bool over;
};

static struct json *state_load(const struct plan *p, const char **ret_path, struct arena *a)
{
    struct json *state = NULL;
    *ret_path = arena_printf(a, "%s/.dgl/live/%s/state.json", p->s->dir, p->slug);
    json_load(*ret_path, &state, NULL);
    return state;
}

static bool runs(int64_t pid)
{
    return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static void told_read(const struct plan *p, int64_t now_utc_s, struct told *t)
{
    struct arena a = {0};
    const char *path;
    *t = (struct told){.state = state_load(p, &path, &a)};
    arena_done(&a);
    if (!clock_parse_iso(json_text_or(t->state, "started", ""), &t->began_utc_s, NULL))
        return;
    if (!clock_parse_iso(json_text_or(t->state, "said", ""), &t->utc_s, NULL))
        t->utc_s = t->began_utc_s;
    const struct json *list = json_get(t->state, "endpoints");
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *ep = json_at(list, i);
        t->reached |=
            json_int(ep, "connections", 0) > 0 && !str_same(json_text(ep, "kind"), "file");
    }
    t->over = json_bool(t->state, "ended", false) ||
              (now_utc_s - t->utc_s > SILENT_S && !runs(json_int(t->state, "pid", 0)));
}

struct moment {
    enum liveitem_status status;
    int64_t start_utc_s, end_utc_s; // end_utc_s INT64_MIN: not said
};

static bool is_shown_still(const struct plan *p, int64_t over_utc_s, int64_t now_utc_s)
{
    bool recorded = p->published.guid && plan_published_utc_s(p) <= now_utc_s;
    return now_utc_s - over_utc_s <= (recorded ? DAY_S : LONGEST_S);
}

static struct moment look(const struct plan *p, const struct told *t, int64_t now_utc_s)
{
    const struct planned *plan = &p->ep->planned;
    int64_t longest = (int64_t)(p->s->show.live.hours * 3600);
    // a try that was over before the planned time was not the broadcast
    bool counts = t->reached && !(t->over && t->utc_s < plan->start_utc_s);
    int64_t start = plan->start_utc_s ? plan->start_utc_s : t->began_utc_s;
    int64_t last = (plan->end_utc_s ? plan->end_utc_s : start + longest) + LATE_S;
    struct moment m = {.start_utc_s = start,
                       .end_utc_s = plan->end_utc_s ? plan->end_utc_s : INT64_MIN};
    bool planned = plan->start_utc_s && !str_same(plan->status, "cancelled");
    if (published_retracted(&p->published) || (!planned && !counts))
        return m;
    if ((counts && t->over) || now_utc_s > last) {
        int64_t over = counts && t->over && t->utc_s < last ? t->utc_s : last;
        m.status = is_shown_still(p, over, now_utc_s) ? LIVEITEM_ENDED : LIVEITEM_NONE;
    } else {
        m.status = counts ? LIVEITEM_LIVE : LIVEITEM_PENDING;
    }
    return m;
}

enum liveitem_status liveitem_status(struct plan *p, int64_t now_utc_s)
{
    struct told t;
    told_read(p, now_utc_s, &t);
    enum liveitem_status status = look(p, &t, now_utc_s).status;
    json_free(t.state);
    return status;
}

const char *liveitem_guid(struct plan *p)
{
    const char *name = arena_printf(&p->arena, "%s/live", p->slug);
    char *guid = arena_alloc(&p->arena, UUID_TEXT);
    return uuid_v5(p->s->show.guid, name, guid, NULL) < 0 ? name : guid;
}

// ---- where it is heard and seen

static const char *type_of(const struct live_endpoint *ep)
{
    static const char *const types[][2] = {{"mp3", "audio/mpeg"},
                                           {"aac", "audio/aac"},
                                           {"opus", "audio/ogg"},
                                           {"vorbis", "audio/ogg"}};
    for (size_t i = 0; ep->format && i < COUNT(types); i++)
        if (str_same(ep->format, types[i][0]))
            return types[i][1];
    return "application/vnd.apple.mpegurl";
}

// NULL: players have no address for it.
static const char *address_of(struct plan *p, const struct live_endpoint *ep)
{
    const char *public_dir = arena_printf(&p->arena, "%s/public/", p->s->dir);
    if (ep->audience || str_same(ep->kind, "icecast"))
        return ep->audience ? ep->audience : ep->url;
    if (!str_same(ep->kind, "hls") || !str_starts(ep->url, public_dir) ||
        !str_ends(ep->url, ".m3u8"))
        return NULL;
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, p->s->show.site);
    str_add_url(&s, ep->url + strlen(public_dir));
    const char *url = arena_strdup(&p->arena, s.p);
    str_done(&s);
    return url;
}

static bool takes_part(const struct live_endpoint *ep, const struct json *state)
{
    const struct json *list = json_get(state, "endpoints");
    for (size_t i = 0; i < json_count(list); i++)
        if (str_same(json_text(json_at(list, i), "name"), ep->name))
            return true;
    return !list;
}

// The feed's enclosure comes first: an MP3, which every app plays, where there is one.
static struct json *streams(struct plan *p, const struct json *state)
{
    const struct live *l = &p->s->show.live;
    struct json *list = json_new_array();
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < l->num_endpoints; i++) {
            const struct live_endpoint *ep = &l->endpoints[i];
            const char *url = takes_part(ep, state) ? address_of(p, ep) : NULL;
            if (!url || str_same(ep->format, "mp3") != (round == 0))
                continue;
            struct json *o = json_new_object();
            json_put_text(o, "url", url);
            json_put_text(o, "type", type_of(ep));
            facts_put_number(o, "bitrate_kbps", ep->bitrate_kbps);
            json_push(list, o);
        }
    return list;
}

static void add_page(struct json *list, const char *url, const char *title)
{
    struct json *o = json_new_object();
    json_put_text(o, "url", url);
    json_put_text(o, "title", title);
    json_push(list, o);
}

// The episode's own page comes with its recording, and is not there yet.
static struct json *pages(struct plan *p, const struct json *state)
{
    const struct show *show = &p->s->show;
    struct json *list = json_new_array();
    if (p->ep->planned.watch)
        add_page(list, p->ep->planned.watch, show->title);
    for (size_t i = 0; i < show->live.num_endpoints; i++) {
        const struct live_endpoint *ep = &show->live.endpoints[i];
        if (ep->page && !str_same(ep->page, "me") && takes_part(ep, state))
            add_page(list, arena_printf(&p->arena, "https://www.facebook.com/%s", ep->page),
                     "Facebook");
    }
    if (!json_count(list))
        add_page(list, show->site, show->title);
    return list;
}

struct json *liveitem_make(struct plan *p)
{
    struct told t;
    told_read(p, p->s->now_utc_s, &t);
    struct moment m = look(p, &t, p->s->now_utc_s);
    struct json *o = m.status == LIVEITEM_NONE ? NULL : json_new_object();
    if (o) {
        bool begun = m.status != LIVEITEM_PENDING;
        json_put_text(o, "status", liveitem_statuses[m.status]);
        json_put_int(o, "start_utc_s", m.start_utc_s);
        if (m.end_utc_s != INT64_MIN)
            json_put_int(o, "end_utc_s", m.end_utc_s);
        json_put(o, "episode", facts_of_live(p, liveitem_guid(p), m.start_utc_s));
        json_put(o, "files", streams(p, begun ? t.state : NULL));
        json_put(o, "pages", pages(p, begun ? t.state : NULL));
    }
    json_free(t.state);
    return o;
}

int liveitem_end(struct plan *p, struct err *e)
{
    struct arena a = {0};
    const char *path;
    struct json *state = state_load(p, &path, &a);
    int r = 0;
    if (state && !json_bool(state, "ended", false)) {
        json_put_bool(state, "ended", true);
        r = json_save(path, state, e);
    }
    json_free(state);
    arena_done(&a);
    return r < 0 ? r : 0;
}
