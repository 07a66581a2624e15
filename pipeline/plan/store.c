// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/store.h"

#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char record_name[] = "record.json";

struct store_place store_place(struct arena *a, const char *show_dir, const char *slug,
                               const char *stage, const char *variant)
{
    bool has_variant = variant && *variant;
    return (struct store_place){arena_printf(a, "%s/.dgl/store/%s/%s%s%s", show_dir, slug, stage,
                                             has_variant ? "." : "", has_variant ? variant : "")};
}

// 16 hex digits of the fingerprint are plenty for a folder's name; the record holds all of it.
char *store_dir(struct arena *a, const struct store_place *p, const char *fingerprint)
{
    return arena_printf(a, "%s/%.16s", p->dir, fingerprint);
}

int store_load(struct arena *a, const struct store_place *p, const char *fingerprint,
               struct json **ret, struct err *e)
{
    char *path = fs_join(a, store_dir(a, p, fingerprint), record_name);
    struct json *record;
    int r = json_load(path, &record, e);
    if (r < 0)
        return r;
    if (!str_same(json_text(record, "fingerprint"), fingerprint)) {
        json_free(record);
        return -ENOENT;
    }
    *ret = record;
    return 0;
}

struct json *store_newest(struct arena *a, const struct store_place *p)
{
    char **names;
    size_t n;
    if (fs_list(a, p->dir, &names, &n, NULL) < 0)
        return NULL;
    struct json *best = NULL;
    for (size_t i = 0; i < n; i++) {
        struct json *record;
        if (strstr(names[i], ".tmp-"))
            continue;
        if (json_load(arena_printf(a, "%s/%s/%s", p->dir, names[i], record_name), &record, NULL) <
            0)
            continue;
        bool newer = !best || json_number(record, "made_at", 0) > json_number(best, "made_at", 0);
        json_free(newer ? best : record);
        if (newer)
            best = record;
    }
    return best;
}

int store_begin(struct arena *a, const struct store_place *p, const char *fingerprint,
                char **ret_tmp, struct err *e)
{
    int r = fs_mkdirs(p->dir, e);
    if (r < 0)
        return r;
    char *tmp = arena_printf(a, "%s.tmp-XXXXXX", store_dir(a, p, fingerprint));
    if (!mkdtemp(tmp))
        return err_errno(e, -errno, p->dir);
    *ret_tmp = tmp;
    return 0;
}

static int seal(struct arena *a, const char *dir, struct err *e)
{
    char **names;
    size_t n;
    int r = fs_list_tree(a, dir, &names, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        char *path = fs_join(a, dir, names[i]);
        if (chmod(path, 0444) < 0)
            r = err_errno(e, -errno, path);
    }
    return r < 0 ? r : fs_sync_tree(dir, e);
}

int store_commit(struct arena *a, const struct store_place *p, const char *fingerprint,
                 const char *tmp, const struct json *record, struct err *e)
{
    int r = json_save(fs_join(a, tmp, record_name), record, e);
    if (r < 0)
        return r;
    r = seal(a, tmp, e);
    if (r < 0)
        return r;
    char *dir = store_dir(a, p, fingerprint);
    // A result whose large files were dropped is made again in the same place.
    if (fs_exists(dir)) {
        r = fs_remove_tree(dir, e);
        if (r < 0)
            return r;
    }
    if (rename(tmp, dir) < 0)
        return err_errno(e, -errno, dir);
    return fs_sync_dir(p->dir, e);
}

bool store_whole(const char *dir, const struct json *record)
{
    const struct json *outputs = json_get(record, "outputs");
    for (size_t i = 0; i < json_count(outputs); i++) {
        const struct json *o = json_at(outputs, i);
        struct arena a = {0};
        int64_t size = fs_size(fs_join(&a, dir, json_text_or(o, "file", "")));
        arena_done(&a);
        if (size != json_int(o, "bytes", -1))
            return false;
    }
    return true;
}

const struct json *store_output(const struct json *record, const char *file)
{
    const struct json *outputs = json_get(record, "outputs");
    for (size_t i = 0; i < json_count(outputs); i++) {
        const struct json *o = json_at(outputs, i);
        const char *name = json_text_or(o, "file", "");
        if (str_same(file, "*") ? !str_ends(name, ".json") : !fnmatch(file, name, 0))
            return o;
    }
    return NULL;
}

// What fs_replace, fs_place, store_begin and ingest call a file until it is whole; but a slate that
// `live` may be drawing.
static bool is_half(const char *name)
{
    const char *end = strstr(name, ".tmp-");
    return end && !strchr(end + 1, '.') && !str_starts(name, "drawn.tmp-");
}

// In an episode's folder lies what the user made; only names that the program writes there.
static bool is_half_of_ours(const char *name)
{
    static const char *const ours[] = {"published.json", "feeds.json", "show.state.json",
                                       "episode.yaml",   "notes.md",   "captions*.vtt"};
    char pattern[64];
    for (size_t i = 0; i < COUNT(ours); i++) {
        snprintf(pattern, sizeof pattern, "%s.tmp-??????", ours[i]);
        if (!fnmatch(pattern, name, 0))
            return true;
    }
    return false;
}

struct place {
    const char *dir; // below the show
    int depth;       // of folders below it that are looked into
    bool (*is_left)(const char *name);
    bool links; // to folders are followed: an episode's may lie elsewhere
};

static int sweep(const char *dir, const struct place *p, int depth, struct err *e)
{
    struct arena a = {0};
    char **names;
    size_t n = 0;
    int r = fs_list(&a, dir, &names, &n, e);
    if (r == -EACCES) // who needs what is in it will say so with a remedy
        r = 0;
    for (size_t i = 0; i < n; i++) {
        struct err *first = r < 0 ? NULL : e;
        char *path = fs_join(&a, dir, names[i]);
        int k = 0;
        if (p->is_left(names[i]))
            k = fs_remove_tree(path, first);
        else if (depth > 0 && fs_is_dir(path) && (p->links || !fs_is_link(path)))
            k = sweep(path, p, depth - 1, first);
        r = r < 0 ? r : k;
    }
    arena_done(&a);
    return r < 0 ? r : 0;
}

int store_sweep_tmp(const char *show_dir, struct err *e)
{
    static const struct place places[] = {
        {".dgl", 0, is_half, false},
        {".dgl/store", 4, is_half, false},
        {".dgl/delivered", 0, is_half, false},
        {"originals", 0, is_half, false},
        {"public", 8, is_half, false},
        {"reports", 8, is_half, false},
        {"episodes", 1, is_half_of_ours, true},
    }; // not .dgl/live: a broadcast holds no lock and may be writing there
    struct arena a = {0};
    int r = 0;
    for (size_t i = 0; i < COUNT(places); i++) {
        int k = sweep(fs_join(&a, show_dir, places[i].dir), &places[i], places[i].depth,
                      r < 0 ? NULL : e);
        r = r < 0 ? r : k;
    }
    arena_done(&a);
    return r;
}

int64_t store_tree_bytes(const char *dir)
{
    struct arena a = {0};
    char **names;
    size_t n;
    int64_t sum = 0;
    if (fs_list(&a, dir, &names, &n, NULL) >= 0)
        for (size_t i = 0; i < n; i++) {
            char *path = fs_join(&a, dir, names[i]);
            int64_t size = fs_is_dir(path) ? store_tree_bytes(path) : fs_size(path);
            sum += size > 0 ? size : 0;
        }
    arena_done(&a);
    return sum;
}
