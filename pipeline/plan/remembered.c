// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/remembered.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/proc.h"
#include "base/str.h"
#include "plan/retract.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// One line an episode, fields with a tab between; a text that holds one is not remembered.
enum field {
    KEY, // of the files in PATHS
    FOLDER,
    SLUG,
    GUID,
    PUBLISHED,
    ITEM,
    ITEM_HASH,
    VIDEO,
    VIDEO_HASH,
    THEME_ID,
    THEME,
    GOALS,
    SEASON,
    PLACES,
    TRAILER,
    MORE, // of the catalogue's entry, see publish.h
    PATHS,
    FIELDS
};
enum {
    FILE_MAX = STR_MAX,
    KEY_HEX = 32,          // of a SHA-256
    FRESH_NS = 2000000000, // what is younger may change again within one tick of the file system
};

struct known {
    const char *field[FIELDS];
    bool looked_at, is_same;
};

struct remembered {
    struct session *s;
    struct arena arena;
    char *path;
    char world[KEY_HEX + 1];
    struct known *items; // by folder
    size_t count, old;   // old: as read
    size_t cap;
    int64_t newest_ns; // of the files of the last key
    int show_fd;       // the show's folder; below 0: it cannot be opened, nothing is known
    char **live;       // whose broadcasts left something
    size_t num_live;
    bool changed;
};

static void add_stamp(struct remembered *m, struct hash *h, const char *path)
{
    struct stat st;
    int64_t stamp[4] = {0};
    if (fstatat(m->show_fd, path, &st, 0) == 0) {
        stamp[0] = (int64_t)st.st_ino;
        stamp[1] = S_ISDIR(st.st_mode) ? 0 : (int64_t)st.st_size;
        stamp[2] = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
        stamp[3] = (int64_t)st.st_mode;
        if (stamp[2] > m->newest_ns)
            m->newest_ns = stamp[2];
    }
    hash_add_text(h, path);
    hash_add(h, stamp, sizeof stamp);
}

static void finish_key(struct hash *h, char ret[KEY_HEX + 1])
{
    char hex[HASH_HEX];
    hash_finish(h, hex);
    memcpy(ret, hex, KEY_HEX);
    ret[KEY_HEX] = '\0';
}

// paths: ';' between, from the show's folder.
static void key_of(struct remembered *m, const char *paths, char ret[KEY_HEX + 1])
{
    char path[PATH_MAX];
    struct hash *h = hash_new();
    m->newest_ns = 0;
    for (const char *at = paths; *at;) {
        size_t len = strcspn(at, ";"), n = len < sizeof path ? len : sizeof path - 1;
        memcpy(path, at, n);
        path[n] = '\0';
        add_stamp(m, h, path);
        at += len + (at[len] == ';');
    }
    finish_key(h, ret);
}

// What every episode is read by.
static void world_key(struct remembered *m, char ret[KEY_HEX + 1])
{
    static const char *const programs[] = {"dgl-episode", "dgl-episode-worker"};
    struct session *s = m->s;
    char self[PATH_MAX];
    struct hash *h = hash_new();
    add_stamp(m, h,
              s->show.file->path[0] == '/' ? s->show.file->path
                                           : fs_join(&m->arena, s->dir, s->show.file->path));
    if (s->show.calendar_path)
        add_stamp(m, h, s->show.calendar_path);
    for (size_t i = 0; i < COUNT(programs) && proc_self_dir(self, sizeof self) >= 0; i++)
        add_stamp(m, h, fs_join(&m->arena, self, programs[i]));
    for (size_t i = 0; s->preset_dirs[i]; i++) {
        char **names;
        size_t n;
        if (fs_list_tree(&m->arena, s->preset_dirs[i], &names, &n, NULL) < 0)
            continue;
        for (size_t k = 0; k < n; k++)
            add_stamp(m, h, fs_join(&m->arena, s->preset_dirs[i], names[k]));
    }
    finish_key(h, ret);
}

static bool split(char *line, struct known *ret)
{
    for (int i = 0; i < FIELDS; i++) {
        char *end = strchr(line, '\t');
        if (!end != (i == FIELDS - 1))
            return false;
        ret->field[i] = line;
        if (end) {
            *end = '\0';
            line = end + 1;
        }
    }
    return true;
}

static void load(struct remembered *m)
{
    char *text, *next;
    if (fs_read(&m->arena, m->path, FILE_MAX, &text, NULL, NULL) < 0)
        return;
    next = strchr(text, '\n');
    if (!next || strncmp(text, m->world, KEY_HEX) != 0)
        return;
    for (char *line = next + 1; *line; line = next + 1) {
        next = strchr(line, '\n');
        if (!next)
            return;
        *next = '\0';
        m->items = arena_grow(&m->arena, m->items, m->count, &m->cap, sizeof *m->items);
        m->items[m->count] = (struct known){0};
        if (split(line, &m->items[m->count]))
            m->old = ++m->count;
    }
}

