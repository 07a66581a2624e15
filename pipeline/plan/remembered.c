// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/remembered.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/str.h"
#include "base/workers.h"
#include "plan/stamps.h"
#include "plan/retract.h"

#include <errno.h>
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
    MORE, // where it is in the second file: "offset bytes"
    PATHS,
    FIELDS
};
enum {
    FILE_MAX = STR_MAX,
    FRESH_NS = 2000000000, // what is younger may change again within one tick of the file system
    AT_ONCE = 256,         // episodes a thread looks at
};

struct known {
    const char *field[FIELDS];
    const char *more;     // to be written; NULL: it is in the file
    bool is_same, is_new; // is_new: not in the file
};

struct remembered {
    struct session *s;
    struct arena arena;
    char *path, *more_path;
    char world[STAMPS_KEY + 1];
    const char *first_line; // of both files: the world, and a name for what was written together
    int64_t more_bytes;     // of the second file
    char *more;             // its text; NULL: not read yet
    struct known *items;    // by folder, one each
    size_t count, old;      // old: as read
    size_t cap;
    size_t lines;             // in the file; 0: it must be written anew
    struct stamps_show *show; // NULL: it cannot be opened, nothing is known
    char **live;              // whose broadcasts left something
    size_t num_live;
    bool looked;
    bool odd; // a path holds the ';' that stands between paths
};

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

static int by_folder(const void *x, const void *y)
{
    const struct known *a = x, *b = y;
    return strcmp(a->field[FOLDER], b->field[FOLDER]);
}

// Of one folder the later line stands behind.
static int by_folder_and_line(const void *x, const void *y)
{
    const struct known *a = x, *b = y;
    int order = by_folder(x, y);
    return order ? order : (a->field[KEY] > b->field[KEY]) - (a->field[KEY] < b->field[KEY]);
}

// What was written behind the rest is newer than the same folder's line before it.
static void sort(struct remembered *m)
{
    size_t kept = 0;
    if (m->count)
        qsort(m->items, m->count, sizeof *m->items, by_folder_and_line);
    for (size_t i = 0; i < m->count; i++)
        if (i + 1 == m->count || by_folder(&m->items[i], &m->items[i + 1]) != 0)
            m->items[kept++] = m->items[i];
    m->count = m->old = kept;
}

