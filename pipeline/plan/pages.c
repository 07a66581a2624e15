// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/pages.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "plan/facts.h"
#include "plan/feeds.h"
#include "plan/kit.h"
#include "plan/settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

// ---- what the pages say

void pages_put_show(const struct plan *p, struct json *show)
{
    const struct show_site *s = &p->s->show.pages;
    if (s->logo)
        json_put_text(show, "logo", arena_printf(&p->s->arena, "logo.%s", fs_extension(s->logo)));
    if (flow_find("calendar")) // the stage that writes it
        json_put_text(show, "calendar", "calendar.ics");
    if (!s->num_directories)
        return;
    struct json *list = json_new_array();
    for (size_t i = 0; i < s->num_directories; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "title", s->directory[i].title);
        json_put_text(one, "url", s->directory[i].url);
        json_push(list, one);
    }
    json_put(show, "directories", list);
}

static struct json *goal_numbers(sdg_set goals)
{
    struct json *list = json_new_array();
    for (int n = 1; n <= SDG_LAST; n++)
        if (goals & SDG(n)) {
            struct json *one = json_new_object();
            json_put_int(one, "number", n);
            json_push(list, one);
        }
    return list;
}

static struct json *goals(const struct plan *p)
{
    struct json *list = json_new_array();
    for (int n = 1; n <= SDG_LAST; n++) {
        const struct goal *g = &p->s->goals.goal[n];
        struct json *one = json_new_object();
        json_put_int(one, "number", n);
        json_put_text(one, "iri", g->iri);
        json_put_text(one, "title", goal_title(&p->s->goals, n, p->s->show.language));
        json_put_text(one, "color", g->color);
        json_put_text(one, "text_color", g->text_color);
        json_push(list, one);
    }
    return list;
}

static struct json *kits_of(const struct json *kits, const char *theme)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(kits); i++)
        if (str_same(json_text(json_at(kits, i), "id"), theme))
            json_push(list, json_keep(json_at(kits, i)));
    return list;
}

static struct json *themes(struct plan *p)
{
    const struct calendar *c = &p->s->show.calendar;
    struct json *list = json_new_array(), *kits = themekit_facts(p);
    for (size_t i = 0; i < c->num_themes; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "id", c->themes[i].id);
        json_put_text(one, "title", facts_theme(&c->themes[i], p->s->show.language));
        json_put(one, "kit", kits_of(kits, c->themes[i].id));
        json_push(list, one);
    }
    json_free(kits);
    return list;
}

static void put_month(struct json *list, const struct calendar *c, int year, int month)
{
    const struct calendar_month *m = calendar_at(c, year, month);
    if (!m)
        return;
    struct json *one = json_new_object();
    json_put_int(one, "month", (int64_t)year * 100 + month);
    json_put_text(one, "theme", m->theme->id);
    json_put(one, "goals", goal_numbers(calendar_goals(m)));
    json_push(list, one);
}

// This year's months, and those of later years that the calendar names one by one.
static struct json *months(const struct plan *p, int year)
{
    const struct calendar *c = &p->s->show.calendar;
    struct json *list = json_new_array();
    for (int month = 1; month <= 12; month++)
        put_month(list, c, year, month);
    for (size_t i = 0; i < c->num_months; i++)
        if (c->months[i].year > year)
            put_month(list, c, c->months[i].year, c->months[i].month);
    return list;
}

static struct json *municipalities(const struct plan *p)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->s->municipalities.count; i++) {
        const struct municipality *m = &p->s->municipalities.items[i];
        if (!m->alt_name || !m->alt_language)
            continue;
        struct json *one = json_new_object();
        json_put_text(one, "number", m->number);
        json_put_text(one, "alt_name", m->alt_name);
        json_put_text(one, "alt_language", m->alt_language);
        json_push(list, one);
    }
    return list;
}

static struct json *accessibility(const struct plan *p)
{
    const struct show_site *s = &p->s->show.pages;
    struct json *o = json_new_object();
    json_put_text(o, "statement", s->statement);
    json_put_text(o, "feedback", s->feedback ? s->feedback : p->s->show.owner_email);
    struct json *known = json_new_array();
    for (size_t i = 0; i < s->known.count; i++)
        json_push_text(known, s->known.items[i]);
    json_put(o, "known", known);
    return o;
}

static struct json *live_list(const struct catalog *c)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(c->live); i++)
        json_push(list, json_keep(json_get(c->live, json_key_at(c->live, i))));
    return list;
}

static void put_colors(const struct plan *p, struct json *into)
{
    const struct show_site *s = &p->s->show.pages;
    if (!s->accent)
        return;
    struct json *o = json_new_object();
    json_put_text(o, "accent", s->accent);
    json_put_text(o, "accent_dark", s->accent_dark);
    json_put(into, "colors", o);
}

