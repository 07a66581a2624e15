// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/webroot.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// O_NONBLOCK: opening a pipe that somebody left there must not wait for its writer.
enum { OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

static int only_file_or_folder(int fd, struct stat *ret)
{
    struct stat st;
    int r = fstat(fd, &st) < 0 ? -errno : 0;
    if (r == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        r = -ENOENT;
    if (r < 0) {
        close(fd);
        return r;
    }
    *ret = st;
    return fd;
}

static int open_step(int dir, const char *name, size_t len, bool last)
{
    char step[256];
    if (len >= sizeof(step))
        return -ENAMETOOLONG;
    memcpy(step, name, len);
    step[len] = '\0';
    if (strcmp(step, "..") == 0)
        return -EXDEV;
    int fd = openat(dir, step, OPEN_FLAGS | O_NOFOLLOW | (last ? 0 : O_DIRECTORY));
    return fd < 0 ? -errno : fd;
}

int webroot_walk(int root, const char *path, struct stat *ret)
{
    if (*path == '/')
        return -EXDEV;
    int fd = openat(root, ".", OPEN_FLAGS | O_DIRECTORY);
    if (fd < 0)
        return -errno;
    while (*path) {
        size_t len = strcspn(path, "/");
        const char *rest = path + len + strspn(path + len, "/");
        int next = open_step(fd, path, len, path[len] == '\0');
        close(fd);
        if (next < 0)
            return next;
        fd = next;
        path = rest;
    }
    return only_file_or_folder(fd, ret);
}

int webroot_open(int root, const char *path, struct stat *ret)
{
    struct open_how how = {
        .flags = OPEN_FLAGS,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    long fd = syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
    // EPERM: a sandbox's filter that does not know the call yet.
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        return webroot_walk(root, path, ret);
    return fd < 0 ? -errno : only_file_or_folder((int)fd, ret);
}