// Whether the second file is the one that was written with the first.
static bool look_at_more(struct remembered *m)
{
    char line[PATH_MAX] = "";
    size_t len = strlen(m->first_line);
    int fd = open(m->more_path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && len < sizeof line && read(fd, line, len) == (ssize_t)len &&
              memcmp(line, m->first_line, len) == 0;
    if (fd >= 0)
        close(fd);
    m->more_bytes = ok ? fs_size(m->more_path) : 0;
    return ok;
}

static bool read_place(const char *text, struct catalog_entry *ret)
{
    char at[24];
    size_t len = strcspn(text, " ");
    snprintf(at, sizeof at, "%.*s", (int)(len < sizeof at ? len : 0), text);
    return text[len] == ' ' && str_to_int(at, &ret->more_at) &&
           str_to_int(text + len + 1, &ret->more_bytes) && ret->more_at >= 0 &&
           ret->more_bytes >= 0;
}

static bool is_whole(const struct remembered *m, const struct known *k)
{
    struct catalog_entry c = {0};
    return read_place(k->field[MORE], &c) && c.more_at <= m->more_bytes &&
           c.more_bytes <= m->more_bytes - c.more_at;
}

// The second file, once; every place that is_whole accepted is in it.
static int read_more(struct remembered *m, struct err *e)
{
    char *text;
    size_t len;
    int r = m->more ? 0 : fs_read(&m->arena, m->more_path, FILE_MAX, &text, &len, e);
    if (r < 0 || m->more)
        return r;
    if ((int64_t)len < m->more_bytes)
        return err_set(e, -EIO, "%s: became shorter", m->more_path);
    m->more = text;
    return 0;
}

static void load(struct remembered *m)
{
    char *text, *next;
    size_t lines = 0;
    if (fs_read(&m->arena, m->path, FILE_MAX, &text, NULL, NULL) < 0)
        return;
    next = strchr(text, '\n');
    if (!next || strncmp(text, m->world, STAMPS_KEY) != 0)
        return;
    m->first_line = arena_strndup(&m->arena, text, (size_t)(next + 1 - text));
    if (!look_at_more(m))
        return;
    char *line = next + 1;
    for (; (next = strchr(line, '\n')) != NULL; line = next + 1) {
        *next = '\0';
        m->items = arena_grow(&m->arena, m->items, m->count, &m->cap, sizeof *m->items);
        m->items[m->count] = (struct known){0};
        m->count += split(line, &m->items[m->count]) && is_whole(m, &m->items[m->count]);
        lines++;
    }
    m->lines = *line ? 0 : lines; // a line that broke off: nothing may be written behind it
    sort(m);
}

struct remembered *remembered_open(struct session *s)
{
    struct remembered *m = mem_alloc(sizeof *m);
    m->s = s;
    m->path = fs_join(&m->arena, s->dir, ".dgl/catalog");
    m->more_path = fs_join(&m->arena, s->dir, ".dgl/catalog.more");
    m->show = stamps_open(s->dir);
    if (fs_list(&m->arena, fs_join(&m->arena, s->dir, ".dgl/live"), &m->live, &m->num_live, NULL) <
        0)
        m->num_live = 0;
    stamps_world(s, m->world);
    if (m->show)
        load(m);
    return m;
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

static int look_at(void *ctx, size_t block, struct err *e)
{
    struct remembered *m = ctx;
    (void)e;
    for (size_t i = block * AT_ONCE; i < m->old && i < (block + 1) * AT_ONCE; i++) {
        char key[STAMPS_KEY + 1];
        stamps_key(m->show, m->items[i].field[PATHS], key);
        m->items[i].is_same = strcmp(key, m->items[i].field[KEY]) == 0;
    }
    return 0;
}

static struct known *find_same(struct remembered *m, const char *folder)
{
    struct known *k = find(m, folder);
    if (!m->looked)
        workers_run((m->old + AT_ONCE - 1) / AT_ONCE, 0, look_at, m, NULL);
    m->looked = true;
    return k && k->is_same ? k : NULL;
}

const char *remembered_guid(struct remembered *m, const char *folder)
{
    const struct known *k = find_same(m, folder);
    return k ? k->field[GUID] : NULL;
}

bool remembered_get(struct remembered *m, const char *folder, struct catalog_entry *ret)
{
    struct known *k = find_same(m, folder);
    if (!k)
        return false;
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
    };
    const char *trailer = k->field[TRAILER];
    if (has_live(m, k->field[SLUG]) || !str_to_int(k->field[PUBLISHED], &c.published_utc_s) ||
        c.published_utc_s < 0 || c.published_utc_s > m->s->now_utc_s ||
        !str_to_int(k->field[GOALS], &goals) || !str_to_int(k->field[SEASON], &c.season) ||
        !read_places(m, k->field[PLACES], &c) || !read_place(k->field[MORE], &c))
        return false;
    if (*trailer && json_parse(trailer, strlen(trailer), "catalog", &c.trailer, NULL) < 0)
        return false;
    c.goals = (sdg_set)goals;
    *ret = c;
    return true;
}

int remembered_more(struct remembered *m, const struct catalog_entry *c, struct json **ret,
                    struct err *e)
{
    int r = read_more(m, e);
    if (r >= 0)
        r = json_parse(m->more + c->more_at, (size_t)c->more_bytes, m->more_path, ret, e);
    if (r < 0) {
        unlink(m->path);
        e->kind = ERR_FAILED;
        err_wrap(e, "what was remembered of %s cannot be read; run it again", c->folder);
    }
    return r;
}

void remembered_look_again(struct remembered *m)
{
    if (m)
        m->looked = false;
}

static bool is_preset(const struct session *s, const char *path)
{
    for (size_t i = 0; s->preset_dirs[i]; i++)
        if (str_starts(path, s->preset_dirs[i]) && path[strlen(s->preset_dirs[i])] == '/')
            return true;
    return false;
}

// What lies beside the folders of episodes, under the name that takes one look instead of three.
static const char *beside(struct arena *a, const char *folder, const char *path)
{
    size_t len = strlen(folder);
    struct stat st;
    if (!str_starts(path, folder) || !str_starts(path + len, "/../") || lstat(folder, &st) < 0 ||
        S_ISLNK(st.st_mode))
        return path;
    return fs_join(a, fs_dirname(a, folder), path + len + strlen("/../"));
}

static void add_path(struct remembered *m, struct str *out, const char *path)
{
    size_t len = strlen(m->s->dir);
    bool inside = str_starts(path, m->s->dir) && path[len] == '/';
    m->odd |= strchr(path, ';') != NULL;
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
            add_path(m, out, beside(&a, p->ep->dir, p->read[i]));
    // the item, and the video's: what is in the store does not change where it lies
    add_path(m, out, fs_dirname(&a, c->item_path));
    for (size_t i = 0; i < json_count(c->texts); i++)
        add_path(m, out, json_text_or(c->texts, json_key_at(c->texts, i), ""));
    static const char *const places[] = {"public/episodes", "public/media", "public/kit"};
    for (size_t i = 0; i < COUNT(places) - !c->kit; i++)
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
    return !m->show || p->ep->planned.start_utc_s || p->published.num_former ||
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
    char key[STAMPS_KEY + 1];
    if (moves_by_itself(m, p))
        return;
    str_init(&paths, STR_MAX);
    str_init(&places, STR_MAX);
    m->odd = false;
    list_paths(m, p, c, &paths);
    for (size_t i = 0; i < c->num_places; i++)
        str_addf(&places, "%s%s", i ? "," : "", c->places[i]->number);
    int64_t newest_ns = stamps_key(m->show, paths.p, key);
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
    k.field[MORE] = "";
    k.more = more_line(m, c);
    k.field[PATHS] = arena_strdup(a, paths.p);
    str_done(&paths);
    str_done(&places);
    bool ok = !m->odd && newest_ns < clock_ns(clock_now(), 0) - FRESH_NS;
    for (int i = 0; i < FIELDS; i++) {
        k.field[i] = arena_strdup(a, k.field[i]); // the catalogue's own texts may go first
        ok = ok && !strpbrk(k.field[i], "\t\n");
    }
    if (!ok)
        return;
    k.is_same = k.is_new = true;
    struct known *was = find(m, c->folder);
    if (was)
        *was = k;
    else {
        m->items = arena_grow(a, m->items, m->count, &m->cap, sizeof *m->items);
        m->items[m->count++] = k;
    }
}

static void add_line(struct str *s, const struct known *k)
{
    for (int i = 0; i < FIELDS; i++) {
        str_add(s, k->field[i]);
        str_addc(s, i + 1 < FIELDS ? '\t' : '\n');
    }
}

// Behind what is there: of thousands of lines few are new. What breaks off is found by load().
static bool append(const char *path, const struct str *s)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    bool ok = fd >= 0 && write(fd, s->p, s->len) == (ssize_t)s->len && fdatasync(fd) == 0;
    if (fd >= 0)
        ok = close(fd) == 0 && ok;
    return ok;
}

