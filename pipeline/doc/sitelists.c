// SPDX-License-Identifier: GPL-3.0-or-later
// The pages that list episodes: the front page, a theme's, a goal's, a municipality's, the search,
// and those that list none.
#include <string.h>

#include "doc/jsonld.h"
#include "doc/sitepage.h"

static void write_count(struct xml *x, size_t n)
{
    xml_attr_int(x, "count", (long long)n);
}

static size_t of_theme(const struct site_facts *f, const char *id)
{
    size_t n = 0;
    for (size_t i = 0; i < f->num_episodes; i++)
        n += str_same(f->episodes[i].theme_id, id);
    return n;
}

static size_t of_goal(const struct site_facts *f, int64_t number)
{
    size_t n = 0;
    for (size_t i = 0; i < f->num_episodes; i++)
        n += !!(site_goals_of(&f->episodes[i]) & SDG(number));
    return n;
}

static size_t of_place(const struct site_facts *f, const char *number)
{
    size_t n = 0;
    for (size_t i = 0; i < f->num_episodes; i++)
        n += site_is_of_place(&f->episodes[i], number);
    return n;
}

static void write_browse(struct arena *a, struct sitepage *p, const struct site_facts *f)
{
    struct xml *x = &p->x;
    const struct fact_place **places;
    size_t n = site_places(a, f, &places);
    sdg_set goals = site_goals_in_use(f);
    xml_open(x, "browse");
    for (size_t i = 0; i < f->num_themes; i++) {
        xml_open(x, "theme");
        xml_attr(x, "id", f->themes[i].id);
        xml_attr_int(x, "hue", (long long)i % 8 + 1);
        write_count(x, of_theme(f, f->themes[i].id));
        xml_text(x, f->themes[i].title);
        xml_close(x);
    }
    for (size_t i = 0; i < f->num_goals; i++) {
        const struct fact_goal *g = &f->goals[i];
        if (!(goals & SDG(g->number)) || !of_goal(f, g->number))
            continue;
        xml_open(x, "goal");
        xml_attr_int(x, "number", g->number);
        write_count(x, of_goal(f, g->number));
        xml_text(x, g->title);
        xml_close(x);
    }
    for (size_t i = 0; i < n; i++) {
        xml_open(x, "place");
        xml_attr(x, "number", places[i]->number);
        write_count(x, of_place(f, places[i]->number));
        xml_text(x, places[i]->name);
        xml_close(x);
    }
    xml_close(x);
}

static void write_broadcasts(struct sitepage *p, const struct site_facts *f)
{
    for (size_t i = 0; i < f->num_lives; i++)
        if (!str_same(f->lives[i].status, "ended"))
            sitepage_live(p, &f->lives[i]);
}

void site_index(struct arena *a, struct str *out, const struct words *w, const struct site_facts *f)
{
    struct sitepage p;
    sitepage_open(&p, out, w,
                  &(struct sitepage_head){.kind = "index",
                                          .lang = f->show.language,
                                          .root = "",
                                          .path = "",
                                          .show = &f->show,
                                          .about = jsonld_series(&f->show)});
    write_browse(a, &p, f);
    write_broadcasts(&p, f);
    for (size_t i = 0; i < f->num_episodes; i++)
        sitepage_listed(&p, &f->episodes[i]);
    sitepage_close(&p);
}

// One subject: its page, and which episodes, months and resources belong to it.
struct subject {
    const char *kind, *folder, *name; // "theme", "tema", "trivsel"
    const char *title;
    const struct site_theme *theme;
    const struct fact_goal *goal;
    const struct fact_place *place;
};

static bool is_of(const struct subject *s, const struct fact_episode *ep)
{
    if (s->theme)
        return str_same(ep->theme_id, s->theme->id);
    if (s->goal)
        return site_goals_of(ep) & SDG(s->goal->number);
    return site_is_of_place(ep, s->place->number);
}

static void write_months(struct sitepage *p, const struct site_facts *f, const struct subject *s)
{
    for (size_t i = 0; i < f->num_months; i++) {
        const struct site_month *m = &f->months[i];
        bool in_focus =
            s->theme ? m->theme == s->theme : s->goal && m->goals & SDG(s->goal->number);
        if (!in_focus)
            continue;
        xml_open(&p->x, "month");
        xml_attr_int(&p->x, "year", m->year);
        xml_attr(&p->x, "name", words_month(p->w, m->month));
        xml_attr(&p->x, "lang", words_language(p->w, "months"));
        if (s->goal && m->theme)
            sitepage_leaf(&p->x, "theme", "id", m->theme->id, m->theme->title);
        if (s->theme)
            sitepage_goal_set(p, f, m->goals);
        xml_close(&p->x);
    }
}

