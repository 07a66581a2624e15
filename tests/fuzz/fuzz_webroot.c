// SPDX-License-Identifier: GPL-3.0-or-later
// Below a folder with links and a pipe in it: the kernel's way and our own say the same, and
// neither leaves the folder.
#include "fuzz.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/webroot.h"

static int root(void)
{
    static int fd = -1;
    char path[600];
    if (fd >= 0)
        return fd;
    fuzz_put("secret", "outside", 7);
    fuzz_put("web/a/b/file.mp3", "inside", 6);
    fuzz_put("web/feed.xml", "inside", 6);
    static const char *const links[][2] = {
        {"../secret", "web/link"}, {"/", "web/a/root"}, {"..", "web/a/up"}, {"b", "web/a/c"}};
    for (size_t i = 0; i < COUNT(links); i++) {
        snprintf(path, sizeof path, "%s/%s", fuzz_dir(), links[i][1]);
        if (symlink(links[i][0], path) < 0)
            abort();
    }
    snprintf(path, sizeof path, "%s/web/pipe", fuzz_dir());
    if (mkfifo(path, 0600) < 0)
        abort();
    snprintf(path, sizeof path, "%s/web", fuzz_dir());
    fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd;
}

FUZZ(webroot)
{
    struct stat x, y;
    char *path = fuzz_text(data, size), text[16];
    int a = webroot_open(root(), path, &x), b = webroot_walk(root(), path, &y);
    if (a >= 0 && S_ISREG(x.st_mode))
        FUZZ_HOLD(pread(a, text, sizeof text, 0) == 6);
    if (b >= 0 && S_ISREG(y.st_mode))
        FUZZ_HOLD(pread(b, text, sizeof text, 0) == 6);
    // A path with ".." that stays inside, or a slash behind a file, may be judged differently.
    if (a >= 0 && b >= 0)
        FUZZ_HOLD(x.st_ino == y.st_ino && x.st_dev == y.st_dev);
    if (a >= 0)
        close(a);
    if (b >= 0)
        close(b);
    free(path);
    return 0;
}
