// SPDX-License-Identifier: GPL-3.0-or-later
// Files that appear whole; paths are in path.c, and trees in tree.c.
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"

enum { COPY_BYTES = 1 << 20, KERNEL_BYTES = 64 << 20, TEMP_TRIES = 100 };

static ssize_t read_some(int fd, void *buffer, size_t size)
{
    ssize_t n;
    do
        n = read(fd, buffer, size);
    while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

// -EFBIG above max bytes.
static int read_fd(struct arena *a, int fd, size_t max, char **ret, size_t *ret_len)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return -errno;
    if (S_ISREG(st.st_mode) && (uintmax_t)st.st_size > max)
        return -EFBIG;
    // one byte more than there should be, so that the end is seen without growing
    size_t cap = S_ISREG(st.st_mode) ? (size_t)st.st_size + 2 : 4096, len = 0;
    char *data = arena_alloc(a, cap);
    for (;;) {
        data = arena_grow(a, data, len + 1, &cap, 1);
        ssize_t n = read_some(fd, data + len, cap - len - 1);
        if (n < 0)
            return (int)n;
        if (n == 0)
            break;
        len += (size_t)n;
        if (len > max)
            return -EFBIG;
    }
    data[len] = '\0';
    *ret = data;
    if (ret_len)
        *ret_len = len;
    return 0;
}

int fs_read(struct arena *a, const char *path, size_t max, char **ret, size_t *ret_len,
            struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, -errno, path);
    int r = read_fd(a, fd, max, ret, ret_len);
    close(fd);
    if (r == -EFBIG)
        return err_set(e, r, "%s: larger than the %zu bytes that are allowed here", path, max);
    return r < 0 ? err_errno(e, r, path) : 0;
}

