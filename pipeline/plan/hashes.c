// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/hashes.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_BYTES = 64 << 20 };
static const char said[] = "dgl-episode hashes 1\n"; // the first line

struct file_hash {
    const char *path;
    int64_t inode, size, mtime_ns;
    const char *sha256;
};
struct hashes {
    struct arena arena;
    char *path;
    struct file_hash *known; // by path; those behind `sorted` as they came
    size_t count, cap, sorted;
    bool changed;
};

// "sha256 inode size mtime_ns path"
static bool read_line(char *line, struct file_hash *ret)
{
    char *field[4], *next = line;
    for (size_t i = 0; i < COUNT(field); i++) {
        field[i] = next;
        next = strchr(next, ' ');
        if (!next)
            return false;
        *next++ = '\0';
    }
    *ret = (struct file_hash){.path = next, .sha256 = field[0]};
    return strlen(field[0]) == HASH_HEX - 1 && str_to_int(field[1], &ret->inode) &&
           str_to_int(field[2], &ret->size) && str_to_int(field[3], &ret->mtime_ns);
}

static int by_path(const void *x, const void *y)
{
    const struct file_hash *a = x, *b = y;
    return strcmp(a->path, b->path);
}

// A memory that cannot be read is only a memory: what is no line of ours is left out.
static void load(struct hashes *h)
{
    char *text, *end;
    if (fs_read(&h->arena, h->path, MOST_BYTES, &text, NULL, NULL) < 0 || !str_starts(text, said))
        return;
    for (char *line = text + strlen(said); (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        h->known = arena_grow(&h->arena, h->known, h->count, &h->cap, sizeof *h->known);
        h->count += read_line(line, &h->known[h->count]);
    }
    if (h->count)
        qsort(h->known, h->count, sizeof *h->known, by_path);
    h->sorted = h->count;
}

static void save(struct hashes *h)
{
    struct str s;
    str_init(&s, MOST_BYTES);
    str_add(&s, said);
    for (size_t i = 0; i < h->count; i++) {
        const struct file_hash *k = &h->known[i];
        const int64_t numbers[] = {k->inode, k->size, k->mtime_ns};
        str_add(&s, k->sha256);
        for (size_t n = 0; n < COUNT(numbers); n++) {
            str_addc(&s, ' ');
            str_add_int(&s, numbers[n]);
        }
        str_addc(&s, ' ');
        str_add(&s, k->path);
        str_addc(&s, '\n');
    }
    if (!s.over)
        fs_replace(h->path, s.p, s.len, NULL);
    str_done(&s);
}

struct hashes *hashes_open(const char *show_dir)
{
    struct hashes *h = mem_alloc(sizeof *h);
    h->path = fs_join(&h->arena, show_dir, ".dgl/hashes");
    load(h);
    return h;
}

void hashes_close(struct hashes *h, bool keep)
{
    if (!h)
        return;
    if (keep && h->changed)
        save(h);
    arena_done(&h->arena);
    free(h);
}

static struct file_hash *find(const struct hashes *h, const char *path)
{
    const struct file_hash want = {.path = path};
    struct file_hash *k =
        h->sorted ? bsearch(&want, h->known, h->sorted, sizeof want, by_path) : NULL;
    for (size_t i = h->sorted; !k && i < h->count; i++)
        if (str_same(h->known[i].path, path))
            k = &h->known[i];
    return k;
}

static void learn(struct hashes *h, const char *path, const struct file_hash *facts)
{
    struct file_hash *k = find(h, path);
    if (!k && strchr(path, '\n'))
        return;
    if (!k) {
        h->known = arena_grow(&h->arena, h->known, h->count, &h->cap, sizeof *h->known);
        k = &h->known[h->count++];
        *k = (struct file_hash){.path = arena_strdup(&h->arena, path)};
    }
    const char *own = k->path;
    *k = *facts;
    k->path = own;
    k->sha256 = arena_strdup(&h->arena, facts->sha256);
    h->changed = true;
    // so that many new ones are not looked through one by one
    if (h->count - h->sorted > 64) {
        qsort(h->known, h->count, sizeof *h->known, by_path);
        h->sorted = h->count;
    }
}

struct told {
    const struct progress *progress;
    const char *name;
};

static void tell(void *ctx, int64_t done, int64_t total)
{
    struct told *t = ctx;
    char what[300];
    snprintf(what, sizeof what, "reading %s", t->name);
    progress_update(t->progress, what, total > 0 ? (double)done / (double)total : 0, -1);
}

static int unreadable(const char *path, int negative_errno, struct err *e)
{
    if (negative_errno != -EACCES)
        return err_errno(e, negative_errno, path);
    return err_input(e, "%s may not be read\ngive yourself the right to read it", path);
}

int hashes_get(struct hashes *h, const char *path, char ret_hex[HASH_HEX], const struct progress *p,
               struct err *e)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return unreadable(path, -errno, e);
    struct file_hash now = {
        .inode = (int64_t)st.st_ino,
        .size = (int64_t)st.st_size,
        .mtime_ns = clock_ns(st.st_mtim.tv_sec, st.st_mtim.tv_nsec),
        .sha256 = ret_hex,
    };
    const struct file_hash *k = find(h, path);
    if (k && k->inode == now.inode && k->size == now.size && k->mtime_ns == now.mtime_ns) {
        memcpy(ret_hex, k->sha256, HASH_HEX);
        return 0;
    }
    struct told t = {p, fs_basename(path)};
    int r = hash_file(path, ret_hex, p ? p->stop : NULL, tell, &t, e);
    if (r < 0)
        return r == -EACCES ? unreadable(path, r, e) : r;
    learn(h, path, &now);
    return 0;
}

const char *hashes_last(const struct hashes *h, const char *path)
{
    const struct file_hash *k = find(h, path);
    return k ? k->sha256 : NULL;
}
