// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/feeds.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "plan/settings.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char record_file[] = "episodes/feeds.json";

static const struct {
    const char *prefix; // of the id
    const char *title;  // in presets/site/strings.<language>.json
    bool has_key;
} kinds[] = {
    [FEEDS_THEME] = {"theme", "feedTheme", true},
    [FEEDS_GOAL] = {"goal", "feedGoal", true},
    [FEEDS_MUNICIPALITY] = {"municipality", "feedMunicipality", true},
    [FEEDS_SEASON] = {"season", "feedSeason", true},
    [FEEDS_TRAILERS] = {"trailers", "feedTrailers", false},
    [FEEDS_VIDEO] = {"video", "feedVideo", false},
};

struct making {
    struct session *s;
    struct arena *a;
    const struct json *known; // feeds.json
    const struct json *strings;
    struct subfeeds *out;
    struct err *e;
    struct json *index[COUNT(kinds)]; // {key: which of out's items}
};

// "{show}: tema {name}"
static const char *fill(struct arena *a, const char *pattern, const char *show, const char *key,
                        const char *name)
{
    const struct {
        const char *hole, *text;
    } holes[] = {{"{show}", show}, {"{key}", key}, {"{name}", name}};
    struct str s;
    str_init(&s, 4096);
    while (*pattern) {
        size_t i = 0;
        while (i < COUNT(holes) && !str_starts(pattern, holes[i].hole))
            i++;
        if (i < COUNT(holes))
            str_add(&s, holes[i].text);
        else
            str_addc(&s, *pattern);
        pattern += i < COUNT(holes) ? strlen(holes[i].hole) : 1;
    }
    const char *text = arena_strdup(a, s.p);
    str_done(&s);
    return text;
}

static struct subfeed *find(const struct making *m, enum feeds_kind kind, const char *key)
{
    int64_t at = json_int(m->index[kind], key ? key : "", -1);
    return at < 0 ? NULL : &m->out->items[at];
}

// name: of what the feed holds, for its title; NULL: as it was called before.
static struct subfeed *add_feed(struct making *m, enum feeds_kind kind, const char *key,
                                const char *name)
{
    struct subfeeds *f = m->out;
    f->items = arena_grow(m->a, f->items, f->count, &f->cap, sizeof *f->items);
    json_put_int(m->index[kind], key ? key : "", (int64_t)f->count);
    struct subfeed *one = &f->items[f->count++];
    *one = (struct subfeed){.kind = kind, .key = arena_strdup(m->a, key)};
    one->id = key ? arena_printf(m->a, "%s-%s", kinds[kind].prefix, key) : kinds[kind].prefix;
    one->file = arena_printf(m->a, "feeds/%s.xml", one->id);
    const struct json *was = json_get(m->known, one->id);
    const char *pattern = json_text_or(m->strings, kinds[kind].title, "{show}: {name}");
    one->title = name || !json_text(was, "title")
                     ? fill(m->a, pattern, m->s->show.title, key, name ? name : key)
                     : arena_strdup(m->a, json_text(was, "title"));
    one->guid = arena_strdup(m->a, json_text(was, "guid"));
    return one;
}

static int put(struct making *m, enum feeds_kind kind, const char *key, const char *name,
               size_t item)
{
    struct subfeed *one = find(m, kind, key);
    if (!one)
        one = add_feed(m, kind, key, name);
    int r = one->guid ? 0 : show_feed_guid(m->a, &m->s->show, one->file, &one->guid, m->e);
    one->items = arena_grow(m->a, one->items, one->count, &one->cap, sizeof *one->items);
    one->items[one->count++] = item;
    return r;
}

