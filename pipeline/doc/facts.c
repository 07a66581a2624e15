// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/facts.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/str.h"

// These settings are made by the program itself: a fault in them is ours, not the producer's.
static int missing(struct err *e, const char *what, const char *key)
{
    return err_set(e, -EINVAL, "settings of %s: '%s' is missing or of the wrong type", what, key);
}

static int need_texts(const struct json *j, const char *what, const char *const *keys,
                      struct err *e)
{
    for (; *keys; keys++)
        if (!json_text(j, *keys))
            return missing(e, what, *keys);
    return 0;
}

static void read_place(const struct json *j, struct fact_place *ret)
{
    ret->name = json_text(j, "name");
    ret->number = json_text(j, "number");
    ret->osm = json_text(j, "osm");
    ret->lat = json_number(j, "lat", NAN);
    ret->lon = json_number(j, "lon", NAN);
    ret->has_point = !isnan(ret->lat) && !isnan(ret->lon);
}

int facts_people(struct arena *a, const struct json *array, struct fact_person **ret, size_t *ret_n,
                 struct err *e)
{
    size_t n = json_count(array);
    struct fact_person *p = arena_array(a, struct fact_person, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct json *j = json_at(array, i);
        p[i].name = json_text(j, "name");
        if (!p[i].name)
            return missing(e, "a person", "name");
        p[i].role = json_text(j, "role");
        p[i].url = json_text(j, "url");
        read_place(json_get(j, "municipality"), &p[i].place);
    }
    *ret = p;
    *ret_n = n;
    return 0;
}

int facts_goals(struct arena *a, const struct json *array, struct fact_goal **ret, size_t *ret_n,
                struct err *e)
{
    size_t n = json_count(array);
    struct fact_goal *g = arena_array(a, struct fact_goal, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct json *j = json_at(array, i);
        g[i].number = json_int(j, "number", 0);
        g[i].title = json_text(j, "title");
        if (g[i].number < 1 || !g[i].title)
            return missing(e, "a goal", "number or title");
        g[i].iri = json_text(j, "iri");
        g[i].color = json_text_or(j, "color", "#DDDDDD");
        g[i].text_color = json_text_or(j, "text_color", "black");
    }
    *ret = g;
    *ret_n = n;
    return 0;
}

static int read_files(struct arena *a, const struct json *array, struct fact_episode *ep,
                      struct err *e)
{
    ep->num_files = json_count(array);
    ep->files = arena_array(a, struct fact_file, ep->num_files + 1);
    for (size_t i = 0; i < ep->num_files; i++) {
        const struct json *j = json_at(array, i);
        struct fact_file *f = &ep->files[i];
        f->path = json_text(j, "path");
        f->type = json_text(j, "type");
        f->output = json_text_or(j, "output", "");
        f->sha256 = json_text(j, "sha256");
        f->bytes = json_bytes(j);
        f->duration = json_int(j, "duration_ticks", ep->length);
        f->width = json_int(j, "width", 0);
        f->height = json_int(j, "height", 0);
        if (!f->path || !f->type || f->bytes < 0)
            return missing(e, "a file", "path, type or bytes");
    }
    return ep->num_files ? 0 : missing(e, "an episode", "files");
}

static int read_clips(struct arena *a, const struct json *array, struct fact_episode *ep,
                      struct err *e)
{
    ep->num_clips = json_count(array);
    ep->clips = arena_array(a, struct fact_clip, ep->num_clips + 1);
    for (size_t i = 0; i < ep->num_clips; i++) {
        const struct json *j = json_at(array, i);
        struct fact_clip *c = &ep->clips[i];
        *c = (struct fact_clip){
            .shape = json_text(j, "shape"),
            .title = json_text(j, "title"),
            .path = json_text(j, "path"),
            .text = json_text(j, "text"),
            .captions = json_text(j, "captions"),
            .bytes = json_bytes(j),
            .duration = json_int(j, "duration_ticks", 0),
        };
        if (!c->shape || !c->title || !c->path || c->bytes < 0)
            return missing(e, "a clip", "shape, title, path or bytes");
    }
    return 0;
}

static int read_kit(struct arena *a, const struct json *array, struct fact_episode *ep,
                    struct err *e)
{
    ep->num_kit = json_count(array);
    ep->kit = arena_array(a, struct fact_download, ep->num_kit + 1);
    for (size_t i = 0; i < ep->num_kit; i++) {
        const struct json *j = json_at(array, i);
        struct fact_download *d = &ep->kit[i];
        d->title = json_text(j, "title");
        d->path = json_text(j, "path");
        d->type = json_text(j, "type");
        d->bytes = json_bytes(j);
        if (!d->title || !d->path || !d->type || d->bytes < 0)
            return missing(e, "a file of the kit", "title, path, type or bytes");
    }
    return 0;
}

