// SPDX-License-Identifier: GPL-3.0-or-later
// The one job that the relay gets.
#include "base/fs.h"
#include "base/str.h"
#include "live.h"
#include "livereceived.h"
#include "livetalk.h"
#include "livewords.h"
#include "plan/facts.h"

#include <string.h>

// A camera's or OBS's usual stream; what really comes is measured while it is written.
enum { RECEIVED_KBPS = 8000, SOUND_KBPS = 256, AIRED_SOUND_KBPS = 128 };
enum { MAX_START_GAIN_DB = 12, SRT_LEAST = 10, SRT_MOST = 79 };

const char *job_secret(const struct broadcast *b, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; name && !value && i < LIVE_SECRET_PLACES; i++)
        value = secrets_get(&b->secrets[i], name);
    return value;
}

static int missing(struct broadcast *b, const struct node *n, const char *name, struct err *e)
{
    const char *file = b->s.show.secrets;
    const char *remedy =
        file ? arena_printf(&b->s.arena, "write a line \"%s = …\" into %s", name, file)
             : arena_printf(&b->s.arena,
                            "add secrets: ~/.config/dgl-episode/secrets to show.yaml, write a line "
                            "\"%s = …\" into that file, then: chmod 600 FILE",
                            name);
    return node_error(node_of(n, "secret"), e, remedy, "there is no secret %s", name);
}

// The value goes into o, and the redactor knows it.
static int put_secret(struct broadcast *b, const struct node *n, const char *name, const char *user,
                      struct json *o, struct err *e)
{
    const char *value = job_secret(b, name);
    if (!name)
        return 0;
    if (!value)
        return missing(b, n, name, e);
    if (user)
        redactor_add_login(b->redactor, user, value);
    redactor_add(b->redactor, value);
    json_put_text(o, "secret", value);
    return 0;
}

// libsrt takes no other length, and would say so only when the broadcast begins.
static int check_passphrase(const struct live_source *s, const char *value, struct err *e)
{
    size_t len = value ? strlen(value) : SRT_LEAST;
    if (!str_starts(s->url, "srt://") || (len >= SRT_LEAST && len <= SRT_MOST))
        return 0;
    return node_error(node_of(s->node, "secret"), e, "write another one into the secrets file",
                      "the passphrase of SRT must have %d to %d letters, this one has %zu",
                      SRT_LEAST, SRT_MOST, len);
}

static int add_sources(struct broadcast *b, bool secrets, struct json *job, struct err *e)
{
    struct json *list = json_new_array();
    int r = 0;
    for (size_t i = 0; r >= 0 && i < b->num_sources; i++) {
        const struct live_source *s = &b->sources[i];
        struct json *o = json_new_object();
        json_put_text(o, "name", s->name);
        json_put_text(o, "url", s->url);
        json_put_text(o, "format", s->format ? s->format : "");
        json_put_bool(o, "listen", s->listen);
        if (secrets && s->secret)
            r = put_secret(b, s->node, s->secret, NULL, o, e);
        if (r >= 0 && secrets && s->secret)
            r = check_passphrase(s, job_secret(b, s->secret), e);
        json_push(list, o);
    }
    json_put(job, "sources", list);
    return r;
}

// What a viewer reads at Facebook: the summary, then theme and goals.
static char *description(struct broadcast *b)
{
    const struct episode *ep = b->plan.ep;
    const struct livewords *w = livewords_in(ep->language);
    struct str s;
    str_init(&s, 5000);
    str_add(&s, ep->summary ? ep->summary : b->s.show.summary);
    if (ep->theme)
        str_addf(&s, "\n\n%s: %s", w->theme, facts_theme(ep->theme, ep->language));
    for (int g = 1, n = 0; g <= SDG_LAST; g++)
        if (ep->goals & SDG(g))
            n++ ? str_addf(&s, ", %d", g) : str_addf(&s, "\n%s %d", w->goals, g);
    char *text = arena_strdup(&b->s.arena, s.p);
    str_done(&s);
    return text;
}

static struct json *endpoint(struct broadcast *b, const struct live_endpoint *ep)
{
    struct json *o = json_new_object();
    bool facebook = str_same(ep->kind, "facebook"), icecast = str_same(ep->kind, "icecast");
    json_put_text(o, "name", ep->name);
    json_put_text(o, "kind", ep->kind);
    json_put_text(o, "url", ep->url);
    json_put_text(o, "format", ep->format);
    if (ep->bitrate_kbps)
        json_put_int(o, "bitrate_kbps", ep->bitrate_kbps);
    json_put_text(o, "user", ep->user);
    json_put_text(o, "ca_file", ep->ca_file);
    if (facebook) {
        json_put_text(o, "page", str_same(ep->page, "me") ? NULL : ep->page);
        json_put_text(o, "privacy", ep->privacy);
        json_put_text(o, "title", ep->title ? ep->title : b->plan.ep->title);
        json_put_text(o, "description", description(b));
    }
    if (icecast) {
        json_put_text(o, "title", b->s.show.title);
        json_put_text(o, "description", b->s.show.summary);
        json_put_text(o, "site", b->s.show.site);
        json_put_bool(o, "listed", ep->listed);
    }
    return o;
}

