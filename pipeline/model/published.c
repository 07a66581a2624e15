// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/published.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// A point to complain about: "files[2]".
struct spot_in {
    struct arena *a;
    const char *where;
    struct err *e;
};

static int wrong(const struct spot_in *at, const char *key, const char *why)
{
    return err_input(at->e, "%s%s%s %s", at->where, *at->where ? "." : "", key, why);
}

static int read_text(const struct spot_in *at, const struct json *o, const char *key, bool required,
                     const char **ret)
{
    const char *text = json_text(o, key);
    if (text && *text) {
        *ret = arena_strdup(at->a, text);
        return 0;
    }
    if (json_get(o, key) && !text)
        return wrong(at, key, "must be text");
    *ret = NULL;
    return required ? wrong(at, key, "is missing") : 0;
}

static int read_hash(const struct spot_in *at, const struct json *o, const char **ret)
{
    int r = read_text(at, o, "sha256", true, ret);
    if (r >= 0 &&
        (strlen(*ret) != HASH_HEX - 1 || strspn(*ret, "0123456789abcdef") != HASH_HEX - 1))
        return wrong(at, "sha256", "must be 64 hexadecimal digits in small letters");
    return r;
}

// A path below public/ names what may be linked, uploaded and deleted: it must not lead elsewhere.
static int read_path(const struct spot_in *at, const struct json *o, const char *key, bool required,
                     const char **ret)
{
    int r = read_text(at, o, key, required, ret);
    if (r < 0 || !*ret)
        return r;
    return fs_leads_down(*ret) ? 0 : wrong(at, key, "must lead to a file below public/");
}

static int read_date(const struct spot_in *at, const struct json *o, const char *key, int64_t *ret)
{
    const char *text;
    int offset_min;
    int r = read_text(at, o, key, false, &text);
    if (r < 0 || !text)
        return r;
    return clock_parse_iso(text, ret, &offset_min)
               ? 0
               : wrong(at, key, "must be a date like 2026-02-12T08:00:00Z");
}

static int read_time(const struct spot_in *at, const struct json *o, const char *key, tick *ret)
{
    const char *text;
    int r = read_text(at, o, key, false, &text);
    if (r < 0 || !text)
        return r;
    return tick_parse(text, ret) ? 0 : wrong(at, key, "must be a time like 00:40:02.350");
}

static int read_source(const struct spot_in *at, const struct json *j, void *item)
{
    struct published_source *s = item;
    int r = read_text(at, j, "path", true, &s->path);
    return r < 0 ? r : read_hash(at, j, &s->sha256);
}

// What only files with a picture have.
static int read_count(const struct spot_in *at, const struct json *o, const char *key, int64_t *ret)
{
    *ret = json_int(o, key, 0);
    return *ret > 0 || !json_get(o, key) ? 0 : wrong(at, key, "must be a whole number above 0");
}

static int read_picture(const struct spot_in *at, const struct json *j, struct published_file *f)
{
    int r = read_count(at, j, "width", &f->width);
    if (r >= 0)
        r = read_count(at, j, "height", &f->height);
    if (r >= 0)
        r = read_text(at, j, "frame_rate", false, &f->frame_rate);
    if (r >= 0)
        r = read_count(at, j, "bit_rate_kbps", &f->bit_rate_kbps);
    if (r >= 0 && !f->width != !f->height)
        r = wrong(at, f->width ? "height" : "width", "is missing");
    return r;
}

static int read_file(const struct spot_in *at, const struct json *j, void *item)
{
    struct published_file *f = item;
    int r = read_text(at, j, "output", true, &f->output);
    if (r >= 0)
        r = read_path(at, j, "path", true, &f->path);
    if (r >= 0)
        r = read_text(at, j, "type", true, &f->type);
    if (r >= 0)
        r = read_hash(at, j, &f->sha256);
    if (r >= 0)
        r = read_time(at, j, "duration", &f->duration);
    f->bytes = json_bytes(j);
    f->integrated_lufs = json_number(j, "integrated_lufs", -HUGE_VAL);
    f->true_peak_dbtp = json_number(j, "true_peak_dbtp", -HUGE_VAL);
    if (r >= 0 && f->bytes < 0)
        r = wrong(at, "bytes", "must be a whole number");
    return r < 0 ? r : read_picture(at, j, f);
}