static int read_chapters(struct arena *a, const struct json *array, struct fact_episode *ep,
                         struct err *e)
{
    ep->num_chapters = json_count(array);
    ep->chapters = arena_array(a, struct fact_chapter, ep->num_chapters + 1);
    for (size_t i = 0; i < ep->num_chapters; i++) {
        const struct json *j = json_at(array, i);
        ep->chapters[i].start = json_int(j, "start_ticks", -1);
        ep->chapters[i].title = json_text(j, "title");
        ep->chapters[i].url = json_text(j, "url");
        if (ep->chapters[i].start < 0 || !ep->chapters[i].title)
            return missing(e, "a chapter", "start_ticks or title");
    }
    return 0;
}

static int read_transcripts(struct arena *a, const struct json *array, struct fact_episode *ep,
                            struct err *e)
{
    ep->num_transcripts = json_count(array);
    ep->transcripts = arena_array(a, struct fact_transcript, ep->num_transcripts + 1);
    for (size_t i = 0; i < ep->num_transcripts; i++) {
        const struct json *j = json_at(array, i);
        struct fact_transcript *t = &ep->transcripts[i];
        t->language = json_text(j, "language");
        t->made = json_text_or(j, "made", "corrected");
        t->vtt = json_text(j, "vtt");
        t->srt = json_text(j, "srt");
        t->json = json_text(j, "json");
        t->html = json_text(j, "html");
        if (!t->language)
            return missing(e, "a transcript", "language");
    }
    return 0;
}

static int read_soundbites(struct arena *a, const struct json *array, struct fact_episode *ep,
                           struct err *e)
{
    ep->num_soundbites = json_count(array);
    ep->soundbites = arena_array(a, struct fact_soundbite, ep->num_soundbites + 1);
    for (size_t i = 0; i < ep->num_soundbites; i++) {
        const struct json *j = json_at(array, i);
        struct span span = {json_int(j, "start_ticks", -1), json_int(j, "end_ticks", -1)};
        ep->soundbites[i] = (struct fact_soundbite){span, json_text(j, "title")};
        if (span.start < 0 || span.end <= span.start || !ep->soundbites[i].title)
            return missing(e, "a soundbite", "start_ticks, end_ticks or title");
    }
    return 0;
}

static int read_talk(struct arena *a, const struct json *j, struct fact_episode *ep, struct err *e)
{
    const struct json *comments = json_get(j, "comments"), *credits = json_get(j, "credits");
    ep->num_comments = json_count(comments);
    ep->comments = arena_array(a, struct fact_comments, ep->num_comments + 1);
    for (size_t i = 0; i < ep->num_comments; i++) {
        const struct json *c = json_at(comments, i);
        ep->comments[i] = (struct fact_comments){json_text(c, "url"), json_text(c, "protocol"),
                                                 json_text(c, "account")};
        if (!ep->comments[i].url || !ep->comments[i].protocol)
            return missing(e, "comments", "url or protocol");
    }
    ep->num_credits = json_count(credits);
    ep->credits = arena_array(a, struct fact_credit, ep->num_credits + 1);
    for (size_t i = 0; i < ep->num_credits; i++) {
        const struct json *c = json_at(credits, i);
        ep->credits[i] = (struct fact_credit){json_text(c, "name"), json_text(c, "role"),
                                              json_text(c, "group"), json_text(c, "url")};
        if (!ep->credits[i].name || !ep->credits[i].role || !ep->credits[i].group)
            return missing(e, "credits", "name, role or group");
    }
    return 0;
}

static int read_waivers(struct arena *a, const struct json *array, struct fact_episode *ep,
                        struct err *e)
{
    ep->num_waivers = json_count(array);
    ep->waivers = arena_array(a, struct fact_waiver, ep->num_waivers + 1);
    for (size_t i = 0; i < ep->num_waivers; i++) {
        const struct json *j = json_at(array, i);
        ep->waivers[i] = (struct fact_waiver){json_text(j, "rule"), json_text(j, "reason")};
        if (!ep->waivers[i].rule || !ep->waivers[i].reason)
            return missing(e, "a waiver", ep->waivers[i].rule ? "reason" : "rule");
    }
    return 0;
}

