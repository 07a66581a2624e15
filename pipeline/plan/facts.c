// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/facts.h"

#include "base/str.h"
#include "model/timeline.h"
#include "plan/publish.h"
#include "plan/settings.h"

const char *facts_theme(const struct theme *t, const char *language)
{
    if (str_same(language, "nn") && t->nn)
        return t->nn;
    if (str_same(language, "en") && t->en)
        return t->en;
    return t->nb;
}

void facts_put_goals(const struct plan *p, struct json *o)
{
    struct json *list = json_new_array();
    for (int n = 1; n <= SDG_LAST; n++) {
        if (!(p->ep->goals & SDG(n)))
            continue;
        const struct goal *g = &p->s->goals.goal[n];
        struct json *one = json_new_object();
        json_put_int(one, "number", n);
        json_put_text(one, "iri", g->iri);
        json_put_text(one, "title", goal_title(&p->s->goals, n, p->ep->language));
        json_put_text(one, "color", g->color);
        json_put_text(one, "text_color", g->text_color);
        json_push(list, one);
    }
    json_put(o, "goals", list);
}

void facts_put_theme(const struct plan *p, struct json *o)
{
    if (!p->ep->theme)
        return;
    struct json *theme = json_new_object();
    json_put_text(theme, "id", p->ep->theme->id);
    json_put_text(theme, "title", facts_theme(p->ep->theme, p->ep->language));
    json_put(o, "theme", theme);
}

void facts_put_place(const struct plan *p, struct json *o, const char *word)
{
    const struct municipality *m = word ? municipality_find(&p->s->municipalities, word) : NULL;
    if (!m)
        return;
    struct json *place = json_new_object();
    json_put_text(place, "number", m->number);
    json_put_text(place, "name", m->name);
    json_put_text(place, "osm", m->osm);
    json_put_real(place, "lat", m->lat);
    json_put_real(place, "lon", m->lon);
    json_put(o, "municipality", place);
}

void facts_put_people(const struct plan *p, struct json *o, const char *key,
                      const struct person *people, size_t n)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < n; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "name", people[i].name);
        json_put_text(one, "role", people[i].role);
        json_put_text(one, "url", people[i].url);
        facts_put_place(p, one, people[i].municipality);
        json_push(list, one);
    }
    json_put(o, key, list);
}

static void put_transcripts(struct plan *p, struct json *o)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->ep->num_captions; i++) {
        const struct caption_file *c = &p->ep->captions[i];
        struct json *one = json_new_object();
        json_put_text(one, "language", c->language);
        json_put_text(one, "made", c->made);
        static const char *const kinds[] = {"vtt", "srt", "json", "html"};
        for (size_t k = 0; k < COUNT(kinds); k++)
            json_put_text(
                one, kinds[k],
                arena_printf(&p->arena, "episodes/%s/%s.%s", p->slug, c->language, kinds[k]));
        json_push(list, one);
    }
    if (json_count(list))
        json_put(o, "transcripts", list);
    else
        json_free(list);
}

static void put_files(const struct plan *p, struct json *o)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->published.num_files; i++) {
        const struct published_file *f = &p->published.files[i];
        struct json *one = json_new_object();
        json_put_text(one, "output", f->output);
        json_put_text(one, "path", f->path);
        json_put_text(one, "type", f->type);
        json_put_int(one, "bytes", f->bytes);
        json_put_text(one, "sha256", f->sha256);
        json_put_int(one, "duration_ticks", f->duration);
        facts_put_number(one, "width", f->width);
        facts_put_number(one, "height", f->height);
        json_push(list, one);
    }
    json_put(o, "files", list);
    if (p->ep->num_rungs)
        json_put_text(o, "poster", json_text(p->published.rest, "poster"));
}

static void put_chapters(const struct plan *p, struct json *o)
{
    if (!p->published.num_chapters)
        return;
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->published.num_chapters; i++) {
        const struct chapter *c = &p->published.chapters[i];
        struct json *one = json_new_object();
        json_put_int(one, "start_ticks", c->start);
        json_put_text(one, "title", c->title);
        json_put_text(one, "url", c->url);
        json_push(list, one);
    }
    json_put(o, "chapters", list);
}

void facts_put_number(struct json *o, const char *key, int64_t number)
{
    if (number > 0)
        json_put_int(o, key, number);
}

void facts_put_cover(struct plan *p, struct json *o)
{
    const struct step *art = plan_step(p, "art", NULL);
    if (!art || art->state != STEP_FRESH)
        return;
    json_put_text(o, "cover", plan_cover_path(p));
    facts_put_number(o, "cover_width", json_int(json_get(art->record, "measured"), "width", 0));
}

// The words an index needs; an entry of the feed and the page say more.
static struct json *names(struct plan *p)
{
    const struct episode *ep = p->ep;
    struct json *o = json_new_object();
    json_put_text(o, "slug", p->slug);
    json_put_text(o, "title", ep->title);
    json_put_text(o, "summary", ep->summary);
    json_put_text(o, "language", ep->language);
    facts_put_number(o, "number", ep->number);
    facts_put_number(o, "season", ep->season);
    facts_put_theme(p, o);
    facts_put_goals(p, o);
    facts_put_people(p, o, "guests", ep->guests, ep->num_guests);
    return o;
}

