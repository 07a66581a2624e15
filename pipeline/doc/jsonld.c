// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/jsonld.h"

#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "doc/words.h"

enum { PLACES = 16 };

static struct json *thing(const char *type, const char *name)
{
    struct json *o = json_new_object();
    json_put_text(o, "@type", type);
    json_put_text(o, "name", name);
    return o;
}

static void put_address(struct json *o, const char *key, const char *site, const char *before,
                        const char *path, const char *behind)
{
    struct str url;
    if (!path)
        return;
    str_init(&url, STR_MAX);
    str_add(&url, site);
    str_add(&url, before);
    str_add_url(&url, path);
    str_add(&url, behind);
    json_put_text(o, key, url.p);
    str_done(&url);
}

static void put_time(struct json *o, const char *key, int64_t utc_s)
{
    char iso[CLOCK_TEXT];
    clock_iso(utc_s, iso);
    json_put_text(o, key, iso);
}

static void put_length(struct json *o, const char *key, tick length)
{
    struct str s;
    if (length <= 0)
        return;
    str_init(&s, 32);
    str_addf(&s, "PT%lldS", (long long)((length + TICKS_PER_SEC / 2) / TICKS_PER_SEC));
    json_put_text(o, key, s.p);
    str_done(&s);
}

static struct json *organizer(const struct fact_show *show)
{
    return show->author ? thing("Organization", show->author) : NULL;
}

struct json *jsonld_series(const struct fact_show *show)
{
    const struct license *license = license_find(show->license);
    struct json *o = json_new_object();
    json_put_text(o, "@context", "https://schema.org");
    json_put_text(o, "@type", "PodcastSeries");
    json_put_text(o, "name", show->title);
    json_put_text(o, "description", show->summary);
    json_put_text(o, "url", show->site);
    put_address(o, "webFeed", show->site, "", "feed.xml", "");
    put_address(o, "image", show->site, "", show->cover, "");
    json_put_text(o, "inLanguage", show->language);
    json_put_text(o, "license", license ? license->url : NULL);
    json_put(o, "publisher", organizer(show));
    return o;
}

static struct json *media(const struct fact_show *show, const struct fact_file *f)
{
    bool video = str_starts(f->type, "video/") || str_same(f->output, "hls");
    struct json *o = json_new_object();
    json_put_text(o, "@type", video ? "VideoObject" : "AudioObject");
    put_address(o, "contentUrl", show->site, "", f->path, "");
    json_put_text(o, "encodingFormat", f->type);
    json_put_int(o, "contentSize", f->bytes);
    put_length(o, "duration", f->duration);
    return o;
}

static void put_people(struct json *o, const char *key, const struct fact_person *people, size_t n)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++) {
        struct json *one = thing("Person", people[i].name);
        json_put_text(one, "jobTitle", people[i].role);
        json_put_text(one, "url", people[i].url);
        json_push(list, one);
    }
    if (n)
        json_put(o, key, list);
    else
        json_free(list);
}

static void put_places(struct json *o, const struct fact_episode *ep)
{
    const struct fact_place *places[PLACES];
    size_t n = facts_places(ep, places, PLACES);
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++)
        json_push(list, thing("AdministrativeArea", places[i]->name));
    json_put(o, "contentLocation", n ? json_keep(list) : NULL);
    json_free(list);
}

static void put_subjects(struct json *o, const struct fact_episode *ep)
{
    struct json *list = json_new_array();
    if (ep->theme)
        json_push(list, thing("Thing", ep->theme));
    for (size_t i = 0; i < ep->num_goals; i++) {
        struct json *one = thing("Thing", ep->goals[i].title);
        json_put_text(one, "sameAs", ep->goals[i].iri);
        json_push(list, one);
    }
    json_put(o, "about", json_count(list) ? json_keep(list) : NULL);
    json_free(list);
}

static void put_media(struct json *o, const struct fact_show *show, const struct fact_episode *ep)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < ep->num_files; i++)
        json_push(list, media(show, &ep->files[i]));
    json_put(o, "associatedMedia", list);
}

struct json *jsonld_episode(const struct fact_show *show, const struct fact_episode *ep)
{
    const struct license *license = license_find(ep->license ? ep->license : show->license);
    struct json *series = thing("PodcastSeries", show->title);
    json_put_text(series, "url", show->site);
    struct json *o = json_new_object();
    json_put_text(o, "@context", "https://schema.org");
    json_put_text(o, "@type", "PodcastEpisode");
    json_put_text(o, "name", ep->title);
    json_put_text(o, "description", ep->summary);
    put_address(o, "url", show->site, "episodes/", ep->slug, "/");
    json_put_text(o, "identifier", ep->guid);
    put_time(o, "datePublished", ep->published_utc_s);
    put_length(o, "timeRequired", ep->length);
    json_put_text(o, "inLanguage", ep->language);
    put_address(o, "image", show->site, "", ep->cover, "");
    if (ep->number > 0)
        json_put_int(o, "episodeNumber", ep->number);
    json_put(o, "partOfSeries", series);
    put_media(o, show, ep);
    put_people(o, "author", ep->hosts, ep->num_hosts);
    put_people(o, "contributor", ep->guests, ep->num_guests);
    put_places(o, ep);
    put_subjects(o, ep);
    json_put_text(o, "license", license ? license->url : NULL);
    json_put(o, "publisher", organizer(show));
    return o;
}

static struct json *event(const struct fact_show *show, const struct fact_live *live)
{
    struct json *o = thing("BroadcastEvent", live->ep.title), *where = json_new_object();
    json_put_text(o, "description", live->ep.summary);
    put_time(o, "startDate", live->start_utc_s);
    if (live->end_utc_s != INT64_MIN)
        put_time(o, "endDate", live->end_utc_s);
    json_put_bool(o, "isLiveBroadcast", true);
    json_put_bool(o, "isAccessibleForFree", true);
    json_put_text(o, "inLanguage", live->ep.language);
    json_put_text(o, "eventStatus", "https://schema.org/EventScheduled");
    json_put_text(o, "eventAttendanceMode", "https://schema.org/OnlineEventAttendanceMode");
    json_put_text(where, "@type", "VirtualLocation");
    json_put_text(where, "url", live->pages[0].url);
    json_put(o, "location", where);
    put_address(o, "image", show->site, "", show->cover, "");
    json_put(o, "organizer", organizer(show));
    return o;
}

struct json *jsonld_broadcasts(const struct fact_show *show, const struct fact_live *lives,
                               size_t n)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++)
        if (!str_same(lives[i].status, "ended"))
            json_push(list, event(show, &lives[i]));
    if (!json_count(list)) {
        json_free(list);
        return NULL;
    }
    struct json *o = json_new_object();
    json_put_text(o, "@context", "https://schema.org");
    json_put(o, "@graph", list);
    return o;
}