static int put_entry(struct making *m, const struct catalog_entry *c, size_t item)
{
    const struct show *show = &m->s->show;
    static const char *const goals[] = {"",  "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",
                                        "9", "10", "11", "12", "13", "14", "15", "16", "17"};
    static_assert(COUNT(goals) == SDG_LAST + 1, "a name for each goal");
    char number[24];
    int r = 0;
    if (c->theme_id)
        r = put(m, FEEDS_THEME, c->theme_id, c->theme, item);
    for (int n = 1; r >= 0 && n <= SDG_LAST; n++)
        if (c->goals & SDG(n))
            r = put(m, FEEDS_GOAL, goals[n], goal_title(&m->s->goals, n, show->language), item);
    for (size_t i = 0; r >= 0 && i < c->num_places; i++)
        r = put(m, FEEDS_MUNICIPALITY, c->places[i]->number, c->places[i]->name, item);
    snprintf(number, sizeof number, "%lld", (long long)c->season);
    if (r >= 0 && c->season > 0)
        r = put(m, FEEDS_SEASON, number, number, item);
    if (r >= 0 && c->trailer)
        r = put(m, FEEDS_TRAILERS, NULL, "", item);
    return r >= 0 && c->video_path ? put(m, FEEDS_VIDEO, NULL, "", item) : r;
}

