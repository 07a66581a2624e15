// SPDX-License-Identifier: GPL-3.0-or-later
// The part of fs.h that is about folders and what is in them.
#include "base/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

int fs_mkdirs(const char *path, struct err *e)
{
    if (fs_is_dir(path))
        return 0;
    struct arena a = {0};
    char *part = arena_strdup(&a, path);
    int r = 0;
    for (char *p = part; r == 0 && *p;) {
        p += strspn(p, "/");
        p += strcspn(p, "/");
        char end = *p;
        *p = '\0';
        int why = mkdir(part, 0777) < 0 ? errno : 0; // which the next look would change
        if (why && !fs_is_dir(part))
            r = err_errno(e, why == EEXIST ? -ENOTDIR : -why, part);
        *p = end;
    }
    arena_done(&a);
    return r;
}

// One visit of a folder's entries: in gives the folder, name the entry, path both for messages.
typedef int visit(int in, const char *name, const char *path, struct err *e);

// Calls fn for each entry; closes fd.
static int each_entry(int fd, const char *path, visit *fn, struct err *e)
{
    DIR *dir = fdopendir(fd);
    if (!dir) {
        int r = -errno;
        close(fd);
        return err_errno(e, r, path);
    }
    int r = 0;
    while (r == 0) {
        errno = 0;
        struct dirent *entry = readdir(dir);
        if (!entry) {
            r = errno ? err_errno(e, -errno, path) : 0;
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct arena a = {0};
        r = fn(fd, entry->d_name, fs_join(&a, path, entry->d_name), e);
        arena_done(&a);
    }
    closedir(dir);
    return r;
}

static int remove_entry(int in, const char *name, const char *path, struct err *e)
{
    if (unlinkat(in, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return err_errno(e, -errno, path);
    int fd = openat(in, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, path);
    struct stat st;
    if (fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
        fchmod(fd, 0700); // what is in place is read-only
    int r = each_entry(fd, path, remove_entry, e);
    if (r == 0 && unlinkat(in, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
        r = err_errno(e, -errno, path);
    return r;
}

int fs_remove_tree(const char *path, struct err *e)
{
    return remove_entry(AT_FDCWD, path, path, e);
}

static int sync_fd(int fd, const char *path, struct err *e)
{
    // some file systems have nothing to sync in a folder, and say so
    if (fsync(fd) < 0 && errno != EINVAL && errno != EOPNOTSUPP)
        return err_errno(e, -errno, path);
    return 0;
}

static int sync_entry(int in, const char *name, const char *path, struct err *e)
{
    struct stat st;
    if (fstatat(in, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return err_errno(e, -errno, path);
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return 0;
    int fd = openat(in, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, path);
    int r = 0;
    if (S_ISDIR(st.st_mode)) {
        int again = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        r = again < 0 ? err_errno(e, -errno, path) : each_entry(again, path, sync_entry, e);
    }
    if (r == 0)
        r = sync_fd(fd, path, e);
    close(fd);
    return r;
}

int fs_sync_tree(const char *dir, struct err *e)
{
    return sync_entry(AT_FDCWD, dir, dir, e);
}

int fs_sync_dir(const char *dir, struct err *e)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, dir);
    int r = sync_fd(fd, dir, e);
    close(fd);
    return r;
}

static int name_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int fs_list(struct arena *a, const char *dir, char ***ret, size_t *ret_n, struct err *e)
{
    char **names = NULL;
    size_t n = 0, cap = 0;
    DIR *d = opendir(dir);
    if (!d && errno != ENOENT)
        return err_errno(e, -errno, dir);
    errno = 0;
    for (struct dirent *entry; d && (entry = readdir(d)); errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        names = arena_grow(a, names, n, &cap, sizeof(*names));
        names[n++] = arena_strdup(a, entry->d_name);
    }
    int r = d && errno ? err_errno(e, -errno, dir) : 0;
    if (d)
        closedir(d);
    if (r < 0)
        return r;
    if (n > 0)
        qsort(names, n, sizeof(*names), name_order);
    *ret = names;
    *ret_n = n;
    return 0;
}

struct listing {
    struct arena *a;
    char **names;
    size_t n, cap;
};

static int list_below(struct listing *l, const char *dir, const char *prefix, struct err *e)
{
    char **names;
    size_t n;
    int r = fs_list(l->a, dir, &names, &n, e);
    for (size_t i = 0; r >= 0 && i < n; i++) {
        char *path = fs_join(l->a, dir, names[i]);
        char *name = arena_printf(l->a, "%s%s", prefix, names[i]);
        if (fs_is_dir(path) && !fs_is_link(path)) {
            r = list_below(l, path, arena_printf(l->a, "%s/", name), e);
            continue;
        }
        l->names = arena_grow(l->a, l->names, l->n, &l->cap, sizeof(*l->names));
        l->names[l->n++] = name;
    }
    return r;
}

int fs_list_tree(struct arena *a, const char *dir, char ***ret, size_t *ret_n, struct err *e)
{
    struct listing l = {.a = a};
    int r = list_below(&l, dir, "", e);
    *ret = l.names;
    *ret_n = l.n;
    return r < 0 ? r : 0;
}
