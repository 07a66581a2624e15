// SPDX-License-Identifier: GPL-3.0-or-later
// A folder on this machine: a disk, a mounted share, what a web server serves. A file that breaks
// off lies beside its place under a name of its own bytes, and the next try goes on behind it.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    dev_t disk; // that it lay on when it was opened
    struct arena a;
};

static int failed(struct err *e, int code, const char *path)
{
    err_errno(e, code, path);
    if (e)
        e->kind = ERR_REMOTE;
    return code;
}

static int find_disk(const char *dir, dev_t *ret, struct err *e)
{
    struct stat st;
    if (stat(dir, &st) == 0 && S_ISDIR(st.st_mode)) {
        *ret = st.st_dev;
        return 0;
    }
    return err_remote(
        e, -ENOTDIR,
        "%s: there is no such folder: plug its disk in, or make it (it is not made by "
        "itself, so that a disk that is away is noticed)",
        dir);
}

// A disk that is away must not become a folder on this one, nor count as one that has lost a file;
// where it was mounted an empty folder stays.
static int is_here(const struct folder *f, struct err *e)
{
    dev_t disk = 0;
    int r = find_disk(f->dir, &disk, e);
    if (r < 0 || disk == f->disk)
        return r;
    return err_remote(e, -ENOTDIR, "%s: its disk has gone away: plug it in again", f->dir);
}

static int open_folder(const struct remote_params *p, void **own, struct err *e)
{
    struct folder *f = mem_alloc(sizeof(*f));
    *f = (struct folder){.p = *p};
    f->dir = arena_strdup(&f->a, p->url);
    int r = find_disk(f->dir, &f->disk, e);
    if (r >= 0) {
        *own = f;
        return 0;
    }
    arena_done(&f->a);
    free(f);
    return r;
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

// Goes on behind the `end` bytes that `to` holds. All that lies there in the end is hashed.
static int copy_on(const struct folder *f, int from, int to, int64_t end, struct hash *h)
{
    char *piece = mem_alloc(PIECE);
    int r = 0;
    for (int64_t at = 0; r == 0;) {
        bool there = at < end;
        size_t want = there && end - at < PIECE ? (size_t)(end - at) : PIECE;
        ssize_t n = pread(there ? to : from, piece, want, at);
        if (n == 0 && !there)
            break;
        if (n <= 0)
            r = n < 0 ? -errno : -EIO;
        else if (f->p.stopped && f->p.stopped(f->p.ctx))
            r = -ECANCELED;
        else if (!there)
            r = write_all(to, piece, n);
        if (r < 0)
            break;
        hash_add(h, piece, (size_t)n);
        at += n;
        if (!there && f->p.sent)
            f->p.sent(f->p.ctx, n);
    }
    free(piece);
    return r;
}

static int send(const struct folder *f, const struct remote_file *file, const char *part,
                struct hash *h)
{
    int from = open(file->from, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return -errno;
    int to = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644), r = 0;
    off_t at = to < 0 ? -1 : lseek(to, 0, SEEK_END);
    if (to < 0 || at < 0)
        r = -errno;
    if (r == 0 && at > file->bytes) // what is behind was never ours
        r = ftruncate(to, at = 0) < 0 || lseek(to, 0, SEEK_SET) < 0 ? -errno : 0;
    if (r == 0 && f->p.sent)
        f->p.sent(f->p.ctx, at);
    if (r == 0)
        r = copy_on(f, from, to, at, h);
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
    struct hash *h = hash_new();
    char got[HASH_HEX];
    int r = is_here(f, e);
    if (r >= 0)
        r = fs_mkdirs(fs_dirname(&a, to), e);
    if (r >= 0 && (r = send(f, file, part, h)) < 0)
        failed(e, r, to);
    if (r == -ECANCELED && e)
        e->kind = ERR_INTERRUPTED;
    hash_finish(h, got);
    if (r >= 0 && !str_same(got, file->sha256)) {
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
    int r = is_here(f, e);
    if (r >= 0 && bytes < 0 && bytes != -ENOENT && bytes != -ENOTDIR)
        r = failed(e, (int)bytes, at);
    else if (r >= 0 && bytes >= 0)
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
    int r = is_here(f, e);
    if (r >= 0)
        r = fs_exists(from) ? fs_read(&a, from, max, &data, &len, e) : -ENOENT;
    if (r >= 0)
        r = fs_replace(to, data, len, e);
    arena_done(&a);
    return r < 0 ? r : 0;
}

static int remove_one(const char *at, struct err *e)
{
    return unlink(at) < 0 && errno != ENOENT && errno != ENOTDIR ? failed(e, -errno, at) : 0;
}

// What broke off before it came into its place.
static int remove_parts(struct arena *a, const char *at, struct err *e)
{
    const char *dir = fs_dirname(a, at), *begins = arena_printf(a, ".%s.", fs_basename(at));
    char **names;
    size_t n = 0;
    int r = fs_is_dir(dir) ? fs_list(a, dir, &names, &n, e) : 0;
    for (size_t i = 0; r >= 0 && i < n; i++)
        if (str_starts(names[i], begins) && str_ends(names[i], ".part") &&
            strlen(names[i]) == strlen(begins) + REMOTE_PART_DIGITS + strlen(".part"))
            r = remove_one(fs_join(a, dir, names[i]), e);
    return r;
}

static int remove_file(void *own, const char *path, const char *const *parts, struct err *e)
{
    const struct folder *f = own;
    struct arena a = {0};
    (void)parts; // they are found
    const char *at = fs_join(&a, f->dir, path);
    int r = is_here(f, e);
    if (r >= 0)
        r = remove_one(at, e);
    if (r >= 0)
        r = remove_parts(&a, at, e);
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