static int read_clip(const struct spot_in *at, const struct json *j, void *item)
{
    struct published_clip *c = item;
    int r = read_file(at, j, &c->file);
    if (r >= 0)
        r = read_text(at, j, "title", true, &c->title);
    if (r >= 0)
        r = read_text(at, j, "text", false, &c->text);
    return r < 0 ? r : read_path(at, j, "captions", false, &c->captions);
}

static int read_kit(const struct spot_in *at, const struct json *j, void *item)
{
    struct published_kit *k = item;
    int r = read_text(at, j, "title", true, &k->title);
    if (r >= 0)
        r = read_path(at, j, "path", true, &k->path);
    if (r >= 0)
        r = read_text(at, j, "type", true, &k->type);
    if (r >= 0)
        r = read_hash(at, j, &k->sha256);
    k->bytes = json_bytes(j);
    return r >= 0 && k->bytes < 0 ? wrong(at, "bytes", "must be a whole number") : r;
}

static int read_former(const struct spot_in *at, const struct json *j, void *item)
{
    struct published_former *f = item;
    int r = read_path(at, j, "path", true, &f->path);
    return r < 0 ? r : read_date(at, j, "until", &f->until_utc_s);
}

static int read_chapter(const struct spot_in *at, const struct json *j, void *item)
{
    struct chapter *c = item;
    int r = read_time(at, j, "at", &c->start);
    if (r >= 0)
        r = read_text(at, j, "title", true, &c->title);
    return r < 0 ? r : read_text(at, j, "url", false, &c->url);
}

// The lists, in the order they are written in; `id` tells an item from its neighbours, `ours` are
// the keys of one.
struct list {
    const char *key, *id;
    const char *const *ours;
    bool seldom;               // left out where it is empty
    size_t size, items, count; // of one item; where pointer and number are in struct published
    int (*read)(const struct spot_in *at, const struct json *j, void *item);
    struct json *(*write)(const void *item);
};

static struct json *write_source(const void *item);
static struct json *write_file(const void *item);
static struct json *write_clip(const void *item);
static struct json *write_kit(const void *item);
static struct json *write_former(const void *item);
static struct json *write_chapter(const void *item);