struct remembered *remembered_open(struct session *s)
{
    struct remembered *m = mem_alloc(sizeof *m);
    m->s = s;
    m->path = fs_join(&m->arena, s->dir, ".dgl/catalog");
    m->show_fd = open(s->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fs_list(&m->arena, fs_join(&m->arena, s->dir, ".dgl/live"), &m->live, &m->num_live, NULL) <
        0)
        m->num_live = 0;
    world_key(m, m->world);
    if (m->show_fd >= 0)
        load(m);
    return m;
}

static int by_folder(const void *x, const void *y)
{
    const struct known *a = x, *b = y;
    return strcmp(a->field[FOLDER], b->field[FOLDER]);
}

static struct known *find(struct remembered *m, const char *folder)
{
    struct known want = {0};
    want.field[FOLDER] = folder;
    return m->old ? bsearch(&want, m->items, m->old, sizeof want, by_folder) : NULL;
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static bool has_live(const struct remembered *m, const char *slug)
{
    for (size_t i = 0; i < m->num_live; i++)
        if (strcmp(m->live[i], slug) == 0)
            return true;
    return false;
}

static bool read_places(struct remembered *m, const char *text, struct catalog_entry *ret)
{
    size_t room = strlen(text) / 2 + 1;
    char number[16];
    ret->places = arena_array(&m->arena, const struct municipality *, room);
    while (*text) {
        size_t len = strcspn(text, ",");
        snprintf(number, sizeof number, "%.*s", (int)len, text);
        ret->places[ret->num_places] = municipality_find(&m->s->municipalities, number);
        if (!ret->places[ret->num_places++])
            return false;
        text += len + (text[len] == ',');
    }
    return true;
}

bool remembered_get(struct remembered *m, const char *folder, struct catalog_entry *ret)
{
    struct known *k = find(m, folder);
    if (!k)
        return false;
    if (!k->looked_at) {
        char key[KEY_HEX + 1];
        key_of(m, k->field[PATHS], key);
        k->is_same = strcmp(key, k->field[KEY]) == 0;
        k->looked_at = true;
    }
    int64_t goals = 0;
    struct catalog_entry c = {
        .folder = k->field[FOLDER],
        .guid = k->field[GUID],
        .item_path = k->field[ITEM],
        .item_hash = k->field[ITEM_HASH],
        .video_path = or_null(k->field[VIDEO]),
        .video_hash = or_null(k->field[VIDEO_HASH]),
        .theme_id = or_null(k->field[THEME_ID]),
        .theme = or_null(k->field[THEME]),
        .more_text = k->field[MORE],
    };
    const char *trailer = k->field[TRAILER];
    if (!k->is_same || has_live(m, k->field[SLUG]) ||
        !str_to_int(k->field[PUBLISHED], &c.published_utc_s) ||
        c.published_utc_s > m->s->now_utc_s || !str_to_int(k->field[GOALS], &goals) ||
        !str_to_int(k->field[SEASON], &c.season) || !read_places(m, k->field[PLACES], &c))
        return false;
    if (*trailer && json_parse(trailer, strlen(trailer), "catalog", &c.trailer, NULL) < 0)
        return false;
    c.goals = (sdg_set)goals;
    *ret = c;
    return true;
}

void remembered_look_again(struct remembered *m)
{
    for (size_t i = 0; m && i < m->old; i++)
        m->items[i].looked_at = false;
}

static bool is_preset(const struct session *s, const char *path)
{
    for (size_t i = 0; s->preset_dirs[i]; i++)
        if (str_starts(path, s->preset_dirs[i]) && path[strlen(s->preset_dirs[i])] == '/')
            return true;
    return false;
}

static void add_path(struct remembered *m, struct str *out, const char *path)
{
    size_t len = strlen(m->s->dir);
    bool inside = str_starts(path, m->s->dir) && path[len] == '/';
    if (out->len)
        str_addc(out, ';');
    str_add(out, inside ? path + len + 1 : path);
}

// Everything the entry was made of.
static void list_paths(struct remembered *m, struct plan *p, const struct catalog_entry *c,
                       struct str *out)
{
    struct arena a = {0};
    char **names;
    size_t n = 0;
    add_path(m, out, p->ep->dir);
    if (fs_list(&a, p->ep->dir, &names, &n, NULL) < 0)
        n = 0;
    for (size_t i = 0; i < n; i++)
        add_path(m, out, fs_join(&a, p->ep->dir, names[i]));
    for (size_t i = 0; i < p->num_read; i++)
        if (!is_preset(m->s, p->read[i]))
            add_path(m, out, p->read[i]);
    add_path(m, out, c->item_path);
    if (c->video_path)
        add_path(m, out, c->video_path);
    for (size_t i = 0; i < json_count(c->texts); i++)
        add_path(m, out, json_text_or(c->texts, json_key_at(c->texts, i), ""));
    static const char *const places[] = {"public/episodes", "public/media", "public/kit"};
    for (size_t i = 0; i < COUNT(places); i++)
        add_path(m, out, arena_printf(&a, "%s/%s", places[i], p->slug));
    arena_done(&a);
}

static bool moves_by_itself(struct remembered *m, struct plan *p)
{
    for (size_t i = 0; i < p->ep->num_waivers; i++)
        if (p->ep->waivers[i].until) // it runs out, and leaves the page
            return true;
    if (retract_withdrawn(p->ep)) // that is told at each run
        return true;
    return m->show_fd < 0 || p->ep->planned.start_utc_s || p->published.num_former ||
           has_live(m, p->slug);
}

static const char *json_line(struct remembered *m, const struct json *j)
{
    struct str s;
    if (!j)
        return "";
    str_init(&s, STR_MAX);
    json_write(&s, j, false);
    const char *text = arena_strdup(&m->arena, s.p);
    str_done(&s);
    return text;
}

static const char *more_line(struct remembered *m, const struct catalog_entry *c)
{
    struct json *o = json_new_object();
    json_put(o, "entry", json_keep(c->entry));
    json_put(o, "texts", json_keep(c->texts));
    json_put(o, "kit", c->kit ? json_keep(c->kit) : NULL);
    const char *line = json_line(m, o);
    json_free(o);
    return line;
}

void remembered_put(struct remembered *m, struct plan *p, const struct catalog_entry *c)
{
    struct known k = {0};
    struct arena *a = &m->arena;
    struct str paths, places;
    char key[KEY_HEX + 1];
    if (moves_by_itself(m, p))
        return;
    str_init(&paths, STR_MAX);
    str_init(&places, STR_MAX);
    list_paths(m, p, c, &paths);
    for (size_t i = 0; i < c->num_places; i++)
        str_addf(&places, "%s%s", i ? "," : "", c->places[i]->number);
    key_of(m, paths.p, key);
    k.field[KEY] = arena_strdup(a, key);
    k.field[FOLDER] = c->folder;
    k.field[SLUG] = p->slug;
    k.field[GUID] = c->guid;
    k.field[PUBLISHED] = arena_printf(a, "%" PRId64, c->published_utc_s);
    k.field[ITEM] = c->item_path;
    k.field[ITEM_HASH] = c->item_hash;
    k.field[VIDEO] = c->video_path ? c->video_path : "";
    k.field[VIDEO_HASH] = c->video_hash ? c->video_hash : "";
    k.field[THEME_ID] = c->theme_id ? c->theme_id : "";
    k.field[THEME] = c->theme ? c->theme : "";
    k.field[GOALS] = arena_printf(a, "%" PRIu32, c->goals);
    k.field[SEASON] = arena_printf(a, "%" PRId64, c->season);
    k.field[PLACES] = arena_strdup(a, places.p);
    k.field[TRAILER] = json_line(m, c->trailer);
    k.field[MORE] = more_line(m, c);
    k.field[PATHS] = arena_strdup(a, paths.p);
    str_done(&paths);
    str_done(&places);
    bool ok = m->newest_ns < (int64_t)clock_now() * 1000000000 - FRESH_NS;
    for (int i = 0; i < FIELDS; i++) {
        k.field[i] = arena_strdup(a, k.field[i]); // the catalogue's own texts may go first
        ok = ok && !strpbrk(k.field[i], "\t\n");
    }
    if (!ok)
        return;
    k.looked_at = k.is_same = true;
    struct known *was = find(m, c->folder);
    if (was)
        *was = k;
    else {
        m->items = arena_grow(a, m->items, m->count, &m->cap, sizeof *m->items);
        m->items[m->count++] = k;
    }
    m->changed = true;
}

static void save(struct remembered *m)
{
    struct str s;
    str_init(&s, STR_MAX);
    str_addf(&s, "%s\n", m->world);
    qsort(m->items, m->count, sizeof *m->items, by_folder);
    for (size_t i = 0; i < m->count; i++) {
        if (!m->items[i].is_same) // gone, or changed since
            continue;
        for (int k = 0; k < FIELDS; k++) {
            str_add(&s, m->items[i].field[k]);
            str_addc(&s, k + 1 < FIELDS ? '\t' : '\n');
        }
    }
    if (!s.over)
        fs_replace(m->path, s.p, s.len, NULL);
    str_done(&s);
}

void remembered_close(struct remembered *m, bool keep)
{
    if (!m)
        return;
    if (keep && m->changed && m->count)
        save(m);
    if (m->show_fd >= 0)
        close(m->show_fd);
    arena_done(&m->arena);
    free(m);
}
