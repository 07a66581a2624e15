// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/sitepage.h"

#include <string.h>

#include "base/clock.h"

enum { PLACES = 16 };

void sitepage_path(struct xml *x, const char *name, const char *path)
{
    if (!path)
        return;
    struct str url;
    str_init(&url, STR_MAX);
    str_add_url(&url, path);
    xml_attr(x, name, url.p);
    str_done(&url);
}

void sitepage_leaf(struct xml *x, const char *name, const char *attr, const char *value,
                   const char *text)
{
    xml_open(x, name);
    xml_attr(x, attr, value);
    if (text)
        xml_text(x, text);
    xml_close(x);
}

static void write_string(struct sitepage *p, const char *key, const char *own_lang)
{
    const char *lang = words_language(p->w, key);
    xml_open(&p->x, "s");
    xml_attr(&p->x, "key", key);
    xml_attr(&p->x, "lang", lang && !str_same(lang, own_lang) ? lang : NULL);
    xml_text(&p->x, words_get(p->w, key));
    xml_close(&p->x);
}

// Every string of the language, and those of bokmål that it lacks. A page in "no" may hold either.
static void write_strings(struct sitepage *p, const char *lang)
{
    const struct words *w = p->w;
    const struct json *all = w->fallback ? w->fallback : w->strings;
    const char *own = str_same(lang, "no") ? "nb" : lang;
    xml_open(&p->x, "strings");
    for (size_t i = 0; i < json_count(all); i++)
        if (json_text(all, json_key_at(all, i)))
            write_string(p, json_key_at(all, i), own);
    xml_close(&p->x);
}

// <kit path type format="PDF" size>title</kit>
void sitepage_kit(struct sitepage *p, const struct fact_download *d)
{
    const char *dot = strrchr(d->path, '.');
    struct str size, kind;
    str_init(&size, 64);
    str_init(&kind, 64);
    words_size(&size, p->w, d->bytes);
    for (const char *c = dot ? dot + 1 : ""; *c; c++)
        str_addc(&kind, *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c);
    xml_open(&p->x, "kit");
    sitepage_path(&p->x, "path", d->path);
    xml_attr(&p->x, "type", d->type);
    xml_attr(&p->x, "format", kind.p);
    xml_attr(&p->x, "size", size.p);
    xml_text(&p->x, d->title);
    xml_close(&p->x);
    str_done(&size);
    str_done(&kind);
}

void sitepage_license(struct xml *x, const char *id)
{
    const struct license *known = license_find(id);
    if (!id)
        return;
    xml_open(x, "license");
    xml_attr(x, "id", id);
    xml_attr(x, "url", known ? known->url : NULL);
    xml_text(x, known ? known->name : id);
    xml_close(x);
}

static void write_show(struct xml *x, const struct fact_show *s)
{
    xml_open(x, "show");
    sitepage_path(x, "cover", s->cover);
    sitepage_path(x, "logo", s->logo);
    sitepage_path(x, "calendar", s->calendar);
    xml_attr(x, "lang", s->language);
    xml_leaf(x, "title", s->title);
    xml_leaf(x, "summary", s->summary);
    xml_leaf(x, "author", s->author);
    xml_leaf(x, "email", s->owner_email);
    sitepage_license(x, s->license);
    for (size_t i = 0; i < s->num_directories; i++)
        sitepage_leaf(x, "directory", "url", s->directories[i].url, s->directories[i].title);
    xml_close(x);
}

// Inside <script> nothing may end it, and '<' never has to stand in JSON.
static void write_about(struct xml *x, struct json *about)
{
    if (!about)
        return;
    struct str json, safe;
    str_init(&json, STR_MAX);
    str_init(&safe, STR_MAX);
    json_write(&json, about, false);
    for (const char *c = json.p; *c; c++) {
        if (*c == '<')
            str_add(&safe, "\\u003c");
        else
            str_addc(&safe, *c);
    }
    xml_leaf(x, "jsonld", safe.p);
    str_done(&json);
    str_done(&safe);
    json_free(about);
}

void sitepage_open(struct sitepage *p, struct str *out, const struct words *w,
                   const struct sitepage_head *h)
{
    p->w = w;
    xml_init(&p->x, out, 0);
    xml_open(&p->x, "page");
    xml_attr(&p->x, "kind", h->kind);
    xml_attr(&p->x, "lang", h->lang);
    xml_attr(&p->x, "root", h->root);
    xml_attr(&p->x, "site", h->show->site);
    sitepage_path(&p->x, "path", h->path);
    write_strings(p, h->lang);
    write_show(&p->x, h->show);
    write_about(&p->x, h->about);
}

void sitepage_close(struct sitepage *p)
{
    xml_close(&p->x);
}

void sitepage_date(struct sitepage *p, int64_t utc_s)
{
    struct day d = day_in_norway(utc_s);
    struct str iso, text;
    str_init(&iso, 32);
    str_init(&text, 128);
    str_addf(&iso, "%04d-%02d-%02d", d.year, d.month, d.day);
    words_date(&text, p->w, utc_s);
    xml_open(&p->x, "date");
    xml_attr(&p->x, "iso", iso.p);
    xml_attr(&p->x, "lang", words_language(p->w, "months"));
    xml_text(&p->x, text.p);
    xml_close(&p->x);
    str_done(&iso);
    str_done(&text);
}