#define LIST(name, type) \
    sizeof(struct type), offsetof(struct published, name), offsetof(struct published, num_##name)
static const char *const of_source[] = {"path", "sha256", NULL};
#define OF_FILE                                                                                   \
    "output", "path", "type", "bytes", "sha256", "duration", "integrated_lufs", "true_peak_dbtp", \
        "width", "height", "frame_rate", "bit_rate_kbps"
static const char *const of_file[] = {OF_FILE, NULL};
static const char *const of_clip[] = {OF_FILE, "title", "text", "captions", NULL};
static const char *const of_kit[] = {"title", "path", "type", "bytes", "sha256", NULL};
static const char *const of_former[] = {"path", "until", NULL};
static const char *const of_chapter[] = {"at", "title", "url", NULL};
static const struct list lists[] = {
    {"sources", "sha256", of_source, false, LIST(sources, published_source), read_source,
     write_source},
    {"files", "path", of_file, false, LIST(files, published_file), read_file, write_file},
    {"clips", "path", of_clip, true, LIST(clips, published_clip), read_clip, write_clip},
    {"kit", "path", of_kit, true, LIST(kit, published_kit), read_kit, write_kit},
    {"former", "path", of_former, false, LIST(former, published_former), read_former, write_former},
    {"chapters", "at", of_chapter, false, LIST(chapters, chapter), read_chapter, write_chapter},
};

static int read_list(const struct spot_in *top, const struct json *root, const struct list *l,
                     struct published *p)
{
    const struct json *array = json_get(root, l->key);
    size_t n = json_count(array);
    char *items = arena_alloc(top->a, n * l->size + 1);
    for (size_t i = 0; i < n; i++) {
        struct spot_in at = {top->a, arena_printf(top->a, "%s[%zu]", l->key, i), top->e};
        int r = json_at(array, i) ? l->read(&at, json_at(array, i), items + i * l->size)
                                  : wrong(top, l->key, "must be a list");
        if (r < 0)
            return r;
    }
    memcpy((char *)p + l->items, &items, sizeof(items));
    memcpy((char *)p + l->count, &n, sizeof(n));
    return 0;
}

static int read_root(const struct spot_in *at, const struct json *root, struct published *p)
{
    int r = read_text(at, root, "guid", true, &p->guid);
    if (r >= 0)
        r = read_text(at, root, "slug", true, &p->slug);
    if (r >= 0)
        r = read_text(at, root, "state", true, &p->state);
    if (r >= 0)
        r = read_date(at, root, "first_published", &p->first_published_utc_s);
    if (r >= 0)
        r = read_time(at, root, "length", &p->length);
    for (size_t i = 0; r >= 0 && i < COUNT(lists); i++)
        r = read_list(at, root, &lists[i], p);
    if (r < 0)
        return r;
    if (strspn(p->slug, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(p->slug))
        return wrong(at, "slug", "must be of a to z, 0 to 9 and -");
    if (strcmp(p->state, "published") != 0 && strcmp(p->state, "retracted") != 0)
        return wrong(at, "state", "must be published or retracted");
    return 0;
}

int published_load(struct arena *a, const char *path, struct published *ret, struct err *e)
{
    struct json *root;
    int r = json_load(path, &root, e);
    if (r < 0)
        return r;
    struct published p = {0};
    r = read_root(&(struct spot_in){a, "", e}, root, &p);
    if (r < 0) {
        json_free(root);
        err_wrap(e, "%s", path);
        return r;
    }
    p.rest = root;
    *ret = p;
    return 0;
}

bool published_retracted(const struct published *p)
{
    return p->guid && str_same(p->state, "retracted");
}

void published_done(struct published *p)
{
    json_free(p->rest);
    p->rest = NULL;
}

static void put_level(struct json *o, const char *key, double v)
{
    json_put_real(o, key, round(v * 100) / 100);
}

static void put_count(struct json *o, const char *key, int64_t v)
{
    if (v > 0)
        json_put_int(o, key, v);
}

// Milliseconds where they say it all, else nanoseconds: a tick is 1.4 of them, so it comes back as
// it was.
static void put_time(struct json *o, const char *key, tick t)
{
    char text[TICK_TEXT + 8];
    const tick ms = TICKS_PER_SEC / 1000;
    if (t % ms == 0) {
        tick_text_ms(t, text);
    } else {
        tick whole = t - t % TICKS_PER_SEC;
        tick_text(whole, text);
        double ns = (double)(t - whole) * (1e9 / (double)TICKS_PER_SEC);
        snprintf(text + strlen(text), 12, ".%09lld", (long long)llround(ns));
    }
    json_put_text(o, key, text);
}

static void put_date(struct json *o, const char *key, int64_t utc_s)
{
    char text[CLOCK_TEXT];
    clock_iso(utc_s, text);
    json_put_text(o, key, text);
}

static struct json *write_source(const void *item)
{
    const struct published_source *s = item;
    struct json *o = json_new_object();
    json_put_text(o, "path", s->path);
    json_put_text(o, "sha256", s->sha256);
    return o;
}

static struct json *write_file(const void *item)
{
    const struct published_file *f = item;
    struct json *o = json_new_object();
    json_put_text(o, "output", f->output);
    json_put_text(o, "path", f->path);
    json_put_text(o, "type", f->type);
    json_put_int(o, "bytes", f->bytes);
    json_put_text(o, "sha256", f->sha256);
    put_time(o, "duration", f->duration);
    put_level(o, "integrated_lufs", f->integrated_lufs);
    put_level(o, "true_peak_dbtp", f->true_peak_dbtp);
    put_count(o, "width", f->width);
    put_count(o, "height", f->height);
    json_put_text(o, "frame_rate", f->frame_rate);
    put_count(o, "bit_rate_kbps", f->bit_rate_kbps);
    return o;
}

static struct json *write_clip(const void *item)
{
    const struct published_clip *c = item;
    struct json *o = write_file(&c->file);
    json_put_text(o, "title", c->title);
    json_put_text(o, "text", c->text);
    json_put_text(o, "captions", c->captions);
    return o;
}

static struct json *write_kit(const void *item)
{
    const struct published_kit *k = item;
    struct json *o = json_new_object();
    json_put_text(o, "title", k->title);
    json_put_text(o, "path", k->path);
    json_put_text(o, "type", k->type);
    json_put_int(o, "bytes", k->bytes);
    json_put_text(o, "sha256", k->sha256);
    return o;
}

static struct json *write_former(const void *item)
{
    const struct published_former *f = item;
    struct json *o = json_new_object();
    json_put_text(o, "path", f->path);
    put_date(o, "until", f->until_utc_s);
    return o;
}

static struct json *write_chapter(const void *item)
{
    const struct chapter *c = item;
    struct json *o = json_new_object();
    put_time(o, "at", c->start);
    json_put_text(o, "title", c->title);
    json_put_text(o, "url", c->url);
    return o;
}

static bool has_key(const char *key, const char *const *keys)
{
    for (; *keys; keys++) {
        if (strcmp(*keys, key) == 0)
            return true;
    }
    return false;
}

// Keys of `from` that are not ours, behind ours.
static void keep_others(struct json *to, const struct json *from, const char *const *ours)
{
    for (size_t i = 0; from && i < json_count(from); i++) {
        const char *key = json_key_at(from, i);
        if (key && !has_key(key, ours))
            json_put(to, key, json_keep(json_get(from, key)));
    }
}

static const struct json *same_item(const struct json *array, const char *id, const char *value)
{
    for (size_t i = 0; value && i < json_count(array); i++) {
        if (str_same(json_text(json_at(array, i), id), value))
            return json_at(array, i);
    }
    return NULL;
}

static void put_list(struct json *o, const struct published *p, const struct list *l)
{
    size_t n;
    const char *items;
    memcpy(&n, (const char *)p + l->count, sizeof(n));
    memcpy(&items, (const char *)p + l->items, sizeof(items));
    if (l->seldom && !n)
        return;
    struct json *array = json_new_array();
    const struct json *before = json_get(p->rest, l->key);
    for (size_t i = 0; i < n; i++) {
        struct json *item = l->write(items + i * l->size);
        keep_others(item, same_item(before, l->id, json_text(item, l->id)), l->ours);
        json_push(array, item);
    }
    json_put(o, l->key, array);
}

struct json *published_json(const struct published *p)
{
    static const char *const ours[] = {"guid",   "slug",    "state",    "first_published",
                                       "length", "sources", "files",    "clips",
                                       "kit",    "former",  "chapters", NULL};
    struct json *o = json_new_object();
    json_put_text(o, "guid", p->guid);
    json_put_text(o, "slug", p->slug);
    json_put_text(o, "state", p->state);
    put_date(o, "first_published", p->first_published_utc_s);
    put_time(o, "length", p->length);
    for (size_t i = 0; i < COUNT(lists); i++)
        put_list(o, p, &lists[i]);
    keep_others(o, p->rest, ours);
    return o;
}

int published_save(const struct published *p, const char *path, struct err *e)
{
    struct json *o = published_json(p);
    int r = json_save(path, o, e);
    json_free(o);
    return r;
}