static void put_files(struct plan *p, struct json *into, struct json *files)
{
    const struct catalog *c = p->catalog;
    struct json *episodes = json_new_array();
    for (size_t i = 0; i < c->count; i++) {
        const struct catalog_entry *entry = &c->entries[i];
        const char *slug = json_text_or(entry->entry, "slug", "");
        json_push(episodes, json_keep(entry->entry));
        for (size_t k = 0; k < json_count(entry->texts); k++) {
            const char *language = json_key_at(entry->texts, k);
            json_put(files, arena_printf(&p->arena, "text-%s-%s", language, slug),
                     json_keep(json_get(entry->texts, language)));
        }
    }
    json_put(into, "episodes", episodes);
    if (p->s->show.pages.logo_path)
        json_put_text(files, "logo", p->s->show.pages.logo_path);
}

static struct json *feeds(const struct plan *p)
{
    const struct subfeeds *f = &p->catalog->feeds;
    struct json *list = json_new_array();
    for (size_t i = 0; i < f->count; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "id", f->items[i].id);
        json_put_text(one, "path", f->items[i].file);
        json_put_text(one, "title", f->items[i].title);
        json_push(list, one);
    }
    return list;
}

int pages_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    static const char *const presets[][2] = {
        {"stylesheet[]", "site/layout.xsl"},   {"stylesheet[]", "site/cards.xsl"},
        {"stylesheet[]", "site/index.xsl"},    {"stylesheet[]", "site/subject.xsl"},
        {"stylesheet[]", "site/calendar.xsl"}, {"stylesheet[]", "site/about.xsl"},
        {"stylesheet[]", "site/search.xsl"},   {"stylesheet[]", "site/missing.xsl"},
        {"style", "site/style.css"},           {"player", "site/player.js"},
        {"search", "site/search.js"},          {"icon", "site/icon.svg"},
    };
    const struct step *art = plan_step(p, "art", NULL);
    if (!art || art->state != STEP_FRESH)
        return -EAGAIN;
    struct civil now;
    clock_civil(p->s->now_utc_s, &now);
    struct json *show = settings_show(p);
    pages_put_show(p, show);
    json_put(into, "show", show);
    put_colors(p, into);
    put_files(p, into, files);
    json_put(into, "goals", goals(p));
    json_put(into, "themes", themes(p));
    json_put(into, "feeds", feeds(p));
    json_put_int(into, "year", now.year);
    json_put(into, "months", months(p, now.year));
    json_put(into, "broadcasts", live_list(p->catalog));
    json_put(into, "municipalities", municipalities(p));
    json_put(into, "accessibility", accessibility(p));
    int r = settings_put_presets(p, files, presets, COUNT(presets), e);
    return r < 0 ? r : settings_put_words(p, files, p->s->show.language, e);
}

struct json *pages_entry(struct plan *p)
{
    struct json *o = settings_entry(p);
    if (p->ep->month)
        json_put_int(o, "month", p->ep->month);
    facts_put_listed(p, o);
    return o;
}

struct json *pages_texts(struct plan *p)
{
    const struct step *captions = plan_step(p, "captions", NULL);
    struct json *o = json_new_object();
    for (size_t i = 0; i < p->ep->num_captions; i++) {
        const char *language = p->ep->captions[i].language;
        const char *file = arena_printf(&p->arena, "%s.json", language);
        json_put_text(o, language, plan_output_path(p, captions, file));
    }
    return o;
}

// ---- into public/

static int place_file(struct plan *p, const struct step *site, const struct json *o, struct err *e)
{
    const char *file = json_text_or(o, "file", "");
    return publish_place(p, site, file, file, e);
}

// Folders that are empty now go with their last page.
static void remove_page(struct plan *p, const char *file)
{
    const char *public_dir = fs_join(&p->arena, p->s->dir, "public");
    const char *path = fs_join(&p->arena, public_dir, file);
    unlink(path);
    for (const char *dir = fs_dirname(&p->arena, path); strlen(dir) > strlen(public_dir);
         dir = fs_dirname(&p->arena, dir))
        if (rmdir(dir) < 0)
            return;
}

// The store remembers what earlier results made until tidying, which comes behind this.
static int remove_stale(struct plan *p, const struct step *site, struct err *e)
{
    char **names;
    size_t n;
    int r = fs_list(&p->arena, site->place.dir, &names, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        struct json *was = NULL;
        const char *dir = fs_join(&p->arena, site->place.dir, names[i]);
        if (str_same(dir, site->dir) || strchr(names[i], '.') ||
            json_load(fs_join(&p->arena, dir, "record.json"), &was, NULL) < 0)
            continue;
        const struct json *outputs = json_get(was, "outputs");
        for (size_t k = 0; k < json_count(outputs); k++) {
            const char *file = json_text_or(json_at(outputs, k), "file", "");
            if (*file && !store_output(site->record, file))
                remove_page(p, file);
        }
        json_free(was);
    }
    return r < 0 ? r : 0;
}

int pages_place(struct plan *p, struct err *e)
{
    static const char front[] = "index.html";
    const struct step *site = plan_step(p, "site", NULL);
    const struct json *outputs = json_get(site->record, "outputs");
    int r = 0;
    if (!site->record)
        return 0;
    for (size_t i = 0; r >= 0 && i < json_count(outputs); i++)
        if (!str_same(json_text(json_at(outputs, i), "file"), front))
            r = place_file(p, site, json_at(outputs, i), e);
    if (r >= 0)
        r = publish_place(p, site, front, front, e);
    return r < 0 ? r : remove_stale(p, site, e);
}