struct json *settings_entry(struct plan *p)
{
    struct json *o = names(p);
    json_put_int(o, "published_utc_s", plan_published_utc_s(p));
    json_put_int(o, "length_ticks", p->published.length);
    facts_put_cover(p, o);
    return o;
}

static void put_targets(const struct plan *p, struct json *o)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->ep->num_targets; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "code", p->ep->target_codes[i]);
        struct arena a = {0};
        json_put_text(one, "iri",
                      arena_printf(&a, "http://metadata.un.org/sdg/%s", p->ep->target_codes[i]));
        arena_done(&a);
        json_push(list, one);
    }
    if (json_count(list))
        json_put(o, "targets", list);
    else
        json_free(list);
}

static void put_resources(const struct plan *p, struct json *o)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->ep->num_resources; i++) {
        const struct resource *r = &p->ep->resources[i];
        struct json *one = json_new_object();
        json_put_text(one, "kind", r->kind);
        json_put_text(one, "title", r->title);
        json_put_text(one, "text", r->text);
        json_put_text(one, "url", r->url);
        json_put_text(one, "contact", r->contact);
        facts_put_place(p, one, r->municipality);
        json_push(list, one);
    }
    if (json_count(list))
        json_put(o, "resources", list);
    else
        json_free(list);
}

static void put_words(const struct plan *p, struct json *o)
{
    const struct episode *ep = p->ep;
    json_put_text(o, "kind", ep->kind);
    json_put_bool(o, "explicit", ep->is_explicit);
    json_put_text(o, "license", ep->license);
    facts_put_people(p, o, "hosts", ep->hosts, ep->num_hosts);
    put_targets(p, o);
    put_resources(p, o);
}

// Where trim, cuts and pauses leave it; nothing of it left: it is left out.
static void put_soundbites(struct plan *p, struct json *o)
{
    struct timeline t;
    struct span s;
    if (!p->ep->num_soundbites || !p->timeline || !timeline_read(&p->arena, p->timeline, &t))
        return;
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->ep->num_soundbites; i++) {
        const struct soundbite *b = &p->ep->soundbites[i];
        if (!timeline_span(&t, b->span, &s) || publish_ms(s.end) <= publish_ms(s.start))
            continue;
        struct json *one = json_new_object();
        json_put_int(one, "start_ticks", publish_ms(s.start));
        json_put_int(one, "end_ticks", publish_ms(s.end));
        json_put_text(one, "title", b->title ? b->title : p->ep->title);
        json_push(list, one);
    }
    json_put(o, "soundbites", json_count(list) ? json_keep(list) : NULL);
    json_free(list);
}

static void put_talk(const struct plan *p, struct json *o)
{
    struct json *comments = json_new_array(), *credits = json_new_array();
    for (size_t i = 0; i < p->ep->num_comments; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "url", p->ep->comments[i].url);
        json_put_text(one, "protocol", p->ep->comments[i].protocol);
        json_put_text(one, "account", p->ep->comments[i].account);
        json_push(comments, one);
    }
    for (size_t i = 0; i < p->ep->num_credits; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "name", p->ep->credits[i].name);
        json_put_text(one, "role", p->ep->credits[i].role);
        json_put_text(one, "group", credit_group(p->ep->credits[i].role));
        json_put_text(one, "url", p->ep->credits[i].url);
        json_push(credits, one);
    }
    json_put(o, "comments", json_count(comments) ? json_keep(comments) : NULL);
    json_put(o, "credits", json_count(credits) ? json_keep(credits) : NULL);
    json_free(comments);
    json_free(credits);
}

void facts_put_listed(struct plan *p, struct json *o)
{
    json_put_text(o, "guid", p->published.guid);
    json_put_text(o, "kind", p->ep->kind);
    put_resources(p, o);
    put_transcripts(p, o);
}

struct json *facts_of_live(struct plan *p, const char *guid, int64_t start_utc_s)
{
    struct json *o = names(p);
    json_put_int(o, "published_utc_s", start_utc_s);
    json_put_text(o, "guid", guid);
    put_words(p, o);
    return o;
}

struct json *facts_of_kit(struct plan *p)
{
    struct json *o = names(p);
    json_put_int(o, "published_utc_s", plan_published_utc_s(p));
    put_words(p, o);
    return o;
}

struct json *facts_make(struct plan *p)
{
    const struct episode *ep = p->ep;
    struct json *o = settings_entry(p);
    json_put_text(o, "guid", p->published.guid);
    json_put_text(o, "notes", ep->notes_text);
    put_words(p, o);
    put_files(p, o);
    put_chapters(p, o);
    put_transcripts(p, o);
    put_soundbites(p, o);
    put_talk(p, o);
    return o;
}