// A municipality's page shows its own; the others what all municipalities ask for and have.
static void write_resources(struct sitepage *p, const struct site_facts *f, const struct subject *s)
{
    for (size_t i = 0; i < f->num_episodes; i++) {
        const struct fact_episode *ep = &f->episodes[i];
        for (size_t k = 0; is_of(s, ep) && k < ep->num_resources; k++)
            if (!s->place || str_same(ep->resources[k].place.number, s->place->number))
                sitepage_resource(p, &ep->resources[k], ep);
    }
}

static void write_kit(struct sitepage *p, const struct json *kit)
{
    for (size_t i = 0; i < json_count(kit); i++) {
        const struct json *one = json_at(kit, i);
        struct fact_download d = {json_text_or(one, "title", ""), json_text_or(one, "path", ""),
                                  json_text(one, "type"), json_int(one, "bytes", 0)};
        sitepage_kit(p, &d);
    }
}

// The feed of this alone; NULL: nobody has made one yet.
static const char *feed_of(const struct site_facts *f, const struct subject *s)
{
    struct str id;
    const char *path = NULL;
    str_init(&id, STR_MAX);
    str_addf(&id, "%s-%s", s->place ? "municipality" : s->kind, s->name);
    for (size_t i = 0; !path && i < json_count(f->feeds); i++)
        if (str_same(json_text(json_at(f->feeds, i), "id"), id.p))
            path = json_text(json_at(f->feeds, i), "path");
    str_done(&id);
    return path;
}

static void write_feeds(struct sitepage *p, const struct site_facts *f)
{
    for (size_t i = 0; i < json_count(f->feeds); i++) {
        const struct json *one = json_at(f->feeds, i);
        xml_open(&p->x, "feed");
        sitepage_path(&p->x, "path", json_text(one, "path"));
        xml_text(&p->x, json_text_or(one, "title", ""));
        xml_close(&p->x);
    }
}

static void write_second_name(struct sitepage *p, const struct site_facts *f,
                              const struct fact_place *place)
{
    for (size_t i = 0; place && i < f->num_names; i++)
        if (str_same(f->names[i].number, place->number))
            sitepage_leaf(&p->x, "second", "lang", f->names[i].language, f->names[i].name);
}

static void write_subject(struct str *out, const struct words *w, const struct site_facts *f,
                          const struct subject *s)
{
    struct sitepage p;
    struct str path;
    str_init(&path, STR_MAX);
    str_addf(&path, "%s/%s/", s->folder, s->name);
    sitepage_open(&p, out, w,
                  &(struct sitepage_head){.kind = s->kind,
                                          .lang = f->show.language,
                                          .root = "../../",
                                          .path = path.p,
                                          .show = &f->show});
    xml_open(&p.x, "subject");
    xml_attr(&p.x, "name", s->name);
    xml_attr(&p.x, "iri", s->goal ? s->goal->iri : NULL);
    xml_attr(&p.x, "title", s->title);
    sitepage_path(&p.x, "feed", feed_of(f, s));
    write_second_name(&p, f, s->place);
    xml_close(&p.x);
    write_months(&p, f, s);
    write_resources(&p, f, s);
    write_kit(&p, s->theme ? s->theme->kit : NULL);
    for (size_t i = 0; i < f->num_lives; i++)
        if (!str_same(f->lives[i].status, "ended") && is_of(s, &f->lives[i].ep))
            sitepage_live(&p, &f->lives[i]);
    for (size_t i = 0; i < f->num_episodes; i++)
        if (is_of(s, &f->episodes[i]))
            sitepage_listed(&p, &f->episodes[i]);
    sitepage_close(&p);
    str_done(&path);
}

void site_theme(struct str *out, const struct words *w, const struct site_facts *f,
                const struct site_theme *theme)
{
    struct subject s = {"theme", "tema", theme->id, theme->title, theme, NULL, NULL};
    write_subject(out, w, f, &s);
}