// Of those that feeds.json knows and no episode is in any more.
static int keep_known(struct making *m, const char *id)
{
    for (size_t i = 0; i < m->out->count; i++)
        if (str_same(m->out->items[i].id, id))
            return 0;
    for (size_t k = 0; k < COUNT(kinds); k++) {
        size_t n = strlen(kinds[k].prefix);
        if (!str_starts(id, kinds[k].prefix))
            continue;
        const char *key = kinds[k].has_key && id[n] == '-' ? id + n + 1 : NULL;
        if (!key && (kinds[k].has_key || id[n] != '\0'))
            continue;
        if (key && (!*key || key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-")]))
            break; // it names a file
        if (!json_text(json_get(m->known, id), "guid"))
            break;
        add_feed(m, (enum feeds_kind)k, key, NULL);
        return 0;
    }
    return err_input(m->e,
                     "%s: \"%s\" is no feed of this program\n"
                     "the program writes this file: fetch the one before from git or a backup",
                     record_file, id);
}

static int by_file(const void *x, const void *y)
{
    const struct subfeed *a = x, *b = y;
    return strcmp(a->file, b->file);
}

static int load(struct session *s, struct arena *a, struct json **ret_known,
                struct json **ret_strings, struct err *e)
{
    struct err why = {0};
    int r = json_load(fs_join(a, s->dir, record_file), ret_known, &why);
    if (r < 0 && r != -ENOENT)
        return err_input(e,
                         "%s\nthe program writes this file: fetch the one before from git or a "
                         "backup",
                         why.text);
    const char *file = arena_printf(a, "site/strings.%s.json", s->show.language);
    const char *path = preset_path(a, s->preset_dirs, file);
    if (!path)
        path = preset_path(a, s->preset_dirs, "site/strings.nb.json");
    return path ? json_load(path, ret_strings, e)
                : err_set(e, -ENOENT, "site/strings.nb.json is missing among the presets");
}

int feeds_make(struct session *s, struct arena *a, const struct catalog *c, struct subfeeds *ret,
               struct err *e)
{
    struct json *known = NULL, *strings = NULL;
    *ret = (struct subfeeds){0};
    int r = load(s, a, &known, &strings, e);
    struct making m = {.s = s, .a = a, .known = known, .strings = strings, .out = ret, .e = e};
    for (size_t i = 0; i < COUNT(kinds); i++)
        m.index[i] = json_new_object();
    for (size_t i = 0; r >= 0 && i < c->count; i++)
        r = put_entry(&m, &c->entries[i], i);
    for (size_t i = 0; r >= 0 && i < json_count(known); i++)
        r = keep_known(&m, json_key_at(known, i));
    if (ret->count)
        qsort(ret->items, ret->count, sizeof *ret->items, by_file);
    for (size_t i = 0; i < COUNT(kinds); i++)
        json_free(m.index[i]);
    json_free(known);
    json_free(strings);
    return r;
}

static struct json *feed_json(const char *file, const char *title, const char *guid,
                              const char *medium)
{
    struct json *o = json_new_object();
    json_put_text(o, "file", file);
    json_put_text(o, "title", title);
    json_put_text(o, "guid", guid);
    json_put_text(o, "medium", medium);
    return o;
}

static struct json *list_feeds(const struct plan *p)
{
    const struct subfeeds *f = &p->catalog->feeds;
    struct json *list = json_new_array();
    struct json *own = feed_json("feed.xml", p->s->show.title, p->s->show.guid, "podcast");
    json_put_bool(own, "of_show", true);
    json_push(list, own);
    for (size_t i = 0; i < f->count; i++) {
        const struct subfeed *one = &f->items[i];
        bool video = one->kind == FEEDS_VIDEO;
        struct json *o = feed_json(one->file, one->title, one->guid, video ? "video" : "podcast");
        struct json *items = json_new_array();
        size_t most = (size_t)p->s->show.feeding.entries;
        for (size_t k = 0; k < one->count && k < most; k++)
            json_push_int(items, (int64_t)one->items[k]);
        json_put(o, "items", items);
        if (video)
            json_put_bool(o, "video", true);
        json_push(list, o);
    }
    return list;
}

static struct json *other_json(const struct other_show *other)
{
    struct json *o = json_new_object();
    json_put_text(o, "guid", other->guid);
    json_put_text(o, "url", other->url);
    json_put_text(o, "title", other->title);
    return o;
}

static void put_some(struct json *o, const char *key, struct json *list)
{
    if (json_count(list))
        json_put(o, key, list);
    else
        json_free(list);
}

static struct json *channel_json(const struct plan *p)
{
    const struct feeding *f = &p->s->show.feeding;
    struct json *o = json_new_object(), *funding = json_new_array(), *verify = json_new_array(),
                *podroll = json_new_array(), *block = json_new_array(), *hubs = json_new_array(),
                *trailers = json_new_array();
    for (size_t i = 0; i < f->num_funding; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "url", f->funding[i].url);
        json_put_text(one, "text", f->funding[i].text);
        json_push(funding, one);
    }
    for (size_t i = 0; i < f->num_verify; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "purpose", f->verify[i].purpose);
        json_put_text(one, "text", f->verify[i].text);
        json_push(verify, one);
    }
    for (size_t i = 0; i < f->num_podroll; i++)
        json_push(podroll, other_json(&f->podroll[i]));
    for (size_t i = 0; i < f->block.count; i++)
        json_push_text(block, f->block.items[i]);
    for (size_t i = 0; i < f->num_websub; i++)
        json_push_text(hubs, f->websub[i]);
    for (size_t i = 0; i < p->catalog->count; i++)
        if (p->catalog->entries[i].trailer)
            json_push(trailers, json_keep(p->catalog->entries[i].trailer));
    put_some(o, "funding", funding);
    put_some(o, "verify", verify);
    put_some(o, "podroll", podroll);
    put_some(o, "block", block);
    put_some(o, "hubs", hubs);
    put_some(o, "trailers", trailers);
    json_put(o, "publisher", f->publisher.guid ? other_json(&f->publisher) : NULL);
    json_put_text(o, "moved_to", f->moved_to);
    if (f->complete)
        json_put_bool(o, "complete", true);
    return o;
}

int feeds_settings(struct plan *p, struct json *into, struct json *files, struct err *e)
{
    const struct catalog *c = p->catalog;
    (void)e;
    const struct step *art = plan_step(p, "art", NULL);
    if (!art || art->state != STEP_FRESH)
        return -EAGAIN;
    (void)files;
    char content[HASH_HEX];
    struct hash *h = hash_new();
    for (size_t i = 0; i < c->count; i++) {
        const struct catalog_entry *one = &c->entries[i];
        hash_add_text(h, one->item_hash);
        hash_add_text(h, one->video_hash ? one->video_hash : "");
        hash_add(h, &one->published_utc_s, sizeof one->published_utc_s);
    }
    hash_finish(h, content);
    json_put(into, "show", settings_show(p));
    json_put(into, "channel", channel_json(p));
    json_put_int(into, "entries", p->s->show.feeding.entries);
    json_put_text(into, "items", content);
    json_put(into, "feeds", list_feeds(p));
    json_put(into, "live", c->live ? json_keep(c->live) : NULL);
    return 0;
}