static const char *more_of(struct remembered *m, const struct known *k, size_t *ret_len)
{
    struct catalog_entry c = {0};
    if (k->more) {
        *ret_len = strlen(k->more);
        return k->more;
    }
    if (read_more(m, NULL) < 0)
        return NULL;
    read_place(k->field[MORE], &c);
    *ret_len = (size_t)c.more_bytes;
    return m->more + c.more_at;
}

// The second file first: a line of the first names a place in it. anew: both are written whole.
static bool put_lines(struct remembered *m, bool anew, struct str *lines, struct str *more)
{
    int64_t behind = anew ? 0 : m->more_bytes;
    for (size_t i = 0; i < m->count; i++) {
        struct known *k = &m->items[i];
        size_t len = 0;
        if (anew ? !k->is_same : !k->is_new)
            continue;
        const char *text = more_of(m, k, &len);
        if (!text)
            return false;
        k->field[MORE] =
            arena_printf(&m->arena, "%" PRId64 " %zu", behind + (int64_t)more->len, len);
        str_addn(more, text, len);
        str_addc(more, '\n');
        add_line(lines, k);
    }
    return !lines->over && !more->over;
}

static bool write_both(struct remembered *m, bool anew, struct str *lines, struct str *more)
{
    if (!put_lines(m, anew, lines, more))
        return false;
    if (!anew)
        return append(m->more_path, more) && append(m->path, lines);
    unlink(m->path);
    return fs_replace(m->more_path, more->p, more->len, NULL) >= 0 &&
           fs_replace(m->path, lines->p, lines->len, NULL) >= 0;
}

static void save(struct remembered *m)
{
    size_t fresh = 0, good = 0;
    struct str lines, more;
    for (size_t i = 0; i < m->count; i++) {
        fresh += m->items[i].is_new;
        good += m->items[i].is_same; // the others are gone, or changed since
    }
    bool anew = !m->lines || (m->lines + fresh - good) * 4 > m->lines;
    if (!fresh)
        return;
    str_init(&lines, FILE_MAX);
    str_init(&more, FILE_MAX);
    if (anew) {
        str_addf(&lines, "%s %.6f %d\n", m->world, clock_monotonic(), (int)getpid());
        str_add(&more, lines.p);
    }
    if (!write_both(m, anew, &lines, &more))
        unlink(m->path);
    str_done(&lines);
    str_done(&more);
}

void remembered_close(struct remembered *m, bool keep)
{
    if (!m)
        return;
    if (keep)
        save(m);
    stamps_close(m->show);
    arena_done(&m->arena);
    free(m);
}
