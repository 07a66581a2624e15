// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/hashes.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct hashes {
    struct arena arena;
    char *path;
    struct json *known; // path -> {inode, size, mtime_ns, sha256}
    bool changed;
};

struct hashes *hashes_open(const char *show_dir)
{
    struct hashes *h = mem_alloc(sizeof *h);
    h->path = fs_join(&h->arena, show_dir, ".dgl/hashes.json");
    // A memory that cannot be read is only a memory: start anew.
    if (json_load(h->path, &h->known, NULL) < 0)
        h->known = json_new_object();
    return h;
}

void hashes_close(struct hashes *h, bool keep)
{
    if (!h)
        return;
    if (keep && h->changed)
        json_save(h->path, h->known, NULL);
    json_free(h->known);
    arena_done(&h->arena);
    free(h);
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
    int64_t mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    const struct json *k = json_get(h->known, path);
    const char *sha = json_text(k, "sha256");
    if (sha && strlen(sha) == HASH_HEX - 1 && json_int(k, "inode", -1) == (int64_t)st.st_ino &&
        json_int(k, "size", -1) == (int64_t)st.st_size && json_int(k, "mtime_ns", -1) == mtime_ns) {
        memcpy(ret_hex, sha, HASH_HEX);
        return 0;
    }
    struct told t = {p, fs_basename(path)};
    int r = hash_file(path, ret_hex, p ? p->stop : NULL, tell, &t, e);
    if (r < 0)
        return r == -EACCES ? unreadable(path, r, e) : r;
    struct json *fresh = json_new_object();
    json_put_int(fresh, "inode", (int64_t)st.st_ino);
    json_put_int(fresh, "size", (int64_t)st.st_size);
    json_put_int(fresh, "mtime_ns", mtime_ns);
    json_put_text(fresh, "sha256", ret_hex);
    json_put(h->known, path, fresh);
    h->changed = true;
    return 0;
}

const char *hashes_last(const struct hashes *h, const char *path)
{
    return json_text(json_get(h->known, path), "sha256");
}
