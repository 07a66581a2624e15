// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/lock.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static const char ended[] = "free\n"; // whoever held it last ended as it should

static bool was_released(int fd)
{
    char text[sizeof ended] = "";
    return pread(fd, text, sizeof text, 0) == (ssize_t)(sizeof ended - 1) &&
           memcmp(text, ended, sizeof ended - 1) == 0;
}

// On the disk before the work begins: after a power cut it must not say that all was well.
static void say(int fd, const char *text, bool sync)
{
    // A full disk must not stop the work here.
    if (ftruncate(fd, 0) < 0 || pwrite(fd, text, strlen(text), 0) < 0)
        return;
    if (sync)
        fdatasync(fd);
}

void lock_release(int fd, bool in_order)
{
    if (fd < 0)
        return;
    if (in_order)
        say(fd, ended, false);
    close(fd);
}

static int taken(int fd, struct err *e)
{
    char who[200];
    ssize_t n = pread(fd, who, sizeof who - 1, 0);
    who[n > 0 ? n : 0] = '\0';
    who[strcspn(who, "\n")] = '\0';
    return err_set(e, -EBUSY,
                   "another dgl-episode is at work on this show (%s)\n"
                   "wait until it is done, or stop it with Ctrl-C where it runs",
                   *who ? who : "it has just begun");
}

int lock_take(const char *show_dir, const char *command, int *ret_fd, bool *ret_killed,
              struct err *e)
{
    struct arena a = {0};
    char *dir = fs_join(&a, show_dir, ".dgl");
    char *path = fs_join(&a, dir, "lock");
    char when[CLOCK_TEXT];
    int r = fs_mkdirs(dir, e);
    if (r < 0)
        goto out;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) {
        r = err_errno(e, -errno, path);
        goto out;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        r = errno == EWOULDBLOCK ? taken(fd, e) : err_errno(e, -errno, path);
        close(fd);
        goto out;
    }
    clock_iso(clock_now(), when);
    char *who = arena_printf(&a, "%s, process %ld, since %s\n", command, (long)getpid(), when);
    *ret_killed = !was_released(fd);
    say(fd, who, true);
    *ret_fd = fd;
    r = 0;
out:
    arena_done(&a);
    return r;
}
