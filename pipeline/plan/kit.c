// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/kit.h"

#include "base/fs.h"
#include "base/str.h"
#include "plan/facts.h"
#include "plan/publish.h"
#include "plan/settings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct json *show_of(const struct plan *p)
{
    const struct show *show = &p->s->show;
    struct json *o = json_new_object();
    json_put_text(o, "title", show->title);
    json_put_text(o, "site", show->site);
    json_put_text(o, "author", show->author);
    json_put_text(o, "license", show->license);
    json_put_text(o, "language", show->language);
    return o;
}

static int put_presets(struct plan *p, struct json *files, const char *language, struct err *e)
{
    static const char *const presets[][2] = {{"stylesheet[]", "kit/sheet.xsl"},
                                             {"style", "kit/sheet.css"}};
    int r = settings_put_presets(p, files, presets, COUNT(presets), e);
    return r < 0 ? r : settings_put_strings(p, files, "kit", language, e);
}

static void put_texts(struct json *o, const char *key, const struct texts *t)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < t->count; i++)
        json_push_text(list, t->items[i]);
    json_put(o, key, t->count ? json_keep(list) : NULL);
    json_free(list);
}

// Minutes become a beginning and an end each.
static void put_programme(const struct kit *k, struct json *o)
{
    struct json *list = json_new_array();
    bool clock = k->start_min >= 0 || (k->num_points && k->programme[0].at);
    int64_t from = k->start_min >= 0 ? k->start_min : 0;
    for (size_t i = 0; i < k->num_points; i++) {
        const struct kit_point *point = &k->programme[i], *next = point + 1;
        int64_t to = -1;
        if (!point->at)
            to = from + point->minutes;
        else if (i + 1 < k->num_points)
            to = next->at_min;
        struct json *one = json_new_object();
        json_put_text(one, "title", point->title);
        json_put_int(one, "from_min", point->at ? point->at_min : from);
        if (to >= 0)
            json_put_int(one, "to_min", to);
        json_push(list, one);
        from = to;
    }
    json_put(o, "programme", k->num_points ? json_keep(list) : NULL);
    if (clock)
        json_put_bool(o, "clock", true);
    json_free(list);
}

static void put_links(const struct kit *k, struct json *o)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < k->num_links; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "title", k->links[i].title);
        json_put_text(one, "url", k->links[i].url);
        json_push(list, one);
    }
    json_put(o, "links", k->num_links ? json_keep(list) : NULL);
    json_free(list);
}

static void put_contact(const struct plan *p, const struct kit_contact *c, struct json *o)
{
    if (!c)
        return;
    struct json *one = json_new_object();
    json_put_text(one, "name", c->name);
    json_put_text(one, "role", c->role);
    json_put_text(one, "email", c->email);
    json_put_text(one, "phone", c->phone);
    facts_put_place(p, one, c->municipality);
    json_put(o, "contact", one);
}

int kit_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    const struct kit *k = p->ep->kit;
    struct json *kit = json_new_object();
    json_put_text(kit, "summary", k->summary);
    put_texts(kit, "facts", &k->facts);
    put_texts(kit, "questions", &k->questions);
    put_programme(k, kit);
    put_links(k, kit);
    put_contact(p, k->contact, kit);
    json_put(into, "show", show_of(p));
    json_put(into, "episode", facts_of_kit(p));
    json_put(into, "kit", kit);
    return put_presets(p, files, p->ep->language, e);
}

// ---- published.json and public/

static const char *place_of(struct plan *p, const char *file)
{
    return arena_printf(&p->arena, "kit/%s/%s", p->slug, file);
}

int kit_record(struct plan *p, struct published *into, struct err *e)
{
    const struct step *step = plan_step(p, "kit", NULL);
    into->kit = NULL;
    into->num_kit = 0;
    if (!step || step->state != STEP_FRESH)
        return 0;
    const struct json *files = json_get(json_get(step->record, "measured"), "files");
    into->kit = arena_array(&p->arena, struct published_kit, json_count(files) + 1);
    for (size_t i = 0; i < json_count(files); i++) {
        const struct json *j = json_at(files, i);
        const char *file = json_text_or(j, "file", "");
        const struct json *o = store_output(step->record, file);
        if (!o)
            return err_set(e, -ENOENT, "kit left no %s", file);
        into->kit[into->num_kit++] = (struct published_kit){
            .title = arena_strdup(&p->arena, json_text_or(j, "title", file)),
            .path = place_of(p, file),
            .type = arena_strdup(&p->arena, json_text_or(j, "type", "")),
            .sha256 = arena_strdup(&p->arena, json_text_or(o, "sha256", "")),
            .bytes = json_int(o, "bytes", 0),
        };
    }
    return 0;
}

// The page that names the others is the first of them, and placed last.
int kit_place(struct plan *p, struct err *e)
{
    const struct step *step = plan_step(p, "kit", NULL);
    int r =
        p->published.num_kit ? publish_place(p, step, "sheet.css", place_of(p, "sheet.css"), e) : 0;
    for (size_t i = p->published.num_kit; r >= 0 && i-- > 0;)
        r = publish_place(p, step, fs_basename(p->published.kit[i].path), p->published.kit[i].path,
                          e);
    return r;
}

void kit_put_facts(const struct plan *p, struct json *into)
{
    struct json *list = json_new_array();
    for (size_t i = 0; i < p->published.num_kit; i++) {
        const struct published_kit *k = &p->published.kit[i];
        struct json *one = json_new_object();
        json_put_text(one, "title", k->title);
        json_put_text(one, "path", k->path);
        json_put_text(one, "type", k->type);
        json_put_int(one, "bytes", k->bytes);
        json_push(list, one);
    }
    json_put(into, "kit", json_count(list) ? json_keep(list) : NULL);
    json_free(list);
}