static void write_length(struct sitepage *p, tick length)
{
    if (length <= 0)
        return;
    struct str iso, text;
    str_init(&iso, 32);
    str_init(&text, 128);
    str_addf(&iso, "PT%lldS", (long long)((length + TICKS_PER_SEC / 2) / TICKS_PER_SEC));
    words_length(&text, p->w, length);
    sitepage_leaf(&p->x, "length", "iso", iso.p, text.p);
    str_done(&iso);
    str_done(&text);
}

void sitepage_goals(struct sitepage *p, const struct fact_goal *goals, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        xml_open(&p->x, "goal");
        xml_attr_int(&p->x, "number", goals[i].number);
        xml_attr(&p->x, "iri", goals[i].iri);
        xml_text(&p->x, goals[i].title);
        xml_close(&p->x);
    }
}

void sitepage_goal_set(struct sitepage *p, const struct site_facts *f, sdg_set set)
{
    for (size_t i = 0; i < f->num_goals; i++)
        if (set & SDG(f->goals[i].number))
            sitepage_goals(p, &f->goals[i], 1);
}

static void write_people(struct xml *x, const char *name, const struct fact_person *people,
                         size_t n)
{
    for (size_t i = 0; i < n; i++) {
        xml_open(x, name);
        xml_attr(x, "role", people[i].role);
        xml_attr(x, "municipality", people[i].place.name);
        xml_attr(x, "url", people[i].url);
        xml_text(x, people[i].name);
        xml_close(x);
    }
}

void sitepage_entry(struct sitepage *p, const struct fact_episode *ep)
{
    struct xml *x = &p->x;
    xml_attr(x, "lang", ep->language);
    sitepage_path(x, "slug", ep->slug);
    sitepage_path(x, "cover", ep->cover);
    sitepage_path(x, "poster", ep->poster);
    xml_attr(x, "kind", ep->kind);
    if (ep->number > 0)
        xml_attr_int(x, "number", ep->number);
    if (ep->season > 0)
        xml_attr_int(x, "season", ep->season);
    xml_leaf(x, "title", ep->title);
    xml_leaf(x, "summary", ep->summary);
    sitepage_date(p, ep->published_utc_s);
    write_length(p, ep->length);
    if (ep->theme)
        sitepage_leaf(x, "theme", "id", ep->theme_id, ep->theme);
    sitepage_goals(p, ep->goals, ep->num_goals);
    for (size_t i = 0; i < ep->num_targets; i++)
        sitepage_leaf(x, "target", "iri", ep->targets[i].iri, ep->targets[i].code);
    write_people(x, "host", ep->hosts, ep->num_hosts);
    write_people(x, "guest", ep->guests, ep->num_guests);
    const struct fact_place *places[PLACES];
    size_t n = facts_places(ep, places, PLACES);
    for (size_t i = 0; i < n; i++)
        sitepage_leaf(x, "place", "number", places[i]->number, places[i]->name);
}

void sitepage_listed(struct sitepage *p, const struct fact_episode *ep)
{
    xml_open(&p->x, "episode");
    sitepage_entry(p, ep);
    xml_close(&p->x);
}

void sitepage_resource(struct sitepage *p, const struct fact_resource *r,
                       const struct fact_episode *from)
{
    struct xml *x = &p->x;
    xml_open(x, "resource");
    xml_attr(x, "kind", r->kind);
    xml_attr(x, "url", r->url);
    xml_attr(x, "text", r->text);
    xml_attr(x, "contact", r->contact);
    xml_attr(x, "municipality", r->place.name);
    xml_attr(x, "number", r->place.number);
    if (from) {
        sitepage_path(x, "slug", from->slug);
        xml_attr(x, "lang", from->language);
        xml_attr(x, "from", from->title);
    }
    xml_text(x, r->title);
    xml_close(x);
}

void sitepage_live(struct sitepage *p, const struct fact_live *live)
{
    struct xml *x = &p->x;
    struct str time;
    char iso[CLOCK_TEXT];
    str_init(&time, 64);
    words_time(&time, p->w, live->start_utc_s);
    clock_iso(live->start_utc_s, iso);
    xml_open(x, "broadcast");
    xml_attr(x, "status", live->status);
    xml_attr(x, "url", live->num_pages ? live->pages[0].url : NULL);
    xml_attr(x, "where", live->num_pages ? live->pages[0].title : NULL);
    xml_attr(x, "lang", live->ep.language);
    xml_attr(x, "utc", iso);
    xml_leaf(x, "title", live->ep.title);
    sitepage_date(p, live->start_utc_s);
    xml_leaf(x, "time", time.p);
    if (live->ep.theme)
        sitepage_leaf(x, "theme", "id", live->ep.theme_id, live->ep.theme);
    sitepage_goals(p, live->ep.goals, live->ep.num_goals);
    write_people(x, "guest", live->ep.guests, live->ep.num_guests);
    xml_close(x);
    str_done(&time);
}