static int read_resources(struct arena *a, const struct json *array, struct fact_episode *ep,
                          struct err *e)
{
    ep->num_resources = json_count(array);
    ep->resources = arena_array(a, struct fact_resource, ep->num_resources + 1);
    for (size_t i = 0; i < ep->num_resources; i++) {
        const struct json *j = json_at(array, i);
        ep->resources[i].kind = json_text(j, "kind");
        ep->resources[i].title = json_text(j, "title");
        ep->resources[i].text = json_text(j, "text");
        ep->resources[i].url = json_text(j, "url");
        ep->resources[i].contact = json_text(j, "contact");
        read_place(json_get(j, "municipality"), &ep->resources[i].place);
        if (!ep->resources[i].title)
            return missing(e, "a resource", "title");
    }
    return 0;
}

static int read_targets(struct arena *a, const struct json *array, struct fact_episode *ep,
                        struct err *e)
{
    ep->num_targets = json_count(array);
    ep->targets = arena_array(a, struct fact_target, ep->num_targets + 1);
    for (size_t i = 0; i < ep->num_targets; i++) {
        ep->targets[i].code = json_text(json_at(array, i), "code");
        ep->targets[i].iri = json_text(json_at(array, i), "iri");
        if (!ep->targets[i].code)
            return missing(e, "a target", "code");
    }
    return 0;
}

static int read_lists(struct arena *a, const struct json *j, struct fact_episode *ep, struct err *e)
{
    int r = facts_goals(a, json_get(j, "goals"), &ep->goals, &ep->num_goals, e);
    if (r >= 0)
        r = read_targets(a, json_get(j, "targets"), ep, e);
    if (r >= 0)
        r = facts_people(a, json_get(j, "hosts"), &ep->hosts, &ep->num_hosts, e);
    if (r >= 0)
        r = facts_people(a, json_get(j, "guests"), &ep->guests, &ep->num_guests, e);
    if (r >= 0)
        r = read_resources(a, json_get(j, "resources"), ep, e);
    if (r >= 0)
        r = read_chapters(a, json_get(j, "chapters"), ep, e);
    if (r >= 0)
        r = read_transcripts(a, json_get(j, "transcripts"), ep, e);
    if (r >= 0)
        r = read_soundbites(a, json_get(j, "soundbites"), ep, e);
    if (r >= 0)
        r = read_talk(a, j, ep, e);
    if (r >= 0)
        r = read_waivers(a, json_get(j, "waivers"), ep, e);
    return r;
}

static int read_episode(struct arena *a, const struct json *j, struct fact_episode *ep,
                        struct err *e)
{
    static const char *const needed[] = {"slug", "title", NULL};
    int r = need_texts(j, "an episode", needed, e);
    if (r < 0)
        return r;
    *ep = (struct fact_episode){
        .slug = json_text(j, "slug"),
        .guid = json_text(j, "guid"),
        .title = json_text(j, "title"),
        .summary = json_text(j, "summary"),
        .notes = json_text(j, "notes"),
        .language = json_text_or(j, "language", "nb"),
        .kind = json_text_or(j, "kind", "full"),
        .license = json_text(j, "license"),
        .cover = json_text(j, "cover"),
        .poster = json_text(j, "poster"),
        .theme_id = json_text(json_get(j, "theme"), "id"),
        .theme = json_text(json_get(j, "theme"), "title"),
        .published_utc_s = json_int(j, "published_utc_s", INT64_MIN),
        .month = json_int(j, "month", 0),
        .number = json_int(j, "number", 0),
        .season = json_int(j, "season", 0),
        .cover_width = json_int(j, "cover_width", 0),
        .length = json_int(j, "length_ticks", 0),
        .is_explicit = json_bool(j, "explicit", false),
    };
    if (ep->published_utc_s == INT64_MIN)
        return missing(e, "an episode", "published_utc_s");
    return read_lists(a, j, ep, e);
}

int facts_episode(struct arena *a, const struct json *j, struct fact_episode *ret, struct err *e)
{
    struct fact_episode ep;
    int r = read_episode(a, j, &ep, e);
    if (r < 0)
        return r;
    if (!ep.guid)
        return missing(e, "an episode", "guid");
    if (ep.length <= 0)
        return missing(e, "an episode", "length_ticks");
    r = read_files(a, json_get(j, "files"), &ep, e);
    if (r >= 0)
        r = read_clips(a, json_get(j, "clips"), &ep, e);
    if (r >= 0)
        r = read_kit(a, json_get(j, "kit"), &ep, e);
    if (r >= 0)
        *ret = ep;
    return r;
}