void site_goal(struct str *out, const struct words *w, const struct site_facts *f,
               const struct fact_goal *goal)
{
    struct str number;
    str_init(&number, 32);
    str_addf(&number, "%lld", (long long)goal->number);
    struct subject s = {"goal", "maal", number.p, goal->title, NULL, goal, NULL};
    write_subject(out, w, f, &s);
    str_done(&number);
}

void site_place(struct str *out, const struct words *w, const struct site_facts *f,
                const struct fact_place *place)
{
    struct subject s = {"place", "kommune", place->number, place->name, NULL, NULL, place};
    write_subject(out, w, f, &s);
}

// What the program knows of what an episode lacks is said without being asked.
static void write_lacking(struct sitepage *p, const struct site_facts *f)
{
    for (size_t i = 0; i < f->num_episodes; i++) {
        const struct fact_episode *ep = &f->episodes[i];
        bool automatic = false;
        for (size_t k = 0; k < ep->num_transcripts; k++)
            automatic |= str_same(ep->transcripts[k].made, "automatic");
        if (ep->num_transcripts && !automatic)
            continue;
        xml_open(&p->x, "lacking");
        sitepage_path(&p->x, "slug", ep->slug);
        xml_attr(&p->x, "lang", ep->language);
        xml_attr(&p->x, "what", automatic ? "automatic" : "text");
        xml_text(&p->x, ep->title);
        xml_close(&p->x);
    }
}

void site_about(struct str *out, const struct words *w, const struct site_facts *f)
{
    struct sitepage p;
    sitepage_open(&p, out, w,
                  &(struct sitepage_head){.kind = "about",
                                          .lang = f->show.language,
                                          .root = "../",
                                          .path = "om/",
                                          .show = &f->show});
    xml_open(&p.x, "accessibility");
    xml_attr(&p.x, "statement", f->statement);
    xml_attr(&p.x, "feedback", f->feedback);
    for (size_t i = 0; i < f->num_known; i++)
        xml_leaf(&p.x, "known", f->known[i]);
    write_lacking(&p, f);
    xml_close(&p.x);
    write_feeds(&p, f);
    sitepage_close(&p);
}

void site_search(struct str *out, const struct words *w, const struct site_facts *f)
{
    struct sitepage p;
    sitepage_open(&p, out, w,
                  &(struct sitepage_head){.kind = "search",
                                          .lang = f->show.language,
                                          .root = "../",
                                          .path = "sok/",
                                          .show = &f->show});
    for (size_t i = 0; i < f->num_episodes; i++)
        sitepage_listed(&p, &f->episodes[i]);
    sitepage_close(&p);
}

void site_missing(struct str *out, const struct words *w, const struct fact_show *show)
{
    struct sitepage p;
    sitepage_open(&p, out, w,
                  &(struct sitepage_head){
                      .kind = "missing", .lang = show->language, .root = show->site, .show = show});
    sitepage_close(&p);
}

static void write_month(struct sitepage *p, int64_t month)
{
    struct str text, iso;
    str_init(&text, 64);
    str_init(&iso, 64);
    str_addf(&iso, "%04lld-%02lld", (long long)(month / 100), (long long)(month % 100));
    str_addf(&text, "%s %lld", words_month(p->w, (int)(month % 100)), (long long)(month / 100));
    xml_open(&p->x, "month");
    xml_attr(&p->x, "iso", iso.p);
    xml_attr(&p->x, "lang", words_language(p->w, "months"));
    xml_text(&p->x, text.p);
    xml_close(&p->x);
    str_done(&text);
    str_done(&iso);
}

void site_tombstone(struct str *out, const struct words *w, const struct fact_show *show,
                    const struct site_tomb *t)
{
    struct sitepage p;
    const struct words own = {t->strings, NULL};
    sitepage_open(
        &p, out, w,
        &(struct sitepage_head){
            .kind = "tombstone", .lang = show->language, .root = show->site, .show = show});
    if (t->month)
        write_month(&p, t->month);
    if (t->theme_id && t->theme)
        sitepage_leaf(&p.x, "theme", "id", t->theme_id, t->theme);
    if (t->strings) {
        xml_open(&p.x, "also");
        xml_attr(&p.x, "lang", t->language);
        xml_attr(&p.x, "title", words_get(&own, "goneTitle"));
        xml_text(&p.x, words_get(&own, "goneText"));
        xml_close(&p.x);
    }
    sitepage_close(&p);
}
