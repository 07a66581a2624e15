// SPDX-License-Identifier: GPL-3.0-or-later
#include "doc/rss_parts.h"

#include "base/clock.h"
#include "base/str.h"
#include "doc/markdown.h"
#include "doc/rss.h"
#include "doc/words.h"

enum { SHORT_MAX = 128, PLACES = 16 }; // the podcast namespace, in bytes
static const char sdg_domain[] = "http://metadata.un.org/sdg";

void rss_text_short(struct xml *x, const char *text)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, text);
    text_cut(&s, SHORT_MAX);
    xml_text(x, s.p);
    str_done(&s);
}

void rss_leaf_int(struct xml *x, const char *name, int64_t value)
{
    struct str text;
    str_init(&text, 32);
    str_addf(&text, "%lld", (long long)value);
    xml_leaf(x, name, text.p);
    str_done(&text);
}

void rss_leaf_date(struct xml *x, const char *name, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_rfc2822(utc_s, text);
    xml_leaf(x, name, text);
}

void rss_leaf_url(struct xml *x, const char *name, const struct fact_show *s, const char *path)
{
    struct str url;
    str_init(&url, STR_MAX);
    site_url(&url, s, path);
    xml_leaf(x, name, url.p);
    str_done(&url);
}

void rss_attr_url(struct xml *x, const char *name, const struct fact_show *s, const char *path)
{
    struct str url;
    str_init(&url, STR_MAX);
    site_url(&url, s, path);
    xml_attr(x, name, url.p);
    str_done(&url);
}

void rss_image(struct xml *x, const struct fact_show *s, const char *path, int64_t width,
               const char *alt)
{
    if (!path)
        return;
    xml_open(x, "itunes:image");
    rss_attr_url(x, "href", s, path);
    xml_close(x);
    xml_open(x, "podcast:image");
    rss_attr_url(x, "href", s, path);
    xml_attr(x, "alt", alt);
    xml_attr(x, "aspect-ratio", "1/1");
    if (width > 0)
        xml_attr_int(x, "width", width);
    xml_attr(x, "type", str_ends(path, ".png") ? "image/png" : "image/jpeg");
    xml_attr(x, "purpose", "artwork");
    xml_close(x);
}

static void write_category(struct xml *x, const char *domain, const char *text)
{
    xml_open(x, "category");
    xml_attr(x, "domain", domain);
    xml_text(x, text);
    xml_close(x);
}

static void write_txt(struct xml *x, const char *iri)
{
    if (!iri)
        return;
    xml_open(x, "podcast:txt");
    xml_attr(x, "purpose", "sdg");
    xml_text(x, iri);
    xml_close(x);
}

// Theme and goals: as categories for readers of RSS, as txt for those who know only the podcast
// namespace.
void rss_subjects(struct xml *x, const struct fact_show *s, const struct fact_episode *ep)
{
    if (ep->theme) {
        struct str domain;
        str_init(&domain, STR_MAX);
        site_url(&domain, s, "tema");
        write_category(x, domain.p, ep->theme);
        str_done(&domain);
    }
    for (size_t i = 0; i < ep->num_goals; i++) {
        struct str number;
        str_init(&number, 32);
        str_addf(&number, "%lld", (long long)ep->goals[i].number);
        write_category(x, sdg_domain, number.p);
        str_done(&number);
    }
    for (size_t i = 0; i < ep->num_targets; i++)
        write_category(x, sdg_domain, ep->targets[i].code);
    for (size_t i = 0; i < ep->num_goals; i++)
        write_txt(x, ep->goals[i].iri);
    for (size_t i = 0; i < ep->num_targets; i++)
        write_txt(x, ep->targets[i].iri);
}

void rss_people(struct xml *x, const struct fact_person *people, size_t n, const char *role)
{
    for (size_t i = 0; i < n; i++) {
        xml_open(x, "podcast:person");
        xml_attr(x, "role", role);
        xml_attr(x, "group", "cast");
        xml_attr(x, "href", people[i].url);
        rss_text_short(x, people[i].name);
        xml_close(x);
    }
}

void rss_credits(struct xml *x, const struct fact_episode *ep)
{
    for (size_t i = 0; i < ep->num_credits; i++) {
        const struct fact_credit *c = &ep->credits[i];
        xml_open(x, "podcast:person");
        xml_attr(x, "role", c->role);
        xml_attr(x, "group", c->group);
        xml_attr(x, "href", c->url);
        rss_text_short(x, c->name);
        xml_close(x);
    }
}

void rss_places(struct xml *x, const struct fact_episode *ep)
{
    const struct fact_place *places[PLACES];
    size_t n = facts_places(ep, places, PLACES);
    for (size_t i = 0; i < n; i++) {
        xml_open(x, "podcast:location");
        xml_attr(x, "rel", "subject");
        if (places[i]->has_point) {
            struct str geo;
            str_init(&geo, 64);
            str_add(&geo, "geo:");
            str_add_real(&geo, places[i]->lat, 4);
            str_addc(&geo, ',');
            str_add_real(&geo, places[i]->lon, 4);
            xml_attr(x, "geo", geo.p);
            str_done(&geo);
        }
        xml_attr(x, "osm", places[i]->osm);
        xml_attr(x, "country", "NO");
        rss_text_short(x, places[i]->name);
        xml_close(x);
    }
}

void rss_license(struct xml *x, const char *id)
{
    if (!id)
        return;
    const struct license *known = license_find(id);
    struct str lower;
    str_init(&lower, STR_MAX);
    for (; *id; id++)
        str_addc(&lower, *id >= 'A' && *id <= 'Z' ? (char)(*id | 0x20) : *id);
    xml_open(x, "podcast:license");
    xml_attr(x, "url", known ? known->url : NULL);
    rss_text_short(x, lower.p);
    xml_close(x);
    str_done(&lower);
}

void rss_guid(struct xml *x, const char *guid)
{
    xml_open(x, "guid");
    xml_attr(x, "isPermaLink", "false");
    xml_text(x, guid);
    xml_close(x);
}

void rss_numbers(struct xml *x, const struct fact_episode *ep)
{
    if (ep->season > 0) {
        rss_leaf_int(x, "itunes:season", ep->season);
        rss_leaf_int(x, "podcast:season", ep->season);
    }
    if (ep->number > 0) {
        rss_leaf_int(x, "itunes:episode", ep->number);
        rss_leaf_int(x, "podcast:episode", ep->number);
    }
}