int facts_entry(struct arena *a, const struct json *j, struct fact_episode *ret, struct err *e)
{
    struct fact_episode ep;
    int r = read_episode(a, j, &ep, e);
    if (r >= 0)
        *ret = ep;
    return r;
}

static int read_streams(struct arena *a, const struct json *array, struct fact_live *live,
                        struct err *e)
{
    live->num_files = json_count(array);
    live->files = arena_array(a, struct fact_stream, live->num_files + 1);
    for (size_t i = 0; i < live->num_files; i++) {
        const struct json *j = json_at(array, i);
        live->files[i] = (struct fact_stream){json_text(j, "url"), json_text(j, "type"),
                                              json_int(j, "bitrate_kbps", 0)};
        if (!live->files[i].url || !live->files[i].type)
            return missing(e, "a broadcast's file", "url or type");
    }
    return 0;
}

int facts_links(struct arena *a, const struct json *array, const char *what, struct fact_link **ret,
                size_t *ret_n, struct err *e)
{
    size_t n = json_count(array);
    struct fact_link *links = arena_array(a, struct fact_link, n + 1);
    for (size_t i = 0; i < n; i++) {
        links[i].url = json_text(json_at(array, i), "url");
        links[i].title = json_text(json_at(array, i), "title");
        if (!links[i].url || !links[i].title)
            return missing(e, what, "url or title");
    }
    *ret = links;
    *ret_n = n;
    return 0;
}

int facts_live(struct arena *a, const struct json *j, struct fact_live *ret, struct err *e)
{
    struct fact_live live = {
        .status = json_text(j, "status"),
        .start_utc_s = json_int(j, "start_utc_s", INT64_MIN),
        .end_utc_s = json_int(j, "end_utc_s", INT64_MIN),
    };
    if (!live.status || live.start_utc_s == INT64_MIN)
        return missing(e, "a broadcast", "status or start_utc_s");
    int r = facts_entry(a, json_get(j, "episode"), &live.ep, e);
    if (r >= 0 && !live.ep.guid)
        r = missing(e, "a broadcast", "guid");
    if (r >= 0)
        r = read_streams(a, json_get(j, "files"), &live, e);
    if (r >= 0)
        r = facts_links(a, json_get(j, "pages"), "a broadcast's page", &live.pages, &live.num_pages,
                        e);
    if (r >= 0 && !live.num_pages)
        r = missing(e, "a broadcast", "pages");
    if (r >= 0)
        *ret = live;
    return r;
}

int facts_show(struct arena *a, const struct json *j, struct fact_show *ret, struct err *e)
{
    static const char *const needed[] = {"title", "site", NULL};
    int r = need_texts(j, "the show", needed, e);
    if (r < 0)
        return r;
    struct fact_show s = {
        .title = json_text(j, "title"),
        .summary = json_text(j, "summary"),
        .author = json_text(j, "author"),
        .language = json_text_or(j, "language", "nb"),
        .site = json_text(j, "site"),
        .guid = json_text(j, "guid"),
        .license = json_text(j, "license"),
        .copyright = json_text(j, "copyright"),
        .owner_name = json_text(j, "owner_name"),
        .owner_email = json_text(j, "owner_email"),
        .cover = json_text(j, "cover"),
        .logo = json_text(j, "logo"),
        .calendar = json_text(j, "calendar"),
        .cover_width = json_int(j, "cover_width", 0),
        .is_explicit = json_bool(j, "explicit", false),
        .locked = json_bool(j, "locked", true),
    };
    const struct json *categories = json_get(j, "categories");
    s.num_categories = json_count(categories);
    s.categories = arena_array(a, const char *, s.num_categories + 1);
    for (size_t i = 0; i < s.num_categories; i++) {
        s.categories[i] = json_as_text(json_at(categories, i));
        if (!s.categories[i])
            return missing(e, "the show", "categories");
    }
    r = facts_links(a, json_get(j, "directories"), "a directory", &s.directories,
                    &s.num_directories, e);
    if (r >= 0)
        *ret = s;
    return r;
}

static size_t add_place(const struct fact_place *place, const struct fact_place **ret, size_t n,
                        size_t room)
{
    if (!place->name || n == room)
        return n;
    for (size_t i = 0; i < n; i++)
        if (str_same(ret[i]->name, place->name))
            return n;
    ret[n] = place;
    return n + 1;
}

size_t facts_places(const struct fact_episode *ep, const struct fact_place **ret, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < ep->num_guests; i++)
        n = add_place(&ep->guests[i].place, ret, n, room);
    for (size_t i = 0; i < ep->num_resources; i++)
        n = add_place(&ep->resources[i].place, ret, n, room);
    return n;
}