// Whether the file at fd holds exactly these bytes.
static bool fd_holds(int fd, const char *data, size_t len)
{
    char buffer[16 * 1024];
    for (;;) {
        ssize_t n = read_some(fd, buffer, sizeof(buffer));
        if (n <= 0)
            return n == 0 && len == 0;
        if ((size_t)n > len || memcmp(buffer, data, (size_t)n) != 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
}

// ret_mode: the permissions of what is there; untouched where nothing is.
static bool file_holds(const char *path, const void *data, size_t len, mode_t *ret_mode)
{
    struct stat st;
    if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    *ret_mode = st.st_mode & 0777;
    if ((uintmax_t)st.st_size != len)
        return false;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    bool same = fd_holds(fd, data, len);
    close(fd);
    return same;
}

// path.tmp-XXXXXX; the name is cut where it would be too long for a file system.
static char *temp_name(struct arena *a, const char *path)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char random[6];
    char suffix[sizeof(random) + 1] = "";
    while (getrandom(random, sizeof(random), 0) != sizeof(random))
        ;
    for (size_t i = 0; i < sizeof(random); i++)
        suffix[i] = letters[random[i] % 32];
    const char *name = fs_basename(path);
    return arena_printf(a, "%.*s%.*s.tmp-%s", (int)(name - path), path, 240, name, suffix);
}

static int temp_open(struct arena *a, const char *path, char **ret_temp)
{
    for (int i = 0; i < TEMP_TRIES; i++) {
        *ret_temp = temp_name(a, path);
        int fd = open(*ret_temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            return fd >= 0 ? fd : -errno;
    }
    return -EEXIST;
}

// The end of every written file: what was put off shows as an error here. Closes fd.
static int fd_finish(int fd)
{
    int r = fsync(fd) < 0 ? -errno : 0;
    if (close(fd) < 0 && r == 0)
        r = -errno;
    return r;
}

static int folder_sync(struct arena *a, const char *path, struct err *e)
{
    return fs_sync_dir(fs_dirname(a, path), e);
}

static int replace(struct arena *a, const char *path, const void *data, size_t len, mode_t mode,
                   struct err *e)
{
    char *temp = NULL;
    int r = fs_mkdirs(fs_dirname(a, path), e);
    if (r < 0)
        return r;
    int fd = temp_open(a, path, &temp);
    if (fd < 0)
        return err_errno(e, fd, path);
    r = mode && fchmod(fd, mode) < 0 ? -errno : 0;
    if (r == 0)
        r = write_all(fd, data, len);
    int closed = fd_finish(fd);
    if (r == 0)
        r = closed;
    if (r == 0 && rename(temp, path) < 0)
        r = -errno;
    if (r < 0) {
        unlink(temp);
        return err_errno(e, r, path);
    }
    r = folder_sync(a, path, e);
    return r < 0 ? r : 1;
}

int fs_replace(const char *path, const void *data, size_t len, struct err *e)
{
    mode_t mode = 0;
    if (file_holds(path, data, len, &mode))
        return 0;
    struct arena a = {0};
    int r = replace(&a, path, data, len, mode, e);
    arena_done(&a);
    return r;
}

struct stop {
    bool (*stopped)(const void *ctx);
    const void *ctx;
};

static bool stopped(const struct stop *s)
{
    return s->stopped && s->stopped(s->ctx);
}

static int copy_by_hand(int in, int out, const struct stop *s)
{
    char *buffer = mem_alloc(COPY_BYTES);
    ssize_t n;
    int r = 0;
    while (r == 0 && (n = read_some(in, buffer, COPY_BYTES)) != 0) {
        r = n < 0 ? (int)n : write_all(out, buffer, (size_t)n);
        if (r == 0 && stopped(s))
            r = -ECANCELED;
    }
    free(buffer);
    return r;
}

static int copy_bytes(int in, int out, const struct stop *s)
{
    if (ioctl(out, FICLONE, in) == 0)
        return 0;
    while (!stopped(s) && copy_file_range(in, NULL, out, NULL, KERNEL_BYTES, 0) > 0)
        ;
    // goes on where the kernel stopped, whether at the end, for want of support, or with an error
    // that will show again
    return copy_by_hand(in, out, s);
}

static int copy_fd(int in, const char *to, mode_t mode, const struct stop *s)
{
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        return -errno;
    int r = copy_bytes(in, out, s);
    if (r == 0 && fchmod(out, mode) < 0)
        r = -errno;
    int closed = fd_finish(out);
    if (r == 0)
        r = closed;
    if (r < 0)
        unlink(to);
    return r;
}

int fs_copy_until(const char *from, const char *to, mode_t mode, bool (*stop)(const void *ctx),
                  const void *ctx, struct err *e)
{
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return err_errno(e, -errno, from);
    int r = copy_fd(in, to, mode, &(struct stop){stop, ctx});
    close(in);
    if (r == -ECANCELED) {
        err_set(e, r, "interrupted");
        if (e)
            e->kind = ERR_INTERRUPTED;
        return r;
    }
    if (r < 0)
        return err_errno(e, r, r == -EISDIR || r == -EIO ? from : to);
    return 0;
}

int fs_copy(const char *from, const char *to, mode_t mode, struct err *e)
{
    return fs_copy_until(from, to, mode, NULL, 0, e);
}

// A copy is given the time of what it was made from, and is known by it.
static bool same_copy(const struct stat *a, const struct stat *b)
{
    return S_ISREG(b->st_mode) && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool wants_copy(int negative_errno)
{
    static const int reasons[] = {EXDEV, EPERM, EMLINK, EOPNOTSUPP, ENOSYS};
    for (size_t i = 0; i < COUNT(reasons); i++) {
        if (negative_errno == -reasons[i])
            return true;
    }
    return false;
}

static int link_temp(struct arena *a, const char *from, const char *to, char **ret_temp)
{
    for (int i = 0; i < TEMP_TRIES; i++) {
        *ret_temp = temp_name(a, to);
        if (linkat(AT_FDCWD, from, AT_FDCWD, *ret_temp, AT_SYMLINK_FOLLOW) == 0)
            return 0;
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

static int place(struct arena *a, const char *from, const char *to, struct err *e)
{
    struct stat source, there;
    if (stat(from, &source) < 0)
        return err_errno(e, -errno, from);
    bool exists = lstat(to, &there) == 0;
    if (exists && there.st_dev == source.st_dev && there.st_ino == source.st_ino)
        return 0;
    int r = fs_mkdirs(fs_dirname(a, to), e);
    if (r < 0)
        return r;
    char *temp = NULL;
    r = link_temp(a, from, to, &temp);
    if (wants_copy(r)) {
        if (exists && same_copy(&source, &there))
            return 0;
        r = fs_copy(from, temp, source.st_mode & 0777, e);
        if (r < 0)
            return r;
        utimensat(AT_FDCWD, temp, (const struct timespec[]){source.st_mtim, source.st_mtim}, 0);
    }
    if (r == 0 && rename(temp, to) < 0)
        r = -errno;
    // also after success: where `to` became the same file meanwhile, rename does nothing
    if (temp)
        unlink(temp);
    if (r < 0)
        return err_errno(e, r, to);
    r = folder_sync(a, to, e);
    return r < 0 ? r : 1;
}

int fs_place(const char *from, const char *to, struct err *e)
{
    struct arena a = {0};
    int r = place(&a, from, to, e);
    arena_done(&a);
    return r;
}

bool fs_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool fs_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool fs_is_link(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

int64_t fs_size(const char *path)
{
    struct stat st;
    return stat(path, &st) < 0 ? -errno : st.st_size;
}

int64_t fs_free_bytes(const char *path)
{
    struct arena a = {0};
    struct statvfs fs;
    int r = statvfs(path, &fs) < 0 ? -errno : 0;
    // what is yet to be made will lie where its folder lies
    while (r == -ENOENT && *fs_basename(path) && strcmp(path, ".") != 0) {
        path = fs_dirname(&a, path);
        r = statvfs(path, &fs) < 0 ? -errno : 0;
    }
    arena_done(&a);
    int64_t bytes = 0;
    if (r >= 0 && __builtin_mul_overflow(fs.f_bavail, fs.f_frsize, &bytes))
        bytes = INT64_MAX;
    return r < 0 ? r : bytes;
}

int fs_need_room(const char *path, int64_t bytes, struct err *e)
{
    int64_t free_bytes = fs_free_bytes(path);
    if (free_bytes < 0)
        return err_errno(e, (int)free_bytes, path);
    if (free_bytes >= bytes)
        return 0;
    return err_set(e, -ENOSPC,
                   "%s: no space left on the disk: %lld MB needed, %lld MB free, "
                   "%lld bytes missing",
                   path, (long long)(bytes / 1000000), (long long)(free_bytes / 1000000),
                   (long long)(bytes - free_bytes));
}