static void add_line(struct str *s, const char *hash, int64_t published_utc_s, const char *path)
{
    str_add(s, hash);
    str_addc(s, ' ');
    str_add_int(s, published_utc_s);
    str_addc(s, ' ');
    str_add(s, path);
    str_addc(s, '\n');
}

// Through a file: as JSON, thousands of them cost more than the feeds.
static int put_list(struct plan *p, const char *name, const struct str *lines, struct json *in,
                    struct err *e)
{
    const char *path = fs_join(&p->arena, p->s->dir, arena_printf(&p->arena, ".dgl/feed.%s", name));
    json_put_text(in, name, path);
    return lines->over ? err_set(e, -EFBIG, "%s: too many episodes", path)
                       : fs_replace(path, lines->p, lines->len, e);
}

int feeds_put_paths(struct plan *p, const struct step *step, struct json *in, struct err *e)
{
    const struct catalog *c = p->catalog;
    struct str items, videos;
    str_init(&items, STR_MAX);
    str_init(&videos, STR_MAX);
    for (size_t i = 0; i < c->count; i++) {
        const struct catalog_entry *one = &c->entries[i];
        add_line(&items, one->item_hash, one->published_utc_s, one->item_path);
        if (one->video_path)
            add_line(&videos, one->video_hash, one->published_utc_s, one->video_path);
    }
    int r = put_list(p, "items", &items, in, e);
    if (r >= 0)
        r = put_list(p, "videos", &videos, in, e);
    str_done(&items);
    str_done(&videos);
    struct json *was = store_newest(&p->arena, &step->place);
    const char *fingerprint = json_text(was, "fingerprint");
    if (fingerprint && json_int(was, "version", 0) == step->flow->version)
        json_put_text(
            in, "before",
            fs_join(&p->arena, store_dir(&p->arena, &step->place, fingerprint), "documents.json"));
    json_free(was);
    return r < 0 ? r : 0;
}

static int save_record(struct plan *show, struct err *e)
{
    const struct subfeeds *f = &show->catalog->feeds;
    struct json *o = json_new_object();
    for (size_t i = 0; i < f->count; i++) {
        struct json *one = json_new_object();
        json_put_text(one, "guid", f->items[i].guid);
        json_put_text(one, "title", f->items[i].title);
        json_put(o, f->items[i].id, one);
    }
    int r = f->count ? json_save(fs_join(&show->arena, show->s->dir, record_file), o, e) : 0;
    json_free(o);
    return r;
}

// Archives that are too many, since an episode was taken back.
static void drop_archives(struct plan *show, const struct json *record)
{
    for (size_t k = 1;; k++) {
        const char *name = arena_printf(&show->arena, "feed-archive-%zu.xml", k);
        if (store_output(record, name))
            continue;
        if (unlink(arena_printf(&show->arena, "%s/public/%s", show->s->dir, name)) < 0)
            return;
    }
}

int feeds_place(struct plan *show, struct err *e)
{
    const struct step *feed = plan_step(show, "feed", NULL);
    const struct json *outputs = json_get(feed->record, "outputs");
    int r = save_record(show, e);
    for (size_t i = 0; r >= 0 && i < json_count(outputs); i++) {
        const char *file = json_text_or(json_at(outputs, i), "file", "");
        if (str_ends(file, ".xml") && !str_same(file, "feed.xml"))
            r = publish_place(show, feed, file, file, e);
    }
    if (r >= 0)
        r = publish_place(show, feed, "feed.xml", "feed.xml", e);
    if (r >= 0)
        drop_archives(show, feed->record);
    return r < 0 ? r : 0;
}