// ---- of themes

static bool is_gathered(const char *type)
{
    return str_same(type, "application/pdf") || str_same(type, "image/png");
}

struct json *kit_entry(struct plan *p)
{
    if (!p->ep->theme)
        return NULL;
    struct json *o = json_new_object(), *kit = json_new_array();
    json_put(o, "episode", facts_of_kit(p));
    for (size_t i = 0; i < p->published.num_kit; i++)
        if (is_gathered(p->published.kit[i].type))
            json_push_text(kit, p->published.kit[i].path);
    json_put(o, "kit", kit);
    return o;
}

static bool has_theme(const struct json *entry, const char *id)
{
    const struct json *theme = json_get(json_get(entry, "episode"), "theme");
    return str_same(json_text(theme, "id"), id);
}

// The theme's episodes; NULL: none of them has a kit.
static struct json *theme_of(const struct plan *p, const struct theme *t, struct json *files)
{
    const struct catalog *c = p->catalog;
    struct json *list = json_new_array();
    size_t kits = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct json *entry = c->entries[i].kit, *paths = json_get(entry, "kit");
        if (!has_theme(entry, t->id))
            continue;
        struct json *one = json_new_object();
        json_put(one, "episode", json_keep(json_get(entry, "episode")));
        json_put_int(one, "files", (int64_t)json_count(paths));
        json_push(list, one);
        kits += json_count(paths) > 0;
    }
    for (size_t i = 0; kits && i < c->count; i++) {
        const struct json *entry = c->entries[i].kit, *paths = json_get(entry, "kit");
        for (size_t k = 0; has_theme(entry, t->id) && k < json_count(paths); k++)
            json_push_text(files, json_as_text(json_at(paths, k)));
    }
    struct json *o = kits ? json_new_object() : NULL;
    if (o) {
        json_put_text(o, "id", t->id);
        json_put_text(o, "title", facts_theme(t, p->s->show.language));
        json_put(o, "episodes", json_keep(list));
    }
    json_free(list);
    return o;
}

// Paths below public/ become paths; false: a file is not here.
static bool locate(struct plan *p, const struct json *below, struct json *into)
{
    for (size_t i = 0; i < json_count(below); i++) {
        const char *path =
            arena_printf(&p->arena, "%s/public/%s", p->s->dir, json_as_text(json_at(below, i)));
        if (!fs_exists(path))
            return false;
        json_push_text(into, path);
    }
    return true;
}

int themekit_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    struct json *themes = json_new_array(), *below = json_new_array(), *paths = json_new_array();
    const struct calendar *calendar = &p->s->show.calendar;
    for (size_t i = 0; p->catalog && i < calendar->num_themes; i++) {
        struct json *one = theme_of(p, &calendar->themes[i], below);
        if (one)
            json_push(themes, one);
    }
    bool here = json_count(themes) && locate(p, below, paths);
    json_put(into, "themes", themes);
    json_put(into, "show", show_of(p));
    json_put(files, "files", paths);
    json_free(below);
    return here ? put_presets(p, files, p->s->show.language, e) : -ENODATA;
}

// An overview of what is withdrawn must not stay public; where only its files are missing it does.
static void drop_gone(struct plan *p)
{
    static const char begin[] = "tema-";
    const char *dir = arena_printf(&p->arena, "%s/public/kit", p->s->dir);
    const struct calendar *calendar = &p->s->show.calendar;
    char **names;
    size_t n = 0;
    if (fs_list(&p->arena, dir, &names, &n, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++) {
        bool wanted = !str_starts(names[i], begin);
        const char *dot = strrchr(names[i], '.');
        size_t len = !wanted && dot ? (size_t)(dot - names[i]) - strlen(begin) : 0;
        for (size_t k = 0; !wanted && k < calendar->num_themes; k++) {
            const char *id = calendar->themes[k].id;
            struct json *files = json_new_array(), *theme = NULL;
            if (strlen(id) == len && !strncmp(names[i] + strlen(begin), id, len))
                theme = theme_of(p, &calendar->themes[k], files);
            wanted = theme != NULL;
            json_free(theme);
            json_free(files);
        }
        if (!wanted)
            unlink(fs_join(&p->arena, dir, names[i]));
    }
}

int themekit_place(struct plan *show, struct err *e)
{
    const struct step *step = plan_step(show, "themekit", NULL);
    const struct json *outputs = step ? json_get(step->record, "outputs") : NULL;
    int r = 0;
    for (size_t i = 0; r >= 0 && i < json_count(outputs); i++) {
        const char *file = json_text_or(json_at(outputs, i), "file", "");
        r = publish_place(show, step, file, arena_printf(&show->arena, "kit/%s", file), e);
    }
    if (r >= 0)
        drop_gone(show);
    return r;
}

struct json *themekit_facts(struct plan *show)
{
    const struct step *step = plan_step(show, "themekit", NULL);
    const struct json *record = step ? step->record : NULL;
    const struct json *files = json_get(json_get(record, "measured"), "files");
    struct json *list = json_new_array();
    for (size_t i = 0; i < json_count(files); i++) {
        const struct json *f = json_at(files, i);
        const char *file = json_text_or(f, "file", "");
        struct json *one = json_new_object();
        json_put_text(one, "id", json_text(f, "id"));
        json_put_text(one, "title", json_text(f, "title"));
        json_put_text(one, "path", arena_printf(&show->arena, "kit/%s", file));
        json_put_text(one, "type", json_text(f, "type"));
        json_put_int(one, "bytes", json_int(store_output(record, file), "bytes", 0));
        json_push(list, one);
    }
    return list;
}
