// SPDX-License-Identifier: GPL-3.0-or-later
// A folder on this machine: a disk, a mounted share, what a web server serves. A file that breaks
// off lies beside its place under a name of its own bytes, and the next try goes on behind it.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/str.h"
#include "net/remote.h"

enum { PIECE = 1 << 20 };

struct folder {
    struct remote_params p;
    const char *dir;
    struct arena a;
};

static int failed(struct err *e, int code, const char *path)
{
    err_errno(e, code, path);
    if (e)
        e->kind = ERR_REMOTE;
    return code;
}

static int open_folder(const struct remote_params *p, void **own, struct err *e)
{
    struct folder *f = mem_alloc(sizeof(*f));
    *f = (struct folder){.p = *p};
    f->dir = arena_strdup(&f->a, p->url);
    *own = f;
    // A disk that is not plugged in must not become a folder on this one.
    if (fs_is_dir(f->dir))
        return 0;
    err_remote(e, -ENOTDIR,
               "%s: there is no such folder: plug its disk in, or make it (it is not made by "
               "itself, so that a disk that is away is noticed)",
               f->dir);
    arena_done(&f->a);
    free(f);
    return -ENOTDIR;
}

static void close_folder(void *own)
{
    struct folder *f = own;
    arena_done(&f->a);
    free(f);
}

static int write_all(int to, const char *data, ssize_t n)
{
    while (n > 0) {
        ssize_t w = write(to, data, (size_t)n);
        if (w < 0 && errno != EINTR)
            return -errno;
        if (w > 0)
            data += w, n -= w;
    }
    return 0;
}

// Goes on behind what `to` holds.
static int copy_on(const struct folder *f, int from, int to, int64_t at)
{
    static _Thread_local char piece[PIECE];
    for (;;) {
        ssize_t n = pread(from, piece, sizeof(piece), at);
        if (n <= 0)
            return n < 0 ? -errno : 0;
        int r = f->p.stopped && f->p.stopped(f->p.ctx) ? -ECANCELED : write_all(to, piece, n);
        if (r < 0)
            return r;
        at += n;
        if (f->p.sent)
            f->p.sent(f->p.ctx, n);
    }
}

static int send(const struct folder *f, const struct remote_file *file, const char *part)
{
    int from = open(file->from, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return -errno;
    int to = open(part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644), r = 0;
    off_t at = to < 0 ? -1 : lseek(to, 0, SEEK_END);
    if (to < 0 || at < 0)
        r = -errno;
    if (r == 0 && at > file->bytes) // what is behind was never ours
        r = ftruncate(to, at = 0) < 0 || lseek(to, 0, SEEK_SET) < 0 ? -errno : 0;
    if (r == 0 && f->p.sent)
        f->p.sent(f->p.ctx, at);
    if (r == 0)
        r = copy_on(f, from, to, at);
    if (r == 0 && fsync(to) < 0)
        r = -errno;
    if (to >= 0 && close(to) < 0 && r == 0)
        r = -errno;
    close(from);
    return r;
}

static int put(void *own, const struct remote_file *file, struct err *e)
{
    struct folder *f = own;
    struct arena a = {0};
    const char *to = fs_join(&a, f->dir, file->path);
    const char *part = remote_part_name(&a, to, file->sha256);
    char got[HASH_HEX];
    int r = fs_mkdirs(fs_dirname(&a, to), e);
    if (r >= 0 && (r = send(f, file, part)) < 0)
        failed(e, r, to);
    if (r == -ECANCELED && e)
        e->kind = ERR_INTERRUPTED;
    if (r >= 0 && (r = hash_file(part, got, NULL, NULL, NULL, e)) >= 0 &&
        !str_same(got, file->sha256)) {
        unlink(part);
        r = err_remote(e, -EBADMSG, "%s: has other bytes there than were sent", to);
    }
    if (r >= 0 && rename(part, to) < 0)
        r = failed(e, -errno, to);
    if (r >= 0)
        r = fs_sync_dir(fs_dirname(&a, to), e);
    arena_done(&a);
    return r;
}

static int look(void *own, const char *path, struct remote_facts *ret, struct err *e)
{
    const struct folder *f = own;
    struct arena a = {0};
    const char *at = fs_join(&a, f->dir, path);
    int64_t bytes = fs_size(at);
    int r = 0;
    if (bytes < 0 && bytes != -ENOENT && bytes != -ENOTDIR)
        r = failed(e, (int)bytes, at);
    else if (bytes >= 0)
        r = hash_file(at, ret->sha256, NULL, NULL, NULL, e);
    ret->there = bytes >= 0;
    ret->bytes = bytes < 0 ? -1 : bytes;
    arena_done(&a);
    return r;
}

static int get(void *own, const char *path, const char *to, size_t max, struct err *e)
{
    const struct folder *f = own;
    struct arena a = {0};
    char *data;
    size_t len;
    const char *from = fs_join(&a, f->dir, path);
    int r = fs_exists(from) ? fs_read(&a, from, max, &data, &len, e) : -ENOENT;
    if (r >= 0)
        r = fs_replace(to, data, len, e);
    arena_done(&a);
    return r < 0 ? r : 0;
}

// What broke off before it came into its place.
static void remove_parts(struct arena *a, const char *at)
{
    const char *dir = fs_dirname(a, at), *begins = arena_printf(a, ".%s.", fs_basename(at));
    char **names;
    size_t n;
    if (fs_list(a, dir, &names, &n, NULL) < 0)
        return;
    for (size_t i = 0; i < n; i++)
        if (str_starts(names[i], begins) && str_ends(names[i], ".part") &&
            strlen(names[i]) == strlen(begins) + REMOTE_PART_DIGITS + strlen(".part"))
            unlink(fs_join(a, dir, names[i]));
}

static int remove_file(void *own, const char *path, const char *const *parts, struct err *e)
{
    const struct folder *f = own;
    struct arena a = {0};
    (void)parts; // they are found
    const char *at = fs_join(&a, f->dir, path);
    int r = unlink(at) < 0 && errno != ENOENT && errno != ENOTDIR ? failed(e, -errno, at) : 0;
    remove_parts(&a, at);
    // Folders that are empty now go, too, but never the target itself.
    for (char *d = fs_dirname(&a, at); r >= 0 && !str_same(d, f->dir) && str_starts(d, f->dir);
         d = fs_dirname(&a, d))
        if (rmdir(d) < 0)
            break;
    arena_done(&a);
    return r;
}

const struct remote_kind remote_folder = {
    "folder", open_folder, close_folder, put, look, get, remove_file, NULL,
};