static int add_endpoints(struct broadcast *b, bool secrets, struct json *job, struct err *e)
{
    struct json *list = json_new_array();
    int r = 0;
    for (size_t i = 0; r >= 0 && i < b->num_endpoints; i++) {
        const struct live_endpoint *ep = b->endpoints[i];
        struct json *o = endpoint(b, ep);
        if (secrets && ep->secret)
            r = put_secret(b, ep->node, ep->secret, ep->user, o, e);
        json_push(list, o);
    }
    json_put(job, "endpoints", list);
    return r;
}

static void add_picture(struct broadcast *b, struct json *job)
{
    const struct live *l = &b->s.show.live;
    if (!l->width)
        return;
    struct json *o = json_new_object();
    json_put_int(o, "width", l->width);
    json_put_int(o, "height", l->height);
    json_put_int(o, "rate_num", l->rate_num);
    json_put_int(o, "rate_den", l->rate_den);
    json_put_int(o, "bitrate_kbps", l->bitrate_kbps);
    json_put_text(o, "speed", l->speed);
    json_put(job, "picture", o);
}

// The gain at which the last broadcast ended, so that the first minute is right, too.
static double start_gain(struct broadcast *b)
{
    char **names;
    size_t n;
    double gain = 0;
    if (fs_list(&b->s.arena, b->root, &names, &n, NULL) < 0)
        return 0;
    for (size_t i = n; i-- > 0 && gain == 0;) {
        struct json *report = NULL;
        const char *path = arena_printf(&b->s.arena, "%s/%s/report.json", b->root, names[i]);
        if (json_load(path, &report, NULL) >= 0)
            gain = json_number(json_get(report, "loudness"), "gain_db", 0);
        json_free(report);
    }
    return gain > MAX_START_GAIN_DB    ? MAX_START_GAIN_DB
           : gain < -MAX_START_GAIN_DB ? -MAX_START_GAIN_DB
                                       : gain;
}

int64_t job_room_bytes(const struct broadcast *b)
{
    const struct live *l = &b->s.show.live;
    int64_t received = (l->width ? RECEIVED_KBPS : 0) + SOUND_KBPS;
    int64_t aired = (l->width ? l->bitrate_kbps : 0) + AIRED_SOUND_KBPS;
    int64_t kbps = (l->record_received ? received : 0) + (l->record_aired ? aired : 0);
    return (int64_t)(l->hours * 3600 * (double)kbps * 1000 / 8);
}

static void add_sound_and_records(struct broadcast *b, struct json *job)
{
    const struct live *l = &b->s.show.live;
    bool kept = b->mode != LIVE_REHEARSE;
    struct json *loudness = json_new_object(), *record = json_new_object();
    struct json *slate = json_new_object(), *graph = json_new_object();
    json_put_real(loudness, "target_lufs", l->target_lufs);
    json_put_real(loudness, "ceiling_dbtp", l->ceiling_dbtp);
    json_put_real(loudness, "start_gain_db", start_gain(b));
    json_put(job, "loudness", loudness);
    json_put_bool(record, "received", kept && l->record_received);
    json_put_bool(record, "aired", kept && l->record_aired);
    json_put_int(record, "room_bytes", job_room_bytes(b));
    json_put(job, "record", record);
    const char *image = slate_image(b), *card = slate_card(b);
    json_put_text(slate, "image", image ? image : "");
    json_put_text(slate, "sound", l->slate_sound ? l->slate_sound : "");
    json_put(job, "slate", slate);
    json_put_text(job, "card", card ? card : "");
    json_put_text(graph, "version", l->graph_version);
    json_put_text(graph, "url", l->graph_url);
    json_put(job, "graph", graph);
    json_put_text(job, "upload_test", l->upload_test);
}

int job_make(struct broadcast *b, bool secrets, struct json **ret, struct err *e)
{
    char *socket = NULL;
    struct json *job = json_new_object();
    json_put_text(job, "episode", b->plan.ep->folder);
    json_put_text(job, "title", b->plan.ep->title);
    json_put_text(job, "artist", b->s.show.artist);
    json_put_text(job, "folder", b->folder);
    json_put_text(job, "state_file", broadcast_state_file(b));
    json_put_text(job, "report_file", broadcast_report_file(b));
    int r = secrets ? talk_place(&b->s.arena, b->s.dir, &socket, e) : 0;
    json_put_text(job, "socket", socket);
    if (r >= 0)
        r = add_sources(b, secrets, job, e);
    if (r >= 0)
        r = add_endpoints(b, secrets, job, e);
    add_picture(b, job);
    add_sound_and_records(b, job);
    json_put_bool(job, "resume", b->resume);
    json_put(job, "earlier", received_before(b));
    json_put_bool(job, "check", b->mode == LIVE_CHECK);
    json_put_bool(job, "end_stale", b->mode == LIVE_END_STALE);
    json_put_bool(job, "announce", b->mode == LIVE_ANNOUNCE);
    json_put_int(job, "start_utc_s", b->plan.ep->planned.start_utc_s);
    json_put_int(job, "metrics_port", b->metrics_port);
    if (r < 0)
        json_free(job);
    else
        *ret = job;
    return r;
}
